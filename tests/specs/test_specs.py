"""Specification files: what is read, what is refused, and that every complaint names a line."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model.errors import GatewayError, SpecError
from gateway.specs import SpecModel, load_spec, parse_spec, read_spec

READ = [
    ("a: 01", {"a": "01"}),
    ("a: 10", {"a": 10}),
    ("a: -3.50", {"a": -3.5}),
    ("a: 2026-09-01", {"a": "2026-09-01"}),
    ("a: 12:30:00", {"a": "12:30:00"}),
    ("a: no", {"a": "no"}),
    ("a: true", {"a": True}),
    ("a: null", {"a": None}),
    ("a:", {"a": None}),
    ("a: '10'", {"a": "10"}),
    ("a: [1, x, {b: 男}]", {"a": [1, "x", {"b": "男"}]}),
    ("a: |\n  two\n  lines\n", {"a": "two\nlines\n"}),
    ("07: x", {"07": "x"}),
]


@pytest.mark.parametrize(("text", "value"), READ)
def test_values_stay_what_was_written(text: str, value: object) -> None:
    assert parse_spec(text, "f.yaml").data == value


REFUSED = [
    ("a: 1\nb: 2\na: 3", "f.yaml:3", "twice"),
    ("a: !!python/object:os.system x", "f.yaml:1", "tags"),
    ("a: &x 1\nb: *x", "f.yaml:1", "anchors"),
    ("a: {b: 1]", "f.yaml:1", "not YAML"),
    ("a: 1\n\tb: 2", "f.yaml:2", "not YAML"),
    ("a: \x01", "f.yaml:1", "character"),
    ("? [a, b]\n: 1", "f.yaml:1", "key"),
    ("", "f.yaml:1", "empty"),
    ("a: 1\n---\nb: 2", "f.yaml:2", "not YAML"),
]


@pytest.mark.parametrize(("text", "where", "word"), REFUSED)
def test_a_complaint_names_file_and_line(text: str, where: str, word: str) -> None:
    with pytest.raises(SpecError) as refused:
        parse_spec(text, "f.yaml")
    assert refused.value.where == where
    assert word in refused.value.what


class Inner(SpecModel):
    code: str


class Outer(SpecModel):
    title: str
    inner: tuple[Inner, ...] = ()


WRONG = [
    ("title: x\nunknown: 1", "f.yaml:2"),
    ("inner: []", "f.yaml:1"),
    ("title: x\ninner:\n  - code: a\n  - code: 10", "f.yaml:4"),
    ("title: x\ninner:\n  - {code: a, more: b}", "f.yaml:3"),
    ("- 1", "f.yaml:1"),
]


@pytest.mark.parametrize(("text", "where"), WRONG)
def test_a_wrong_value_names_its_line(text: str, where: str) -> None:
    with pytest.raises(SpecError) as refused:
        parse_spec(text, "f.yaml").check(Outer)
    assert refused.value.where == where


def test_a_right_file_is_a_frozen_value(tmp_path: Path) -> None:
    path = tmp_path / "good.yaml"
    path.write_text("title: 名册\ninner:\n  - {code: '01'}\n", encoding="utf-8")
    good = load_spec(path, Outer)
    assert good == Outer(title="名册", inner=(Inner(code="01"),))
    with pytest.raises(ValueError, match="frozen"):
        good.title = "x"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="no such file"):
        read_spec(tmp_path / "none.yaml")
    (tmp_path / "gb.yaml").write_bytes("标题: 名册".encode("gb18030"))
    with pytest.raises(SpecError, match="UTF-8"):
        read_spec(tmp_path / "gb.yaml")


def test_where_falls_back_to_the_enclosing_place() -> None:
    spec = parse_spec("a:\n  b: 1\n", "f.yaml")
    assert spec.where(("a", "b", "c")) == "f.yaml:2"
    assert spec.where(("x",)) == "f.yaml:1"


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse_spec(text, "f.yaml")
    except GatewayError as refused:
        assert refused.where.startswith("f.yaml:")
