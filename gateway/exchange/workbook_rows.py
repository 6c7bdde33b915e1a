"""The rows of a workbook as sent: each physical row of each sheet, in order, as a list of texts."""

import io

import orjson

from gateway.model.errors import ExchangeRefused, MappingFailed, Refusal
from gateway.sheets import cell_text, open_workbook


def workbook_leaves(data: bytes) -> list[bytes]:
    """One leaf a physical row, blank ones included: a JSON list of texts, empty cells null, none
    after the last that is filled. Raises ExchangeRefused(malformed).
    """
    try:
        book = open_workbook(io.BytesIO(data), "the workbook")
        leaves = []
        for sheet in book.sheets:
            rows, _ = book.read(sheet)
            found = [_leaf([cell_text(cell) for cell in row]) for row in rows]
            leaves += [*found, *[b"[]"] * (sheet.rows - len(found))]
    except MappingFailed as wrong:
        raise ExchangeRefused(Refusal.MALFORMED, wrong.what, mend=wrong.mend) from None
    return leaves


def _leaf(texts: list[str | None]) -> bytes:
    while texts and texts[-1] is None:
        texts.pop()
    return orjson.dumps(texts)
