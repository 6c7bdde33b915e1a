"""Expectation and maximisation finds the shares that made the pairs, whatever their order."""

import random
from collections import Counter

import pytest

from gateway.linkage.em import Key, Pattern, learn

TRUE_M: dict[Key, float] = {
    ("name", "same"): 0.93, ("name", "sound"): 0.05, ("name", "differs"): 0.02,
    ("sex", "same"): 0.99, ("sex", "differs"): 0.01,
    ("birth_date", "same"): 0.96, ("birth_date", "day"): 0.03, ("birth_date", "differs"): 0.01,
}  # fmt: skip
TRUE_U: dict[Key, float] = {
    ("name", "same"): 0.002, ("name", "sound"): 0.01, ("name", "differs"): 0.988,
    ("sex", "same"): 0.5, ("sex", "differs"): 0.5,
    ("birth_date", "same"): 0.003, ("birth_date", "day"): 0.006, ("birth_date", "differs"): 0.991,
}  # fmt: skip
START: dict[Key, float] = dict.fromkeys(TRUE_M, 0.4)


def drawn(seed: int, pairs: int, share: float) -> list[Pattern]:
    luck = random.Random(seed)
    seen: Counter[tuple[Key, ...]] = Counter()
    for _ in range(pairs):
        made_by = TRUE_M if luck.random() < share else TRUE_U
        levels = []
        for comparison in ("name", "sex", "birth_date"):
            own = [key for key in made_by if key[0] == comparison]
            levels.append(luck.choices(own, [made_by[key] for key in own])[0])
            if luck.random() < 0.1:
                levels[-1] = (comparison, "unknown")
        seen[tuple(levels)] += 1
    return [Pattern(levels, count) for levels, count in seen.items()]


@pytest.mark.parametrize("seed", [3, 4])
def test_the_shares_come_back(seed: int) -> None:
    found = learn(drawn(seed, 20_000, 0.6), START, TRUE_U, {})
    assert found.converged
    assert found.matches == pytest.approx(12_000, rel=0.02)
    for key, share in TRUE_M.items():
        assert found.m[key] == pytest.approx(share, abs=0.01), key


def test_order_says_nothing() -> None:
    patterns = drawn(5, 3_000, 0.6)
    once = learn(patterns, START, TRUE_U, {})
    again = learn(patterns[::-1], START, TRUE_U, {})
    assert again.m == pytest.approx(once.m, abs=1e-9)


def test_a_word_counts_for_more_than_the_arithmetic() -> None:
    """Sixty pairs that look like two children, and an officer says of each that it is one."""
    patterns = drawn(6, 3_000, 0.6)
    odd = (("name", "differs"), ("sex", "differs"), ("birth_date", "same"))
    silent = learn([*patterns, Pattern(odd, 60)], START, TRUE_U, {})
    told = learn([*patterns, Pattern(odd, 60, True)], START, TRUE_U, {})
    denied = learn([*patterns, Pattern(odd, 60, False)], START, TRUE_U, {})
    key = ("name", "differs")
    assert told.m[key] > silent.m[key] + 0.01
    assert denied.m[key] <= silent.m[key] + 1e-6
    assert told.matches - denied.matches == pytest.approx(60, abs=15)


def test_a_fixed_weight_speaks_and_is_not_learned() -> None:
    """A veto in every pair: nobody is one child, whatever else agrees."""
    vetoed = [
        Pattern((*p.levels, ("number", "conflict")), p.pairs) for p in drawn(7, 2_000, 0.6)
    ]  # fmt: skip
    found = learn(vetoed, START, TRUE_U, {("number", "conflict"): -41.0})
    assert found.matches < 1
