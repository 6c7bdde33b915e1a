"""Judgements, excuses and the audit."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from gateway.model.errors import StoreError
from gateway.store import AuditEntry, Excuse, Judgement, Side, Store, Verdict

NOW = datetime(2026, 11, 16, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
ROW = Side("row", "education/enrolment/enrolment/r-王")
CHILD = Side("person", "12")
SAME = Judgement(ROW, CHILD, Verdict.SAME, "li", NOW, "saw_papers")


def verdicts(store: Store, at: datetime) -> list[Verdict]:
    return [j.verdict for j in store.judgements.standing(at)]


def test_the_newest_judgement_of_a_pair_stands_whichever_way_round(store: Store) -> None:
    store.judgements.add(SAME)
    turned = Judgement(CHILD, ROW, Verdict.NOT_SAME, "wang", LATER, "called")
    number = store.judgements.add(turned)
    store.judgements.add(replace(SAME, right=Side("person", "13"), verdict=Verdict.UNSURE))
    assert sorted(verdicts(store, LATER)) == [Verdict.NOT_SAME, Verdict.UNSURE]
    assert sorted(verdicts(store, NOW)) == [Verdict.SAME, Verdict.UNSURE]
    store.judgements.retract(number, "li", LATER + timedelta(hours=1))
    assert sorted(verdicts(store, LATER)) == [Verdict.NOT_SAME, Verdict.UNSURE]
    assert sorted(verdicts(store, LATER + timedelta(hours=1))) == [Verdict.SAME, Verdict.UNSURE]
    with pytest.raises(StoreError, match="taken back already"):
        store.judgements.retract(number, "li", LATER)


def test_a_judgement_comes_back_whole_and_its_row_rests_sealed(store: Store) -> None:
    store.judgements.add(replace(SAME, left=replace(ROW, seen="ab12/cd34")))
    (found,) = store.judgements.standing(NOW)
    assert {found.left, found.right} == {ROW, CHILD}
    assert {found.left.seen, found.right.seen} == {"ab12/cd34", ""}
    assert "王" not in repr(found)
    with store._db.read() as c:
        row = c.execute(text("SELECT * FROM judgement")).one()
    assert "王".encode() not in b"".join(bytes(v) for v in row if isinstance(v, bytes | memoryview))


def test_a_row_is_not_judged_against_itself(store: Store) -> None:
    with pytest.raises(StoreError, match="against itself"):
        store.judgements.add(replace(SAME, right=ROW))


@pytest.fixture
def leave(store: Store) -> Excuse:
    with store._db.write() as c:
        c.execute(text("INSERT INTO person (person_id) VALUES (12)"))
    return Excuse(
        12, "leave", "approval 7", date(2026, 9, 1), date(2026, 12, 31), "officer", "li",
        axis="education",
    )  # fmt: skip


def test_an_excuse_is_in_force_between_its_days_as_far_as_was_known(store: Store, leave) -> None:
    number = store.excuses.add(leave, NOW)
    store.excuses.withdraw(number, LATER)
    force = store.excuses.in_force
    assert force(date(2026, 12, 31), NOW) == (replace(leave, excuse_id=number),)
    assert force(date(2027, 1, 1), NOW) == force(date(2026, 8, 31), NOW) == ()
    assert force(date(2026, 12, 31), LATER) == force(date(2026, 12, 31), NOW - TICK) == ()
    assert len(force(date(2026, 12, 31), NOW, [12])) == 1
    assert force(date(2026, 12, 31), NOW, [13]) == ()
    assert "approval" not in repr(leave)


TICK = timedelta(seconds=1)
WRONG = [
    ({"valid_to": date(2026, 8, 1)}, "ck_excuse_valid"),
    ({"rule": "EDU-01"}, "ck_excuse_reach"),
    ({"axis": None}, "ck_excuse_reach"),
    ({"source": "rumour"}, "ck_excuse_source"),
]


@pytest.mark.parametrize(("values", "check"), WRONG, ids=[w[1] for w in WRONG])
def test_an_excuse_without_end_or_reach_is_refused(store: Store, leave, values, check) -> None:
    with pytest.raises(StoreError, match=check):
        store.excuses.add(replace(leave, **values), NOW)


def test_the_audit_is_appended_and_chained_once(store: Store) -> None:
    entry = AuditEntry(NOW, "li", "person", "finding.show", "follow_up", "case", "7")
    first, second = store.audit.add(entry), store.audit.add(replace(entry, at=LATER))
    assert [e.entry for e in store.audit.unchained()] == [first, second]
    store.audit.chain(first, "link-1")
    store.audit.chain(first, "link-2")
    assert [e.entry for e in store.audit.unchained()] == [second]
    (found,) = store.audit.entries(NOW, LATER)
    assert found == replace(entry, entry=first, chained="link-1")
