"""Composition: one outcome a subject, the same way for every rule."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from gateway.engine import Engine
from gateway.model.errors import LedgerUnbalanced, SpecError
from gateway.model.outcomes import OutcomeCount
from gateway.policy import Calendar, Rule, evaluate
from gateway.policy.examples import load_world
from gateway.policy.rule_file import Severities, Universe

NIGHT = date(2026, 11, 16)
KEY = "5a" * 32
PERIOD = {"period": "2026-11", "state": "verified", "coverage": "province", "scope": "*"}
VERIFIED = [
    {"table_name": name, **PERIOD}
    for name in ("enrolment", "coverage", "child", "assistance_household", "assistance_member")
]
UNREGISTERED = {
    "person": [{"person_id": 1, "registered": False}],
    "assistance_household": [
        {"family_id": "F", "kind": "03", "begin_month": "2026-01", "card_status": "1"}
    ],
    "assistance_member": [{"person_id": 1, "family_id": "F"}],
}
FIRING: dict[str, dict[str, list[dict[str, object]]]] = {
    "EDU-01": {"person": [{"person_id": 1}]},
    "EDU-02": {
        "person": [{"person_id": 1}],
        "enrolment": [{"person_id": 1, "grade": 4, "status": "03", "status_class": "lead"}],
    },
    "MED-01": {"person": [{"person_id": 1}]},
    "MED-02": {"person": [{"person_id": 1}], "coverage": [{"person_id": 1, "scheme": "390", "status": "4"}]},
    "WEL-01": UNREGISTERED,
    "WEL-02": {
        "person": [{"person_id": 1}],
        "child": [{"person_id": 1, "category": "201", "recognised_on": "2025-01-01"}],
    },
}  # fmt: skip


def run(
    engine: Engine,
    rules: Sequence[Rule],
    world: Mapping[str, Sequence[Mapping[str, object]]],
    calendar: Calendar | None = None,
) -> tuple[OutcomeCount, ...]:
    load_world(engine, {"source_status": VERIFIED, **world})
    known_at = datetime(2026, 11, 16, 18, tzinfo=UTC)
    calendar = calendar or Calendar()
    return evaluate(engine, rules, calendar, as_of=NIGHT, known_at=known_at, site_key=KEY)


def outcomes(engine: Engine) -> list[dict[str, object]]:
    return engine.fetch("SELECT * FROM outcome ORDER BY rule, person_id, source, scope").to_pylist()


def changed(rule: Rule, **keys: object) -> Rule:
    return rule.model_copy(update={"file": rule.file.model_copy(update=keys)})


@pytest.mark.parametrize("rule", FIRING)
def test_a_finding_carries_what_it_needs(
    engine: Engine, rule_of: dict[str, Rule], rule: str
) -> None:
    counts = run(engine, [rule_of[rule]], FIRING[rule])
    assert counts == (OutcomeCount(rule, 1, 1, 0, 0, 0, 0),)
    (row,) = outcomes(engine)
    episode = row["episode"]
    assert isinstance(episode, date)
    text = f"p:1|{rule}|{episode.isoformat()}"
    key = hmac.new(bytes.fromhex(KEY), text.encode(), hashlib.sha256).hexdigest()
    file = rule_of[rule].file
    assert row["finding_key"] == key
    assert (row["kind"], row["answer"], row["owner"], row["access"], row["due_days"]) == (
        "fires", "no", file.owner, "ordinary", file.due_days,
    )  # fmt: skip
    assert row["severity"] == str(file.severity.of(str(row["reason"])))
    assert (row["rule_version"], row["division"], row["held_by"]) == (
        file.version, "419901001001", None,
    )  # fmt: skip


@pytest.mark.parametrize("rule", FIRING)
def test_a_reported_death_suspends_every_rule(
    engine: Engine, rule_of: dict[str, Rule], rule: str
) -> None:
    world = dict(FIRING[rule])
    world["person"] = [{**world["person"][0], "death_reported": True}]
    run(engine, [rule_of[rule]], world)
    (row,) = outcomes(engine)
    assert (row["kind"], row["reason"], row["finding_key"]) == ("excused", "death_reported", None)


@pytest.mark.parametrize("rule", FIRING)
@pytest.mark.parametrize("state", ["expected", "late", "partial", "refused", "odd"])
def test_no_rule_fires_while_a_roll_it_needs_is_not_verified(
    engine: Engine, rule_of: dict[str, Rule], rule: str, state: str
) -> None:
    statuses = [{**row, "state": state} for row in VERIFIED]
    run(engine, [rule_of[rule]], {**FIRING[rule], "source_status": statuses})
    (row,) = outcomes(engine)
    assert (row["kind"], row["reason"], row["finding_key"]) == ("held", f"source_{state}", None)
    assert row["evidence_ref"] is None


@pytest.mark.parametrize("rule", FIRING)
def test_a_rule_whose_roll_is_not_connected_is_not_available(
    engine: Engine, rule_of: dict[str, Rule], rule: str
) -> None:
    run(engine, [rule_of[rule]], {**FIRING[rule], "source_status": []})
    (row,) = outcomes(engine)
    assert (row["kind"], row["reason"], row["answer"]) == ("held", "not_available", None)


@pytest.mark.parametrize("rule", FIRING)
def test_no_rule_fires_without_a_word_of_its_rolls_on_this_period(
    engine: Engine, rule_of: dict[str, Rule], rule: str
) -> None:
    earlier = [{**row, "period": "2026-10"} for row in VERIFIED]
    run(engine, [rule_of[rule]], {**FIRING[rule], "source_status": earlier})
    (row,) = outcomes(engine)
    assert (row["kind"], row["reason"]) == ("held", "source_missing")


@pytest.mark.parametrize(
    ("statuses", "kind"),
    [
        ([("*", "verified")], "fires"),
        ([("*", "late"), ("419901", "verified")], "held"),
        ([("*", "partial"), ("419901", "verified")], "fires"),
        ([("*", "partial"), ("419902", "verified")], "held"),
        ([("*", "verified"), ("419901", "partial")], "held"),
        ([("*", "verified"), ("419902", "partial")], "fires"),
        ([("419901", "verified")], "fires"),
        ([("419902", "verified")], "held"),
    ],
)
def test_which_scope_speaks_for_a_county(
    engine: Engine, rule_of: dict[str, Rule], statuses: list[tuple[str, str]], kind: str
) -> None:
    rows = [
        {"table_name": "enrolment", **PERIOD, "scope": s, "state": state} for s, state in statuses
    ]
    run(engine, [rule_of["EDU-01"]], {**FIRING["EDU-01"], "source_status": rows})
    assert outcomes(engine)[0]["kind"] == kind


@pytest.mark.parametrize(
    ("statuses", "kind"),
    [
        ([("*", "verified")], "fires"),
        ([("*", "verified"), ("419902", "verified")], "fires"),
        ([("*", "verified"), ("419902", "partial")], "held"),
        ([("419901", "verified"), ("419902", "verified")], "fires"),
        ([("419901", "verified"), ("419902", "late")], "held"),
    ],
)
def test_any_gap_may_hide_a_child_of_unknown_division(
    engine: Engine, rule_of: dict[str, Rule], statuses: list[tuple[str, str]], kind: str
) -> None:
    rows = [
        {"table_name": "enrolment", **PERIOD, "scope": s, "state": state} for s, state in statuses
    ]
    world = {"person": [{"person_id": 1, "division": None}], "source_status": rows}
    run(engine, [rule_of["EDU-01"]], world)
    assert outcomes(engine)[0]["kind"] == kind


@pytest.mark.parametrize(
    ("severity", "coverage", "found"),
    [(1, "province", "1"), (1, "city", "2"), (3, "city", "4"), (4, "city", "4")],
)
def test_a_local_answer_is_one_milder_and_four_is_the_mildest(
    engine: Engine, rule_of: dict[str, Rule], severity: int, coverage: str, found: str
) -> None:
    rule = changed(rule_of["EDU-01"], severity=Severities(default=severity))
    status = {"table_name": "enrolment", **PERIOD, "coverage": coverage}
    run(engine, [rule], {**FIRING["EDU-01"], "source_status": [status]})
    assert outcomes(engine)[0]["severity"] == found


def test_a_quarantined_row_is_named_before_an_undecided_pair(
    engine: Engine, rule_of: dict[str, Rule]
) -> None:
    both = [{"person_id": 1, "table_name": "enrolment", "quarantined": q} for q in (False, True)]
    run(engine, [rule_of["EDU-01"]], {**FIRING["EDU-01"], "undecided": both})
    assert outcomes(engine)[0]["reason"] == "quarantined_row"


def test_two_sources_of_one_roll_must_both_be_whole_and_the_wider_counts(
    engine: Engine, rule_of: dict[str, Rule]
) -> None:
    other = {"table_name": "enrolment", **PERIOD, "source": "vocational", "roll": "enrolment"}
    near = {"table_name": "enrolment", **PERIOD, "coverage": "county"}
    run(engine, [rule_of["EDU-01"]], {**FIRING["EDU-01"], "source_status": [near, other]})
    assert outcomes(engine)[0]["answer"] == "no"
    late = {**other, "state": "late"}
    run(engine, [rule_of["EDU-01"]], {**FIRING["EDU-01"], "source_status": [near, late]})
    (row,) = outcomes(engine)
    assert (row["kind"], row["held_by"]) == ("held", "vocational/enrolment")


@pytest.mark.parametrize(
    ("prefixes", "kinds"),
    [
        (("*",), ["fires", "fires", "fires"]),
        (("4199",), ["fires", "fires", "not_applicable"]),
        (("419902",), ["not_applicable", "fires", "not_applicable"]),
        (("419901", "419902"), ["fires", "fires", "not_applicable"]),
    ],
)
def test_a_rule_holds_in_its_divisions(
    engine: Engine, rule_of: dict[str, Rule], prefixes: tuple[str, ...], kinds: list[str]
) -> None:
    divisions = ("419901001001", "419902001001", None)
    people = [{"person_id": n, "division": division} for n, division in enumerate(divisions)]
    run(engine, [changed(rule_of["EDU-01"], divisions=prefixes)], {"person": people})
    assert [row["kind"] for row in outcomes(engine)] == kinds


def test_all_rules_of_a_night_stand_in_one_table(engine: Engine, rules: tuple[Rule, ...]) -> None:
    counts = run(engine, rules, FIRING["EDU-02"])
    assert [count.rule for count in counts] == [rule.id for rule in rules]
    assert all(count.balanced for count in counts)
    assert {row["rule"] for row in outcomes(engine)} == {
        rule.id for rule in rules if rule.file.universe is not Universe.ASSISTANCE
    }


def test_only_the_outcomes_are_left_behind(engine: Engine, rule_of: dict[str, Rule]) -> None:
    load_world(engine, {})
    before = tables(engine)
    run(engine, [rule_of["EDU-01"]], {})
    assert tables(engine) - before <= {"outcome", "outcome_sum"}


def tables(engine: Engine) -> set[str]:
    found = engine.fetch("SELECT table_name FROM information_schema.tables")
    return set(found.column(0).to_pylist())


WHOLE = "FROM subject AS s"
TWO = "SELECT * FROM subject WHERE person_id = 2"
BROKEN = {
    "a child lost": (WHOLE, f"FROM ({TWO}) AS s"),
    "a child twice": (WHOLE, f"FROM (SELECT * FROM subject UNION ALL {TWO}) AS s"),
    "one lost and one twice": (WHOLE, f"FROM ({TWO} UNION ALL {TWO}) AS s"),
    "a stranger": (
        WHOLE,
        "FROM (SELECT * FROM subject UNION ALL SELECT * REPLACE (9 AS person_id) FROM subject) AS s",
    ),
    "nothing decided": ("ELSE 'no_enrolment' END AS fires", "END AS fires"),
}


@pytest.mark.parametrize(("old", "new"), BROKEN.values(), ids=list(BROKEN))
def test_a_ledger_that_does_not_add_up_ends_the_run(
    engine: Engine, rule_of: dict[str, Rule], old: str, new: str
) -> None:
    rule = rule_of["EDU-01"]
    assert old in rule.sql
    broken = rule.model_copy(update={"sql": rule.sql.replace(old, new)})
    with pytest.raises(LedgerUnbalanced, match=r"EDU-01.*EDU-01\.yaml"):
        run(engine, [broken], {"person": [{"person_id": 1}, {"person_id": 2}]})


def test_a_universe_that_is_narrower_than_the_sql_ends_the_run(
    engine: Engine, rule_of: dict[str, Rule]
) -> None:
    narrow = changed(rule_of["EDU-01"], universe=Universe.REGISTRY)
    with pytest.raises(LedgerUnbalanced):
        run(engine, [narrow], {"person": [{"person_id": 1}, {"person_id": 2, "registered": False}]})


def test_a_roll_twice_ends_the_run(engine: Engine, rule_of: dict[str, Rule]) -> None:
    rule = rule_of["SRC-02"]
    twice = rule.model_copy(
        update={"sql": rule.sql.replace("FROM source_now", "FROM source_now, range(2)")}
    )
    with pytest.raises(LedgerUnbalanced, match="SRC-02"):
        run(engine, [twice], {})


def test_a_reason_without_words_ends_the_run(engine: Engine, rule_of: dict[str, Rule]) -> None:
    rule = rule_of["EDU-01"]
    mute = rule.model_copy(update={"sql": rule.sql.replace("'no_enrolment'", "'because'")})
    with pytest.raises(SpecError, match="EDU-01 fires because"):
        run(engine, [mute], {"person": [{"person_id": 1}]})


def test_a_rule_that_tells_of_fewer_than_it_counts_ends_the_run(
    engine: Engine, rule_of: dict[str, Rule]
) -> None:
    rule = rule_of["EDU-01"]
    again = "(SELECT count(*) FROM duckdb_tables() WHERE table_name = 'told')"
    found = f"CASE WHEN {again} = 0 THEN NULL ELSE 'seen_in_school' END"
    moody = rule.sql.replace("CASE WHEN e.seen THEN 'seen_in_school' END", found)
    assert moody != rule.sql
    load_world(engine, {"source_status": VERIFIED, "person": [{"person_id": 1}]})
    with pytest.raises(LedgerUnbalanced, match="EDU-01: 1 subjects, 0 rows"):
        evaluate(
            engine, [rule.model_copy(update={"sql": moody})], Calendar(), as_of=NIGHT,
            known_at=datetime(2026, 11, 16, 18, tzinfo=UTC), site_key=KEY,
            followed=pa.table({"rule": ["EDU-01"], "person_id": [1]}),
        )  # fmt: skip


def test_the_keys_of_two_rolls_of_one_source_differ(
    engine: Engine, rule_of: dict[str, Rule]
) -> None:
    late = [
        {**row, "state": "late", "due_on": "2026-11-10"}
        for row in VERIFIED
        if row["table_name"] in ("child", "assistance_household", "assistance_member")
    ]
    counts = run(engine, [rule_of["SRC-01"]], {"source_status": late})
    assert counts == (OutcomeCount("SRC-01", 2, 2, 0, 0, 0, 0),)
    rows = outcomes(engine)
    keys = {row["finding_key"] for row in rows}
    text = f"s:national_welfare_system/{rows[0]['evidence_roll']}:*|SRC-01|2026-11-01"
    assert len(keys) == 2
    assert hmac.new(bytes.fromhex(KEY), text.encode(), hashlib.sha256).hexdigest() in keys


def test_the_calendar_of_the_site_counts(engine: Engine, rule_of: dict[str, Rule]) -> None:
    young = {"person": [{"person_id": 1, "birth_date": "2026-06-01"}]}
    run(engine, [rule_of["MED-01"]], young)
    assert outcomes(engine)[0]["kind"] == "fires"
    run(engine, [rule_of["MED-01"]], young, replace(Calendar(), newborn_days=180))
    assert outcomes(engine)[0]["reason"] == "newborn"


@pytest.mark.parametrize(
    ("stages", "grade", "kind"),
    [
        ("6-3", 6, "not_applicable"),
        ("6-3", 5, "fires"),
        ("5-4", 5, "not_applicable"),
        ("5-4", 6, "fires"),
        ("9", 6, "fires"),
    ],
)
def test_the_stages_of_the_site_count(
    engine: Engine, rule_of: dict[str, Rule], stages: str, grade: int, kind: str
) -> None:
    gone = {"status": "01", "status_class": "enrolled", "absent_periods": ["2026-10", "2026-11"]}
    world = {
        "person": [{"person_id": 1}],
        "enrolment_gone": [{"person_id": 1, "grade": grade, **gone}],
    }
    run(engine, [rule_of["EDU-02"]], world, replace(Calendar(), stages=stages))
    assert outcomes(engine)[0]["kind"] == kind
