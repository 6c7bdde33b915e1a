"""How a finding lives (see README.md)."""

from gateway.casework.decisions import Decision, decide
from gateway.casework.plan import Settings, people, plan
from gateway.casework.transitions import TRANSITIONS, Event, Move, Who, allowed

__all__ = [
    "TRANSITIONS",
    "Decision",
    "Event",
    "Move",
    "Settings",
    "Who",
    "allowed",
    "decide",
    "people",
    "plan",
]
