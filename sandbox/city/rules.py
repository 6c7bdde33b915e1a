"""The rules judged on one life, in plain Python, as the findings catalogue and its precise readings say
(docs/decisions/0016). Nothing here knows rolls as tables, links, or the gateway.

Each rule takes the life, the night and the earlier verified nights (day numbers, ascending) and
gives a verdict.
"""

from collections.abc import Callable, Mapping

from sandbox.city.biography import Life, registered
from sandbox.city.rules_aid import edu_06, med_07, wel_09
from sandbox.city.rules_cover import med_01, med_02, med_04, med_05, med_06
from sandbox.city.rules_file import reg_03, reg_04, reg_06, reg_07
from sandbox.city.rules_kin import grd_01, grd_02, grd_03
from sandbox.city.rules_money import med_03, med_08, wel_03, wel_04, wel_08, wel_10
from sandbox.city.rules_registry import edu_07, reg_01, reg_02, reg_05
from sandbox.city.rules_school import edu_01, edu_02, edu_03, edu_04, edu_05, edu_08, edu_09
from sandbox.city.rules_welfare import idn_02, wel_01, wel_02, wel_05, wel_06, wel_07
from sandbox.city.verdict import (
    EXCUSED,
    FIRES,
    HELD,
    NOT_APPLICABLE,
    SATISFIED,
    Rule,
    Verdict,
    aided,
    death_shown,
    in_population,
)

__all__ = [
    "EXCUSED",
    "FIRES",
    "HELD",
    "MORE_RULES",
    "NOT_APPLICABLE",
    "RULES",
    "SATISFIED",
    "Verdict",
    "judge",
]

RULES: Mapping[str, tuple[Callable[[Life, int], bool], Rule]] = {
    "EDU-01": (in_population, edu_01),
    "EDU-02": (in_population, edu_02),
    "EDU-03": (in_population, edu_03),
    "EDU-04": (in_population, edu_04),
    "EDU-05": (in_population, edu_05),
    "EDU-09": (registered, edu_09),
    "IDN-02": (in_population, idn_02),
    "MED-01": (in_population, med_01),
    "MED-02": (in_population, med_02),
    "MED-04": (in_population, med_04),
    "MED-05": (in_population, med_05),
    "WEL-01": (lambda life, day: aided(life, day) > 0, wel_01),
    "WEL-02": (registered, wel_02),
    "WEL-05": (registered, wel_05),
    "WEL-07": (registered, wel_07),
}
"""Each rule's universe and its judgement."""

MORE_RULES: Mapping[str, tuple[Callable[[Life, int], bool], Rule]] = {
    "EDU-06": (registered, edu_06),
    "EDU-07": (in_population, edu_07),
    "EDU-08": (in_population, edu_08),
    "GRD-01": (registered, grd_01),
    "GRD-02": (registered, grd_02),
    "GRD-03": (registered, grd_03),
    "MED-03": (in_population, med_03),
    "MED-06": (in_population, med_06),
    "MED-07": (in_population, med_07),
    "MED-08": (in_population, med_08),
    "REG-01": (registered, reg_01),
    "REG-02": (registered, reg_02),
    "REG-03": (registered, reg_03),
    "REG-04": (registered, reg_04),
    "REG-05": (registered, reg_05),
    "REG-06": (registered, reg_06),
    "REG-07": (registered, reg_07),
    "WEL-03": (registered, wel_03),
    "WEL-04": (registered, wel_04),
    "WEL-06": (lambda life, day: aided(life, day) > 0, wel_06),
    "WEL-08": (in_population, wel_08),
    "WEL-09": (in_population, wel_09),
    "WEL-10": (registered, wel_10),
}
"""The same of rules that need one of the rolls of more_rolls.py; and of REG-02: what the registry's own
faults spoil of numbers, no life tells."""

SPEAKS_OF_DEATH = ("IDN-02",)
"""A reported death suspends every other rule."""


def judge(
    life: Life, night: int, earlier: tuple[int, ...], more: bool = False
) -> dict[str, Verdict]:
    """The verdicts of every rule whose universe the child is in; `more`: of MORE_RULES too."""
    shown = death_shown(life, night)
    return {
        name: _spared(found) if shown and name not in SPEAKS_OF_DEATH else found
        for name, (universe, rule) in ({**RULES, **MORE_RULES} if more else RULES).items()
        if universe(life, night)
        for found in (rule(life, night, earlier),)
    }


def _spared(verdict: Verdict) -> Verdict:
    return Verdict(EXCUSED, "death_reported") if verdict.outcome == FIRES else verdict
