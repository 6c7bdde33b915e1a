"""Labels become precision, recall, calibration and costs; the figures add up whatever the labels."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_world import WEIGHTS, night, rows
from test_properties import city

from gateway.engine import Engine, load_step
from gateway.linkage.evaluation import ASKS, Bin, Evaluation, read_bins, weighed_low
from gateway.linkage.judged import judged_pairs, row_name
from gateway.linkage.judgements import Said, Verdict, judge

SMALL = Evaluation(
    (
        Bin(12, True, True, 96),
        Bin(12, True, False, 1),
        Bin(4, False, True, 2),
        Bin(4, False, False, 2),
        Bin(-3, False, False, 5),
    ),
    unseen=2,
)


def test_a_small_night() -> None:
    assert (SMALL.right, SMALL.wrong, SMALL.true_pairs) == (96, 1, 100)
    assert SMALL.precision == pytest.approx(96 / 97)
    assert SMALL.recall == pytest.approx(0.96)
    assert SMALL.f1 == pytest.approx(2 * 96 / 197)
    half = next(c for c in SMALL.calibration() if c.bits == 4)
    assert (half.pairs, half.share) == (4, 0.5)


COSTS = [(-5, 10, 9, 1, 2), (0, 10, 4, 1, 2), (5, 10, 0, 1, 4), (0, 4, 0, 3, 2), (5, 13, 97, 0, 4)]


@pytest.mark.parametrize(("ask", "link", "questions", "wrong", "lost"), COSTS)
def test_what_thresholds_cost(ask: int, link: int, questions: int, wrong: int, lost: int) -> None:
    (cost,) = SMALL.costs([ask], [link])
    assert (cost.questions, cost.wrong, cost.lost) == (questions, wrong, lost)


def test_nothing_to_judge() -> None:
    nothing = Evaluation((), 0)
    assert (nothing.precision, nothing.recall, nothing.calibration()) == (1.0, 1.0, ())


bins = st.builds(Bin, st.integers(-20, 60), st.booleans(), st.booleans(), st.integers(1, 50))


@settings(max_examples=100, deadline=None)
@given(st.lists(bins, max_size=30), st.integers(0, 9))
def test_every_pair_is_paid_for_once(found: list[Bin], unseen: int) -> None:
    labels = Evaluation(tuple(found), unseen)
    everything = sum(b.pairs for b in found) + unseen
    for cost in labels.costs(range(-20, 61, 8), range(-20, 61, 8)):
        linked_right = sum(b.pairs for b in found if b.same and b.bits >= cost.link)
        refused = sum(b.pairs for b in found if not b.same and b.bits < cost.ask)
        assert cost.questions + cost.wrong + cost.lost + linked_right + refused == everything
    assert sum(c.pairs for c in labels.calibration()) == everything - unseen


def test_labels_of_a_city(engine: Engine) -> None:
    """Every true pair is linked, left open, or unseen, and the counts are those of the night."""
    world = city(1)
    night(engine, world)
    roll_of = {"child": "registry", "enrolment": "enrolment", "coverage": "coverage"}
    keys = [
        {"child": int(row["row_key"][1:]), "roll": roll, "row_key": row["row_key"]}
        for table, roll in roll_of.items()
        for row in world[table]
    ]
    engine.load("truth_key", pa.Table.from_pylist(keys))
    engine.run(load_step("gateway.linkage", "eval_truth"))
    unseen = engine.value(load_step("gateway.linkage", "eval_unseen"))
    found = Evaluation(
        read_bins(engine.fetch(load_step("gateway.linkage", "eval_bins")).to_pylist()),
        int(str(unseen)),
    )
    linked = engine.value(
        "SELECT count(*) FROM link WHERE method <> 'base' AND current AND weight IS NOT NULL"
    )
    assert found.right + found.wrong == linked
    # This town's clerks write whole other children into a row: some links must be wrong, and are seen.
    assert found.right > 100
    assert found.wrong > 0
    registered = {row["row_key"][1:] for row in world["child"]}
    looked_for = [*world["enrolment"], *world["coverage"]]
    true_pairs = sum(row["row_key"][1:] in registered for row in looked_for)
    assert abs(found.true_pairs - true_pairs) <= 0.05 * true_pairs
    engine.drop("truth_key", "label")


def test_the_table_counts_what_a_night_would_not_ask(engine: Engine) -> None:
    """Pairs below a site's `ask` are thrown away by its nights, and yet have a price in the table."""
    low = weighed_low(WEIGHTS)
    assert (low.ask, low.link) == (ASKS[0], WEIGHTS.link)
    assert weighed_low(WEIGHTS.with_thresholds(None, -40.0)).ask == -40
    world = city(3)
    found = {}
    for name, weights in (("own", WEIGHTS), ("low", low)):
        night(engine, world, weights=weights)
        found[name] = (
            rows(engine, "SELECT row_ref, person_id FROM link ORDER BY ALL"),
            engine.value("SELECT min(weight) FROM undecided WHERE why NOT LIKE '%bears_number%'"),
        )
    assert found["low"][0] == found["own"][0], "the same links"
    assert found["own"][1] >= WEIGHTS.ask > found["low"][1] >= ASKS[0]


def test_judgements_are_labels(engine: Engine) -> None:
    world = city(2)
    night(engine, world)
    pair = rows(
        engine,
        "SELECT l.source, l.roll, l.table_name, l.row_key, p.source AS own, p.base_roll, p.base_row_key "
        "FROM link l JOIN person p USING (person_id) "
        "WHERE l.method = 'number' AND p.registered AND l.current LIMIT 1",
    )[0]
    one = row_name(pair["own"], pair["base_roll"], "child", pair["base_row_key"])
    other = row_name(pair["source"], pair["roll"], pair["table_name"], pair["row_key"])
    engine.load("judged_label", judged_pairs(judge([Said(one, other, Verdict.NOT_SAME)])))
    engine.run(load_step("gateway.linkage", "eval_judged"))
    bins = read_bins(engine.fetch(load_step("gateway.linkage", "eval_bins")).to_pylist())
    assert [(b.linked, b.same, b.pairs) for b in bins] == [(True, False, 1)]
    engine.drop("judged_label", "label")
