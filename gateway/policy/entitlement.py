"""What a child has a right to, month by month, as values (for `cwg rule explain`)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gateway.engine import Engine


@dataclass(frozen=True, slots=True)
class EntitledMonth:
    """One month of one child; amounts in yuan. `standard` is None where nobody has set one.

    `right_to` is the highest of `rights` benefits (择高). Arrears (补发) and top-ups (补差) count in the
    month that they belong to; `beside` is what may be paid beside the standard. `difference` is what
    was paid less the standard.
    """

    month: date
    right_to: str | None
    rights: int
    standard: Decimal | None
    owed: Decimal | None
    regular: Decimal
    arrears: Decimal
    top_up: Decimal
    beside: Decimal
    paid: Decimal
    difference: Decimal | None


QUERY = """
    SELECT month, right_to, rights, standard, owed, regular, arrears, top_up, beside, paid, difference
    FROM entitlement WHERE person_id = $person_id ORDER BY month
"""


def entitlement_of(engine: Engine, person_id: int) -> tuple[EntitledMonth, ...]:
    """The reviewed months of a child, oldest first; reads the table that `make_facts` made."""
    rows = engine.fetch(QUERY, {"person_id": person_id}).to_pylist()
    return tuple(EntitledMonth(**row) for row in rows)
