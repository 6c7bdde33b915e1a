"""Splink's model JSON out and in: nothing that weighs is lost, and what is not ours is refused."""

import copy
import json
from typing import Any

import pytest
from small_world import WEIGHTS

from gateway.engine import Engine, load_step
from gateway.linkage.splink import ALONE, from_splink, to_splink
from gateway.linkage.weights import LEVELS
from gateway.model.errors import SpecError

MODEL = to_splink(WEIGHTS)


def test_round_trip() -> None:
    read = from_splink(json.loads(json.dumps(MODEL)), WEIGHTS)
    assert read.table().equals(WEIGHTS.table())
    assert (read.prior, read.link, read.margin) == (WEIGHTS.prior, WEIGHTS.link, WEIGHTS.margin)
    assert read.comparisons["name"].term_frequency
    assert (
        to_splink(read)["comparisons"][1]["comparison_levels"]
        == (MODEL["comparisons"][1]["comparison_levels"])
    )


def test_the_fields_are_splinks() -> None:
    """As Splink 5.0.0's ComparisonLevel.as_dict writes them; Splink 4 reads the same."""
    level_fields = {
        "sql_condition", "label_for_charts", "m_probability", "u_probability", "fix_m_probability",
        "fix_u_probability", "tf_adjustment_column", "tf_adjustment_weight", "is_null_level",
        "disable_tf_exact_match_detection",
    }  # fmt: skip
    for compared in MODEL["comparisons"]:
        assert set(compared) == {
            "output_column_name", "comparison_description", "comparison_levels",
        }  # fmt: skip
        levels = compared["comparison_levels"]
        assert all(set(level) <= level_fields for level in levels)
        assert levels[0]["is_null_level"]
        assert [x["sql_condition"] for x in levels].count("ELSE") == 1
        assert levels[-1]["sql_condition"] == "ELSE"
    labels = {(c["output_column_name"], x["label_for_charts"]) for c in MODEL["comparisons"]
              for x in c["comparison_levels"]}  # fmt: skip
    ours = {(c, level) for c, levels in LEVELS.items() for level in levels if c != "school"}
    assert labels - ours == {(c, "unknown") for c in LEVELS if c != "school"} | {
        ("number", "conflict")
    }
    assert ours - labels == ALONE


def test_every_condition_is_understood_by_the_engine(engine: Engine) -> None:
    engine.run(load_step("gateway.linkage", "macros_linkage"))
    columns = (
        "name_key", "name_sound", "name_shape", "former_name_key", "pet_name_key", "sex", "id_number",
        "number_given", "hint", "division", "insured_division", "guardian_name_key", "guardian_id", "home",
    )  # fmt: skip
    side = ", ".join(f"CAST(NULL AS VARCHAR) AS {c}_{s}" for c in columns for s in "lr")
    more = ", ".join(f"CAST(NULL AS DATE) AS birth_date_{s}, FALSE AS firm_{s}" for s in "lr")
    for compared in MODEL["comparisons"]:
        for level in compared["comparison_levels"][:-1]:
            said = engine.value(f"SELECT {level['sql_condition']} FROM (SELECT {side}, {more})")
            assert said is (level["label_for_charts"] == "unknown")


def changed(change: str) -> dict[str, Any]:
    model = copy.deepcopy(MODEL)
    level = model["comparisons"][1]["comparison_levels"][1]
    match change:
        case "label":
            level["label_for_charts"] = "alike"
        case "untrained":
            del level["m_probability"]
        case "not observed":
            level["u_probability"] = "level not observed in training dataset"
        case "lost":
            model["comparisons"][1]["comparison_levels"].remove(level)
        case "comparison":
            model["comparisons"][0]["output_column_name"] = "phone"
        case "veto":
            model["comparisons"][0]["comparison_levels"][1]["m_probability"] = 0.5
        case "prior":
            model["probability_two_random_records_match"] = 1.5
        case "else":
            del model["comparisons"]
    return model


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("label", "name=alike, name=same"), ("untrained", "name=same has no m and u"),
        ("not observed", "name=same has no m and u"), ("lost", "missing: name=same"),
        ("comparison", "phone=same"), ("veto", "veto"), ("prior", "prior"), ("else", "no comparisons"),
    ],
)  # fmt: skip
def test_what_is_not_ours_is_refused(change: str, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        from_splink(changed(change), WEIGHTS)


def test_thresholds_stay_a_sites_own() -> None:
    own = WEIGHTS.with_thresholds(7.0, 1.0)
    assert from_splink(MODEL, own).link == 7.0
