from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pytest

from gateway.casework import Decision, Event, decide
from gateway.casework.decisions import REQUIRED
from gateway.casework.transitions import TRANSITIONS, Who
from gateway.model.cases import CaseState as S
from gateway.model.cases import Notice
from gateway.model.errors import UsageError

TODAY = date(2026, 11, 16)
AT = datetime(2026, 11, 16, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    state: S
    case_id: int = 7
    version: int = 3


WHOLE = Decision(
    Event.TAKE, "li", AT, reason="handled_offline", until=date(2026, 12, 1), on_whom="town",
    owner="education", due_on=date(2026, 12, 1), assign_to="li", note="seen at home",
)  # fmt: skip


@pytest.mark.parametrize(
    "move",
    [m for m in TRANSITIONS if m.who is Who.OFFICER],
    ids=lambda m: f"{m.from_state}-{m.event}",
)
def test_every_move_of_the_table_can_be_decided(move) -> None:
    made = decide(Case(move.from_state), replace(WHOLE, event=move.event), today=TODAY)
    assert (made.to_state, made.notice, made.version) == (move.to_state, move.notice, 3)


def test_what_the_table_does_not_hold_is_refused_with_what_it_holds() -> None:
    with pytest.raises(UsageError, match=r"sign is not possible in state open \[case 7\].*take"):
        decide(Case(S.OPEN), replace(WHOLE, event=Event.SIGN), today=TODAY)


def test_a_move_of_the_night_is_nobodys_decision() -> None:
    with pytest.raises(UsageError, match="satisfied is not possible"):
        decide(Case(S.OPEN), replace(WHOLE, event=Event.SATISFIED), today=TODAY)


@pytest.mark.parametrize(
    ("event", "name"), [(e, n) for e, names in REQUIRED.items() for n in names]
)
def test_a_decision_carries_what_it_must(event: Event, name: str) -> None:
    move = next(m for m in TRANSITIONS if m.event is event)
    empty = None if name in ("until", "due_on") else ""
    lacking = replace(WHOLE, event=event, **{name: empty})
    with pytest.raises(UsageError, match=f"{event} without {name}"):
        decide(Case(move.from_state), lacking, today=TODAY)


def test_every_decision_says_what_it_must_carry() -> None:
    assert set(REQUIRED) == {m.event for m in TRANSITIONS if m.who is Who.OFFICER}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"event": Event.EXCUSE, "until": date(2026, 11, 15)}, "a day that has gone"),
        ({"event": Event.SETTLE, "reason": "bored"}, "handled_offline"),
    ],
)
def test_a_decision_makes_sense(changes, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        decide(Case(S.IN_REVIEW), replace(WHOLE, **changes), today=TODAY)


def test_neither_a_decision_nor_its_move_shows_its_note() -> None:
    decision = replace(WHOLE, event=Event.NOTE, note="王小明 moved")
    made = decide(Case(S.OPEN), decision, today=TODAY)
    assert "王小明" not in repr(decision) + repr(made)
    assert made.note == "王小明 moved"
    assert made.notice is None


def test_a_referral_tells_the_body_that_is_asked() -> None:
    made = decide(Case(S.CONFIRMED), replace(WHOLE, event=Event.REFER), today=TODAY)
    assert (made.notice, made.on_whom) == (Notice.REFERRAL, "town")
