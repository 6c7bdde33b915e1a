"""A roll that is not what it was: each drift by name, with the likely mend."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from mapping_rolls import page, run, shipped, small, write_mapping

from gateway.engine import Engine
from gateway.mapping import MappedRoll, RollMapping, SignalKind
from gateway.mapping.drift import nearest
from gateway.model.errors import MappingFailed

HEAD = "编号,姓名,证号,生日,状态,年级,备注"
ROW = "A{n},林安禾,419901201305170117,20130517,01,6,"


def sent(engine: Engine, mapping: RollMapping, head: str, row: str, rows: int = 20) -> MappedRoll:
    lines = "".join(row.replace("{n}", str(n)) + "\n" for n in range(rows))
    return run(engine, mapping, [page(f"{head}\n{lines}".encode(), "text/csv; charset=utf-8")])


REFUSED = [
    ("a renamed column", HEAD.replace("证号", "证件号码"), ROW,
     "'证号' is missing.*'证件号码' is new and may be it"),
    ("renamed by a hint", HEAD.replace("生日", "生日（阳历）"), ROW,
     "'生日' is missing.*'生日（阳历）' is new"),
    ("a missing column", HEAD.replace("年级,", ""), ROW.replace("6,", ""), "'年级' is missing.*agreed form"),
    ("missing among strangers", HEAD.replace("年级", "血型"), ROW, "'年级' is missing.*new here: 血型"),
    ("a doubled column", HEAD.replace("备注", "姓名"), ROW, "'姓名' stands twice.*take one of the two out"),
    ("another roll", "药品,数量,单价,厂家,批号,日期,备注", ROW, "'编号' is missing"),
    ("swapped", HEAD.replace("姓名,证号", "证号,姓名"), ROW, "'姓名' holds numbers.*'证号' look swapped"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("head", "row", "said"), [c[1:] for c in REFUSED], ids=[c[0] for c in REFUSED]
)
def test_a_drift_that_refuses_the_roll(
    engine: Engine, tmp_path: Path, head: str, row: str, said: str
) -> None:
    with pytest.raises(MappingFailed, match=said):
        sent(engine, small(tmp_path), head, row)


SIGNALLED = [
    ("a new column", HEAD + ",血型", ROW + ",A", (SignalKind.UNKNOWN_COLUMN, "血型", 0, "")),
    ("coded anew", HEAD, ROW.replace(",01,", ",Z9,"), (SignalKind.RECODED, "状态", 20, "")),
    ("a date no more", HEAD, ROW.replace("20130517,", "十三岁,").replace("419901201305170117", ""),
     (SignalKind.RECODED, "生日", 20, "")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("head", "row", "signal"), [c[1:] for c in SIGNALLED], ids=[c[0] for c in SIGNALLED]
)
def test_a_drift_that_is_signalled(
    engine: Engine, tmp_path: Path, head: str, row: str, signal: tuple[object, ...]
) -> None:
    mapped = sent(engine, small(tmp_path), head, row)
    assert signal in [(s.kind, s.subject, s.rows, s.reason) for s in mapped.signals]


def test_a_few_bad_values_are_no_drift(engine: Engine, tmp_path: Path) -> None:
    lines = [ROW.replace("{n}", str(n)) for n in range(20)]
    lines[3] = lines[3].replace(",01,", ",Z9,")
    raw = "\n".join([HEAD, *lines]).encode()
    mapped = run(engine, small(tmp_path), [page(raw, "text/csv; charset=utf-8")])
    assert (mapped.quarantined, mapped.signals) == (1, ())


def test_the_crosswalk_that_would_read_new_codes_is_named(engine: Engine, tmp_path: Path) -> None:
    text = shipped("national_welfare_system/registry").path.read_text(encoding="utf-8")
    mapping = write_mapping(tmp_path, text)
    head = ",".join(mapping.spec.columns)
    cells = {"档案编号": "D{n}", "姓名": "林安禾", "类别代码": "E-4"}
    mapped = sent(engine, mapping, head, ",".join(cells.get(c, "") for c in mapping.spec.columns))
    (signal,) = [s for s in mapped.signals if s.kind == SignalKind.RECODED]
    assert (signal.subject, signal.reason) == ("类别代码", "crosswalk henan_2017.v1")


NEAREST: list[tuple[Sequence[str], Sequence[str], str]] = [
    (["身份证号"], ["公民身份号码", "电话"], "公民身份号码"),
    (["身份证号"], ["电话", "备注"], ""),
    (["身份证号", "证件号"], ["证件号码", "电话"], "证件号码"),
    (["姓名"], [], ""),
]


@pytest.mark.parametrize(("known", "unknown", "like"), NEAREST)
def test_the_nearest_heading(known: Sequence[str], unknown: Sequence[str], like: str) -> None:
    assert nearest(known, unknown) == like
