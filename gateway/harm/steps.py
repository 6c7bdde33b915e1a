"""The way of a case of harm: each step has a time, and some must come before others."""

from collections.abc import Collection
from enum import StrEnum


class HarmStep(StrEnum):
    """What is recorded of a case. `paged` and `escalated` are the worker's, the others the role's."""

    REPORTED = "reported"
    PAGED = "paged"
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"
    IDENTITY_CHECKED = "identity_checked"
    ASSESSED = "assessed"
    ACTED = "acted"
    HELPED = "helped"
    VISITED = "visited"
    REPORTER_TOLD = "reporter_told"
    CLOSED = "closed"


STEPS: dict[HarmStep, frozenset[HarmStep]] = {
    HarmStep.ACKNOWLEDGED: frozenset({HarmStep.REPORTED}),
    HarmStep.IDENTITY_CHECKED: frozenset({HarmStep.ACKNOWLEDGED}),
    HarmStep.ASSESSED: frozenset({HarmStep.IDENTITY_CHECKED}),
    HarmStep.ACTED: frozenset({HarmStep.ASSESSED}),
    HarmStep.HELPED: frozenset({HarmStep.ASSESSED}),
    HarmStep.VISITED: frozenset({HarmStep.ASSESSED}),
    HarmStep.REPORTER_TOLD: frozenset({HarmStep.ASSESSED}),
    HarmStep.CLOSED: frozenset({HarmStep.ASSESSED}),
}
"""What must have been done before a step of the role: identity is checked first, before all else."""


def next_steps(done: Collection[HarmStep], *, reported_by_somebody: bool) -> frozenset[HarmStep]:
    """The steps that the role may record now. A case with a reporter closes after they were told."""
    if HarmStep.CLOSED in done:
        return frozenset()
    ready = {step for step, before in STEPS.items() if before <= set(done)}
    if reported_by_somebody and HarmStep.REPORTER_TOLD not in done:
        ready.discard(HarmStep.CLOSED)
    return frozenset(ready)
