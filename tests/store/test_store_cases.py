"""The night's changes and one person's moves, as both databases keep them."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest
from sqlalchemy import text

from gateway.model.cases import CASE_PERSON, OPEN_CASE, TRANSITION, CaseMove, CaseState, Notice
from gateway.model.errors import StaleCase, StoreError, UsageError
from gateway.model.outcomes import OutcomeCount
from gateway.model.queue import FindingFilter
from gateway.store import Applied, Store

S = CaseState
DAY = date(2026, 11, 16)
NOW = datetime(2026, 11, 16, 1, tzinfo=UTC)
NINE = datetime(2026, 11, 16, 9, tzinfo=UTC)
EVERYWHERE = FindingFilter(("ordinary",), ("",))
COUNTS = (OutcomeCount("EDU-01", 3, 1, 1, 0, 1, 0),)


def begin(store: Store, day: int = 0) -> int:
    at = NOW + timedelta(days=day)
    return store.runs.begin_run(at.date(), at, "night", False, "x").run_id


def key(person: int) -> str:
    return f"{person:064x}"


def found(person: int, **values: object) -> dict[str, object]:
    row = dict.fromkeys(TRANSITION.names) | {
        "finding_key": key(person), "rule": "EDU-01", "rule_version": 1, "person_id": person,
        "division": "419901001001", "severity": "2", "owner": "education", "answer": "no",
        "reason": "never", "access": "ordinary", "episode": date(2026, 9, 1), "evidence": "[]",
        "evidence_digest": "d" * 64, "to_state": "open", "event": "found",
        "event_evidence": '[{"roll":"enrolment","ref":"x#1"}]', "event_reason": "never",
        "notice": "opened", "view_changed": False, "due_on": date(2026, 11, 23),
    }  # fmt: skip
    return row | values


def people(*numbers: int, name: str = "王小明") -> pa.Table:
    rows = [
        {"person_id": n, "name": name, "id_number": f"4199012016050500{n:02d}", "sex": "1",
         "birth_date": date(2016, 5, 5), "division": "419901001001",
         "household_key": f"H{n % 2}", "guardian_name": "王一", "address": "王家巷3号",
         "school_name": "安禾第一小学"}
        for n in numbers
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=CASE_PERSON)


def apply(
    store: Store, *rows: dict[str, object], day: int = 0, who: pa.Table | None = None
) -> Applied:
    planned = pa.Table.from_pylist(list(rows), schema=TRANSITION)
    known = who or people(*(r["person_id"] for r in rows if r["person_id"]))
    return store.night.apply_transitions(begin(store, day), planned, known, COUNTS)


def known(store: Store, person: int, **values: object) -> dict[str, object]:
    finding = store.findings.finding(key(person))
    lead = {
        "case_id": finding.case_id, "version": finding.version, "from_state": finding.state,
        "to_state": finding.state, "event": None, "notice": None, "due_on": None,
    }  # fmt: skip
    return found(person) | lead | values


def move(store: Store, person: int, event: str, to: CaseState, **values: object) -> int:
    finding = store.findings.finding(key(person))
    lead = CaseMove(finding.case_id, finding.version, event, finding.state, to, "li", NINE)
    return store.cases.move(replace(lead, **values))


def outbox(store: Store) -> list[tuple[str, str, str]]:
    with store._db.read() as c:
        sql = "SELECT kind, period, recipient FROM outbox ORDER BY outbox_id"
        return [tuple(row) for row in c.execute(text(sql))]


def test_a_found_case_comes_back_whole(store: Store) -> None:
    applied = apply(store, found(2, severity="3"), found(1))
    assert applied == Applied(2, 0, 0, 0, 2)
    one = store.findings.finding(key(1))
    case = store.cases.case(one.case_id)
    assert (case.state, case.version, case.opened_on, case.due_on) == (
        S.OPEN, 1, DAY, date(2026, 11, 23),
    )  # fmt: skip
    (event,) = case.events
    assert (event.event, event.by, event.at, event.run_id, event.reason) == (
        "found", "night", NOW, one.run_id, "never",
    )  # fmt: skip
    assert json.loads(event.evidence) == [{"roll": "enrolment", "ref": "x#1"}]
    assert one.case_id < store.findings.finding(key(2)).case_id
    assert outbox(store) == [("opened", "2026-11", "education")] * 2


def test_open_cases_have_the_shape_that_the_plan_reads(store: Store) -> None:
    assert store.cases.open_cases().equals(OPEN_CASE.empty_table())
    apply(store, found(1))
    cases = store.cases.open_cases()
    assert cases.schema == OPEN_CASE
    (row,) = cases.to_pylist()
    assert (row["state"], row["version"], row["birth_year"], row["birth_month"]) == (
        "open",
        1,
        2016,
        5,
    )


def test_one_run_is_applied_once(store: Store) -> None:
    run_id = begin(store)
    planned = pa.Table.from_pylist([found(1)], schema=TRANSITION)
    first = store.night.apply_transitions(run_id, planned, people(1), COUNTS)
    again = store.night.apply_transitions(run_id, planned, people(1), COUNTS)
    assert first == again == Applied(1, 0, 0, 0, 1)
    assert len(store.findings.page(EVERYWHERE).rows) == 1
    assert len(outbox(store)) == 1


def test_applying_publishes_the_run_and_its_sums(store: Store) -> None:
    assert store.runs.published() is None
    apply(store, found(1))
    second = begin(store, day=1)
    assert store.runs.published().run_id == second - 1
    store.night.publish(second)
    assert store.runs.published().run_id == second
    assert store.night.outcome_counts(second - 1) == COUNTS
    assert store.night.outcome_counts(second) == ()


FAILURES = [
    ("a person who is not known", {"person_id": 99}, "finding|FOREIGN KEY"),
    ("a state that does not exist", {"to_state": "lost"}, "ck_case_file_state"),
    ("an answer that does not exist", {"answer": "perhaps"}, "ck_finding_answer"),
    ("a notice that does not exist", {"notice": "gossip"}, "ck_outbox_kind"),
]


@pytest.mark.parametrize(("_", "values", "message"), FAILURES, ids=[f[0] for f in FAILURES])
def test_a_night_is_applied_whole_or_not_at_all(store: Store, _, values, message) -> None:
    with pytest.raises(StoreError, match=message):
        apply(store, found(1), found(2, **values), who=people(1, 2))
    assert store.findings.page(EVERYWHERE).rows == ()
    assert store.runs.published() is None
    assert store.persons.person(1) is None


def test_sums_that_do_not_balance_are_refused_by_the_database(store: Store) -> None:
    planned = pa.Table.from_pylist([found(1)], schema=TRANSITION)
    unbalanced = (OutcomeCount("EDU-01", 4, 1, 1, 0, 1, 0),)
    with pytest.raises(StoreError, match="ck_outcome_count_balanced"):
        store.night.apply_transitions(begin(store), planned, people(1), unbalanced)
    assert store.findings.page(EVERYWHERE).rows == ()


def test_moved_changed_and_marked_cases(store: Store) -> None:
    apply(store, found(1), found(2), found(3))
    changed = {"view_changed": True, "severity": "1", "evidence_digest": "e" * 64}
    applied = apply(
        store,
        known(store, 1, event="satisfied", to_state="resolved", event_reason="enrolled"),
        known(store, 2, event="fires_anew", **changed),
        known(store, 3, unverified_since=date(2026, 11, 17)),
        day=1,
    )
    assert applied == Applied(0, 2, 1, 2, 0)
    rows = {r.person_id: r for r in store.findings.page(EVERYWHERE).rows}
    assert {p: (r.state, r.version, r.severity) for p, r in rows.items()} == {
        1: (S.RESOLVED, 2, "2"), 2: (S.OPEN, 2, "1"), 3: (S.OPEN, 1, "2"),
    }  # fmt: skip
    assert rows[3].unverified_since == date(2026, 11, 17)
    assert (rows[1].run_id, rows[2].run_id, rows[2].first_run) == (1, 2, 1)
    assert store.findings.past(key(1)) == ()
    (past,) = store.findings.past(key(2))
    assert (past["severity"], past["run_id"]) == ("2", 1)
    assert (past["known_from"], past["known_to"]) == (NOW, NOW + timedelta(days=1))


def test_a_second_notice_of_a_kind_in_a_period_is_left_out(store: Store) -> None:
    apply(store, found(1))
    back = {"event": "fires", "to_state": "reopened", "notice": "reopened"}
    for day, notices in ((1, 1), (2, 0), (30, 1)):
        applied = apply(store, known(store, 1, **back), day=day)
        assert applied.notices == notices
    assert [row[:2] for row in outbox(store)] == [
        ("opened", "2026-11"), ("reopened", "2026-11"), ("reopened", "2026-12"),
    ]  # fmt: skip


@pytest.mark.parametrize("event", ["satisfied", None], ids=["a move", "a mark"])
def test_a_case_that_moved_on_makes_the_night_plan_again(store: Store, event) -> None:
    apply(store, found(1), found(2))
    row = known(store, 1, event=event, to_state="resolved" if event else "open")
    move(store, 1, "take", S.IN_REVIEW)
    with pytest.raises(StaleCase, match="the night's plan"):
        apply(store, row, known(store, 2, event="satisfied", to_state="resolved"), day=1)
    assert store.findings.finding(key(1)).state is S.IN_REVIEW
    assert store.findings.finding(key(2)).state is S.OPEN


def test_a_persons_move_is_a_line_of_history_and_a_new_version(store: Store) -> None:
    apply(store, found(1))
    assert move(store, 1, "take", S.IN_REVIEW, note="王小明 called") == 2
    until = date(2026, 12, 1)
    move(store, 1, "wait", S.WAITING, until=until, on_whom="school", reason="asked")
    case = store.cases.case(store.findings.finding(key(1)).case_id)
    assert (case.state, case.version, case.assigned_to) == (S.WAITING, 3, "li")
    assert (case.wait_until, case.waiting_on, case.excuse_until) == (until, "school", None)
    assert [(e.version, e.event, e.from_state, e.by, e.note) for e in case.events] == [
        (1, "found", None, "night", None),
        (2, "take", S.OPEN, "li", "王小明 called"),
        (3, "wait", S.IN_REVIEW, "li", None),
    ]
    assert "王小明" not in repr(case)


@pytest.mark.parametrize(("access", "code"), [("ordinary", 0), ("sealed", 1), ("protection", 2)])
def test_a_note_rests_under_the_key_of_its_cases_access(store: Store, access, code) -> None:
    apply(store, found(1, access=access))
    move(store, 1, "take", S.IN_REVIEW, note="seen")
    assert store.cases.case(store.findings.finding(key(1)).case_id).events[-1].note == "seen"
    with store._db.read() as c:
        sql = "SELECT note FROM case_event WHERE note IS NOT NULL"
        assert bytes(c.execute(text(sql)).scalar_one())[1] == code


def test_an_excuse_has_its_end_and_loses_it_when_the_case_moves(store: Store) -> None:
    apply(store, found(1))
    until = date(2026, 12, 1)
    move(store, 1, "excuse", S.EXCUSED, until=until)
    case_id = store.findings.finding(key(1)).case_id
    assert store.cases.case(case_id).excuse_until == until
    over = known(store, 1, event="excuse_over", to_state="reopened", due_on=date(2026, 12, 9))
    apply(store, over, day=20)
    case = store.cases.case(case_id)
    assert (case.excuse_until, case.assigned_to, case.due_on) == (None, None, date(2026, 12, 9))


STALE = [{"version": 1}, {"version": 3}, {"from_state": S.CONFIRMED}, {"case_id": 99}]


@pytest.mark.parametrize("seen", STALE, ids=str)
def test_a_case_that_somebody_else_changed_first_is_not_moved(store: Store, seen) -> None:
    apply(store, found(1))
    move(store, 1, "take", S.IN_REVIEW)
    with pytest.raises(StaleCase, match="changed since"):
        move(store, 1, "confirm", S.CONFIRMED, **seen)
    assert len(store.cases.case(store.findings.finding(key(1)).case_id).events) == 2


def test_each_referral_is_a_notice_of_its_own(store: Store) -> None:
    apply(store, found(1, notice=None))
    for event, to, notice in (
        ("refer", S.REFERRED, Notice.REFERRAL),
        ("resume", S.IN_REVIEW, None),
        ("refer", S.REFERRED, Notice.REFERRAL),
    ):
        move(store, 1, event, to, notice=notice, on_whom="town")
    assert outbox(store) == [
        ("referral", "2026-11-16.2", "town"),
        ("referral", "2026-11-16.4", "town"),
    ]


def test_a_case_handed_over_has_a_new_owner_who_is_told(store: Store) -> None:
    apply(store, found(1, notice=None))
    move(store, 1, "hand_over", S.NOT_MINE, owner="civil_affairs", notice=Notice.HANDED_OVER)
    assert store.findings.finding(key(1)).owner == "civil_affairs"
    assert outbox(store) == [("handed_over", "2026-11-16.2", "civil_affairs")]


def test_there_is_no_such_case(store: Store) -> None:
    with pytest.raises(StoreError, match="case 7"):
        store.cases.case(7)
    assert store.findings.finding(key(7)) is None


# Pages and counts.


def many(store: Store) -> None:
    towns = ("419901001001", "419901002001", "419902001001", None)
    rows = [
        found(
            n, severity=str(n % 4 + 1), division=towns[n % 4], rule=("EDU-01", "MED-01")[n % 2],
            owner=("education", "medical_insurance")[n % 2],
            access="protection" if n > 20 else "ordinary", due_on=DAY + timedelta(days=n),
        )
        for n in range(1, 25)
    ]  # fmt: skip
    apply(store, *rows)


def test_pages_go_on_where_the_last_one_ended(store: Store) -> None:
    many(store)
    pages, cursor = [], ""
    while not pages or cursor:
        page = store.findings.page(EVERYWHERE, cursor=cursor, limit=6)
        pages.append([(r.severity, r.case_id) for r in page.rows])
        cursor = page.next_cursor
    assert [len(p) for p in pages] == [6, 6, 6, 2]
    flat = [pair for page in pages for pair in page]
    assert flat == sorted(flat)
    assert len(set(flat)) == 20


@pytest.mark.parametrize("cursor", ["x", "!!", "MS4", "Mi54eA"])
def test_a_cursor_that_is_not_ours_is_refused(store: Store, cursor: str) -> None:
    with pytest.raises(UsageError, match="cursor"):
        store.findings.page(EVERYWHERE, cursor=cursor)


FILTERS = [
    ({}, set(range(1, 21))),
    ({"access": ("ordinary", "protection")}, set(range(1, 25))),
    ({"access": ()}, set()),
    ({"divisions": ()}, set()),
    ({"divisions": ("419901",)}, {n for n in range(1, 21) if n % 4 in (0, 1)}),
    ({"divisions": ("419901001001", "419902")}, {n for n in range(1, 21) if n % 4 in (0, 2)}),
    ({"divisions": ("4199",)}, {n for n in range(1, 21) if n % 4 != 3}),
    ({"rules": ("MED-01",)}, {n for n in range(1, 21) if n % 2}),
    ({"owners": ("education",)}, {n for n in range(1, 21) if n % 2 == 0}),
    ({"states": (S.RESOLVED, S.LAPSED)}, set()),
    ({"states": (S.OPEN,)}, set(range(1, 21))),
    ({"person_ids": (5, 7)}, {5, 7}),
    ({"case_id": 10**9}, set()),
    ({"assigned_to": ("nobody",)}, set()),
    ({"severities": ("2", "3")}, {n for n in range(1, 21) if n % 4 in (1, 2)}),
    ({"answers": ("not_found_locally",)}, set()),
    ({"due_before": DAY + timedelta(days=3)}, {1, 2}),
    ({"due_before": DAY + timedelta(days=6), "divisions": ("419901",)}, {1, 4, 5}),
    ({"due_before": DAY + timedelta(days=6), "divisions": ("419901001",)}, {4}),
    ({"due_before": DAY + timedelta(days=6), "rules": ("MED-01",), "severities": ("2",)}, {1, 5}),
    ({"divisions": ("419901001", "419902001001")}, {n for n in range(1, 21) if n % 4 in (0, 2)}),
]


@pytest.mark.parametrize(("wanted", "persons"), FILTERS, ids=[str(f[0]) for f in FILTERS])
def test_a_page_and_its_counts_hold_what_was_asked_for(store: Store, wanted, persons) -> None:
    many(store)
    asked = replace(EVERYWHERE, **wanted)
    assert {r.person_id for r in store.findings.page(asked, limit=99).rows} == persons
    assert sum(c.count for c in store.findings.counts(asked)) == len(persons)


def test_counts_are_by_rule_county_and_state(store: Store) -> None:
    many(store)
    found_ = {(c.rule, c.county): c.count for c in store.findings.counts(EVERYWHERE)}
    assert found_ == {
        ("EDU-01", "419901"): 5, ("MED-01", "419901"): 5, ("EDU-01", "419902"): 5, ("MED-01", None): 5,
    }  # fmt: skip


# People.


def test_a_person_is_renewed_and_rests_sealed(store: Store) -> None:
    apply(store, found(1))
    apply(store, known(store, 1, event="fires_anew"), day=1, who=people(1, name="王晓明"))
    record = store.persons.person(1)
    assert (record.name, record.id_number, record.birth_date) == (
        "王晓明", "419901201605050001", date(2016, 5, 5),
    )  # fmt: skip
    assert (record.guardian_name, record.address, record.school_name) == (
        "王一", "王家巷3号", "安禾第一小学",
    )  # fmt: skip
    assert "王" not in repr(record) and "安禾" not in repr(record)
    assert "4199012016" not in repr(record)
    assert "2016" not in repr(record)
    with store._db.read() as c:
        row = c.execute(text("SELECT * FROM person")).one()
    resting = b"".join(
        bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row
    )
    for secret in ("王", "419901201605050001", "2016-05-05", "3号", "小学"):
        assert secret.encode() not in resting


def test_a_person_is_found_by_number_without_opening_anybody(store: Store) -> None:
    apply(store, found(1), found(2))
    assert store.persons.find("419901201605050002") == (2,)
    assert store.persons.find("419901201605050009") == ()


def test_a_person_is_found_by_exact_name_however_it_is_spelt(store: Store) -> None:
    apply(store, found(1), who=people(1, name="买买提·艾力"))
    apply(store, found(2), day=1, who=people(2, name="王小明"))
    assert store.persons.find_name("买买提•艾力") == (1,)
    assert store.persons.find_name(" 王 小明 ") == (2,)
    assert store.persons.find_name("王小") == () == store.persons.find_name("")


def test_a_household_is_found_by_its_key(store: Store) -> None:
    apply(store, found(1), found(2), found(3))
    assert store.persons.household("H1") == (1, 3)


def test_merged_people_share_their_cases(store: Store) -> None:
    apply(store, found(1), found(2), found(3))
    store.persons.merge(1, into=2)
    store.persons.merge(2, into=3)
    assert store.cases.open_cases().column("person_id").to_pylist() == [3, 3, 3]
    for into in (1, 99):
        with pytest.raises(StoreError, match="cannot be merged"):
            store.persons.merge(3, into=into)
