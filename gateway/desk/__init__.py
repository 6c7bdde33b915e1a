"""Where people act on cases (see README.md)."""

from gateway.desk.bulk import BulkDone, Chosen, Preview
from gateway.desk.desk import Desk
from gateway.desk.machines import FOR_OFFICERS, MachineDesk
from gateway.desk.reviews import Reviews
from gateway.desk.sheets import PrintedSheet, Returned, Sheets
from gateway.desk.values import (
    Asked,
    CallResult,
    CaseCall,
    CaseProposal,
    CaseView,
    DeskSettings,
    Done,
    HistoryLine,
)

__all__ = [
    "FOR_OFFICERS",
    "Asked",
    "BulkDone",
    "CallResult",
    "CaseCall",
    "CaseProposal",
    "CaseView",
    "Chosen",
    "Desk",
    "DeskSettings",
    "Done",
    "HistoryLine",
    "MachineDesk",
    "Preview",
    "PrintedSheet",
    "Returned",
    "Reviews",
    "Sheets",
]
