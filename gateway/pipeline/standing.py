"""How a roll that came stands: verified, partial by the bureau's own word, or odd; and why, in one line.

A roll that is odd is kept, and holds every rule that needs it: nobody is found, lost or accused by it.
"""

from dataclasses import dataclass

from gateway.mapping import MappedRoll
from gateway.model.exchange import Delivery
from gateway.model.outcomes import SourceState
from gateway.pipeline.plan import RollPlan


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a roll that came; `why` is one line for the operator, empty when it is verified."""

    state: SourceState
    why: str = ""


def standing(delivery: Delivery, mapped: MappedRoll, present: int, plan: RollPlan) -> Standing:
    """How a mapped roll of `present` rows stands against its bounds, its budget and its own word."""
    found = odd(plan, mapped.received, present, mapped.quarantined)
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


def odd(plan: RollPlan, received: int, present: int, quarantined: int) -> str:
    """What is odd about a roll's numbers; empty when they are inside its bounds and its budget."""
    if not plan.low <= present <= plan.high:
        return (
            f"{present} rows, outside its bounds {plan.low} to {plan.high}; rules that need it are "
            "held. Mend: ask the bureau; if the number is right, write it into the source's file"
        )
    # Changes are few: a row refused among them is measured against the roll that they change.
    rows = max(received, present, 1)
    if quarantined > plan.error_budget * rows:
        return (
            f"{quarantined} of {rows} rows were refused, more than its error budget of "
            f"{plan.error_budget:.2%}; rules that need it are held. Mend: see `cwg quarantine list`, "
            "then mend the mapping and replay, or have the bureau send it again"
        )
    return ""
