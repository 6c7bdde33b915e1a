"""Every read, once (see README.md)."""

from gateway.inquiry.catalogue import Catalogue, PastNight, RefusedRow
from gateway.inquiry.checks import Answer, Asked, Checks, WhyUnknown, check_asked
from gateway.inquiry.child_file import ChildFile, ChildFiles, FactLine, Moment
from gateway.inquiry.export import BEIJING, FIELDS, export_rows
from gateway.inquiry.fact_words import CALLS, POINTS, SEEN, STANDINGS, TABLE_NAMES, FactWords
from gateway.inquiry.harm_reports import HarmReports, Report
from gateway.inquiry.inquiry import MAX_PAGE, Inquiry
from gateway.inquiry.oversight import Oversight, OverTime
from gateway.inquiry.statistics import Statistics
from gateway.inquiry.suppression import Table
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
from gateway.inquiry.why import Why, WhyPart, why
from gateway.inquiry.words import ROLL_NAMES, SOURCE_NAMES

__all__ = [
    "BEIJING",
    "CALLS",
    "FIELDS",
    "GLASS_A_DAY",
    "MAX_PAGE",
    "POINTS",
    "ROLL_NAMES",
    "SEEN",
    "SOURCE_NAMES",
    "STANDINGS",
    "TABLE_NAMES",
    "Answer",
    "Asked",
    "Catalogue",
    "Checks",
    "Child",
    "ChildFile",
    "ChildFiles",
    "Evidence",
    "ExportRow",
    "FactLine",
    "FactWords",
    "Filters",
    "Finding",
    "FindingPage",
    "HarmReports",
    "Identity",
    "Inquiry",
    "Moment",
    "NightView",
    "OverTime",
    "Oversight",
    "PastNight",
    "RefusedRow",
    "Report",
    "RollLedger",
    "RuleLedger",
    "RunView",
    "Sought",
    "Statistics",
    "Table",
    "Tally",
    "Unmasking",
    "Why",
    "WhyPart",
    "WhyUnknown",
    "Words",
    "check_asked",
    "export_rows",
    "why",
]
