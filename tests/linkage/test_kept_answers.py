"""What a night kept is forgotten when weights, thresholds or the code that links are others."""

from collections.abc import Iterator

import pytest
from small_world import WEIGHTS

from gateway.engine import Engine
from gateway.linkage import Weights, kept
from gateway.linkage.kept import BASIS, KEPT, expect

OTHERS = {
    "link": WEIGHTS.with_thresholds(WEIGHTS.link + 1, None),
    "ask": WEIGHTS.with_thresholds(None, WEIGHTS.ask - 1),
    "version": WEIGHTS.model_copy(update={"version": "linkage.v2"}),
    "margin": WEIGHTS.model_copy(update={"margin": WEIGHTS.margin + 1}),
}


@pytest.fixture
def after(engine: Engine) -> Iterator[Engine]:
    """An engine in which a night with the shipped weights kept one row."""
    engine.drop(BASIS, *KEPT)
    expect(engine, WEIGHTS)
    engine.run("INSERT INTO kept_row VALUES (2, 7)")
    yield engine
    engine.drop(BASIS, *KEPT)


def test_the_same_weights_and_code_keep_it(after: Engine) -> None:
    expect(after, WEIGHTS)
    assert after.count("kept_row") == 1


@pytest.mark.parametrize("other", OTHERS.values(), ids=list(OTHERS))
def test_other_weights_link_everything_anew(after: Engine, other: Weights) -> None:
    expect(after, other)
    assert after.count("kept_row") == 0


def test_another_state_of_the_code_links_everything_anew(
    after: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "_steps", lambda: "other")
    expect(after, WEIGHTS)
    assert after.count("kept_row") == 0


def test_a_table_that_is_missing_forgets_all(after: Engine) -> None:
    after.drop("kept_edge")
    expect(after, WEIGHTS)
    assert after.count("kept_row") == 0


def test_the_state_of_the_code_is_all_that_an_answer_follows_from() -> None:
    names = [name for name, _ in kept.sources()]
    assert {
        "decide.sql", "macros_linkage.sql", "linking.py", "matching.py", "sounds.py", "shapes.csv",
        # The engine's macros: names are folded, numbers and addresses read by them.
        "macros_text.sql", "macros_glyphs.sql", "macros_id.sql", "macros_zz_address.sql",
    } <= set(names)  # fmt: skip
    assert names == sorted(names)
