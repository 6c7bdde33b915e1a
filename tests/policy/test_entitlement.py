"""For each child and month: the highest right, what is in payment for it, and the difference."""

from datetime import date
from decimal import Decimal

from gateway.engine import Engine
from gateway.policy import Calendar, Rule
from gateway.policy.entitlement import entitlement_of
from gateway.policy.evaluation import make_facts
from gateway.policy.examples import load_world
from gateway.policy.parameters import everywhere


def test_the_highest_right_with_arrears_in_the_month_they_belong_to(
    engine: Engine, rules: tuple[Rule, ...]
) -> None:
    paid = {"person_id": 1, "kind": "orphan_living"}
    load_world(engine, {
        "person": [{"person_id": 1}],
        "child": [{"person_id": 1, "category": "201", "recognised_on": "2026-08-15"}],
        "assistance_household": [
            {"family_id": "F", "kind": "03", "begin_month": "2026-09", "card_status": "1"}
        ],
        "assistance_member": [{"person_id": 1, "family_id": "F"}],
        "aid": [
            {**paid, "month": "2026-09", "amount": 700},
            {**paid, "month": "2026-09", "amount": 300, "nature": "arrears", "paid_on": "2026-11-01"},
            {**paid, "month": "2026-10", "amount": 900},
            {**paid, "month": "2026-10", "amount": 80, "kind": "disability_nursing"},
        ],
    })  # fmt: skip
    amounts = {"orphan": 1000.0, "extreme_hardship": 800.0}
    parameters = everywhere(("basic_living", k, date.min, v) for k, v in amounts.items())
    calendar = Calendar()
    make_facts(engine, rules, calendar, calendar.parameters(date(2026, 11, 16)), parameters)
    september, october = entitlement_of(engine, 1)
    assert (september.month, september.right_to, september.rights) == (
        date(2026, 9, 1),
        "orphan",
        1,
    )
    assert (september.paid, september.difference) == (Decimal(1000), Decimal(0))
    assert (october.right_to, october.rights, october.beside) == ("orphan", 2, Decimal(80))
    assert (october.standard, october.paid, october.difference) == (1000, 900, -100)
