"""Who sees a name: the officer of the case; others with a reason, counted, and approved afterwards."""

from datetime import UTC, datetime, timedelta

import pytest
from online_seed import NAMES, key, number
from test_desk import BOSS, LI, NOW, WANG, audited, desk, user
from test_desk import number as case_of

from gateway.access import Role
from gateway.casework import Event
from gateway.desk import Asked
from gateway.inquiry import GLASS_A_DAY, Unmasking
from gateway.model.errors import NotAllowed, StaleCase, UsageError
from gateway.model.unmask import GlassReason
from gateway.store import Store

WHY = GlassReason.URGENT_CONTACT


def unmasking(store: Store, at: datetime = NOW) -> Unmasking:
    return Unmasking(store, lambda: at)


def take(store: Store, name: str = "edu") -> None:
    desk(store).decide(LI, case_of(store, name), 1, Asked(Event.TAKE))


def test_the_officer_of_the_case_sees_the_child_and_the_look_is_audited(store: Store) -> None:
    take(store)
    who = unmasking(store).identity(LI, key("edu"))
    assert (who.name, who.number) == (NAMES[1], number(1))
    assert NAMES[1] not in repr(who) and number(1) not in repr(who)
    assert audited(store)[-1] == ("li", "identity.show", key("edu"))
    assert unmasking(store).waiting(BOSS) == ()


def test_another_officer_needs_a_reason_and_a_supervisor_is_asked(store: Store) -> None:
    take(store)
    glass = unmasking(store)
    with pytest.raises(UsageError, match="say why"):
        glass.identity(WANG, key("edu"))
    assert glass.identity(WANG, key("edu"), WHY).name == NAMES[1]
    (waiting,) = glass.waiting(BOSS)
    assert (waiting.by, waiting.reason) == ("wang", WHY)
    glass.answer(BOSS, waiting.glass_id, approved=True)
    assert glass.waiting(BOSS) == ()
    with pytest.raises(NotAllowed):
        glass.answer(BOSS, waiting.glass_id, approved=False)
    assert [a for _, a, _ in audited(store)][-2:] == ["glass.break", "glass.approve"]


NOT_FOR = {
    "an officer": LI,
    "a supervisor of another county": user("far", Role.SUPERVISOR, divisions=("510100",)),
    "an administrator": user("adm", Role.AUDIT_ADMINISTRATOR),
}


@pytest.mark.parametrize("who", NOT_FOR)
def test_only_a_supervisor_of_the_division_approves(store: Store, who: str) -> None:
    glass = unmasking(store)
    glass.identity(WANG, key("edu"), WHY)
    assert glass.waiting(NOT_FOR[who]) == ()
    (waiting,) = glass.waiting(BOSS)
    with pytest.raises(NotAllowed):
        glass.answer(NOT_FOR[who], waiting.glass_id, approved=True)


def test_nobody_approves_their_own_look(store: Store) -> None:
    glass = unmasking(store)
    glass.identity(BOSS, key("edu"), WHY)
    assert glass.waiting(BOSS) == ()
    other = user("other", Role.SUPERVISOR)
    (waiting,) = glass.waiting(other)
    with pytest.raises(NotAllowed):
        glass.answer(BOSS, waiting.glass_id, approved=True)
    glass.answer(other, waiting.glass_id, approved=False)
    with pytest.raises(StaleCase):
        store.glass.answer(waiting.glass_id, "third", True, NOW)


@pytest.mark.parametrize("name", ["sealed", "protection", "late"])
def test_what_is_out_of_reach_or_no_child_is_refused_with_any_reason(
    store: Store, name: str
) -> None:
    said = []
    for wanted in (key(name), "0" * 64):
        with pytest.raises(NotAllowed) as refused:
            unmasking(store).identity(LI, wanted, WHY)
        said.append(str(refused.value))
    assert said[0] == said[1]


def test_the_glass_breaks_ten_times_a_day(store: Store) -> None:
    for _ in range(GLASS_A_DAY):
        unmasking(store).identity(LI, key("edu"), WHY)
    with pytest.raises(NotAllowed, match="too often"):
        unmasking(store).identity(LI, key("edu"), WHY)
    assert audited(store)[-1][1] == "glass.alarm"
    assert len(unmasking(store).waiting(BOSS)) == GLASS_A_DAY
    next_day = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
    assert next_day - NOW > timedelta(days=1)
    assert unmasking(store, next_day).identity(LI, key("edu"), WHY).name
