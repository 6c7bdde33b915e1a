"""The night (see README.md)."""

from gateway.pipeline.collect import Collected
from gateway.pipeline.look import judge
from gateway.pipeline.night import NightReport, night
from gateway.pipeline.plan import DeltaPlan, House, NightAsk, NightLine, RollPlan
from gateway.pipeline.progress import Progress, Silent
from gateway.pipeline.replay import ReplayAsk, ReplayReport, replay
from gateway.pipeline.spill import check_spill

__all__ = [
    "Collected",
    "DeltaPlan",
    "House",
    "NightAsk",
    "NightLine",
    "NightReport",
    "Progress",
    "ReplayAsk",
    "ReplayReport",
    "RollPlan",
    "Silent",
    "check_spill",
    "judge",
    "night",
    "replay",
]
