"""No sequence of nights and decisions loses a finding, tells twice, or reopens what was decided."""

import itertools
import os
import tempfile
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gateway.casework.transitions import DECIDED, LIVE, Who, allowed
from gateway.model.cases import CaseState as S

FEW = 8
EXAMPLES = int(os.environ.get("CWG_TEST_EXAMPLES", FEW))
RULE = "EDU-02"
CHILDREN = (1, 2, 3)
AUTUMN = date(2027, 9, 1)
SAYINGS = {
    "fires": {"kind": "fires"},
    "anew": {"kind": "fires", "reason": "vanished"},
    "later": {"kind": "fires", "episode": AUTUMN},
    "moved": {"kind": "fires", "division": "419902001001"},
    "satisfied": {"kind": "satisfied"},
    "excused": {"kind": "excused"},
    "held": {"kind": "held"},
    "not_applicable": {"kind": "not_applicable"},
    "gone": None,
}
said = st.sampled_from(["fires"] * 6 + ["later"] * 2 + sorted(SAYINGS))
nights = st.tuples(st.just("night"), st.tuples(said, said, said), st.integers(0, 45))
PATHS = (
    ("release", "take", "dismiss"), ("release", "take", "settle"), ("release", "take", "excuse"),
    ("take", "confirm", "refer", "wait"), ("take", "confirm", "resume"), ("hand_over",), ("revise",),
    ("sign", "settle"), ("note",),
)  # fmt: skip
"""What an officer means to do; steps that a case's state does not allow are left out."""
decisions = st.tuples(st.just("decide"), st.integers(0, 2), st.sampled_from(PATHS))
first = st.tuples(st.just("night"), st.tuples(said, said, said), st.just(0))
histories = st.tuples(first, st.lists(st.one_of(nights, decisions), min_size=3, max_size=7))


@settings(
    max_examples=EXAMPLES,
    derandomize=EXAMPLES == FEW,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=histories, baseline=st.booleans())
def test_nothing_is_lost_told_twice_or_reopened(make_world, history, baseline) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = make_world(Path(folder) / "store.db")
        try:
            _live_through(world, history, baseline)
        finally:
            world.store.close()


def _live_through(world, history, baseline) -> None:
    day = date(2026, 9, 15)
    start, rest = history
    for kind, what, more in itertools.chain([start], rest):
        if kind == "decide":
            _decide(world, day, what, more)
            continue
        day += timedelta(days=more)
        _night(world, day, what, baseline and world.store.runs.published() is None)


def _night(world, day, sayings, baseline) -> None:
    speech = {
        (RULE, child): SAYINGS[name]
        for child, name in zip(CHILDREN, sayings, strict=True)
        if SAYINGS[name] is not None
    } | {(RULE, 99): {"kind": "satisfied"}}
    before = _states(world)
    told = world.notices()
    world.night(day, speech, baseline=baseline)
    after = _states(world)
    _nothing_lost(world, before, after, speech, day)
    if baseline:
        assert world.notices() == []
    once = world.notices()
    applied = world.night(day, speech)
    assert (applied.opened, applied.moved, applied.changed, applied.marked, applied.notices) == (
        0, 0, 0, 0, 0,
    )  # fmt: skip
    assert _states(world) == after
    assert world.notices() == once
    assert once[: len(told)] == told
    _nobody_told_twice(world)


def _nothing_lost(world, before, after, speech, day) -> None:
    assert set(before) <= set(after)
    for case_id, (person, state, digest, _) in before.items():
        now = after[case_id]
        if state in DECIDED and now[1] is not state:
            changed = now[2] != digest
            assert changed or (state is S.SETTLED and now[1] is S.RESOLVED)
        if state in LIVE and now[1] is S.RESOLVED:
            assert speech[(RULE, person)]["kind"] == "satisfied"
    for (_, person), spec in speech.items():
        if spec["kind"] != "fires":
            continue
        states = {v[1] for v in after.values() if v[0] == person}
        assert states & {*LIVE, *DECIDED}, "a condition that holds has a case that says so"
    live = Counter(v[0] for v in after.values() if v[1] in LIVE)
    assert all(count == 1 for count in live.values()), "one child, one rule, one live case"


def _nobody_told_twice(world) -> None:
    from sqlalchemy import text

    with world.store._db.read() as c:
        rows = c.execute(text("SELECT finding_key, kind, period FROM outbox")).all()
        events = c.execute(text("SELECT case_id, version FROM case_event")).all()
        versions = c.execute(text("SELECT case_id, version FROM case_file")).all()
    assert len(set(rows)) == len(rows)
    history = Counter(case_id for case_id, _ in events)
    assert dict(history) == dict(versions)


def _decide(world, day, which, path) -> None:
    cases = sorted(_states(world))
    if not cases:
        return
    case_id = cases[which % len(cases)]
    for event in path:
        case = world.store.cases.case(case_id)
        if event in {m.event for m in allowed(case.state, Who.OFFICER)}:
            world.decide_case(case, day, event, until=day + timedelta(days=60))


def _states(world):
    rows = world.store.cases.open_cases().to_pylist()
    return {
        r["case_id"]: (r["person_id"], S(r["state"]), r["evidence_digest"], r["episode"])
        for r in rows
    }
