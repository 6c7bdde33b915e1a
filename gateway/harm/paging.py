"""When a duty person is paged, and who is next when nobody answers. Times are arguments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Page:
    """A call to a duty person: a case number and how high it has climbed. Nothing of the child."""

    case: int
    level: int
    at: datetime


class Pager(Protocol):
    """Carries a page. Raises TransportError when it could not; it is then tried again next round."""

    def page(self, page: Page) -> None:
        """Call the duty person of the page's level."""


@dataclass(frozen=True, slots=True)
class PageSettings:
    """How long a page waits for an answer, and how many people there are to call."""

    answer_within: timedelta = timedelta(minutes=30)
    levels: int = 3


def page_due(
    case: int,
    paged: Sequence[datetime],
    *,
    acknowledged: bool,
    now: datetime,
    settings: PageSettings,
) -> Page | None:
    """The page that is due for an open case, or None.

    `paged` are the times of the pages so far, oldest first. Each page that nobody answered in time
    calls the next level; the last level is called again and again.
    """
    if acknowledged:
        return None
    if paged and now < paged[-1] + settings.answer_within:
        return None
    return Page(case, min(len(paged), settings.levels - 1), now)
