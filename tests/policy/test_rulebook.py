"""A rulebook says again what was judged by; rules stand as on the day of their law."""

from datetime import date
from pathlib import Path

import pytest

from gateway.model.errors import SpecError
from gateway.policy import (
    NO_PARAMETERS,
    Calendar,
    DayOff,
    Rule,
    build_calendar,
    dump_rulebook,
    load_parameters,
    load_rulebook,
    load_rules,
)

POLICY = Path(__file__).resolve().parents[2] / "mappings" / "policy"
RULES, PARAMETERS = load_rules(POLICY), load_parameters(POLICY / "parameters")


def test_a_rulebook_comes_back_as_it_was() -> None:
    days = [DayOff(date(2026, 10, 1), False), DayOff(date(2026, 10, 10), True)]
    settings = {"stages": "5-4", "settle_entry": "11-15", "summer": ["06-20", "08-31"]}
    calendar = build_calendar(settings, days)
    body = dump_rulebook(RULES, calendar, PARAMETERS)
    read = load_rulebook(body, "x")
    assert (read.calendar, read.parameters) == (calendar, PARAMETERS)
    assert [judges(rule) for rule in read.rules] == [judges(rule) for rule in RULES]
    assert dump_rulebook(read.rules, read.calendar, read.parameters) == body


def judges(rule: Rule) -> dict[str, object]:
    """All of a rule but its examples."""
    return rule.model_dump(exclude={"file": {"examples"}, "text": True})


def test_other_rules_make_other_bytes() -> None:
    body = dump_rulebook(RULES, Calendar(), PARAMETERS)
    assert dump_rulebook(RULES[1:], Calendar(), PARAMETERS) != body
    assert dump_rulebook(RULES, Calendar(), NO_PARAMETERS) != body
    assert dump_rulebook(RULES, Calendar(payment_day=11), PARAMETERS) != body


def test_what_this_version_cannot_read_is_said_with_its_mend() -> None:
    body = dump_rulebook(RULES, Calendar(), PARAMETERS).replace(b'"first_action"', b'"first_act"')
    with pytest.raises(SpecError, match="--rules current"):
        load_rulebook(body, "rules of 2026-03-01")


def test_values_stand_as_on_the_day_of_their_law() -> None:
    early, late = date(2019, 6, 1), date(2026, 6, 1)
    then = PARAMETERS.on(early)
    for value in PARAMETERS.values:
        of = (value.topic, value.key, value.division.strip("*"))
        assert then.value(*of, late) == PARAMETERS.value(*of, early)
