"""A roll as sealed files: one for a folder or an SFTP server, pages with a closing row for a table."""

import csv
import io
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pyarrow as pa

from sandbox.bureaus import files
from sandbox.bureaus.contract import FILE_LIFE, Closing, Exchange, Terms
from sandbox.bureaus.faults import ALTERED, CUT, ENDLESS, Faults, alter
from sandbox.bureaus.forging import sealed_wrongly
from sandbox.bureaus.keys import KeyRing
from sandbox.bureaus.rolls import Roll
from sandbox.bureaus.rows import grow, pages_root

RECIPIENT = "gateway"
S = TypeVar("S")
_LINE_BREAKS = re.compile(r"[\r\n]+")


@dataclass(frozen=True, slots=True)
class Drop:
    """What a bureau drops: a roll of a period, perhaps in place of an earlier delivery."""

    period: str
    name: str
    roll: Roll
    replaces: str = ""
    recipient: str = RECIPIENT
    ahead: timedelta = timedelta(0)

    def terms(self, sender: str, **more: object) -> Terms:
        """The terms of a sealed file of this roll."""
        values = {
            "source": sender, "roll": self.name, "period": self.period, "replaces": self.replaces,
            "life": FILE_LIFE, "ahead": self.ahead, **more,
        }  # fmt: skip
        return Terms(sender, self.recipient, "roll", **values)  # type: ignore[arg-type]


def seal_roll(ring: KeyRing, drop: Drop) -> tuple[Exchange, bytes]:
    """The whole roll as one sealed file."""
    text = csv_text(drop.roll.table)
    tree = grow(files.csv_lines(text))
    said = _closing(drop.roll, [tree.root])
    return files.seal(ring, drop.terms(ring.me.name, closing=said), text, tree)


def seal_pages(ring: KeyRing, drop: Drop, page_rows: int) -> list[tuple[Exchange, bytes]]:
    """The roll as sealed pages, each with the heading; the last one, the closing row, has no rows."""
    table, sealed, roots = drop.roll.table, [], []
    starts = list(range(0, table.num_rows, page_rows))
    for number, start in enumerate(starts, start=1):
        text = csv_text(table.slice(start, page_rows))
        tree = grow(files.csv_lines(text))
        roots.append(tree.root)
        terms = drop.terms(ring.me.name, page=number, last=False)
        sealed.append(files.seal(ring, terms, text, tree))
    text = csv_text(table.slice(0, 0))
    tree = grow(files.csv_lines(text))
    said = _closing(drop.roll, [*roots, tree.root])
    terms = drop.terms(ring.me.name, page=len(starts) + 1, closing=said)
    return [*sealed, files.seal(ring, terms, text, tree)]


def write_table(database: Path, table: str, pages: list[tuple[Exchange, bytes]]) -> None:
    """Put sealed pages into a front-end table of an SQLite file (docs/exchange-format.md, section 5)."""
    rows = [
        (pages[0][0].id, number, int(exchange.last), sealed)
        for number, (exchange, sealed) in enumerate(pages, start=1)
    ]
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            f"CREATE TABLE IF NOT EXISTS {table} (delivery VARCHAR(64) NOT NULL, "
            "part INTEGER NOT NULL, closing INTEGER NOT NULL, sealed BLOB NOT NULL, "
            "PRIMARY KEY (delivery, part))"
        )
        connection.executemany(f"INSERT INTO {table} VALUES (?, ?, ?, ?)", rows)


def take_column(database: Path, table: str, there: bool) -> None:
    """Take the column `sealed` of a front-end table away, or put it back."""
    old, new = ("sealed", "gone") if there else ("gone", "sealed")
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")


def dropped_file(ring: KeyRing, drop: Drop, faults: Faults) -> tuple[str, bytes]:
    """The roll as one sealed file as a bureau with faults drops it: (exchange id, bytes)."""
    exchange, sealed = _sealed_wrongly(ring, drop, faults, seal_roll)
    return exchange.id, _spoilt(sealed, drop, faults)


def dropped_pages(
    ring: KeyRing, drop: Drop, page_rows: int, faults: Faults
) -> list[tuple[Exchange, bytes]]:
    """The roll as sealed pages as a bureau with faults drops them; of an endless one the closing row
    is missing."""
    pages = _sealed_wrongly(ring, drop, faults, lambda r, d: seal_pages(r, d, page_rows))
    exchange, sealed = pages[-2]
    pages[-2] = (exchange, _spoilt(sealed, drop, faults))
    return pages[:-1] if faults.on(ENDLESS, drop.period, drop.name) else pages


def _sealed_wrongly(
    ring: KeyRing, drop: Drop, faults: Faults, seal: Callable[[KeyRing, Drop], S]
) -> S:
    def bent(ring: KeyRing, terms: Terms) -> S:
        return seal(ring, replace(drop, recipient=terms.recipient, ahead=terms.ahead))

    return sealed_wrongly(ring, drop.terms(ring.me.name), faults, bent)


def _spoilt(sealed: bytes, drop: Drop, faults: Faults) -> bytes:
    content = sealed.index(b"\n", len(files.MAGIC)) + 1
    if faults.on(CUT, drop.period, drop.name):
        return sealed[: (content + len(sealed)) // 2]
    if faults.on(ALTERED, drop.period, drop.name):
        return alter(sealed, content, len(sealed))
    return sealed


def csv_text(table: pa.Table) -> bytes:
    """GB18030 CSV with one heading line and CRLF ends. A line break inside a value becomes a
    space, so that a physical line is a row."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.column_names)
    columns = [[_one_line(value) for value in column.to_pylist()] for column in table.columns]
    writer.writerows(zip(*columns, strict=True))
    return out.getvalue().encode("gb18030")


def _one_line(value: str | None) -> str:
    if value and ("\n" in value or "\r" in value):
        return _LINE_BREAKS.sub(" ", value)
    return value or ""


def _closing(roll: Roll, roots: list[str]) -> Closing:
    return Closing(roll.stated_rows, len(roots), pages_root(roots), roll.scopes, roll.held_scopes)
