"""A roll as sealed files: one for a folder or an SFTP server, pages with a closing row for a table."""

import csv
import io
import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from sandbox.bureaus import files
from sandbox.bureaus.contract import FILE_LIFE, Closing, Exchange, Terms
from sandbox.bureaus.keys import KeyRing
from sandbox.bureaus.rolls import Roll
from sandbox.bureaus.rows import grow, pages_root

RECIPIENT = "gateway"
_LINE_BREAKS = re.compile(r"[\r\n]+")


@dataclass(frozen=True, slots=True)
class Drop:
    """What a bureau drops: a roll of a period, perhaps in place of an earlier delivery."""

    period: str
    name: str
    roll: Roll
    replaces: str = ""
    recipient: str = RECIPIENT

    def terms(self, sender: str, **more: object) -> Terms:
        """The terms of a sealed file of this roll."""
        values = {
            "source": sender, "roll": self.name, "period": self.period, "replaces": self.replaces,
            "life": FILE_LIFE, **more,
        }  # fmt: skip
        return Terms(sender, self.recipient, "roll", **values)  # type: ignore[arg-type]


def seal_roll(ring: KeyRing, drop: Drop) -> tuple[Exchange, bytes]:
    """The whole roll as one sealed file."""
    text = csv_text(drop.roll.table)
    tree = grow(files.csv_lines(text))
    closing = _closing(drop.roll, [tree.root])
    return files.seal(ring, drop.terms(ring.me.name, closing=closing), text, tree)


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
    closing = _closing(drop.roll, [*roots, tree.root])
    terms = drop.terms(ring.me.name, page=len(starts) + 1, closing=closing)
    return [*sealed, files.seal(ring, terms, text, tree)]


def write_table(database: Path, table: str, pages: list[tuple[Exchange, bytes]]) -> None:
    """Put sealed pages into a front-end table of an SQLite file (docs/exchange-format.md, section 5)."""
    rows = [
        (pages[0][0].id, number, int(number == len(pages)), sealed)
        for number, (_, sealed) in enumerate(pages, start=1)
    ]
    with sqlite3.connect(database) as connection:
        connection.execute(
            f"CREATE TABLE IF NOT EXISTS {table} (delivery VARCHAR(64) NOT NULL, "
            "part INTEGER NOT NULL, closing INTEGER NOT NULL, sealed BLOB NOT NULL, "
            "PRIMARY KEY (delivery, part))"
        )
        connection.executemany(f"INSERT INTO {table} VALUES (?, ?, ?, ?)", rows)
    connection.close()


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
