"""What the pages work with, put together over one store: the console's part of the composition."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from gateway.access import LogIn
from gateway.access.outside import OutsideLogIn, Provider
from gateway.casework.plan import weekdays_after
from gateway.console import Rooms
from gateway.desk import (
    Desk,
    DeskSettings,
    ProtectionDesk,
    Reports,
    Reviews,
    SchoolSheets,
    Sheets,
    Team,
)
from gateway.desk.administration import Administration, SiteFiles
from gateway.desk.school_sheets import Pupils
from gateway.inquiry import ChildFiles, FactWords, Inquiry, Oversight, Unmasking
from gateway.model.codes import CodeList
from gateway.store import Store


@dataclass(frozen=True)
class Around:
    """What a site gives to its pages: the time (aware), its day and zone, code lists, school rolls."""

    clock: Callable[[], datetime]
    today: Callable[[], date]
    codes: Mapping[str, CodeList]
    pupils: Pupils
    files: SiteFiles
    time_zone: str = "Asia/Shanghai"
    providers: Mapping[str, Provider] = field(default_factory=dict)
    working_days: Callable[[date, int], date] = weekdays_after
    desk: DeskSettings = field(default_factory=DeskSettings)


def make_rooms(store: Store, inquiry: Inquiry, login: LogIn, around: Around) -> Rooms:
    """Every room that the pages reach."""
    clock, today = around.clock, around.today
    unmasking = Unmasking(store, clock)
    desk = Desk(store, clock=clock, today=today, settings=around.desk)
    return Rooms(
        inquiry=inquiry,
        desk=desk,
        sheets=Sheets(store, clock=clock, today=today),
        unmasking=unmasking,
        files=ChildFiles(store, unmasking, inquiry.views, FactWords(around.codes)),
        reviews=Reviews(store, clock=clock, today=today),
        school_sheets=SchoolSheets(store, around.pupils, clock=clock, today=today),
        reports=Reports(store, clock=clock),
        protection=ProtectionDesk(store, clock=clock),
        admin=Administration(store, around.files, clock=clock),
        team=Team(store, desk, clock=clock, today=today),
        oversight=Oversight(store, inquiry.notes),
        views=store.saved_views,
        overdue_since=lambda: overdue_since(today(), around.working_days),
        login=login,
        outside=OutsideLogIn(store.accounts, store.subjects, login),
        providers=around.providers,
        today=today,
        clock=clock,
        time_zone=around.time_zone,
    )


ESCALATE_AFTER = 3
"""Working days past due after which a case goes up to the supervisor."""


def overdue_since(today: date, working_days: Callable[[date, int], date]) -> date:
    """The first due date that is not yet so long past: what was due before it has gone up."""
    due = today
    while working_days(due, ESCALATE_AFTER) >= today:
        due -= timedelta(days=1)
    return due + timedelta(days=1)
