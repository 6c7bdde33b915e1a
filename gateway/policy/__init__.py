"""Rule files to outcomes (see README.md)."""

from gateway.policy.calendar import Calendar, DayOff, build_calendar
from gateway.policy.evaluation import evaluate
from gateway.policy.examples import ExampleResult, run_examples
from gateway.policy.loading import in_force, load_rules
from gateway.policy.parameters import NO_PARAMETERS, Parameters, load_parameters
from gateway.policy.rule import Rule
from gateway.policy.rulebook import Rulebook, dump_rulebook, load_rulebook
from gateway.policy.texts import excuses_sought, first_action, reason_text, sentence

__all__ = [
    "NO_PARAMETERS",
    "Calendar",
    "DayOff",
    "ExampleResult",
    "Parameters",
    "Rule",
    "Rulebook",
    "build_calendar",
    "dump_rulebook",
    "evaluate",
    "excuses_sought",
    "first_action",
    "in_force",
    "load_parameters",
    "load_rulebook",
    "load_rules",
    "reason_text",
    "run_examples",
    "sentence",
]
