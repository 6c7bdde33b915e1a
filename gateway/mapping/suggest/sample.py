"""The first rows of a plain file, whatever its form, as texts."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from gateway.mapping.contents import Content, CsvContent, Layout, XlsxContent
from gateway.mapping.readers.encoding import sniff
from gateway.mapping.readers.headings import LOOK, join_heading, separated, separator
from gateway.mapping.trial import WORKBOOKS, check_text
from gateway.model.errors import MappingFailed, UsageError
from gateway.sheets import Cell, cell_text, open_workbook

ROWS = 2000
_BYTES = 8 * 1024 * 1024
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Sample:
    """`headings` and, for each, the texts below it; `content` is the form in which it came."""

    content: Content
    headings: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]


def read_sample(path: Path, known: frozenset[str]) -> Sample:
    """The sample of a file; `known` are headings that help to find where the table begins.

    Raises UsageError when there is no such file, MappingFailed when it cannot be read.
    """
    if not path.is_file():
        raise UsageError(
            "没有这个文件 / there is no such file",
            where=path.name,
            mend="请核对路径 / check the path",
        )
    check_text(path)
    if path.suffix.lower() in WORKBOOKS:
        return _from_workbook(path, known)
    return _from_csv(path, known)


def _from_workbook(path: Path, known: frozenset[str]) -> Sample:
    with path.open("rb") as payload:
        book = open_workbook(payload, path.name)
        filled = [s for s in book.sheets if s.visible and s.rows]
        best: tuple[int, Sample] | None = None
        for sheet in filled:
            rows = [[*map(_text, row)] for row in islice(book.read(sheet)[0], ROWS + LOOK)]
            first, depth, score = _table(rows, known)
            layout = Layout(heading_rows=depth)
            named = (sheet.name,) if len(filled) > 1 else ()
            content = XlsxContent(type="xlsx", sheets=named, layout=layout)
            if best is None or score > best[0]:
                best = score, _sample(content, rows, first, depth)
    if best is None:
        raise MappingFailed(
            "工作簿是空的 / the workbook is empty",
            where=path.name,
            mend="请对方重新报送 / have the bureau send the file again",
        )
    return best[1]


def _from_csv(path: Path, known: frozenset[str]) -> Sample:
    with path.open("rb") as file:
        raw = file.read(_BYTES)
        whole = not file.read(1)
    if raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[", b"<"):
        raise MappingFailed(
            "这是 JSON 或 XML，不能从中建议对照 / this is JSON or XML, from which no mapping is suggested",
            where=path.name,
            mend="请对方给出 .xlsx 或 CSV 样表，或按 docs/mapping.md 编写 / have a table sent as .xlsx or "
            "CSV, or write the mapping by hand (docs/mapping.md)",
        )
    raw = raw if whole else raw[: raw.rfind(b"\n") + 1]
    encoding = sniff(raw)
    if encoding not in ("utf-8", "gb18030"):
        raise MappingFailed(
            "文字既不是 UTF-8 也不是 GB18030 / the text is neither UTF-8 nor GB18030",
            where=path.name,
            mend="ask the bureau for its encoding (BIG5 is read when the mapping declares it)",
        )
    text = raw.decode(encoding, errors="replace").removeprefix("\ufeff")
    rows = list(islice(csv.reader(text.splitlines()), ROWS + LOOK))
    sign = separator(rows[:LOOK], known)
    if sign:
        what, mend = separated(sign)
        raise MappingFailed(what, where=path.name, mend=mend)
    first, depth, _ = _table(rows, known)
    plain = first == 1 and depth == 1 and not _ends_like_a_form(rows)
    layout = None if plain else Layout(heading_rows=depth)
    given = "utf-8" if encoding == "utf-8" else "gb18030"
    content = CsvContent(type="csv", encoding=given, layout=layout)  # type: ignore[arg-type]
    return _sample(content, rows, first, depth)


def _sample(content: Content, rows: Sequence[Sequence[str]], first: int, depth: int) -> Sample:
    headings = join_heading(rows[first - depth : first])
    body = [row for row in rows[first:] if sum(map(bool, row)) > 1]
    columns = tuple(
        tuple(row[i].strip() if i < len(row) else "" for row in body) for i in range(len(headings))
    )
    kept = [i for i, h in enumerate(headings) if h and h not in headings[:i]]
    return Sample(content, tuple(headings[i] for i in kept), tuple(columns[i] for i in kept))


def _table(rows: Sequence[Sequence[str]], known: frozenset[str]) -> tuple[int, int, int]:
    """(first data row, rows of heading, score): the fullest heading, known words weighing most."""
    best = (1, 1, 0)
    for depth in range(1, _DEEPEST + 1):
        for at in range(max(0, min(LOOK, len(rows) - depth + 1))):
            block = rows[at : at + depth]
            if depth > 1 and not _is_split(block):
                continue
            cells = [cell for cell in join_heading(block) if cell]
            parts = {p for cell in cells for p in (cell, cell.rpartition("/")[2])}
            score = len(known & parts) * 10 + len(set(cells)) + (depth > 1) * 5
            if any(_looks_like_data(cell) for row in block for cell in row):
                score -= 100
            if score > best[2]:
                best = (at + depth, depth, score)
    return best


def _is_split(block: Sequence[Sequence[str]]) -> bool:
    """Whether a second row of heading stands below a first: each fills gaps of the other."""
    upper, lower = ([bool(c) for c in row] for row in block[:2])
    width = min(len(upper), len(lower))
    gaps = sum(not upper[i] and lower[i] for i in range(width))
    return (
        gaps > 0
        and sum(upper) > 1
        and len(block[0]) > 1
        and any(upper[i] and not lower[i] for i in range(width))
    ) or (gaps > 0 and sum(upper) > 1 and all(lower[:width]))


def _looks_like_data(cell: str) -> bool:
    return sum(c.isdigit() for c in cell) >= 4


def _ends_like_a_form(rows: Sequence[Sequence[str]]) -> bool:
    words = (*Layout().totals, *Layout().footers)
    return any(row and row[0].strip().startswith(words) for row in rows[-5:])


def _text(cell: Cell) -> str:
    return cell_text(cell) or ""
