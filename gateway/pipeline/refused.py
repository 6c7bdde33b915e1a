"""What a bureau is told of its rows that were refused: which row, which column, why. Never who."""

import json

from gateway.model.errors import UsageError
from gateway.model.exchange import Sent
from gateway.pipeline.plan import House
from gateway.store import RefusalList

MOST_LINES = 10_000
"""So many lines go into one list: it must fit into one sealed message. `row_count` tells them all."""


def tell_refused(house: House, told: RefusalList) -> Sent:
    """Seal a list of refused rows and hand it to the bureau that sent them.

    Raises TransportError, ExchangeRefused, and UsageError when the source or roll is not there any more.
    """
    of = (told.source, told.roll)
    plan = next((p for p in house.rolls if (p.source, p.roll) == of), None)
    if plan is None:
        raise UsageError("there is no such roll any more", where=f"{told.source}/{told.roll}")
    document = refusal_document(house, told)
    return plan.adapter.deliver(document, plan.line(), roll=told.roll, period=told.period)


def refusal_document(house: House, told: RefusalList) -> bytes:
    """The list as JSON (docs/mapping.md, “Refusal lists”); empty when the rows are read after all."""
    lines = house.store.refusals.lines(told)
    document = {
        "kind": "refusals", "version": 1, "source": told.source, "roll": told.roll,
        "period": told.period, "delivery": told.delivery,
        "row_count": len({line["row"] for line in lines}), "rows": lines[:MOST_LINES],
    }  # fmt: skip
    return json.dumps(document, ensure_ascii=False).encode()
