"""Counts and digests the rows of an exchange *as sent*, and reads its control fields.

CSV streams line by line; JSON, XML and workbooks are held whole, up to a cap.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal, Protocol

import orjson
from lxml import etree

from gateway.evidence import RowTree
from gateway.exchange.documents import canonical, local_name, parse_xml, read_json, read_xml
from gateway.exchange.limits import Limits
from gateway.exchange.workbook_rows import workbook_leaves
from gateway.model.errors import ExchangeRefused, Refusal, UsageError
from gateway.model.exchange import Action
from gateway.model.ports import Controls

CONTROL_LENGTH = 256
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SCALARS = frozenset({str, int, bool, type(None)})
_NAMESPACE = re.compile(rb"<[^\s>]+ (xmlns(?::[^\s=]+)?=\"[^\"]*\")")
_ANSWERS = (Action.ROLL_ANSWER, Action.ASK_ANSWER)


@dataclass(frozen=True, slots=True)
class RowProfile:
    """Where a source's rows stand in its content.

    `rows_at` of an answer (or of a roll as a file) and `asked_at` of an ask: a dotted path for JSON
    (`output.psninsuinfo`), local element names with slashes below the payload element for XML
    (`xsjbxx`). CSV and workbooks need neither: each physical row is one as sent. `also` are further kinds in
    which a dropped file may come.
    """

    kind: Literal["csv", "json", "xml", "xlsx"]
    rows_at: str = ""
    asked_at: str = ""
    also: tuple[str, ...] = ()

    def place(self, action: Action, *, is_file: bool) -> str:
        """The path of the rows in an exchange of that action; empty when it has none."""
        if action in _ANSWERS or (is_file and action is Action.ROLL):
            return self.rows_at
        return self.asked_at if action is Action.ASK else ""

    def takes(self, content_type: str, action: Action, *, is_file: bool) -> bool:
        """Whether content of that type may be there: what brings rows must be of the profile's kinds."""
        brings_rows = action in _ANSWERS or (is_file and action is Action.ROLL)
        return not brings_rows or kind_of_content(content_type) in (self.kind, *self.also)


@dataclass(frozen=True, slots=True)
class RowFacts:
    """`rows` data rows; `leaves` rows as sent (a CSV's heading is one of them); their root."""

    rows: int
    leaves: int
    root: str


class RowReader(Protocol):
    """Takes the content piece by piece and says at the end what rows were in it."""

    def feed(self, piece: bytes | bytearray) -> None:
        """Take the next bytes. Raises ExchangeRefused(too_large)."""

    def finish(self) -> RowFacts:
        """The facts, after the last bytes. Raises ExchangeRefused(malformed)."""


class CsvRows:
    """Physical lines are leaves; records are counted so that a line break in quotes is no new row.

    In GB18030 and in UTF-8 the bytes of `"` and of the line feed never are part of another character.
    """

    def __init__(self, salt: bytes, limits: Limits) -> None:
        self._tree = RowTree(salt)
        self._longest = limits.line_bytes
        self._rest = b""
        self._records = 0
        self._quoted = False

    def feed(self, piece: bytes | bytearray) -> None:
        """Take the next bytes. Raises ExchangeRefused(too_large) for an endless line."""
        data = self._rest + piece
        lines = data.split(b"\n")
        self._rest = lines.pop()
        if len(self._rest) > self._longest:
            raise ExchangeRefused(Refusal.TOO_LARGE, "A line is longer than the cap")
        self._take(lines, quotes=b'"' in data)

    def finish(self) -> RowFacts:
        """The facts; what follows the last line feed is a line unless it is empty."""
        if self._rest:
            self._take([self._rest], quotes=True)
            self._rest = b""
        return RowFacts(max(self._records - 1, 0), self._tree.count, self._tree.root())

    def _take(self, lines: Sequence[bytes], *, quotes: bool) -> None:
        self._tree.add(lines)
        if not quotes and not self._quoted:
            self._records += len(lines)
            return
        for line in lines:
            self._records += not self._quoted
            self._quoted ^= bool(line.count(b'"') & 1)


class DocumentRows:
    """Rows of a JSON or XML document, or of a workbook, which is held whole until the end."""

    def __init__(self, kind: str, place: str, salt: bytes, limits: Limits) -> None:
        self._kind, self._place, self._limits = kind, place, limits
        self._tree = RowTree(salt)
        self._pieces: list[bytes | bytearray] = []
        self._size = 0

    def feed(self, piece: bytes | bytearray) -> None:
        """Take the next bytes. Raises ExchangeRefused(too_large)."""
        self._size += len(piece)
        if self._size > self._limits.document_bytes:
            raise ExchangeRefused(Refusal.TOO_LARGE, "The document is larger than the cap")
        self._pieces.append(piece)

    def finish(self) -> RowFacts:
        """The facts. Raises ExchangeRefused(malformed) when the document cannot be read."""
        data = b"".join(self._pieces)
        if self._kind == "xlsx":
            rows = workbook_leaves(data)
            self._tree.add(rows)
            return RowFacts(max(len(rows) - 1, 0), len(rows), self._tree.root())
        if self._kind == "json":
            rows = json_rows(read_json(data, self._limits.depth), self._place)
        else:
            rows = xml_leaves(data, self._place, self._limits.depth)
        self._tree.add(rows)
        return RowFacts(len(rows), len(rows), self._tree.root())


def row_reader(content_type: str, place: str, salt: bytes, limits: Limits) -> RowReader:
    """The reader for a content type; `salt` is 32 bytes (any, when no row will come)."""
    kind = kind_of_content(content_type)
    return CsvRows(salt, limits) if kind == "csv" else DocumentRows(kind, place, salt, limits)


def kind_of_content(content_type: str) -> str:
    """`csv`, `json`, `xml` or `xlsx`."""
    kinds = {"application/json": "json", "application/xml": "xml", XLSX: "xlsx"}
    return kinds.get(content_type, "csv")


def read_controls(
    payload: BinaryIO, content_type: str, profile: RowProfile, controls: Controls, limits: Limits
) -> Mapping[str, str]:
    """The declared control fields of a verified payload, each at most 256 characters; missing = "".

    What is verified was read with every guard by `row_reader`: it is only parsed here.

    The payload is left at its start. Raises UsageError for a path that leads into rows.
    """
    for name, path in controls.items():
        if profile.rows_at and (path + "/").replace(".", "/").startswith(
            profile.rows_at.replace(".", "/") + "/"
        ):
            raise UsageError("A control field may not lead into rows.", where=name)
    kind = kind_of_content(content_type)
    if not controls or kind in ("csv", "xlsx"):
        return {}
    data = payload.read()
    payload.seek(0)
    if kind == "json":
        value = orjson.loads(data)
        found = {name: _json_text(value, path) for name, path in controls.items()}
    else:
        root = parse_xml(data)
        found = {name: _xml_text(root, path) for name, path in controls.items()}
    if any(len(text) > CONTROL_LENGTH for text in found.values()):
        raise ExchangeRefused(Refusal.MALFORMED, "A control field is longer than 256 characters")
    return found


def _json_at(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _json_text(value: Any, path: str) -> str:
    found = _json_at(value, path)
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""


def json_rows(value: Any, place: str) -> list[bytes]:
    """The rows at a dotted path, each canonical. Raises ExchangeRefused(malformed)."""
    rows = _json_at(value, place) if place else None
    if rows is None:
        return []
    if not isinstance(rows, list) or not all(_is_flat(row) for row in rows):
        raise ExchangeRefused(
            Refusal.MALFORMED, "A row is no object of texts, whole numbers, booleans and nulls"
        )
    return [orjson.dumps(row, option=orjson.OPT_SORT_KEYS) for row in rows]


def _is_flat(row: Any) -> bool:
    return type(row) is dict and _SCALARS.issuperset(map(type, row.values()))


def xml_leaves(data: bytes, place: str, depth: int) -> list[bytes]:
    """The rows of an XML document, each as exclusive C14N. Raises ExchangeRefused(malformed)."""
    root = read_xml(data, depth)
    rows = xml_rows(root, place)
    return cut_rows(data, root, rows) or [canonical(row) for row in rows]


def cut_rows(
    data: bytes, root: etree._Element, rows: Sequence[etree._Element]
) -> list[bytes] | None:
    """The same, cut out of the document's text; None unless that is canonical, in one namespace that
    only the root declares, and the rows have no attributes."""
    space = _NAMESPACE.match(data)
    if not rows or space is None or data.count(b"xmlns") != 1 or canonical(root) != data:
        return None
    name = (f"{rows[0].prefix}:" if rows[0].prefix else "").encode() + local_name(rows[0]).encode()
    start, end = b"<%s>" % name, b"</%s>" % name
    pieces = data.split(start)[1:]
    if len(pieces) != len(rows) or b"<%s " % name in data:
        return None
    head = b"<%s %s>" % (name, space[1])
    return [b"%s%s%s" % (head, piece[: piece.index(end)], end) for piece in pieces]


def xml_rows(root: etree._Element, place: str) -> list[etree._Element]:
    """The row elements at a path of local names below the payload element."""
    if not place:
        return []
    *way, last = place.split("/")
    parent: etree._Element | None = root
    for name in way:
        parent = _child(parent, name)
    namespace = etree.QName(root).namespace
    wanted = etree.QName(namespace, last).text
    return [] if parent is None else [child for child in parent if child.tag == wanted]


def _xml_text(root: etree._Element, path: str) -> str:
    found: etree._Element | None = root
    for name in path.split("/"):
        found = _child(found, name)
    return "" if found is None or len(found) else (found.text or "")


def _child(parent: etree._Element | None, name: str) -> etree._Element | None:
    if parent is None:
        return None
    fits = [child for child in parent if local_name(child) == name]
    return fits[0] if len(fits) == 1 else None
