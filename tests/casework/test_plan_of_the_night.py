"""What a night does to cases. N1…N4 are nights; the rule is EDU-01 and the child number 1 unless said."""

from datetime import date

import pytest

from gateway.model.cases import CaseState as S
from gateway.model.errors import LedgerUnbalanced, StaleCase
from gateway.store import Applied

N1, N2, N3, N4 = date(2026, 9, 15), date(2026, 10, 15), date(2026, 11, 16), date(2026, 12, 16)
FIRES = {"kind": "fires"}
SATISFIED = {"kind": "satisfied"}
EXCUSED = {"kind": "excused"}
HELD = {"kind": "held", "held_by": "education"}
ASLEEP = {"kind": "not_applicable", "reason": "asleep"}
NOT_APPLICABLE = {"kind": "not_applicable"}
ANEW = {"kind": "fires", "reason": "status_dropout"}
MOVED = {"kind": "fires", "division": "419902001001"}
NOTHING = Applied(0, 0, 0, 0, 0)


def said(outcome, rule="EDU-01"):
    return {(rule, 1): outcome}


def reach(world, state):
    """Bring a fresh case of EDU-01 into a state, the way it would come there."""
    world.night(N1, said(FIRES), baseline=state is S.BASELINE_PENDING)
    steps = {
        S.IN_REVIEW: ["take"],
        S.CONFIRMED: ["take", "confirm"],
        S.REFERRED: ["take", "confirm", "refer"],
        S.WAITING: ["take", "wait"],
        S.FALSE_ALARM: ["take", "dismiss"],
        S.NOT_MINE: ["hand_over"],
        S.SETTLED: ["take", "settle"],
        S.EXCUSED: ["take", "excuse"],
        S.AWAITING_REVERIFY: ["take", "confirm"],
        S.AWAITING_SIGNATURE: ["take", "confirm"],
    }
    world.decide("EDU-01", N1, *steps.get(state, []))
    later = {
        S.RESOLVED: [SATISFIED],
        S.LAPSED: [NOT_APPLICABLE],
        S.REOPENED: [SATISFIED, FIRES],
        S.AWAITING_REVERIFY: [SATISFIED],
    }
    for outcome in later.get(state, []):
        world.night(date(2026, 9, 20), said(outcome))
    if state is S.AWAITING_SIGNATURE:
        world.night(N1, said(SATISFIED))
        world.night(N2, said(SATISFIED))
    if state is S.LOST_SUBJECT:
        world.night(date(2026, 9, 20), {("EDU-01", 2): NOT_APPLICABLE})
    if state is S.AGED_OUT:
        world.night(date(2026, 9, 20), said(NOT_APPLICABLE), persons={1: date(2008, 1, 1)})
    assert world.state("EDU-01") is state


# What follows on the third night, from each state, of each thing that a rule may say.
STAYS = None
TABLE = [
    # state                 fires        fires anew    satisfied     excused       not applic.  held
    (S.BASELINE_PENDING,   (STAYS,       STAYS,        S.RESOLVED,   S.EXCUSED,    S.LAPSED)),
    (S.OPEN,               (STAYS,       STAYS,        S.RESOLVED,   S.EXCUSED,    S.LAPSED)),
    (S.REOPENED,           (STAYS,       STAYS,        S.RESOLVED,   S.EXCUSED,    S.LAPSED)),
    (S.IN_REVIEW,          (STAYS,       STAYS,        S.RESOLVED,   S.EXCUSED,    S.LAPSED)),
    (S.NOT_MINE,           (STAYS,       STAYS,        S.RESOLVED,   S.EXCUSED,    S.LAPSED)),
    (S.CONFIRMED,          (STAYS,       STAYS,        S.AWAITING_REVERIFY, STAYS, S.LAPSED)),
    (S.REFERRED,           (STAYS,       STAYS,        S.AWAITING_REVERIFY, STAYS, S.LAPSED)),
    (S.WAITING,            (STAYS,       STAYS,        S.AWAITING_REVERIFY, STAYS, S.LAPSED)),
    (S.EXCUSED,            (STAYS,       STAYS,        S.RESOLVED,   STAYS,        STAYS)),
    (S.FALSE_ALARM,        (STAYS,       S.REOPENED,   STAYS,        STAYS,        STAYS)),
    (S.SETTLED,            (STAYS,       S.REOPENED,   S.RESOLVED,   STAYS,        STAYS)),
    (S.AWAITING_REVERIFY,  (S.REOPENED,  S.REOPENED,   S.AWAITING_SIGNATURE, STAYS, S.LAPSED)),
    (S.AWAITING_SIGNATURE, (S.REOPENED,  S.REOPENED,   STAYS,        STAYS,        S.LAPSED)),
    (S.RESOLVED,           (S.REOPENED,  S.REOPENED,   STAYS,        STAYS,        STAYS)),
    (S.LAPSED,             (S.REOPENED,  S.REOPENED,   STAYS,        STAYS,        STAYS)),
    (S.LOST_SUBJECT,       (S.REOPENED,  S.REOPENED,   S.RESOLVED,   STAYS,        S.LAPSED)),
    (S.AGED_OUT,           (S.REOPENED,  S.REOPENED,   STAYS,        STAYS,        STAYS)),
]  # fmt: skip
OUTCOMES = (FIRES, ANEW, SATISFIED, EXCUSED, NOT_APPLICABLE)


@pytest.mark.parametrize(("state", "after"), TABLE, ids=[row[0] for row in TABLE])
def test_what_a_night_does_to_a_case(world, state, after) -> None:
    reach(world, state)
    planned = {}
    for outcome, wanted in zip(OUTCOMES, after, strict=True):
        got = world.plan_only(N3, said(outcome))
        planned[str(outcome)] = (got, wanted or state)
    assert {k: v[0] for k, v in planned.items()} == {k: v[1] for k, v in planned.items()}


LIVE_ROWS = [row[0] for row in TABLE[:9]] + [S.AWAITING_REVERIFY, S.AWAITING_SIGNATURE]


@pytest.mark.parametrize("state", LIVE_ROWS)
@pytest.mark.parametrize("nothing_said", [HELD, ASLEEP, None], ids=["held", "asleep", "not run"])
def test_a_night_that_could_not_ask_only_marks_the_case(world, state, nothing_said) -> None:
    reach(world, state)
    other = {("MED-01", 1): NOT_APPLICABLE}
    before = world.case("EDU-01")
    world.night(N3, said(nothing_said) if nothing_said else other, persons={1: date(2016, 5, 5)})
    assert world.case("EDU-01") == before
    assert world.finding("EDU-01").unverified_since == N3
    world.night(N4, said(HELD))
    assert world.finding("EDU-01").unverified_since == N3
    world.night(N4, said(EXCUSED))
    assert world.finding("EDU-01").unverified_since is None


def test_a_new_finding_is_open_told_and_due(world) -> None:
    assert world.night(N1, said(FIRES)) == Applied(1, 0, 0, 0, 1)
    case = world.case("EDU-01")
    assert (case.state, case.version, case.opened_on, case.due_on) == (
        S.OPEN,
        1,
        N1,
        date(2026, 9, 22),
    )
    assert [(e.event, e.to_state, e.by, e.evidence) for e in case.events] == [
        ("found", S.OPEN, "night", '[{"roll":"enrolment","ref":"x#1"}]')
    ]
    assert world.notices() == [("opened", "2026-09")]


def test_the_first_night_is_a_baseline_and_tells_nobody(world) -> None:
    world.night(N1, said(FIRES), baseline=True)
    case = world.case("EDU-01")
    assert (case.state, case.due_on, world.notices()) == (S.BASELINE_PENDING, None, [])
    released = world.decide("EDU-01", N2, "release", due_on=date(2026, 12, 1))
    assert (released.state, released.due_on, world.notices()) == (S.OPEN, date(2026, 12, 1), [])


def test_a_new_rule_has_a_baseline_of_its_own(world) -> None:
    world.settings = type(world.settings)(baseline_rules=frozenset({"EDU-01"}))
    world.night(N1, said(FIRES) | said(FIRES, "MED-01"))
    assert world.state("EDU-01") is S.BASELINE_PENDING
    assert world.state("MED-01") is S.OPEN


@pytest.mark.parametrize("baseline", [True, False])
def test_a_rerun_changes_nothing(world, baseline) -> None:
    world.night(N1, said(FIRES) | said(HELD, "MED-01"), baseline=baseline)
    told = world.notices()
    assert world.night(N1, said(FIRES) | said(HELD, "MED-01")) == NOTHING
    assert world.notices() == told


def test_resolved_by_data_names_the_row_that_showed_it(world) -> None:
    world.night(N1, said(FIRES))
    world.night(N2, said(SATISFIED | {"evidence_ref": "y#7", "reason": "enrolled"}))
    event = world.case("EDU-01").events[-1]
    assert (event.event, event.to_state, event.reason) == ("satisfied", S.RESOLVED, "enrolled")
    assert event.evidence == '[{"roll":"enrolment","ref":"y#7"}]'


def test_new_evidence_keeps_what_was_said_before(world) -> None:
    world.night(N1, said(FIRES))
    assert world.night(N2, said(ANEW)) == Applied(0, 1, 1, 0, 0)
    (past,) = world.store.findings.past(world.case("EDU-01").finding_key)
    assert (past["reason"], world.finding("EDU-01").reason) == ("fires_reason", "status_dropout")
    assert world.case("EDU-01").events[-1].event == "fires_anew"


def test_another_reference_to_the_same_row_is_no_new_evidence(world) -> None:
    world.night(N1, said(FIRES))
    assert world.night(N2, said(FIRES | {"evidence_ref": "later#1"})) == Applied(0, 0, 1, 0, 0)
    assert len(world.case("EDU-01").events) == 1
    assert "later#1" in world.finding("EDU-01").evidence


def test_a_false_alarm_reopens_only_on_other_evidence(world) -> None:
    reach(world, S.FALSE_ALARM)
    assert world.night(N2, said(FIRES)) == NOTHING
    assert world.night(N2, said(SATISFIED)) == NOTHING
    assert world.night(N3, said(FIRES)) == NOTHING
    world.night(N3, said(ANEW))
    assert world.state("EDU-01") is S.REOPENED
    assert world.notices()[-1] == ("reopened", "2026-11")


def test_an_officers_excuse_holds_until_its_end(world) -> None:
    reach(world, S.EXCUSED)
    assert world.case("EDU-01").excuse_until == date(2027, 1, 31)
    assert world.night(date(2027, 1, 31), said(FIRES)) == NOTHING
    assert world.night(date(2027, 1, 31), said(NOT_APPLICABLE)) == NOTHING
    world.night(date(2027, 2, 1), said(FIRES))
    case = world.case("EDU-01")
    assert (case.state, case.excuse_until) == (S.REOPENED, None)
    assert case.events[-1].event == "excuse_over"


def test_an_excuse_of_the_rolls_ends_with_the_rolls(world) -> None:
    world.night(N1, said(FIRES))
    world.night(N2, said(EXCUSED | {"reason": "leave"}))
    case = world.case("EDU-01")
    assert (case.state, case.events[-1].reason) == (S.EXCUSED, "leave")
    assert world.night(N2, said(EXCUSED | {"reason": "leave"})) == NOTHING
    world.night(N3, said(FIRES))
    assert world.state("EDU-01") is S.REOPENED


def test_a_wait_ends_on_its_day(world) -> None:
    world.night(N1, said(FIRES))
    world.decide("EDU-01", N1, "take", "wait", until=date(2026, 11, 15))
    assert world.night(date(2026, 11, 15), said(FIRES)) == NOTHING
    world.night(date(2026, 11, 16), said(FIRES))
    case = world.case("EDU-01")
    assert (case.state, case.wait_until, case.waiting_on) == (S.IN_REVIEW, None, None)
    assert world.notices()[-1] == ("wait_over", "2026-11")


def test_a_confirmed_education_case_waits_for_attendance_and_a_signature(world) -> None:
    reach(world, S.CONFIRMED)
    world.night(N2, said(SATISFIED))
    assert world.case("EDU-01").reverify_on == date(2026, 11, 14)
    assert world.night(date(2026, 11, 13), said(SATISFIED)) == NOTHING
    world.night(date(2026, 11, 14), said(SATISFIED))
    assert world.state("EDU-01") is S.AWAITING_SIGNATURE
    assert world.notices()[-1] == ("signature_due", "2026-11")
    assert world.night(N3, said(SATISFIED)) == NOTHING
    assert world.decide("EDU-01", N3, "sign").state is S.RESOLVED


def test_a_confirmed_insurance_case_closes_by_data(world) -> None:
    world.night(N1, said(FIRES, "MED-01"))
    world.decide("MED-01", N1, "take", "confirm")
    world.night(N2, said(SATISFIED, "MED-01"))
    assert world.state("MED-01") is S.RESOLVED


def test_a_child_gone_from_its_base_roll_is_a_lost_subject(world) -> None:
    world.night(N1, said(FIRES))
    world.night(N2, {("EDU-01", 2): SATISFIED})
    assert world.state("EDU-01") is S.LOST_SUBJECT
    assert world.notices()[-1] == ("subject_lost", "2026-10")
    assert world.night(N2, {("EDU-01", 2): SATISFIED}) == NOTHING
    assert world.decide("EDU-01", N3, "settle", reason="not_found").state is S.SETTLED


@pytest.mark.parametrize(
    ("born", "wanted"),
    [
        (date(2008, 10, 15), S.AGED_OUT),
        (date(2008, 10, 16), S.LOST_SUBJECT),
    ],
)
def test_a_child_of_age_is_not_lost(world, born, wanted) -> None:
    world.night(N1, said(FIRES), persons={1: born})
    world.night(N2, {("EDU-01", 2): SATISFIED}, persons={1: born, 2: born})
    assert world.state("EDU-01") is wanted


def test_a_child_of_age_who_left_the_rolls_is_known_by_birth_month(world) -> None:
    world.night(N1, said(FIRES), persons={1: date(2008, 9, 30)})
    world.night(N2, {("EDU-01", 2): SATISFIED})
    assert world.state("EDU-01") is S.AGED_OUT


def test_a_new_episode_goes_on_from_the_case_before(world) -> None:
    reach(world, S.REFERRED)
    autumn = date(2027, 9, 1)
    world.night(date(2027, 11, 15), said(FIRES | {"episode": autumn}))
    assert world.state("EDU-01") is S.CONTINUED
    after = world.case("EDU-01", episode=autumn)
    assert (after.state, after.follows) == (S.OPEN, world.case("EDU-01").finding_key)


def test_a_new_episode_of_an_unreleased_baseline_case_stays_in_the_baseline(world) -> None:
    reach(world, S.BASELINE_PENDING)
    autumn = date(2027, 9, 1)
    world.night(date(2027, 11, 15), said(FIRES | {"episode": autumn}))
    assert world.state("EDU-01", episode=autumn) is S.BASELINE_PENDING
    assert world.notices() == []


def test_an_officers_excuse_covers_the_next_episode_until_its_end(world) -> None:
    reach(world, S.EXCUSED)
    january = FIRES | {"episode": date(2027, 1, 1)}
    assert world.night(date(2027, 1, 31), said(january)) == NOTHING
    world.night(date(2027, 2, 1), said(january))
    assert world.state("EDU-01") is S.CONTINUED
    assert world.state("EDU-01", episode=date(2027, 1, 1)) is S.OPEN


def test_a_decided_case_of_an_earlier_episode_is_left_alone(world) -> None:
    reach(world, S.FALSE_ALARM)
    autumn = date(2027, 9, 1)
    world.night(date(2027, 11, 15), said(FIRES | {"episode": autumn}))
    assert world.state("EDU-01") is S.FALSE_ALARM
    assert world.state("EDU-01", episode=autumn) is S.OPEN


def test_a_case_follows_its_child_to_another_county(world) -> None:
    reach(world, S.IN_REVIEW)
    world.night(N2, said(MOVED))
    case = world.case("EDU-01")
    assert (case.state, case.division, case.assigned_to) == (S.OPEN, "419902001001", None)
    assert world.notices()[-1] == ("handed_over", "2026-10")
    assert world.night(N2, said(MOVED)) == NOTHING


def test_a_move_within_the_county_changes_only_the_view(world) -> None:
    reach(world, S.IN_REVIEW)
    world.night(N2, said(FIRES | {"division": "419901002002"}))
    case = world.case("EDU-01")
    assert (case.state, case.division, case.assigned_to) == (S.IN_REVIEW, "419901002002", "li")


def test_a_merged_childs_case_goes_on_under_the_child_who_is_left(world) -> None:
    both = {("EDU-01", 1): FIRES, ("EDU-01", 2): FIRES}
    world.night(N1, both)
    world.store.persons.merge(1, into=2)
    world.night(N2, {("EDU-01", 2): FIRES})
    assert (world.state("EDU-01", 1), world.state("EDU-01", 2)) == (S.CONTINUED, S.OPEN)
    assert world.night(N2, {("EDU-01", 2): FIRES}) == NOTHING


def test_findings_of_a_source_know_its_rolls_apart(world) -> None:
    registry, assistance = "welfare/registry/*", "welfare/assistance/*"
    late = {("SRC-01", registry): FIRES, ("SRC-01", assistance): FIRES}
    world.night(N1, late, persons={})
    world.night(N2, late | {("SRC-01", assistance): SATISFIED}, persons={})
    assert world.state("SRC-01", registry) is S.OPEN
    assert world.state("SRC-01", assistance) is S.RESOLVED
    world.night(N3, {("SRC-01", assistance): SATISFIED}, persons={})
    assert world.state("SRC-01", registry) is S.LAPSED


def test_the_run_keeps_its_sums(world) -> None:
    world.night(N1, {("EDU-01", 1): FIRES, ("EDU-01", 2): HELD, ("EDU-01", 3): SATISFIED})
    run = world.store.runs.published()
    (count,) = world.store.night.outcome_counts(run.run_id)
    assert (count.universe, count.fires, count.held, count.satisfied) == (3, 1, 1, 1)


LOSING = [
    ("two outcomes", [(1, {"kind": "satisfied"}), (1, {"kind": "held"})]),
    ("without a key", [(1, {"kind": "fires", "finding_key": None})]),
    ("share a key", [(2, FIRES | {"finding_key": "k"}), (3, FIRES | {"finding_key": "k"})]),
]


@pytest.mark.parametrize(("what", "rows"), LOSING, ids=[row[0] for row in LOSING])
def test_outcomes_that_would_lose_a_finding_stop_the_run(world, what, rows) -> None:
    world.night(N1, said(FIRES))
    with pytest.raises(LedgerUnbalanced, match=what):
        world.plan_rows(N2, [("EDU-01", person, spec) for person, spec in rows])


def test_an_officer_who_was_first_makes_the_night_plan_again(world) -> None:
    world.night(N1, said(FIRES))
    planned = world.planned_table(N2, said(SATISFIED))
    world.decide("EDU-01", N1, "take")
    with pytest.raises(StaleCase, match="read it again"):
        world.apply(N2, planned, said(SATISFIED))
    assert world.state("EDU-01") is S.IN_REVIEW
    world.night(N2, said(SATISFIED))
    assert world.state("EDU-01") is S.RESOLVED
