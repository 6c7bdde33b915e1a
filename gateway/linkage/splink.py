"""Our weights as a Splink model, and a Splink model as weights: the settings JSON of Splink 4 and 5.

Conditions name the macros of gateway/linkage/sql/macros_linkage.sql, which have to be made on the
DuckDB connection first; `_l` is a roll's row, `_r` a person. What is no matter of two records alone
(schools of linked enrolments, a bureau's own number) has no place there: an import keeps ours.
"""

from collections.abc import Iterator, Mapping
from math import log2
from types import MappingProxyType
from typing import Any, Final

from gateway.linkage.em import Key
from gateway.linkage.weights import CONFLICT, LEVELS, UNKNOWN, Level, Vetoes, Weights
from gateway.model.errors import SpecError

_NAME: Final = (
    "name_level(name_key_l, name_sound_l, name_shape_l, name_key_r, name_sound_r, name_shape_r, "
    "former_name_key_r, pet_name_key_r)"
)
ASKED: Final[Mapping[str, str]] = MappingProxyType({
    "number": "number_level(FALSE, id_number_l, number_given_l, hint_l, birth_date_l, firm_l, "
    "id_number_r, number_given_r, firm_r, birth_date_r, NULL)",
    "name": _NAME,
    "birth_date": "birth_level(birth_date_l, birth_date_r)",
    "sex": "sex_level(sex_l, sex_r)",
    "household": "household_level(guardian_name_key_l, guardian_id_l, division_l, insured_division_l, "
    "guardian_name_key_r, guardian_id_r, division_r, same_home(home_l, home_r, division_l, division_r), "
    "birth_date_l = birth_date_r AND "
    f"{_NAME} NOT IN ('same', 'sound', 'unknown'))",
})  # fmt: skip
"""How each comparison is asked of two records."""
ALONE: Final[frozenset[Key]] = frozenset({("number", "own")})
"""Levels that two records alone never show."""
BLOCKS: Final = (
    "l.id_number = r.id_number",
    "l.hint = r.id_number",
    "l.name_key = r.name_key AND l.birth_date = r.birth_date",
    "l.birth_date = r.birth_date AND left(l.name_key, 1) = left(r.name_key, 1)",
    "l.birth_date = r.birth_date AND right(l.name_key, 2) = right(r.name_key, 2)",
    "l.birth_date = r.birth_date AND l.guardian_name_key = r.guardian_name_key",
    "l.birth_date = r.birth_date AND right(l.number_given, 3) = right(r.number_given, 3)",
    "l.name_key = r.name_key AND l.guardian_name_key = r.guardian_name_key",
    "l.name_key = r.name_key AND date_near(l.birth_date, r.birth_date)",
    "l.name_key = r.name_key AND (l.birth_date IS NULL OR r.birth_date IS NULL)",
    "right(l.number_given, 8) = right(r.number_given, 8)",
    "right(l.number_given, 2) = right(r.number_given, 2) AND left(l.name_key, 4) = left(r.name_key, 4) "
    "AND paper_near(l.number_given, r.number_given)",
    "l.birth_date = r.birth_date AND latin(l.name_key) AND latin(r.name_key)",
)
"""Blocking rules that find what the night's blocks find, as far as Splink can say them."""


def to_splink(weights: Weights) -> dict[str, Any]:
    """The settings of a Splink linker that weighs as these weights do (thresholds are not Splink's)."""
    return {
        "link_type": "link_only",
        "unique_id_column_name": "unique_id",
        "probability_two_random_records_match": weights.prior,
        "blocking_rules_to_generate_predictions": [
            {"blocking_rule": rule, "sql_dialect": "duckdb"} for rule in BLOCKS
        ],
        "comparisons": [
            {
                "output_column_name": name,
                "comparison_description": f"{name}, {weights.version}",
                "comparison_levels": list(_levels(weights, name)),
            }
            for name in ASKED
        ],
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": False,
    }


def from_splink(settings: Mapping[str, Any], onto: Weights) -> Weights:
    """The weights `onto` with m, u and the prior of a Splink model whose comparisons and levels are ours.

    Levels are known by `label_for_charts`. Thresholds, margin and what Splink does not say stay as in
    `onto`. Raises SpecError where a comparison or level is not ours, missing or untrained.
    """
    found = dict(_read(settings))
    wanted = {(c, level) for c in ASKED for level in LEVELS[c]} - ALONE | {("number", CONFLICT)}
    if odd := sorted(set(found) ^ wanted):
        raise _wrong("levels that are not ours, or missing: " + ", ".join(map("=".join, odd)))
    veto = log2(found["number", CONFLICT].m / found["number", CONFLICT].u)
    comparisons = dict(onto.comparisons)
    for name in ASKED:
        compared = comparisons[name]  # type: ignore[index]
        levels = {k: found.get((name, k), own) for k, own in compared.levels.items()}
        comparisons[name] = compared.model_copy(update={"levels": levels})  # type: ignore[index]
    prior = settings.get("probability_two_random_records_match")
    try:
        return Weights.model_validate({
            **onto.model_dump(),
            "version": f"{onto.version}.splink",
            "basis": f"read from a Splink model onto {onto.version}; not reviewed yet",
            "prior": prior,
            "vetoes": Vetoes(number_conflict=veto).model_dump(),
            "comparisons": {k: v.model_dump() for k, v in comparisons.items()},
        })  # fmt: skip
    except ValueError:
        raise _wrong("the prior or the veto (at most -30 bits) is out of bounds") from None


def _levels(weights: Weights, name: str) -> Iterator[dict[str, Any]]:
    asked, compared = ASKED[name], weights.comparisons[name]  # type: ignore[index]
    yield _level(f"{asked} = '{UNKNOWN}'", UNKNOWN) | {"is_null_level": True}
    if name == "number":
        # 2^-60: no m of a level that is seen is as small; fixed, so that no training moves it.
        share = {"m_probability": 2.0**weights.vetoes.number_conflict, "u_probability": 1.0}
        yield _level(f"{asked} = '{CONFLICT}'", CONFLICT) | share | _FIXED
    shown = [level for level in LEVELS[name] if (name, level) not in ALONE]
    for level in shown:
        shares = compared.levels[level]
        condition = "ELSE" if level == shown[-1] else f"{asked} = '{level}'"
        made = _level(condition, level) | {"m_probability": shares.m, "u_probability": shares.u}
        if compared.term_frequency and level == "same":
            made |= {"tf_adjustment_column": "name_key", "tf_adjustment_weight": 1.0}
            made |= {"disable_tf_exact_match_detection": True}
        yield made


_FIXED: Final = {"fix_m_probability": True, "fix_u_probability": True}


def _level(condition: str, label: str) -> dict[str, Any]:
    return {"sql_condition": condition, "label_for_charts": label}


def _read(settings: Mapping[str, Any]) -> Iterator[tuple[Key, Level]]:
    comparisons = settings.get("comparisons")
    if not isinstance(comparisons, list):
        raise _wrong("there are no comparisons: this is no Splink model")
    for compared in comparisons:
        name = str(compared.get("output_column_name"))
        for level in compared.get("comparison_levels", ()):
            if level.get("is_null_level"):
                continue
            label = str(level.get("label_for_charts"))
            try:
                yield (
                    (name, label),
                    Level(m=level["m_probability"], u=level["u_probability"]),
                )
            except (KeyError, ValueError):
                raise _wrong(f"{name}={label} has no m and u between 0 and 1") from None


def _wrong(what: str) -> SpecError:
    return SpecError(
        what,
        where="the Splink model",
        mend="train a model that `cwg link export` wrote, with its comparisons and labels as they are",
    )
