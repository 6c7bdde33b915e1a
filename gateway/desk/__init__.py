"""Where people act on cases (see README.md)."""

from gateway.desk.bulk import BulkDone, Chosen, Preview
from gateway.desk.desk import Desk
from gateway.desk.machine_rights import MachineRights
from gateway.desk.machines import FOR_OFFICERS, MachineDesk
from gateway.desk.protection import ProtectionDesk
from gateway.desk.reports import OwnMark, Reported, Reports
from gateway.desk.reviews import Reviews
from gateway.desk.rights import Rights, Wish
from gateway.desk.school_sheets import MadeSheet, ReadBack, SchoolSheets
from gateway.desk.sheets import PrintedSheet, Returned, Sheets
from gateway.desk.team import Team
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
    "MachineRights",
    "MadeSheet",
    "OwnMark",
    "Preview",
    "PrintedSheet",
    "ProtectionDesk",
    "ReadBack",
    "Reported",
    "Reports",
    "Returned",
    "Reviews",
    "Rights",
    "SchoolSheets",
    "Sheets",
    "Team",
    "Wish",
]
