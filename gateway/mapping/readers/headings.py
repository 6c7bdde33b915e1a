"""Where the table of a form begins, and which cell of a row is which column."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gateway.mapping.contents import Layout, heading_text
from gateway.mapping.drift import missing
from gateway.mapping.spec import RollMapping
from gateway.model.errors import MappingFailed

LOOK = 30
"""Rows among which a heading is looked for."""
_BETWEEN = "/"
_LONGEST_FACT = 100


@dataclass(frozen=True, slots=True)
class Placed:
    """A form's table: `first` is its first data row, `width` the cells of a row.

    `places` are (column, cell); `facts` columns that the title gives; `unknown` other headings;
    `blank` cells without a heading.
    """

    first: int
    width: int
    places: tuple[tuple[str, int], ...]
    facts: Mapping[str, str]
    unknown: tuple[str, ...]
    blank: tuple[int, ...]


def place_form(
    mapping: RollMapping, layout: Layout, rows: Sequence[Sequence[object]], where: str
) -> Placed:
    """Find the heading among a form's first rows.

    Raises MappingFailed when there is none, or when a column that some field reads is missing or
    stands twice.
    """
    known = known_headings(mapping)
    first, heading = _heading(rows, layout, known, where)
    names = [known.get(cell) for cell in heading]
    title = {n for n, c in mapping.spec.columns.items() if c.title}
    facts = _facts(rows[: first - layout.heading_rows], title, known)
    for column in mapping.used_columns:
        held = names.count(column) + (column in facts)
        if held != 1:
            raise missing_column(mapping, column, where, heading, twice=held > 1)
    places = tuple((n, i) for i, n in enumerate(names) if n and n not in names[:i])
    unknown = tuple(h for h, n in zip(heading, names, strict=True) if n is None and h)
    blank = tuple(i for i, h in enumerate(heading) if not h)
    return Placed(first, len(heading), places, facts, unknown, blank)


def known_headings(mapping: RollMapping) -> dict[str, str]:
    """Heading as compared → declared column."""
    columns = mapping.spec.columns
    return {heading_text(h): n for n, c in columns.items() for h in (n, *c.also)}


def join_heading(rows: Sequence[Sequence[object]]) -> list[str]:
    """The headings of each cell, joined from the top; a merged one reaches to its last part."""
    width = max((len(row) for row in rows), default=0)
    texts = [[heading_text(row[i]) if i < len(row) else "" for i in range(width)] for row in rows]
    for upper, lower in reversed(list(pairwise(texts))):
        for i in range(1, width):
            parts = lower[i] and lower[i - 1]
            if not upper[i] and parts:
                upper[i] = upper[i - 1]
    return [_joined([level[i] for level in texts]) for i in range(width)]


def _joined(levels: Sequence[str]) -> str:
    said: list[str] = []
    for level in levels:
        if level and (not said or said[-1] != level):
            said.append(level)
    return _BETWEEN.join(said)


def _heading(
    rows: Sequence[Sequence[object]], layout: Layout, known: Mapping[str, str], where: str
) -> tuple[int, list[str]]:
    """(first data row, headings): the place where most declared columns are found."""
    depth, best, found = layout.heading_rows, 0, (0, [""])
    for i in range(min(LOOK, len(rows)) - depth + 1):
        heading = join_heading(rows[i : i + depth])
        score = len({known[cell] for cell in heading if cell in known})
        if score > best:
            best, found = score, (i + depth, heading)
    sign = "" if best else separator(rows, known)
    if sign:
        what, mend = separated(sign)
        raise MappingFailed(what, where=where, mend=mend)
    if best == 0:
        raise MappingFailed(
            f"前 {LOOK} 行中没有对照文件里的任何一列 / none of the declared columns is found among the first "
            f"{LOOK} rows",
            where=where,
            mend="请核对是否拿错了名册 / check that it is this roll's file; "
            "`cwg mapping suggest` shows what it holds",
        )
    return found


def separator(rows: Sequence[Sequence[object]], known: Collection[str]) -> str:
    """The sign between cells, where it is no comma: cut at it, a row holds known headings. Else empty."""
    for row in rows:
        if len(row) == 1:
            for sign in _SIGNS:
                cells = {heading_text(cell) for cell in str(row[0]).split(sign)}
                if len(cells & set(known)) > 1:
                    return sign
    return ""


def separated(sign: str) -> tuple[str, str]:
    """What is wrong with a file whose cells stand between other signs than commas, and the mend."""
    zh, en = _SIGNS[sign]
    return (
        f"各列之间是{zh}，不是逗号 / its cells stand between {en}, not commas",
        "请另存为 .xlsx，或以逗号分隔的 CSV / save it as .xlsx, or as CSV with commas",
    )


def _facts(
    above: Sequence[Sequence[object]], title: set[str], known: Mapping[str, str]
) -> dict[str, str]:
    """`名称：值` above the heading, in one cell or in two, for the declared title columns."""
    found: dict[str, str] = {}
    for row in above:
        cells = [str(cell).strip() for cell in row if str(cell).strip()]
        for i, cell in enumerate(cells):
            for label, value in _labelled(cell, cells[i + 1 : i + 2]):
                column = known.get(heading_text(label), "")
                if column in title and value:
                    found.setdefault(column, value[:_LONGEST_FACT])
    return found


_SIGNS = {
    "\t": ("制表符", "tabs"),
    ";": ("分号", "semicolons"),
    "；": ("中文分号", "Chinese semicolons"),
    "，": ("中文逗号", "Chinese commas"),
    "|": ("竖线", "bars"),
}
_LABEL = re.compile(r"([^\s:：]{2,20})\s*[:：]\s*((?:(?!\s{2,}|[^\s:：]{2,20}\s*[:：]).)*)")


def _labelled(cell: str, after: Sequence[str]) -> list[tuple[str, str]]:
    pairs = [(label, value.strip()) for label, value in _LABEL.findall(cell)]
    if pairs and not pairs[-1][1] and after and not _LABEL.search(after[0]):
        pairs[-1] = (pairs[-1][0], after[0])
    return pairs


def missing_column(
    mapping: RollMapping, column: str, where: str, heading: Sequence[str], *, twice: bool
) -> MappingFailed:
    """The complaint about a column that a heading lacks, or has twice."""
    known, own = known_headings(mapping), mapping.spec.columns[column]
    unknown = [h for h in heading if h and heading_text(h) not in known]
    return missing(column, where, (column, *own.also), unknown, twice=twice)
