"""Suggested mappings: what they get right on files that nobody has mapped, and that they run unedited."""

from pathlib import Path

import pytest
from mapping_rolls import MAPPINGS, SHIPPED, shipped
from suggest_kit import FIELD_OF, HEADINGS, Made, make

from gateway.engine import Engine
from gateway.mapping import load_mapping, try_file
from gateway.mapping.contents import heading_text
from gateway.mapping.spec import RollMapping
from gateway.mapping.suggest import mapping_text, propose, read_sample
from gateway.mapping.suggest.match import known_words, read_headings
from gateway.model.errors import MappingFailed, UsageError

KNOWN = [shipped(name) for name in SHIPPED]
SYNONYMS = read_headings(MAPPINGS / "headings.yaml")
SEEDS = range(3)


def suggested(folder: Path, path: Path) -> RollMapping:
    sample = read_sample(path, known_words(KNOWN, SYNONYMS))
    text = mapping_text(propose(sample, KNOWN, SYNONYMS, ("county", "roll")))
    into = folder / "county" / "roll.v1.yaml"
    into.parent.mkdir(exist_ok=True)
    into.write_text(text, encoding="utf-8")
    return load_mapping(into, MAPPINGS / "codes")


def right(mapping: RollMapping, made: Made) -> tuple[int, int]:
    """(columns taken for what they are, columns that there are)."""
    held = {
        (name, column)
        for output in mapping.spec.outputs
        for name, field in output.fields.items()
        for column in field.columns
    }
    found = sum(
        (FIELD_OF.get(kind, kind), heading_text(heading)) in held
        for kind, heading in made.truth.items()
    )
    return found, len(made.truth)


def test_a_suggestion_is_mostly_right_and_runs_unedited(engine: Engine, tmp_path: Path) -> None:
    found = there = received = accepted = 0
    for roll in HEADINGS:
        for seed in SEEDS:
            made = make(tmp_path, roll, seed)
            mapping = suggested(tmp_path, made.path)
            good, of = right(mapping, made)
            found, there = found + good, there + of
            trial = try_file(engine, mapping, made.path)
            received, accepted = received + trial.mapped.received, accepted + trial.mapped.accepted
    assert received == len(HEADINGS) * len(SEEDS) * 250
    assert found / there >= 0.9
    assert accepted / received >= 0.95


def test_a_suggestion_names_what_it_does_not_know(tmp_path: Path) -> None:
    made = make(tmp_path, "enrolment", 1)
    columns = suggested(tmp_path, made.path).spec.columns
    unknown = set(columns) - set(map(heading_text, made.truth.values()))
    assert unknown
    assert all("nobody has said" in columns[name].ignore for name in unknown)


def test_the_form_is_seen_too(tmp_path: Path) -> None:
    made = make(tmp_path, "child", 2)
    (content,) = suggested(tmp_path, made.path).spec.contents
    assert content.type == "xlsx"


BAD = [
    ("none.csv", None, UsageError, "no such file"),
    ("empty.csv", b"", MappingFailed, "the file is empty"),
    ("empty.xlsx", b"", MappingFailed, "the file is empty"),
    ("bytes.csv", b"a,b\n\xff\xff\xff,1\n" * 9, MappingFailed, "neither UTF-8 nor GB18030"),
    ("other.csv", b"x,y\n1,2\n", MappingFailed, "looks like no roll"),
]


@pytest.mark.parametrize(("name", "raw", "error", "said"), BAD)
def test_what_cannot_be_suggested(
    tmp_path: Path, name: str, raw: bytes | None, error: type[Exception], said: str
) -> None:
    if raw is not None:
        (tmp_path / name).write_bytes(raw)
    with pytest.raises(error, match=said):
        suggested(tmp_path, tmp_path / name)
