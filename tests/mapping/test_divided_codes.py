"""A column of divisions reads old codes as the night calls them, and says where nobody knows."""

import dataclasses
from datetime import date

from mapping_rolls import page, run, shipped

from gateway.engine import Engine
from gateway.mapping.golden import load_golden
from gateway.mapping.readers.write import write_rows
from gateway.pipeline.divisions import DivisionChange, moved_by, now_called

CHANGES = [
    DivisionChange.model_validate({
        "old": "419961", "since": date(2026, 10, 1), "source": "a test",
        "parts": [{"new": "419905", "of": ["419961101", "419961102003"]}, {"new": "419906", "rest": True}],
    }),
    DivisionChange.model_validate({
        "old": "419962", "since": date(2026, 10, 1), "source": "a test",
        "parts": [{"new": "419905", "of": ["419962101"]}, {"new": "419906"}],
    }),
    DivisionChange(old="419963", new="419907", since=date(2026, 10, 1), source="a test"),
]  # fmt: skip
WRITTEN = [
    "419961101001", "419961101", "419961102003", "419961102004", "419961", "'419961103",
    "419962101", "419962102", "419962", "419963001", "419901001002", "no code",
]  # fmt: skip


def test_old_codes_are_read_by_their_town_and_never_guessed(engine: Engine) -> None:
    moved = moved_by(CHANGES, "2026-10")
    mapping = dataclasses.replace(shipped("national_welfare_system/registry"), moved=moved)
    base = load_golden(mapping).base.row
    key = mapping.main.fields["row_key"].columns[0]
    rows = [{**base, key: f"K{n:02}", "户籍区划": written} for n, written in enumerate(WRITTEN)]
    media, raw, _ = write_rows(rows, mapping.spec.columns, mapping.spec.contents[0])
    mapped = run(engine, mapping, [page(raw, media)])
    assert mapped.accepted == len(WRITTEN)
    found = engine.fetch(f"SELECT division FROM mapped_{mapping.main.table} ORDER BY row_key")
    then = [now_called(w.strip("'").ljust(12, "0"), moved) for w in WRITTEN[:-1]]
    assert found.column(0).to_pylist() == [
        code.ljust(12, "0") if code else None for code in then
    ] + [None]
    said = {(s.subject, s.reason): s.rows for s in mapped.signals if s.subject == "户籍区划"}
    assert said == {("户籍区划", "divided"): 3, ("户籍区划", "unreadable"): 1}
