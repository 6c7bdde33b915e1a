"""docs/mapping.md: its example is a mapping that reads rows, its tables are the code's lists."""

import re
from pathlib import Path

from mapping_rolls import page, run, write_mapping

from gateway.engine import Engine
from gateway.mapping import Reason, SignalKind
from gateway.mapping.lint import FEWEST_CASES
from gateway.mapping.transforms import TRANSFORMS
from gateway.model.codes import CodeClass
from gateway.model.names import NULL_WORDS

TEXT = (Path(__file__).parents[2] / "docs" / "mapping.md").read_text(encoding="utf-8")


def table(heading: str) -> list[tuple[str, ...]]:
    lines = TEXT[TEXT.index(f"| {heading} |") :].split("\n\n")[0].splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [(first.strip("`"), *rest) for first, *rest in rows]


def test_the_example_reads_a_roll(engine: Engine, tmp_path: Path) -> None:
    example = re.findall(r"```yaml\n(.*?)```", TEXT, flags=re.DOTALL)[0]
    mapping = write_mapping(tmp_path, example)
    raw = "卡号,姓名,身份证号,出生日期,状态,年级,备注\nK1,林安禾,,2013.5.17,在读,6,x\n"
    mapped = run(engine, mapping, [page(raw.encode("gb18030"), "text/csv; charset=gb18030")])
    assert (mapped.accepted, mapped.signals) == (1, ())


def test_every_transform_is_described() -> None:
    assert table("transform") == [(t.name, t.kind, t.doc) for t in TRANSFORMS]


def test_every_reason_and_signal_is_described() -> None:
    assert [row[0] for row in table("reason")] == [r.value for r in Reason]
    assert [row[0] for row in table("signal")] == [s.value for s in SignalKind]


def test_words_for_nothing_and_classes_are_named() -> None:
    said = re.search(r"Words for nothing are\n(.*?), and the empty cell", TEXT)
    assert said is not None
    assert set(said[1].split()) == NULL_WORDS - {""}
    classes = re.search(r"rules read: (.*?)\. Other", TEXT, flags=re.DOTALL)
    assert classes is not None
    assert re.split(r",\s+", classes[1]) == [c.value for c in CodeClass if c != CodeClass.PLAIN]


def test_the_fewest_cases_are_said() -> None:
    assert FEWEST_CASES == 12
    assert "at least twelve cases" in TEXT
