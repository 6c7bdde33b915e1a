"""The other way round: rows as a bureau would send them, for golden twins and trials."""

import csv
import io
from collections.abc import Mapping, Sequence

import orjson
from lxml import etree

from gateway.mapping.spec import Content, CsvContent, JsonContent


def write_rows(
    rows: Sequence[Mapping[str, str]], columns: Sequence[str], content: Content
) -> tuple[str, bytes]:
    """(media type, content bytes) of rows in one form. A value that is not there is left out."""
    if isinstance(content, CsvContent):
        return f"text/csv; charset={content.encoding}", _csv(rows, columns, content.encoding)
    if isinstance(content, JsonContent):
        return "application/json", _json(rows, content.rows_at)
    return "application/xml", _xml(rows, content.rows_at)


def _csv(rows: Sequence[Mapping[str, str]], columns: Sequence[str], encoding: str) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def _json(rows: Sequence[Mapping[str, str]], rows_at: str) -> bytes:
    found: object = list(rows)
    for step in reversed(rows_at.split(".")):
        found = {step: found}
    return orjson.dumps(found)


def _xml(rows: Sequence[Mapping[str, str]], rows_at: str) -> bytes:
    space = "urn:golden"
    root = etree.Element(f"{{{space}}}rows")
    for row in rows:
        element = etree.SubElement(root, f"{{{space}}}{rows_at}")
        for column, value in row.items():
            etree.SubElement(element, f"{{{space}}}{column}").text = value
    return bytes(etree.tostring(root))
