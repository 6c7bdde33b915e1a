"""A plain file on its way into a seal: what content it is, how many rows it has, and the closing
statement of a roll that is one file."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from gateway.exchange.limits import DEFAULT_LIMITS, Limits
from gateway.exchange.rows import XLSX, RowProfile, row_reader
from gateway.exchange.salt import new_salt
from gateway.exchange.sealing import Draft, Ending, Sealer, seal_file
from gateway.model.errors import UsageError
from gateway.model.exchange import Action, Header, ScopeCount

UNTOLD_COUNTY = "000000"
"""Where rows count whose county nobody tells (docs/exchange-format.md, section 1)."""
_CHUNK = 1 << 20
_ENCODINGS = ("utf-8", "gb18030")
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Plain:
    """A plain roll: whose it is, which, and in whose place. `rows_at` is for XML and JSON only."""

    path: Path
    sender: str
    recipient: str
    source: str
    roll: str
    period: str
    replaces: str = ""
    rows_at: str = ""

    def draft(self, rows: int) -> Draft:
        """What the sender says of it."""
        return Draft(
            self.sender, self.recipient, Action.ROLL, self.source, self.roll, self.period,
            ending=Ending((ScopeCount(UNTOLD_COUNTY, rows),)), replaces=self.replaces,
        )  # fmt: skip


def seal_plain(plain: Plain, into: Path, sealer: Sealer) -> Header:
    """Seal a plain roll as one file into a folder. Raises UsageError, KeyUnavailable."""
    content_type = content_type_of(plain.path)
    profile = RowProfile("csv", plain.rows_at, also=("xlsx", "xml", "json"))
    rows = count_rows(plain.path, content_type, plain.rows_at, sealer.limits)
    return seal_file(
        plain.path, into, content_type, plain.draft(rows), replace(sealer, rows=profile)
    )


def count_rows(
    path: Path, content_type: str, rows_at: str = "", limits: Limits = DEFAULT_LIMITS
) -> int:
    """Data rows of a plain file, as its contract will count them."""
    reader = row_reader(content_type, rows_at, new_salt(), limits)
    for piece in _pieces(path):
        reader.feed(piece)
    return reader.finish().rows


def content_type_of(path: Path) -> str:
    """The content type of a plain file, by its bytes, never by its name. Raises UsageError."""
    start = next(_pieces(path), b"")
    if not start:
        raise UsageError("the file is empty", where=path.name, mend="ask for it again")
    if start.startswith(_ZIP):
        return XLSX
    if start.startswith(_OLD_EXCEL):
        raise UsageError(
            "the workbook is in the old .xls form, or has a password",
            where=path.name,
            mend="open it in the office program and save it as .xlsx without a password",
        )
    first = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if first in (b"<", b"{", b"["):
        return "application/xml" if first == b"<" else "application/json"
    return f"text/csv; charset={_encoding(path)}"


def _encoding(path: Path) -> str:
    for name in _ENCODINGS:
        decoder = codecs.getincrementaldecoder(name)("strict")
        try:
            for piece in _pieces(path):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return name
    raise UsageError(
        "the file is neither UTF-8 nor GB18030 text, nor a workbook",
        where=path.name,
        mend="save it as .xlsx, or as CSV in UTF-8",
    )


def _pieces(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while piece := file.read(_CHUNK):
                yield piece
    except OSError as error:
        raise UsageError(f"the file cannot be read ({error.strerror})", where=str(path)) from None
