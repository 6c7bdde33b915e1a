"""The weights file: shipped, complete, strict."""

from math import log2
from pathlib import Path

import pytest

from gateway.linkage.weights import LEVELS, UNKNOWN, load_weights, probability
from gateway.model.errors import SpecError

SHIPPED = Path(__file__).parents[2] / "mappings" / "linkage" / "weights.v1.yaml"


def changed(tmp_path: Path, before: str, after: str) -> Path:
    text = SHIPPED.read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "weights.yaml"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    return path


def test_the_shipped_file_weighs_every_level() -> None:
    weights = load_weights(SHIPPED)
    assert weights.table().num_rows == 1 + sum(len(levels) + 1 for levels in LEVELS.values())
    assert weights.weight("sex", "same") == log2(
        weights.comparisons["sex"].levels["same"].m / weights.comparisons["sex"].levels["same"].u
    )
    assert weights.weight("sex", UNKNOWN) == 0


def test_agreement_speaks_for_and_difference_against() -> None:
    weights = load_weights(SHIPPED)
    for name, compared in weights.comparisons.items():
        assert weights.weight(name, "differs") < 0
        best = max(level.weight for level in compared.levels.values())
        assert best > 0
    assert weights.vetoes.number_conflict + weights.prior_weight + 55 < weights.ask


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("margin:", "margins:", "margins"),
        ("link: ", "link: -9", "ask is above link"),
        ("student: {m: ", "pupil: {m: ", "number has other levels"),
        ("number_conflict: -60.0", "number_conflict: -3.0", "number_conflict"),
        ("differs: {m: 0.", "differs: {m: 9.", "less than or equal to 1"),
        ("term_frequency: true", "term_frequency: true\n    beta: 1.0", "beta"),
    ],
)
def test_a_file_that_says_something_else_is_refused(
    tmp_path: Path, before: str, after: str, said: str
) -> None:
    with pytest.raises(SpecError, match=said):
        load_weights(changed(tmp_path, before, after))


def test_probability_is_of_the_score() -> None:
    assert probability(0) == 0.5
    assert probability(10) == pytest.approx(1024 / 1025)


@pytest.mark.parametrize(
    ("link", "ask", "becomes"),
    [
        (None, None, (0.5, -7.0)), (4.0, None, (4.0, -7.0)),
        (None, -3.0, (0.5, -3.0)), (-8.0, -9.0, (-8.0, -9.0)),
    ],
)  # fmt: skip
def test_a_site_chooses_its_thresholds(
    link: float | None, ask: float | None, becomes: tuple[float, float]
) -> None:
    chosen = load_weights(SHIPPED).with_thresholds(link, ask)
    assert (chosen.link, chosen.ask) == becomes


def test_thresholds_that_would_ask_nobody_are_refused() -> None:
    with pytest.raises(SpecError, match="nobody would be asked"):
        load_weights(SHIPPED).with_thresholds(-8.0, None)
