"""JSON pages: a list of flat objects somewhere in a document."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import orjson

from gateway.mapping.readers.records import Malformed, Record
from gateway.mapping.values import Page
from gateway.model.errors import MappingFailed

PAGE_CAP = 256 * 1024 * 1024
"""A page is parsed whole; bulk comes as files of lines."""
_SHOWN = 2000


def json_page(page: Page) -> bytes:
    """The content of a page. Raises MappingFailed when it is too large."""
    raw = page.payload.read(PAGE_CAP + 1)
    if len(raw) > PAGE_CAP:
        raise _failed(page, "the page is too large to be read at once", "ask for smaller pages")
    return raw


def json_records(
    page: Page, raw: bytes, rows_at: str, beside: Sequence[str] = ()
) -> Sequence[Record]:
    """The row objects in a page's content. `rows_at` is a dotted path. Raises MappingFailed.

    The values of the objects at the paths `beside` are added to each row that lacks them.
    """
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError as wrong:
        raise _failed(
            page, f"this is not JSON (byte {wrong.pos})", "ask the bureau to send it again"
        ) from None
    rows = _at(found, rows_at)
    if not isinstance(rows, list):
        raise _failed(page, f"there is no list at {rows_at!r}", "check rows_at in the mapping file")
    records = rows if _all_flat(rows) else [r if _flat(r) else _malformed(r) for r in rows]
    for path in beside:
        record = _at(found, path)
        if not _flat(record):
            raise _failed(
                page, f"there is no flat object at {path!r}", "check beside in the mapping file"
            )
        for row in records:
            row.update({k: v for k, v in record.items() if k not in row})
    return records


def _at(found: Any, path: str) -> Any:
    for step in path.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found


def _all_flat(rows: list[Any]) -> bool:
    """Whether no row is anything but a flat object: asked of all values at once, at the speed of C."""
    if set(map(type, rows)) - {dict}:
        return False
    return not set(map(type, chain.from_iterable(map(dict.values, rows)))) & set(_NESTED)


def _flat(row: object) -> bool:
    return type(row) is dict and not any(type(v) in _NESTED for v in row.values())


_NESTED = (dict, list)


def _malformed(row: object) -> Malformed:
    flat = row if isinstance(row, dict) else {}
    readable = {k: v for k, v in flat.items() if type(v) not in _NESTED}
    return Malformed(readable, orjson.dumps(row).decode()[:_SHOWN])


def _failed(page: Page, what: str, mend: str) -> MappingFailed:
    return MappingFailed(what, where=page.exchange_id, mend=mend)
