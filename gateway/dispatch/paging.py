"""The worker's step for child protection: page the duty person, and the next when nobody answers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from gateway.harm import HarmStep, Page, Pager, PageSettings, page_due
from gateway.model.errors import TransportError


class OpenFile(Protocol):
    """What the worker knows of a case: its number and the times of its steps."""

    @property
    def harm_id(self) -> int: ...
    @property
    def steps(self) -> Sequence[tuple[str, datetime]]: ...


class HarmBook(Protocol):
    """Open cases, and where a page is noted (the store's)."""

    def open_files(self) -> Sequence[OpenFile]: ...
    def record(self, harm_id: int, step: str, at: datetime, note: str = "") -> None: ...


def page_round(
    book: HarmBook, pager: Pager, now: datetime, settings: PageSettings | None = None
) -> tuple[Page, ...]:
    """Send every page that is due, note each, and say which were sent.

    A page is noted after it was carried: a crash between the two pages twice rather than never. One
    that could not be carried is tried in the next round.
    """
    sent = []
    for file in book.open_files():
        page = _due(file, now, settings or PageSettings())
        if page is None:
            continue
        try:
            pager.page(page)
        except TransportError:
            continue
        step = HarmStep.ESCALATED if page.level else HarmStep.PAGED
        book.record(page.case, step.value, now)
        sent.append(page)
    return tuple(sent)


def _due(file: OpenFile, now: datetime, settings: PageSettings) -> Page | None:
    paged = [at for step, at in file.steps if step in (HarmStep.PAGED, HarmStep.ESCALATED)]
    answered = any(step == HarmStep.ACKNOWLEDGED for step, _ in file.steps)
    return page_due(file.harm_id, paged, acknowledged=answered, now=now, settings=settings)
