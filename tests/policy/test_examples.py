"""Every example of every rule file holds, and an example that is wrong is found out."""

from pathlib import Path

import pytest

from gateway.engine import Engine
from gateway.model.errors import SpecError
from gateway.policy import Rule, load_rules, run_examples
from gateway.policy.example import Example
from gateway.policy.examples import STATUS_CLASSES, load_world, world_schemas
from gateway.specs import read_spec

SHIPPED = Path(__file__).resolve().parents[2] / "mappings" / "policy"
RULES = load_rules(SHIPPED)
CASES = [(rule, example) for rule in RULES for example in rule.file.examples]


def only(rule: Rule, example: Example) -> Rule:
    return rule.model_copy(update={"file": rule.file.model_copy(update={"examples": (example,)})})


def test_the_catalogue_is_shipped() -> None:
    numbers = {"EDU": 9, "GRD": 3, "IDN": 2, "MED": 8, "REG": 7, "SRC": 4, "WEL": 10}
    catalogue = {f"{room}-{n:02}" for room, last in numbers.items() for n in range(1, last + 1)}
    # Signs of harm have a table and a key of their own.
    assert {rule.id for rule in RULES} - {"HRM-01"} == catalogue


def test_the_classes_of_statuses_are_those_of_the_code_list() -> None:
    listed = read_spec(SHIPPED.parent / "codes" / "student_status.yaml").data["codes"]
    assert {code["value"]: code["class"] for code in listed} == STATUS_CLASSES


@pytest.mark.parametrize(
    ("rule", "example"), CASES, ids=lambda v: v.id if isinstance(v, Rule) else v.name
)
def test_an_example_holds(engine: Engine, rule: Rule, example: Example) -> None:
    (result,) = run_examples(engine, [only(rule, example)])
    assert result.differences == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "satisfied"}, "kind is fires, expected satisfied"),
        ({"episode": "2025-09-01"}, "episode is 2026-09-01, expected 2025-09-01"),
        ({"person_id": 2}, "0 outcomes"),
    ],
)
def test_a_wrong_example_is_told(
    engine: Engine, rule_of: dict[str, Rule], change: dict[str, object], said: str
) -> None:
    rule = rule_of["EDU-01"]
    first = rule.file.examples[0]
    wrong = first.model_copy(update={"outcomes": ({**first.outcomes[0], **change},)})
    (result,) = run_examples(engine, [only(rule, wrong)])
    assert any(said in difference for difference in result.differences)


def test_an_outcome_too_many_is_told(engine: Engine, rule_of: dict[str, Rule]) -> None:
    rule = rule_of["EDU-01"]
    first = rule.file.examples[0]
    wider = first.model_copy(update={"world": {"person": ({"person_id": 1}, {"person_id": 2})}})
    (result,) = run_examples(engine, [only(rule, wider)])
    assert "1 outcomes expected, 2 found" in result.differences


@pytest.mark.parametrize(
    "world",
    [{"person": [{"shoe_size": 30}]}, {"weather": [{"person_id": 1}]}],
    ids=["column", "table"],
)
def test_a_world_that_does_not_exist_is_refused(
    engine: Engine, world: dict[str, list[dict[str, object]]]
) -> None:
    with pytest.raises(SpecError, match="the world has no"):
        load_world(engine, world)


def test_the_world_is_made_whole_even_when_nothing_is_given(engine: Engine) -> None:
    load_world(engine, {})
    assert all(engine.exists(name) and engine.count(name) == 0 for name in world_schemas())
