"""How a roll that came stands: verified, partial by the bureau's own word, or odd; and why, in one line.

A roll that is odd is kept, and holds every rule that needs it: nobody is found, lost or accused by it.
"""

from dataclasses import dataclass

from gateway.engine import Engine
from gateway.mapping import MappedRoll
from gateway.model.exchange import Delivery
from gateway.model.outcomes import SourceState
from gateway.pipeline.bounds import outside
from gateway.pipeline.plan import RollPlan
from gateway.pipeline.profile import profile_of


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a roll that came; `why` is one line for the operator, empty when it is verified."""

    state: SourceState
    why: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of a roll: received, present in the end (changes applied), and refused."""

    received: int
    present: int
    refused: int


def standing(engine: Engine, delivery: Delivery, mapped: MappedRoll, plan: RollPlan) -> Standing:
    """How a mapped roll (tables `mapped_<table>`) stands against its bounds, its budget, its own word."""
    relation = f"mapped_{plan.mapping.main.table}"
    counts = Counts(mapped.received, engine.count(relation), mapped.quarantined)
    found = odd(plan, delivery.period, counts) or _unlike_the_past(engine, delivery, plan)
    if found:
        return Standing(SourceState.ODD, f"{plan.name}: {found}")
    missing = len(delivery.closing.held_scopes)
    if missing:
        why = (
            f"{plan.name}: the bureau itself says that {missing} counties are missing; rules are held "
            "there. Mend: ask the bureau for a roll that replaces this one when they are ready"
        )
        return Standing(SourceState.PARTIAL, why)
    return Standing(SourceState.VERIFIED)


def odd(plan: RollPlan, period: str, counts: Counts) -> str:
    """What is odd about a roll's numbers; empty when they are inside its bounds and its budget."""
    low, high = plan.limits(period)
    if not low <= counts.present <= high:
        return (
            f"{counts.present} rows, outside its bounds {low} to {high}; rules that need it are held. "
            f"Mend: ask the bureau; if the number is right, write it into {_file(plan, period)}"
        )
    # Changes are few: a row refused among them is measured against the roll that they change.
    rows = max(counts.received, counts.present, 1)
    if counts.refused > plan.error_budget * rows:
        return (
            f"{counts.refused} of {rows} rows were refused, more than its error budget of "
            f"{plan.error_budget:.2%}; rules that need it are held. Mend: see `cwg quarantine list`, "
            "then mend the mapping and replay, or have the bureau send it again"
        )
    return ""


def _unlike_the_past(engine: Engine, delivery: Delivery, plan: RollPlan) -> str:
    bound = plan.bound(delivery.period)
    if bound is None:
        return ""
    profile = profile_of(engine, plan.mapping, f"mapped_{plan.mapping.main.table}")
    found = outside(bound, profile)
    if not found:
        return ""
    return (
        f"{found}; rules that need it are held. Mend: ask the bureau; if it is right, write it into "
        f"{_file(plan, delivery.period)}"
    )


def _file(plan: RollPlan, period: str) -> str:
    folder = "bounds" if plan.bound(period) else "sources"
    return f"{folder}/{plan.source}.yaml"
