"""What the pages work with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from gateway.access import LogIn
from gateway.desk import Desk, Reviews, Sheets
from gateway.inquiry import ChildFiles, Inquiry, Unmasking


@dataclass(frozen=True)
class Rooms:
    """The rooms below: every read, every act, who is here; and the day where the site is."""

    inquiry: Inquiry
    desk: Desk
    sheets: Sheets
    unmasking: Unmasking
    files: ChildFiles
    reviews: Reviews
    login: LogIn
    today: Callable[[], date]
    time_zone: str = "Asia/Shanghai"
