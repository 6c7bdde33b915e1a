"""The shipped rules and an engine, once for the whole room."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.engine import Engine, EngineSettings
from gateway.policy import Rule, load_rules

SHIPPED = Path(__file__).resolve().parents[2] / "mappings" / "policy"


@pytest.fixture(scope="session")
def rules() -> tuple[Rule, ...]:
    return load_rules(SHIPPED)


@pytest.fixture(scope="session")
def rule_of(rules: tuple[Rule, ...]) -> dict[str, Rule]:
    return {rule.id: rule for rule in rules}


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    spill = tmp_path_factory.mktemp("spill")
    with Engine(EngineSettings(spill, memory_limit="500MB", threads=1)) as made:
        yield made
