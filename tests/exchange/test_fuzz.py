"""2,000 mutations over all suites: no crash, no hang, no acceptance (the rest under `make fuzz`)."""

import pytest
from exchange_kit import SUITES, World
from fuzzing import fuzz

COUNTS = {"soap": 250, "cms": 50}


@pytest.mark.parametrize("suite", SUITES)
def test_mutations(world: World, suite: str) -> None:
    count = COUNTS.get(suite, 340)
    found = fuzz(world, suite, count, seed=20261116)
    assert sum(found.values()) == count
    assert len(found) > 2, "they get further than the first check"
    assert found["unchanged"] <= count // 10
