"""The ledger of one mapped roll: later rows supersede, and every row received is found again."""

from collections.abc import Sequence

import pyarrow as pa

from gateway.engine import Engine, load_step
from gateway.mapping.checks import broken_rule
from gateway.mapping.sql_text import literal
from gateway.model.errors import LedgerUnbalanced
from gateway.model.tables import table

_ROOM = "gateway.mapping"


def open_ledger(engine: Engine) -> None:
    """Make the night's ledger tables if they are not there, and this roll's, empty."""
    engine.run(load_step(_ROOM, "ledger_tables"))
    engine.run(load_step(_ROOM, "mapped_tables"))


def supersede(
    engine: Engine,
    name: str,
    pages: Sequence[str],
    *,
    record: tuple[str, str] | None = None,
    prefer: Sequence[str] = (),
) -> None:
    """Take rows out of `mapped_<name>` whose key comes again later: by page, then by row.

    `prefer` are SQL conditions over the row, the weightiest first: a row that holds them counts
    before a later one. With `record` (source, roll) rows are listed in `mapped_superseded`.
    """
    engine.load("mapped_page", pa.table({"exchange_id": list(pages), "page": range(len(pages))}))
    engine.run(_repeated(f"mapped_{name}", prefer))
    if record is not None:
        source, roll = record
        engine.run(
            "INSERT INTO mapped_superseded "
            f"SELECT $source, $roll, {literal(name)}, row_ref, row_key, last_ref FROM repeated_row",
            {"source": source, "roll": roll},
        )
    engine.run(f"DELETE FROM mapped_{name} WHERE row_ref IN (SELECT row_ref FROM repeated_row)")
    engine.drop("repeated_row", "mapped_page")


def check_rows(engine: Engine, tables: Sequence[str], where: str) -> None:
    """Raises LedgerUnbalanced when an accepted row is not what its table's schema says."""
    for name in tables:
        wrong = engine.value(f"SELECT count(*) FROM mapped_{name} WHERE {broken_rule(table(name))}")
        if wrong:
            raise LedgerUnbalanced(
                f"{wrong} accepted rows of {name!r} break its schema",
                where=where,
                mend="report it: this is a fault of the mapping, not of the roll",
            )


def balance(engine: Engine, name: str, where: str, received: int) -> tuple[int, int, int]:
    """(accepted, quarantined, superseded) of a roll, by row reference.

    Raises LedgerUnbalanced when they are not exactly the rows received, each once.
    """
    parts = [f"mapped_{name}", "mapped_quarantine", "mapped_superseded"]
    accepted, quarantined, superseded = (engine.count(part) for part in parts)
    union = " UNION ALL ".join(f"SELECT row_ref FROM {part}" for part in parts)
    distinct = engine.value(f"SELECT count(DISTINCT row_ref) FROM ({union})")
    if not accepted + quarantined + superseded == distinct == received:
        raise LedgerUnbalanced(
            f"{received} rows came in; {accepted} accepted, {quarantined} quarantined and "
            f"{superseded} superseded are {distinct} references",
            where=where,
            mend="report it: this is a fault of the mapping, not of the roll",
        )
    return accepted, quarantined, superseded


def keep_ledger(engine: Engine) -> None:
    """Add this roll's quarantined and superseded rows to the night's ledger."""
    engine.run(load_step(_ROOM, "keep_ledger"))
    engine.drop("mapped_quarantine", "mapped_superseded")


def _repeated(table: str, prefer: Sequence[str]) -> str:
    first = "".join(f"coalesce({condition}, false), " for condition in prefer)
    order = f"ORDER BY {first}page, CAST(split_part(row_ref, '#', 2) AS BIGINT)"
    span = "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"
    return (
        "CREATE OR REPLACE TABLE repeated_row AS SELECT * FROM (SELECT row_key, row_ref, "
        f"last_value(row_ref) OVER (PARTITION BY row_key {order} {span}) AS last_ref "
        f"FROM {table} AS m JOIN mapped_page AS p ON p.exchange_id = split_part(m.row_ref, '#', 1) "
        f"WHERE row_key IN (SELECT row_key FROM {table} GROUP BY row_key HAVING count(*) > 1)"
        ") AS every WHERE row_ref <> last_ref"
    )
