"""Acts on a case: who may, on what version, what is written, what can be taken back."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from online_seed import FINDINGS, key
from sqlalchemy import text

from gateway.access import Reader, Role, User, user_of
from gateway.casework import Event
from gateway.desk import Asked, CallResult, Chosen, Desk, DeskSettings
from gateway.model.accounts import AccountRow
from gateway.model.cases import CaseState
from gateway.model.errors import GatewayError, NotAllowed, StaleCase, UsageError
from gateway.model.outcomes import AccessScope
from gateway.store import Store

NOW = datetime(2026, 11, 17, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 17)
LATER = TODAY + timedelta(days=30)


def user(name: str = "li", *roles: Role, divisions: tuple[str, ...] = ("",)) -> User:
    held = tuple(map(str, roles or (Role.DATA_OFFICER,)))
    return user_of(AccountRow(name, held, divisions, "admin", NOW, ""))


LI, WANG = user("li"), user("wang")
BOSS = user("boss", Role.SUPERVISOR)


def desk(
    store: Store, second: frozenset[tuple[str, Event]] = frozenset(), limit: int = 200
) -> Desk:
    return Desk(store, clock=lambda: NOW, today=lambda: TODAY, settings=DeskSettings(second, limit))


def number(store: Store, name: str) -> int:
    found = store.findings.finding(key(name))
    assert found is not None
    return found.case_id


def audited(store: Store) -> list[tuple[str, str, str]]:
    rows = store.audit.entries(NOW - timedelta(days=1), NOW + timedelta(days=1))
    return [(row.actor, row.action, row.subject) for row in rows]


EXCUSE = Asked(Event.EXCUSE, "leave", LATER, note="letter of the school seen")


def test_a_case_is_taken_decided_and_shown_with_its_history(store: Store) -> None:
    work, case = desk(store), number(store, "edu")
    taken = work.decide(LI, case, 1, Asked(Event.TAKE))
    done = work.decide(LI, case, taken.version, EXCUSE)
    assert (done.state, done.proposed) == (CaseState.EXCUSED, False)
    seen = work.case(LI, case)
    assert [(h.event, h.by) for h in seen.history[1:]] == [("take", "li"), ("excuse", "li")]
    assert seen.history[-1].note == "letter of the school seen"
    assert (seen.assigned_to, seen.excuse_until) == ("li", LATER)
    subject = str(case)
    assert audited(store) == [
        ("li", "case.take", subject), ("li", "case.excuse", subject), ("li", "case.show", subject),
    ]  # fmt: skip


def test_two_officers_on_one_case_never_overwrite_each_other(store: Store) -> None:
    work, case = desk(store), number(store, "edu")
    work.decide(LI, case, 1, Asked(Event.TAKE))
    with pytest.raises(StaleCase):
        work.decide(WANG, case, 1, Asked(Event.HAND_OVER, "not_ours", owner="civil_affairs"))
    assert work.case(LI, case).state is CaseState.IN_REVIEW


OUTSIDE = {
    "another county": (user("li", divisions=("419902",)), "edu"),
    "a sealed case": (LI, "sealed"),
    "a harm case": (LI, "protection"),
    "a harm case, for a supervisor": (BOSS, "protection"),
    "an ordinary case, for child protection": (user("cp", Role.CHILD_PROTECTION), "edu"),
    "an administrator": (user("adm", Role.SYSTEM_ADMINISTRATOR), "edu"),
}


@pytest.mark.parametrize("case", OUTSIDE)
def test_a_case_out_of_reach_is_as_if_it_were_not(store: Store, case: str) -> None:
    who, name = OUTSIDE[case]
    work, wanted = desk(store), number(store, name)
    said = []
    for asked in (wanted, 999_999):
        with pytest.raises(NotAllowed) as refused:
            work.decide(who, asked, 1, Asked(Event.TAKE))
        said.append(str(refused.value).replace(str(asked), "N"))
    assert said[0] == said[1]
    assert audited(store) == []


def test_only_a_supervisor_assigns(store: Store) -> None:
    work, case = desk(store), number(store, "edu")
    with pytest.raises(NotAllowed, match="assign_case"):
        work.decide(LI, case, 1, Asked(Event.ASSIGN, assign_to="wang"))
    work.decide(BOSS, case, 1, Asked(Event.ASSIGN, assign_to="wang"))
    assert work.case(WANG, case).assigned_to == "wang"
    assert Event.ASSIGN not in work.case(WANG, case).can
    assert Event.ASSIGN in work.case(BOSS, case).can


UNDO = [
    ([], Asked(Event.TAKE), CaseState.OPEN),
    ([Asked(Event.TAKE)], Asked(Event.CONFIRM), CaseState.IN_REVIEW),
    ([Asked(Event.TAKE)], EXCUSE, CaseState.IN_REVIEW),
    ([Asked(Event.TAKE)], Asked(Event.DISMISS, "typo"), CaseState.IN_REVIEW),
    ([Asked(Event.TAKE)], Asked(Event.WAIT, on_whom="school", until=LATER), CaseState.IN_REVIEW),
    ([Asked(Event.TAKE)], Asked(Event.SETTLE, "informed", note="x"), CaseState.IN_REVIEW),
]


@pytest.mark.parametrize(("before", "decision", "back_to"), UNDO, ids=[u[1].event for u in UNDO])
def test_ones_own_last_decision_is_taken_back(
    store: Store, before: list[Asked], decision: Asked, back_to: CaseState
) -> None:
    work, case = desk(store), number(store, "edu")
    version = 1
    for asked in (*before, decision):
        version = work.decide(LI, case, version, asked).version
    with pytest.raises(UsageError, match="no decision of yours"):
        work.undo(WANG, case, version)
    done = work.undo(LI, case, version)
    assert done.state is back_to
    assert len(work.case(LI, case).history) == done.version
    with pytest.raises(UsageError, match="no decision of yours"):
        work.undo(LI, case, done.version)


def test_a_referral_is_not_undone(store: Store) -> None:
    work, case = desk(store), number(store, "edu")
    for n, asked in enumerate(
        (Asked(Event.TAKE), Asked(Event.CONFIRM), Asked(Event.REFER, on_whom="education")), 1
    ):
        work.decide(LI, case, n, asked)
    with pytest.raises(UsageError, match="a referral"):
        work.undo(LI, case, 4)


SECOND = frozenset({("EDU-01", Event.CONFIRM)})


def test_a_decision_for_two_waits_for_another_person(store: Store) -> None:
    work, case = desk(store, SECOND), number(store, "edu")
    work.decide(LI, case, 1, Asked(Event.TAKE))
    proposed = work.decide(LI, case, 2, Asked(Event.CONFIRM, note="seen"))
    assert proposed.proposed
    assert work.case(LI, case).state is CaseState.IN_REVIEW
    with pytest.raises(UsageError, match="another one"):
        work.agree(LI, case, yes=True)
    done = work.agree(WANG, case, yes=True)
    assert done.state is CaseState.CONFIRMED
    seen = work.case(LI, case)
    assert (seen.history[-1].by, seen.history[-1].note) == ("li + wang", "seen")
    assert seen.proposal is None


def test_a_declined_or_overtaken_proposal_moves_nothing(store: Store) -> None:
    work, case = desk(store, SECOND), number(store, "edu")
    work.decide(LI, case, 1, Asked(Event.TAKE))
    work.decide(LI, case, 2, Asked(Event.CONFIRM))
    with pytest.raises(UsageError, match="already waits"):
        work.decide(LI, case, 2, Asked(Event.CONFIRM))
    assert work.agree(WANG, case, yes=False).state is CaseState.IN_REVIEW
    work.decide(LI, case, 2, Asked(Event.CONFIRM))
    work.decide(LI, case, 2, Asked(Event.NOTE, note="more"))
    with pytest.raises(StaleCase):
        work.agree(WANG, case, yes=True)
    seen = work.case(LI, case)
    assert (seen.state, seen.proposal) == (CaseState.IN_REVIEW, None)


def test_the_database_itself_refuses_that_one_person_answers_for_two(store: Store) -> None:
    work, case = desk(store, SECOND), number(store, "edu")
    work.decide(LI, case, 1, Asked(Event.TAKE))
    work.decide(LI, case, 2, Asked(Event.CONFIRM))
    pending = store.case_notes.pending(case)
    assert pending is not None
    with pytest.raises(GatewayError, match="ck_case_proposal_second"):
        store.case_notes.answer(pending.proposal_id, "agreed", "li", NOW)


def test_calls_are_logged_and_rest_enveloped(store: Store) -> None:
    work, case = desk(store), number(store, "edu")
    work.call(LI, case, CallResult.NO_ANSWER, next_on=LATER, number="13700000000", note="evening")
    work.call(WANG, case, CallResult.REACHED)
    calls = work.case(LI, case).calls
    assert [(c.by, c.result, c.next_on) for c in calls] == [
        ("li", CallResult.NO_ANSWER, LATER), ("wang", CallResult.REACHED, None),
    ]  # fmt: skip
    assert (calls[0].number, calls[0].note) == ("13700000000", "evening")
    assert "13700000000" not in repr(calls)
    with store._db.read() as c:
        kept = repr(c.execute(text("SELECT * FROM case_call")).all())
    assert "13700000000" not in kept and "evening" not in kept
    with pytest.raises(UsageError, match="past"):
        work.call(LI, case, CallResult.CALL_BACK, next_on=TODAY - timedelta(days=1))


def chosen(store: Store, *names: str) -> list[Chosen]:
    return [Chosen(number(store, name), 1) for name in names]


def test_a_bulk_decision_does_what_its_preview_said(store: Store) -> None:
    work = desk(store)
    cases = chosen(store, "edu", "edu-other-county", "sealed", "closed")
    asked = Asked(Event.HAND_OVER, "not_ours", owner="civil_affairs")
    before = store.findings.finding(key("edu"))
    preview = work.preview(LI, cases, asked)
    assert store.findings.finding(key("edu")) == before
    assert list(preview.moves) == cases[:2]
    done = work.decide_many(LI, cases, asked)
    assert [d.case_id for d in done.done] == [c.case_id for c in preview.moves]
    assert done.refused == preview.refused
    assert [c for c, _ in done.refused] == cases[2:]


def test_a_case_that_changed_stops_no_other(store: Store) -> None:
    work, cases = desk(store), chosen(store, "edu", "edu-other-county")
    work.decide(WANG, cases[0].case_id, 1, Asked(Event.NOTE, note="x"))
    done = work.decide_many(LI, cases, Asked(Event.TAKE))
    assert [d.case_id for d in done.done] == [cases[1].case_id]
    assert "changed" in done.refused[0][1]


def test_bulk_has_a_limit_and_never_stands_for_two_people(store: Store) -> None:
    cases = chosen(store, "edu", "edu-other-county")
    with pytest.raises(UsageError, match="more than 1"):
        desk(store, limit=1).decide_many(LI, cases, Asked(Event.TAKE))
    second = frozenset({("*", Event.TAKE)})
    done = desk(store, second).decide_many(LI, cases, Asked(Event.TAKE))
    assert not done.done
    assert all("two people" in why for _, why in done.refused)


ACTS = st.lists(
    st.tuples(
        st.sampled_from([LI, WANG, BOSS, user("cp", Role.CHILD_PROTECTION)]),
        st.sampled_from(
            [*(e for e in Event if e.value in (
                "take", "put_back", "confirm", "excuse", "dismiss", "hand_over", "refer", "wait",
                "resume", "settle", "revise", "note", "assign",
            )), "undo", "agree", "decline"]
        ),
    ),
    max_size=12,
)  # fmt: skip
FULL = Asked(
    Event.NOTE, "informed", LATER, "school", "civil_affairs", LATER, "wang", "what was seen"
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=ACTS, name=st.sampled_from([s.name for s in FINDINGS if s.person]))
def test_no_sequence_of_acts_loses_a_decision_or_shows_a_case_to_the_wrong_role(
    store: Store, acts: list[tuple[User, Event | str]], name: str
) -> None:
    work, case = desk(store, SECOND), number(store, name)
    scope = next(s.access for s in FINDINGS if s.name == name)
    for who, act in acts:
        file = store.cases.case(case)
        known = [(e.version, e.event, e.by, e.note) for e in file.events]
        try:
            if act == "undo":
                work.undo(who, case, file.version)
            elif isinstance(act, Event):
                work.decide(who, case, file.version, replace(FULL, event=act))
            else:
                work.agree(who, case, yes=act == "agree")
        except NotAllowed:
            pass
        except GatewayError:
            assert AccessScope(scope) in who.reader.access
        else:
            assert AccessScope(scope) in who.reader.access
        after = store.cases.case(case)
        assert [(e.version, e.event, e.by, e.note) for e in after.events][: len(known)] == known
        assert after.version == len(after.events)
        assert after.events[-1].to_state is after.state


def test_the_audit_holds_no_word_that_was_typed(store: Store) -> None:
    work, case = desk(store), number(store, "edu")
    work.decide(LI, case, 1, Asked(Event.NOTE, note="王小明家"))
    rows = store.audit.entries(NOW - timedelta(days=1), NOW + timedelta(days=1))
    assert all("王" not in json.dumps(row.detail) + row.subject for row in rows)


def test_a_reader_without_roles_may_nothing(store: Store) -> None:
    nobody = User(Reader("x", "person", ("",)), frozenset())
    with pytest.raises(NotAllowed):
        desk(store).case(nobody, number(store, "edu"))
