"""XML pages: row elements whose children are the columns, read with a hardened parser."""

from collections.abc import Sequence
from typing import cast

from lxml import etree

from gateway.mapping.readers.records import Malformed, Record
from gateway.mapping.values import Page
from gateway.model.errors import MappingFailed

PAGE_CAP = 64 * 1024 * 1024
"""A page is parsed whole; bulk comes as files of lines."""
_SHOWN = 2000


def xml_records(page: Page, rows_at: str) -> Sequence[Record]:
    """The rows of a page, keyed by element name with its namespace. Raises MappingFailed.

    `rows_at` is the local name of the row elements.

    No document type, no entities, no network, and libxml2's own caps on depth and text.
    """
    raw = page.payload.read(PAGE_CAP + 1)
    if len(raw) > PAGE_CAP:
        raise _failed(page, "the page is too large to be read at once", "ask for smaller pages")
    try:
        root = etree.fromstring(raw, _parser())
    except etree.XMLSyntaxError as wrong:
        raise _failed(
            page, f"this is not XML (line {wrong.lineno})", "ask the bureau to send it again"
        ) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise _failed(page, "a document type is not allowed", "ask the bureau to leave it out")
    rows = list(root.iter(f"{{*}}{rows_at}"))
    records: list[Record] = [{cell.tag: cell.text for cell in row} for row in rows]
    under, top = _count(root, "descendant::*"), len(root)
    if under == top + sum(map(len, records)):
        return records  # No element stands twice in its row, and none within another.
    flat = under == top + sum(map(len, rows))
    for i, row in enumerate(rows):
        if len(row) != len(records[i]) or (not flat and any(map(len, row))):
            text = etree.tostring(row, encoding="unicode")[:_SHOWN]
            records[i] = Malformed(records[i], text)
    return records


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _count(root: etree._Element, what: str) -> int:
    return int(cast(float, root.xpath(f"count({what})")))


def _failed(page: Page, what: str, mend: str) -> MappingFailed:
    return MappingFailed(what, where=page.exchange_id, mend=mend)
