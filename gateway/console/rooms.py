"""What the pages work with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from gateway.access import LogIn
from gateway.access.outside import OutsideLogIn, Provider
from gateway.desk import Desk, ProtectionDesk, Reports, Reviews, SchoolSheets, Sheets, Team
from gateway.desk.administration import Administration
from gateway.inquiry import ChildFiles, Inquiry, Oversight, Unmasking
from gateway.model.teams import SavedView


class Views(Protocol):
    """Filters that people saved."""

    def of(self, account: str) -> tuple[SavedView, ...]: ...
    def put(self, account: str, name: str, query: str) -> None: ...
    def drop(self, account: str, view_id: int) -> None: ...


@dataclass(frozen=True)
class Rooms:
    """The rooms below: every read, every act, who is here; and the day where the site is."""

    inquiry: Inquiry
    desk: Desk
    sheets: Sheets
    unmasking: Unmasking
    files: ChildFiles
    reviews: Reviews
    school_sheets: SchoolSheets
    reports: Reports
    protection: ProtectionDesk
    team: Team
    admin: Administration
    oversight: Oversight
    views: Views
    overdue_since: Callable[[], date]
    login: LogIn
    outside: OutsideLogIn
    providers: Mapping[str, Provider]
    today: Callable[[], date]
    clock: Callable[[], datetime]
    time_zone: str = "Asia/Shanghai"
