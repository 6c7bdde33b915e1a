"""What an operator is told of one roll: one line each, with the mend."""

from gateway.mapping import Signal
from gateway.model.errors import GatewayError
from gateway.model.exchange import Delivery
from gateway.pipeline.plan import NightAsk, RollPlan

WARN_DAYS, URGENT_DAYS = 30, 7


def ends_soon(ask: NightAsk, plan: RollPlan) -> str:
    """A warning in the last month of a grant, a louder one in its last week."""
    days = (plan.granted_until - ask.known_at.date()).days
    if days > WARN_DAYS:
        return ""
    urgent = "NOW: " if days <= URGENT_DAYS else ""
    return (
        f"{plan.source}/{plan.roll}: {urgent}the grant ends on {plan.granted_until}, in {days} days; "
        "after it the roll is not collected. Mend: renew it, and write the new date into the source's file"
    )


def trouble(plan: RollPlan, error: GatewayError) -> str:
    """What went wrong as one line for the operator: which roll, what, and the mend."""
    which = "" if plan.source in error.where else f"{plan.source}/{plan.roll}: "
    mend = "" if error.mend else " Mend: ask the bureau, or wait for the next night"
    return f"{which}{error}{mend}"


def signalled(plan: RollPlan, signal: Signal) -> str:
    """A signal of the mapping as one line for the operator."""
    why = f" ({signal.reason})" if signal.reason else ""
    kind = signal.kind.replace("_", " ")
    return f"{plan.source}/{plan.roll}: {kind} {signal.subject}{why}, {signal.rows} rows"


def not_replaced(plan: RollPlan, kept: Delivery) -> str:
    """A second delivery of a period that does not say which one it replaces is left lying."""
    return (
        f"the roll of {kept.period} that came first is kept: the newer one does not name it "
        f"[{plan.source}/{plan.roll}] "
        f"Mend: ask the bureau for one that replaces {kept.exchanges[0].exchange_id}"
    )
