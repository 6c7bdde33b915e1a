"""Every read, once (see README.md)."""

from gateway.inquiry.export import FIELDS, export_rows
from gateway.inquiry.inquiry import MAX_PAGE, Inquiry
from gateway.inquiry.unmask import GLASS_A_DAY, Identity, Unmasking
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
    "GLASS_A_DAY",
    "MAX_PAGE",
    "ROLL_NAMES",
    "SOURCE_NAMES",
    "Child",
    "Evidence",
    "ExportRow",
    "Filters",
    "Finding",
    "FindingPage",
    "Identity",
    "Inquiry",
    "NightView",
    "RollLedger",
    "RuleLedger",
    "RunView",
    "Sought",
    "Tally",
    "Unmasking",
    "Words",
    "export_rows",
]
