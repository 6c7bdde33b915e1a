"""The rules on files, parents and guardians, case by case: hand-made lives and the outcome each must have."""

from datetime import date

import pytest
from test_oracle_cases import ACTIVE, ENTRY, JOIN, NIGHT, OPEN, ORPHAN, TEN, on

from sandbox.city.biography import Life
from sandbox.city.codes import (
    AT_WORK,
    DEAD_KIN,
    DETOX,
    ILL,
    LACKS_ENTRY_DAY,
    LACKS_GUARDIAN,
    LACKS_NEEDS,
    MISSING_KIN,
    OUT_OF_REACH,
    PRISON,
    THE_FATHER,
    THE_GUARDIAN,
    THE_MOTHER,
    WELL,
    YOUNG,
    Kind,
)
from sandbox.city.days import number
from sandbox.city.events import Event
from sandbox.city.rules import judge

LONG_AGO = date(2025, 2, 1)
UNATTENDED = on(date(2025, 1, 10), Kind.ENTRY, a=0)


def kin(role: int, state: int, day: date = LONG_AGO, until: date | None = None) -> Event:
    return on(day, Kind.KIN, a=state, b=number(until) if until else 0, row=role)


FATHER_DEAD = kin(THE_FATHER, DEAD_KIN)
BLANK_NEEDS = on(LONG_AGO, Kind.FILED, a=LACKS_NEEDS)
NO_GUARDIAN = on(LONG_AGO, Kind.FILED, a=LACKS_GUARDIAN)
AWAY = on(LONG_AGO, Kind.AWAY, a=1)


def back(day: date) -> Event:
    return on(day, Kind.RETURNED)


CASES = [
    ("GRD-01", [ENTRY], "not_applicable", "a_parent_is_there"),
    ("GRD-01", [ENTRY, FATHER_DEAD], "not_applicable", "a_parent_is_there"),
    ("GRD-01", [ENTRY, FATHER_DEAD, kin(THE_MOTHER, AT_WORK)], "not_applicable", "a_parent_is_there"),
    ("GRD-01", [ENTRY, FATHER_DEAD, kin(THE_MOTHER, MISSING_KIN)], "fires", "likely_orphan"),
    ("GRD-01", [UNATTENDED, FATHER_DEAD, kin(THE_MOTHER, DEAD_KIN)], "fires", "likely_orphan"),
    ("GRD-01", [ORPHAN, FATHER_DEAD, kin(THE_MOTHER, DEAD_KIN)], "satisfied", "recognised"),
    ("GRD-01", [UNATTENDED, FATHER_DEAD, kin(THE_MOTHER, ILL)], "satisfied", "recognised"),
    ("GRD-01", [ENTRY, FATHER_DEAD, kin(THE_MOTHER, ILL)], "fires", "likely_unattended"),
    ("GRD-01", [ENTRY, FATHER_DEAD, kin(THE_MOTHER, OUT_OF_REACH, date(2026, 5, 16))],
     "fires", "likely_unattended"),
    ("GRD-01", [ENTRY, FATHER_DEAD, kin(THE_MOTHER, OUT_OF_REACH, date(2026, 5, 17))],
     "not_applicable", "a_parent_is_there"),
    ("GRD-01", [ENTRY, FATHER_DEAD, kin(THE_MOTHER, DETOX, date(2026, 10, 1), date(2027, 4, 1))],
     "fires", "likely_unattended"),
    ("GRD-01", [ENTRY, FATHER_DEAD, kin(THE_MOTHER, DETOX, date(2026, 10, 1), date(2027, 3, 31))],
     "not_applicable", "a_parent_is_there"),
    ("GRD-01", [ENTRY, FATHER_DEAD, kin(THE_MOTHER, PRISON, until=date(2026, 11, 16))],
     "fires", "likely_unattended"),
    ("GRD-01", [ENTRY, FATHER_DEAD, kin(THE_MOTHER, PRISON, until=date(2026, 11, 15))],
     "not_applicable", "a_parent_is_there"),
    ("GRD-02", [ENTRY], "satisfied", "named_in_the_file"),
    ("GRD-02", [ENTRY, NO_GUARDIAN], "fires", "blank"),
    ("GRD-02", [ENTRY, kin(THE_GUARDIAN, WELL)], "satisfied", "there"),
    ("GRD-02", [ENTRY, kin(THE_GUARDIAN, DEAD_KIN)], "fires", "dead"),
    ("GRD-02", [ENTRY, FATHER_DEAD], "satisfied", "named_in_the_file"),
    ("GRD-02", [ENTRY, kin(THE_GUARDIAN, PRISON)], "fires", "in_custody"),
    ("GRD-02", [ENTRY, kin(THE_GUARDIAN, PRISON, until=date(2026, 11, 15))],
     "satisfied", "named_in_the_file"),
    ("GRD-02", [ENTRY, kin(THE_GUARDIAN, YOUNG, until=date(2008, 11, 17))], "fires", "under_age"),
    ("GRD-02", [ENTRY, kin(THE_GUARDIAN, YOUNG, until=date(2008, 11, 16))], "satisfied", "there"),
    ("GRD-03", [ENTRY], "not_applicable", "no_term"),
    ("GRD-03", [ENTRY, kin(THE_FATHER, PRISON)], "not_applicable", "no_term"),
    ("GRD-03", [ENTRY, kin(THE_FATHER, PRISON, until=date(2026, 12, 16))], "fires", "ends_soon"),
    ("GRD-03", [ENTRY, kin(THE_FATHER, PRISON, until=date(2026, 12, 17))], "satisfied", "far"),
    ("GRD-03", [ENTRY, kin(THE_MOTHER, ILL, until=date(2026, 12, 1))], "not_applicable", "no_term"),
    ("GRD-03", [ENTRY, kin(THE_GUARDIAN, PRISON, until=date(2026, 12, 1))],
     "not_applicable", "no_term"),
    ("REG-03", [ENTRY], "satisfied", "complete"),
    ("REG-03", [ENTRY, BLANK_NEEDS], "fires", "no_needs"),
    ("REG-03", [ENTRY, on(LONG_AGO, Kind.FILED, a=LACKS_ENTRY_DAY)], "satisfied", "complete"),
    ("REG-04", [ENTRY, on(LONG_AGO, Kind.FILED, a=LACKS_ENTRY_DAY)], "fires", "entry_without_date"),
    ("REG-04", [ENTRY, BLANK_NEEDS], "satisfied", "dated"),
    ("REG-06", [ENTRY], "not_applicable", "parent_at_home"),
    ("REG-06", [ENTRY, AWAY], "fires", "no_agreement"),
    ("REG-06", [ENTRY, AWAY, on(date(2026, 11, 16), Kind.ENTRUSTED)], "satisfied", "agreed"),
    ("REG-06", [ENTRY, AWAY, on(date(2026, 11, 17), Kind.ENTRUSTED)], "fires", "no_agreement"),
    ("REG-07", [ENTRY], "not_applicable", "not_returned"),
    ("REG-07", [ENTRY, back(date(2026, 10, 18))], "not_applicable", "recent"),
    ("REG-07", [ENTRY, back(date(2026, 10, 17))], "fires", "no_school"),
    ("REG-07", [ENTRY, JOIN, back(date(2026, 10, 17))], "fires", "no_coverage"),
    ("REG-07", [ENTRY, JOIN, OPEN, ACTIVE, back(date(2026, 10, 17))], "satisfied", "settled"),
    ("REG-07", [ENTRY, OPEN, ACTIVE, back(date(2026, 10, 17))], "fires", "no_school"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "events", "outcome", "detail"), CASES)
def test_a_family_and_its_file(rule: str, events: list[Event], outcome: str, detail: str) -> None:
    life = Life(TEN, tuple(sorted(events, key=lambda e: (e.day, e.kind))))
    assert tuple(judge(life, number(NIGHT), (), more=True)[rule]) == (outcome, detail)


@pytest.mark.parametrize("rule", ["GRD-01", "GRD-02", "REG-06", "REG-07"])
def test_who_is_grown_up_has_no_guardian(rule: str) -> None:
    events = (ENTRY, NO_GUARDIAN, AWAY, FATHER_DEAD, kin(THE_MOTHER, DEAD_KIN), back(LONG_AGO))
    found = judge(Life(date(2008, 11, 16), events), number(NIGHT), (), more=True)
    assert found[rule].detail == "grown_up"
    found = judge(Life(date(2008, 11, 17), events), number(NIGHT), (), more=True)
    assert found[rule].outcome == "fires"
