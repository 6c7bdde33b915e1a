"""Every read, once (see README.md)."""

from gateway.inquiry.export import FIELDS, export_rows
from gateway.inquiry.inquiry import MAX_PAGE, Inquiry
from gateway.inquiry.values import (
    Child,
    Evidence,
    ExportRow,
    Filters,
    Finding,
    FindingPage,
    NightView,
    RollLedger,
    RuleLedger,
    RunView,
    Sought,
    Tally,
    Words,
)
from gateway.inquiry.words import ROLL_NAMES, SOURCE_NAMES

__all__ = [
    "FIELDS",
    "MAX_PAGE",
    "ROLL_NAMES",
    "SOURCE_NAMES",
    "Child",
    "Evidence",
    "ExportRow",
    "Filters",
    "Finding",
    "FindingPage",
    "Inquiry",
    "NightView",
    "RollLedger",
    "RuleLedger",
    "RunView",
    "Sought",
    "Tally",
    "Words",
    "export_rows",
]
