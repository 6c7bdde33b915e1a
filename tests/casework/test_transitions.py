from collections import Counter
from pathlib import Path

from gateway.casework.lifecycle_page import lifecycle_page
from gateway.casework.transitions import DECIDED, LIVE, TRANSITIONS, Event, Who, allowed
from gateway.model.cases import CaseState, Notice

PAGE = Path(__file__).resolve().parents[2] / "docs" / "lifecycle.md"


def test_the_page_is_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == lifecycle_page()


def test_a_state_and_an_event_lead_to_one_place() -> None:
    twice = [k for k, n in Counter((m.from_state, m.event) for m in TRANSITIONS).items() if n > 1]
    assert twice == []


def test_every_state_event_and_notice_has_its_use() -> None:
    assert {m.to_state for m in TRANSITIONS} == set(CaseState)
    assert {m.event for m in TRANSITIONS} == set(Event)
    assert {m.notice for m in TRANSITIONS} - {None} == set(Notice)


def test_no_state_is_a_dead_end_for_a_condition_that_returns() -> None:
    reopens = {
        m.from_state
        for m in TRANSITIONS
        if m.to_state is CaseState.REOPENED and m.event in (Event.FIRES_ANEW, Event.EXCUSE_OVER)
    }
    assert reopens | set(LIVE) == set(CaseState)


def test_what_somebody_decided_is_not_reopened_by_the_same_evidence() -> None:
    for state in DECIDED:
        events = {m.event for m in allowed(state, Who.NIGHT)}
        assert Event.FIRES not in events
        assert Event.FIRES_ANEW in events


def test_a_held_night_moves_nothing_and_tells_nobody() -> None:
    held = [m for m in TRANSITIONS if m.event is Event.HELD]
    assert {m.from_state for m in held} == {*LIVE, CaseState.LOST_SUBJECT}
    assert all(m.to_state == m.from_state and m.notice is None and not m.recorded for m in held)


def test_an_officer_can_end_every_live_case() -> None:
    """From any live state a chain of officers' moves reaches an end, but for a wait of the rolls."""
    ends = {*DECIDED, CaseState.RESOLVED}
    edges = [(m.from_state, m.to_state) for m in TRANSITIONS if m.who is Who.OFFICER]
    reach = set(ends)
    for _ in CaseState:
        reach |= {a for a, b in edges if b in reach and a is not None}
    assert set(LIVE) - reach == {CaseState.AWAITING_REVERIFY}
