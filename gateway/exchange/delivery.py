"""Whether the pages of a roll are one whole delivery; if not, it is set aside whole."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NoReturn

from gateway.exchange.contract import pages_root
from gateway.model.errors import DeliveryIncomplete
from gateway.model.exchange import Action, Closing, Delivery, Header, SealedRef

Page = tuple[SealedRef, Header]


def whole(source: str, roll: str, period: str, pages: Sequence[Page]) -> Delivery:
    """The delivery that these pages are. Raises DeliveryIncomplete saying what does not add up.

    A roll has pages 1 to n, of which only the last says so and carries the closing statement. The
    answers to an ask have no closing statement: one is computed, over the answers as they are.
    """
    where = f"{source}, {roll}, {period}"
    if not pages:
        _incomplete("no page came", where)
    headers = [header for _, header in pages]
    if any((h.source, h.roll, h.period) != (source, roll, period) for h in headers):
        _incomplete("a page is of another source, roll or period", where)
    if all(header.action is Action.ASK_ANSWER for header in headers):
        closing = _computed(headers)
    else:
        closing = _stated(headers, where)
    refs = tuple(ref for ref, _ in pages)
    return Delivery(source, roll, period, refs, closing, headers[0].replaces)


def _stated(headers: Sequence[Header], where: str) -> Closing:
    last, closing = headers[-1], headers[-1].closing
    if headers[0].page != 1 or any(b.page != a.page + 1 for a, b in pairwise(headers)):
        _incomplete(f"the pages are not 1 to {len(headers)}, each once and in order", where)
    if not last.last or any(header.last for header in headers[:-1]):
        _incomplete("the last page, and it alone, must say that it is the last", where)
    if closing is None:
        _incomplete("the last page has no closing statement", where)
    if any(header.replaces != headers[0].replaces for header in headers):
        _incomplete("its pages do not replace the same delivery", where)
    found = _computed(headers)
    sums = {
        "rows": (closing.rows, found.rows),
        "pages": (closing.pages, found.pages),
        "rows over its scopes": (sum(scope.rows for scope in closing.scopes), found.rows),
    }
    for name, (said, counted) in sums.items():
        if said != counted:
            _incomplete(f"the closing statement says {said} {name}, {counted} came", where)
    if closing.pages_root != found.pages_root:
        _incomplete("the closing statement was made over other pages", where)
    return closing


def _computed(headers: Sequence[Header]) -> Closing:
    return Closing(
        rows=sum(header.row_count for header in headers),
        pages=len(headers),
        pages_root=pages_root([header.rows_root for header in headers]),
        scopes=(),
    )


def _incomplete(what: str, where: str) -> NoReturn:
    raise DeliveryIncomplete(
        f"The delivery is not whole: {what}.",
        where=where,
        mend="Nothing of it is used. Ask the bureau to send it again, naming the one it replaces.",
    )
