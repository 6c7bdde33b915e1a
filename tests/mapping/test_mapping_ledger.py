"""The ledger: references, superseding, atomicity, digests, and that it balances whatever comes."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import jsonschema
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mapping_rolls import FIRST, SECOND, page, run, shipped, small

from gateway.engine import Engine
from gateway.mapping import RollMapping, apply
from gateway.mapping.ledger import balance, open_ledger
from gateway.mapping.readers.write import write_rows
from gateway.model.errors import LedgerUnbalanced, MappingFailed
from gateway.model.exchange import Action, Grade, Header, SealedRef, VerifiedExchange
from gateway.model.tables import Table, json_schema, table

UTF8 = "text/csv; charset=utf-8"


def csv(*lines: str, heading: str = "编号,姓名,证号,生日,状态,年级,备注") -> bytes:
    return "\n".join([heading, *lines, ""]).encode()


def refs(engine: Engine, name: str) -> list[str]:
    return sorted(engine.fetch(f"SELECT row_ref FROM {name}").column(0).to_pylist())


def test_rows_are_referred_to_by_exchange_and_line(engine: Engine, tmp_path: Path) -> None:
    pages = [
        page(csv("A1,甲,,,01,1,", "A2,乙,,,77,1,"), UTF8, FIRST, 2),
        page(csv("A3,丙,,,01,1,"), UTF8, SECOND, 1),
    ]
    mapped = run(engine, small(tmp_path), pages)
    assert refs(engine, "mapped_enrolment") == [f"{FIRST}#1", f"{SECOND}#1"]
    assert refs(engine, "quarantine_rows") == [f"{FIRST}#2"]
    assert (mapped.received, mapped.accepted, mapped.quarantined, mapped.superseded) == (3, 2, 1, 0)


def test_the_later_page_and_row_supersede(engine: Engine, tmp_path: Path) -> None:
    pages = [  # the second page has the smaller exchange id: order of pages counts, not of ids
        page(csv("A1,一,,,01,1,", "A1,二,,,01,1,", "A2,x,,,01,1,"), UTF8, SECOND),
        page(csv("A1,三,,,77,1,", "A1,四,,,01,1,"), UTF8, FIRST),
    ]
    mapped = run(engine, small(tmp_path), pages)
    found = engine.fetch("SELECT row_key, name FROM mapped_enrolment ORDER BY row_key").to_pylist()
    assert found == [{"row_key": "A1", "name": "四"}, {"row_key": "A2", "name": "x"}]
    gone = engine.fetch("FROM superseded_rows ORDER BY row_ref").to_pylist()
    assert [(r["row_ref"], r["superseded_by"]) for r in gone] == [
        (f"{SECOND}#1", f"{FIRST}#2"),
        (f"{SECOND}#2", f"{FIRST}#2"),
    ]
    assert {r["table_name"] for r in gone} == {"enrolment"}
    assert (mapped.accepted, mapped.quarantined, mapped.superseded) == (2, 1, 2)


def test_line_numbers_hold_over_slabs_and_many_rows(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.mapping.readers.csv.BLOCK", 1 << 16)
    monkeypatch.setattr("gateway.mapping.readers.csv.SLAB_BYTES", 1 << 20)
    count = 120_000
    lines = [f"A{n},安禾,,,01,1," for n in range(1, count + 1)]
    mapped = run(engine, small(tmp_path), [page(csv(*lines), UTF8, FIRST, count)])
    assert mapped.accepted == count
    wrong = engine.value(
        "SELECT count(*) FROM mapped_enrolment WHERE row_ref <> $id || substr(row_key, 2)",
        {"id": f"{FIRST}#"},
    )
    assert wrong == 0


def test_a_roll_that_fails_leaves_nothing(engine: Engine, tmp_path: Path) -> None:
    mapping = small(tmp_path)
    good = page(csv("A1,甲,,,77,1,"), UTF8)
    run(engine, mapping, [good])
    with pytest.raises(LedgerUnbalanced):
        run(engine, mapping, [page(csv("A1,甲,,,77,1,"), UTF8, SECOND, 2)])
    assert not engine.exists("mapped_enrolment")
    assert refs(engine, "quarantine_rows") == [f"{FIRST}#1"]
    kept = engine.fetch("SELECT table_name FROM information_schema.tables").column(0).to_pylist()
    assert sorted(kept) == ["quarantine_rows", "superseded_rows"]


def test_a_row_too_few_or_twice_stops_the_run(engine: Engine) -> None:
    open_ledger(engine)
    engine.load("mapped_toy", pa.table({"row_ref": ["a", "b"]}))
    assert balance(engine, "toy", "here", 2) == (2, 0, 0)
    with pytest.raises(LedgerUnbalanced, match="3 rows came in"):
        balance(engine, "toy", "here", 3)
    engine.load("mapped_toy", pa.table({"row_ref": ["a", "a"]}))
    with pytest.raises(LedgerUnbalanced, match="1 references"):
        balance(engine, "toy", "here", 2)


def test_pages_of_two_sources_are_no_roll(engine: Engine, tmp_path: Path) -> None:
    pages = [page(csv(), UTF8), page(csv(), UTF8, SECOND, source="other")]
    with pytest.raises(MappingFailed, match="no one roll"):
        run(engine, small(tmp_path), pages)


def test_no_page_is_an_empty_roll(engine: Engine, tmp_path: Path) -> None:
    mapped = run(engine, small(tmp_path), [])
    assert (mapped.received, mapped.accepted, mapped.source) == (0, 0, "bureau")
    assert engine.fetch("FROM mapped_enrolment").schema == table("enrolment").schema


def exchange(content: bytes, rows: int, roll: str = "roll") -> VerifiedExchange:
    now = datetime(2026, 11, 16, tzinfo=UTC)
    header = Header(
        FIRST, "bureau", "gateway", Action.ROLL_ANSWER, "bureau", roll, "2026-11", now, now, UTF8,
        rows, "", "", "",
    )  # fmt: skip
    return VerifiedExchange(
        header, SealedRef(FIRST, "", 0), Grade.OWNER_SIGNED, "", now, BytesIO(content)
    )


def test_verified_exchanges_are_mapped(engine: Engine, tmp_path: Path) -> None:
    mapping = small(tmp_path)
    one = exchange(csv("A1,甲,,,01,1,"), 1)
    mapped = apply(engine, mapping, [one], spill_dir=tmp_path)
    assert (mapped.source, mapped.roll, mapped.tables) == ("bureau", "roll", ("enrolment",))
    assert mapped.accepted == 1
    with pytest.raises(MappingFailed, match="'other'"):
        apply(engine, mapping, [exchange(csv(), 0, "other")], spill_dir=tmp_path)


def test_tables_have_the_canonical_schema_and_the_main_one_is_last(engine: Engine) -> None:
    mapping = shipped("national_welfare_system/assistance")
    media, raw, _ = write_rows([], mapping.spec.columns, mapping.spec.contents[0])
    mapped = run(engine, mapping, [page(raw, media)])
    assert mapped.tables == ("assistance_household", "assistance_member")
    for name in mapped.tables:
        assert engine.fetch(f"FROM mapped_{name}").schema == table(name).schema


def digest_text(row: dict[str, object], of: Table) -> str:
    """docs/mapping.md, 'The digest of a row', in Python."""
    names = ["row_key", "division", "valid_from", "valid_to", *(c.name for c in of.facts)]
    shown = {True: "true", False: "false"}
    texts = [
        "\x1e" if row[n] is None else shown[row[n]] if isinstance(row[n], bool) else str(row[n])
        for n in names
    ]
    return "\x1f".join(texts)


def digests_hold(engine: Engine, name: str) -> bool:
    rows = engine.fetch(f"FROM mapped_{name}").to_pylist()
    of = table(name)
    return all(
        row["row_digest"] == hashlib.sha256(digest_text(row, of).encode()).hexdigest()
        for row in rows
    )


# Rows of any roll: mostly what a column may hold, else anything.
WORDS = {
    "status": ["01", "02", "休学", "77", "", " 03"],
    "code": ["1", "0", "01", "390", "201", "A", "C", "男", "女", "汉族", "02", "子", "1403"],
    "date": ["20130517", "2013-05-17", "2013.5.17", "20131345", "2013年5月17日", "41182"],
    "month": ["202610", "2026-10", "202613"],
    "number": ["419901201305170117", "'419901201305170117", "41990120130517023x", "L1"],
    "text": ["林安禾", "阿依·努尔", "无", "null区", "1150.00", "6", "09", "419901001001"],
    "key": ["K1", "K2", "K3", "k 4"],
}
cells = st.one_of(
    *(st.sampled_from(words) for words in WORDS.values()),
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8),
)


def dirty(mapping: RollMapping, filled: Iterable[dict[str, str]]) -> st.SearchStrategy[object]:
    """Rows that start as a clean one of the golden twin, some cells replaced."""
    columns = st.sampled_from(mapping.used_columns)
    changes = st.dictionaries(columns, cells, max_size=5)
    base = st.sampled_from(list(filled))
    return st.lists(st.builds(lambda b, c: {**b, **c}, base, changes), max_size=25)


@pytest.mark.parametrize(
    "name",
    [
        "education/enrolment",
        "medical_insurance/coverage",
        "national_welfare_system/registry",
        "national_welfare_system/assistance",
    ],
)
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_roll_balances_and_what_is_accepted_is_canonical(
    shared_engine: Engine, name: str, data: st.DataObject
) -> None:
    from gateway.mapping.golden import load_golden

    mapping = shipped(name)
    golden = load_golden(mapping)
    rows = data.draw(dirty(mapping, [golden.base.row]))
    content = data.draw(st.sampled_from(mapping.spec.contents[:2]))
    media, raw, _ = write_rows(
        [{k: legal(v) for k, v in row.items()} for row in rows],  # type: ignore[union-attr]
        mapping.spec.columns,
        content,
    )
    given = [page(raw, media, rows=count(raw, media, len(rows)))]
    try:
        mapped = run(shared_engine, mapping, given)
    except MappingFailed as swapped:  # most rows that are left have a number for a name
        assert "holds numbers" in swapped.what
        name_column = mapping.main.fields["name"].columns[0]
        assert {row[name_column] for row in rows} & set(WORDS["number"])  # type: ignore[attr-defined]
        return
    assert mapped.received == mapped.accepted + mapped.quarantined + mapped.superseded
    for of in mapping.tables:
        check_rows(shared_engine, of)
        assert digests_hold(shared_engine, of)
    shared_engine.drop("quarantine_rows", "superseded_rows")


def legal(value: str) -> str:
    """XML and one-line CSV cannot hold control characters; GB 18030 has no lone surrogates."""
    return "".join(c for c in value if c >= " " and c not in "\ufffe\uffff")


def count(raw: bytes, media: str, rows: int) -> int:
    """CSV counts lines; the others objects."""
    return raw.count(b"\n") - 1 if media.startswith("text/csv") else rows


def check_rows(engine: Engine, of: str) -> None:
    """Accepted rows obey the JSON Schema of their table, and its required columns in SQL."""
    validator = jsonschema.Draft202012Validator(
        json_schema(table(of)), format_checker=jsonschema.FormatChecker()
    )
    for row in engine.fetch(f"FROM mapped_{of}").to_pylist():
        shown = {k: v if isinstance(v, bool | int | None) else str(v) for k, v in row.items()}
        assert list(validator.iter_errors(shown)) == []
    keys = engine.fetch(f"SELECT row_key FROM mapped_{of}").column(0).to_pylist()
    assert len(keys) == len(set(keys))
