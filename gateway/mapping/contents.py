"""The forms in which a roll may come: CSV, JSON, XML, workbooks, and forms made to be printed."""

import unicodedata
from typing import Annotated, Literal

from pydantic import Field

from gateway.specs import SpecModel


class Layout(SpecModel):
    """A form made to be printed: a title above the heading, totals and signatures below.

    The heading is found among the first 30 rows by the declared columns. `heading_rows` of it are
    joined from the top with `/` (监护人/姓名). A row whose first cell begins with one of `totals` or
    `footers` is set aside and counted, unless it holds a number of 15 digits or more.
    """

    heading_rows: int = Field(default=1, ge=1, le=3)
    totals: tuple[str, ...] = ("合计", "总计", "小计", "累计", "共计")
    footers: tuple[str, ...] = (
        "填报人", "填表人", "制表人", "经办人", "审核人", "复核人", "负责人", "单位负责人", "填报单位",
        "填报日期", "填表日期", "制表日期", "联系电话", "盖章", "签字", "备注", "注", "说明", "填表说明",
    )  # fmt: skip


class CsvContent(SpecModel):
    """Comma, double quotes. Without a layout: heading in line 1, one physical line a row."""

    type: Literal["csv"]
    encoding: Literal["utf-8", "gb18030", "big5"]
    layout: Layout | None = None


class JsonContent(SpecModel):
    """`rows_at` is the dotted path to the list of row objects.

    `beside` are dotted paths to objects whose values stand beside every row (the person of an
    answer, to whom all rows belong).
    """

    type: Literal["json"]
    rows_at: str
    beside: tuple[str, ...] = ()


class XmlContent(SpecModel):
    """`rows_at` is the local name of the row elements; their children are the columns."""

    type: Literal["xml"]
    rows_at: str


class XlsxContent(SpecModel):
    """A workbook. `sheets` are those to read; without it, the only visible sheet that holds a row."""

    type: Literal["xlsx"]
    sheets: tuple[str, ...] = ()
    layout: Layout = Layout()


Content = Annotated[
    CsvContent | JsonContent | XmlContent | XlsxContent, Field(discriminator="type")
]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA_TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "xml": "application/xml",
    "xlsx": XLSX,
}


def heading_text(cell: object) -> str:
    """A heading as it is compared: NFKC, no spaces or line breaks, no mark of a required field."""
    text = "".join(unicodedata.normalize("NFKC", str(cell)).split()).strip("*")
    for mark in ("(必填)", "(必填项)", "(选填)"):
        text = text.removesuffix(mark)
    return text
