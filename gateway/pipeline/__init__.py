"""The night (see README.md)."""

from gateway.pipeline.again import read_quarantined
from gateway.pipeline.collect import Collected
from gateway.pipeline.explain import ChildPage, explain_child
from gateway.pipeline.identity import (
    OpenPair,
    Side,
    evaluate_links,
    explain_person,
    identify,
    look_up,
    open_pairs,
    train_links,
)
from gateway.pipeline.impact import Impact, ImpactReport, impact
from gateway.pipeline.judged import is_followed, judged_at
from gateway.pipeline.look import judge
from gateway.pipeline.night import NightReport, night
from gateway.pipeline.plan import DeltaPlan, House, NightAsk, NightLine, RollPlan
from gateway.pipeline.progress import InTurn, Progress, Silent
from gateway.pipeline.refused import tell_refused
from gateway.pipeline.replay import ReplayAsk, ReplayReport, replay
from gateway.pipeline.spill import check_spill

__all__ = [
    "ChildPage",
    "Collected",
    "DeltaPlan",
    "House",
    "Impact",
    "ImpactReport",
    "InTurn",
    "NightAsk",
    "NightLine",
    "NightReport",
    "OpenPair",
    "Progress",
    "ReplayAsk",
    "ReplayReport",
    "RollPlan",
    "Side",
    "Silent",
    "check_spill",
    "evaluate_links",
    "explain_child",
    "explain_person",
    "identify",
    "impact",
    "is_followed",
    "judge",
    "judged_at",
    "look_up",
    "night",
    "open_pairs",
    "read_quarantined",
    "replay",
    "tell_refused",
    "train_links",
]
