"""Every named SQL step parses, and translates for Spark; every step says what it reads and why."""

from pathlib import Path

import pytest
import sqlglot

ROOT = Path(__file__).resolve().parents[2]
STEPS = sorted(
    p for p in [*ROOT.glob("gateway/**/*.sql"), *ROOT.glob("mappings/**/*.sql")]
    if not p.name.startswith("macros")
)  # fmt: skip


def test_there_are_steps() -> None:
    assert len(STEPS) > 10


@pytest.mark.parametrize("path", STEPS, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_step_translates_for_spark(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    statements = sqlglot.transpile(
        text, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE
    )
    assert all(statement.strip() for statement in statements)


@pytest.mark.parametrize("path", STEPS, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_step_says_what_it_reads_and_why(path: Path) -> None:
    head = path.read_text(encoding="utf-8").split("\n\n")[0]
    assert head.startswith("-- reads:")
    assert "why:" in head
