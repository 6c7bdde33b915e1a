"""The list as a file: masked as on the screen, marked with who took it and when."""

import csv
import io
from collections.abc import Iterable, Iterator

import xlsxwriter

from gateway.console.codes import code
from gateway.console.language import Lang
from gateway.console.words import WORDS
from gateway.inquiry import Finding
from gateway.model.errors import UsageError

MOST = 10_000
"""More rows than an officer reads; what is larger goes over the API."""

COLUMNS = (
    "severity", "rule", "child", "born", "number", "division", "state", "due", "owner", "assigned",
    "case_number",
)  # fmt: skip
_RISKY = ("=", "+", "-", "@", "\t", "\r")


def as_csv(findings: Iterable[Finding], lang: Lang, mark: str) -> bytes:
    """UTF-8 with a byte order mark, as office programs here expect; no cell can be a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([mark])
    for row in _rows(findings, lang):
        writer.writerow([f"'{cell}" if cell.startswith(_RISKY) else cell for cell in row])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(findings: Iterable[Finding], lang: Lang, mark: str) -> bytes:
    """A workbook; every cell is text. The mark stands above the list and on every printed page."""
    out = io.BytesIO()
    # Nothing of a workbook may rest on a disk on its way.
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet(WORDS["findings"].of(lang))
    sheet.set_header(f"&L{mark}")
    sheet.set_footer(f"&L{mark}&R&P / &N")
    sheet.repeat_rows(1)
    sheet.freeze_panes(2, 0)
    sheet.set_column(0, len(COLUMNS) - 1, 16)
    sheet.write_string(0, 0, mark)
    for number, row in enumerate(_rows(findings, lang), 1):
        for place, cell in enumerate(row):
            sheet.write_string(number, place, cell)
    book.close()
    return out.getvalue()


def _rows(findings: Iterable[Finding], lang: Lang) -> Iterator[list[str]]:
    yield [WORDS[name].of(lang) for name in COLUMNS]
    for count, finding in enumerate(findings):
        if count >= MOST:
            raise UsageError(f"more than {MOST:,} findings", mend="narrow the filter")
        yield _row(finding, lang)


def _row(f: Finding, lang: Lang) -> list[str]:
    child = f.child
    about = child.name if child else code("source", f.source or "").of(lang)
    return [
        code("severity", f.severity).of(lang),
        f"{f.rule} {f.words.heading.of(lang)}",
        about,
        child.born if child else "",
        child.number if child else "",
        f.division or "",
        code("state", f.state).of(lang),
        f.due.isoformat() if f.due else "",
        code("owner", f.owner).of(lang),
        f.assigned_to,
        str(f.case_id),
    ]
