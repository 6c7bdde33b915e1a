"""Rolls of the bureaus into canonical rows (see README.md)."""

from gateway.mapping.codes import read_code_lists
from gateway.mapping.golden import run_golden
from gateway.mapping.granted import granted
from gateway.mapping.mapper import apply, apply_pages
from gateway.mapping.spec import RollMapping, load_mapping
from gateway.mapping.trial import RefusedRow, Trial, try_file
from gateway.mapping.values import MappedRoll, Page, Reason, Signal, SignalKind

__all__ = [
    "MappedRoll",
    "Page",
    "Reason",
    "RefusedRow",
    "RollMapping",
    "Signal",
    "SignalKind",
    "Trial",
    "apply",
    "apply_pages",
    "granted",
    "load_mapping",
    "read_code_lists",
    "run_golden",
    "try_file",
]
