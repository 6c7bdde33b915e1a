"""Trying a plain file: counts, masked examples, and nothing left behind."""

import json
from pathlib import Path

import pytest
from mapping_rolls import MAPPINGS, small

from gateway.engine import Engine
from gateway.mapping import load_mapping
from gateway.mapping.golden import load_golden
from gateway.mapping.trial import try_file
from gateway.model.errors import MappingFailed, UsageError

HEADING = "编号,姓名,证号,生日,状态,年级,备注\n"
ROWS = (
    "A1,林安禾,419901201305170117,20130517,01,6,\n"
    "A2,林安禾,419901201305170117,20130517,77,6,\n"
    "A3,林安和,419901201305170117,20130517,77,x,\n"
    "A1,林安禾,419901201305170117,20130517,01,6,\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_file_is_tried_in_the_encodings_of_the_mapping(
    engine: Engine, tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "roll#1.csv"
    path.write_bytes((HEADING + ROWS).encode(encoding))
    trial = try_file(engine, small(tmp_path), path)
    mapped = trial.mapped
    assert trial.content_type == f"text/csv; charset={encoding}"
    assert (mapped.received, mapped.accepted, mapped.quarantined, mapped.superseded) == (4, 1, 2, 1)
    assert trial.reasons == (("状态:unlisted", 2),)
    assert [(r.row, r.reasons) for r in trial.shown] == [
        (2, ("状态:unlisted",)),
        (3, ("状态:unlisted", "年级:unreadable")),
    ]
    assert {(r.name, r.id_given) for r in trial.shown} == {("林*", "419***********0117")}
    kept = engine.fetch("SELECT table_name FROM information_schema.tables").column(0).to_pylist()
    assert kept == []


def test_other_forms_are_told_by_their_suffix(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "roll.json"
    row = {"编号": "A1", "姓名": "林", "证号": "", "生日": "", "状态": "01", "年级": "6"}
    path.write_text(json.dumps({"output": {"rows": [row]}}), encoding="utf-8")
    assert try_file(engine, small(tmp_path), path).mapped.accepted == 1


def test_files_that_cannot_be_tried(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        try_file(engine, small(tmp_path), tmp_path / "none.csv")
    path = tmp_path / "roll.csv"
    path.write_text("a,b\n", encoding="utf-8")
    with pytest.raises(MappingFailed, match="missing"):
        try_file(engine, small(tmp_path), path)
    welfare = load_mapping(MAPPINGS / "national_welfare_system" / "registry.v1.yaml")
    assert load_golden(welfare).version == 1
    path = tmp_path / "roll.json"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(MappingFailed, match="does not read 'application/json'"):
        try_file(engine, welfare, path)
