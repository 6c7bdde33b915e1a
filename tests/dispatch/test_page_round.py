"""The worker pages, escalates and stops; a page that could not be carried is tried again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.dispatch import PageFolder, page_round
from gateway.harm import Page
from gateway.model.errors import Unreachable

NOW = datetime(2026, 11, 16, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass
class File:
    harm_id: int
    steps: list[tuple[str, datetime]] = field(default_factory=lambda: [("reported", NOW)])


@dataclass
class Book:
    files: list[File]

    def open_files(self) -> Sequence[File]:
        return self.files

    def record(self, harm_id: int, step: str, at: datetime, note: str = "") -> None:
        next(f for f in self.files if f.harm_id == harm_id).steps.append((step, at))


@dataclass
class Phone:
    rung: list[Page] = field(default_factory=list)
    dead: bool = False

    def page(self, page: Page) -> None:
        if self.dead:
            raise Unreachable("no line")
        self.rung.append(page)


def test_a_case_is_paged_escalated_and_left_alone_once_answered() -> None:
    book, phone = Book([File(1), File(2)]), Phone()
    for minutes in range(0, 75, 5):
        if minutes == 10:
            book.record(2, "acknowledged", NOW + 10 * MINUTE)
        page_round(book, phone, NOW + minutes * MINUTE)
    assert [(p.case, p.level, (p.at - NOW) // MINUTE) for p in phone.rung] == [
        (1, 0, 0), (2, 0, 0), (1, 1, 30), (1, 2, 60),
    ]  # fmt: skip
    assert [step for step, _ in book.files[0].steps] == [
        "reported", "paged", "escalated", "escalated",
    ]  # fmt: skip


def test_a_page_that_was_not_carried_is_due_at_once_again() -> None:
    book, phone = Book([File(1)]), Phone(dead=True)
    assert page_round(book, phone, NOW) == ()
    assert [step for step, _ in book.files[0].steps] == ["reported"]
    phone.dead = False
    assert [p.level for p in page_round(book, phone, NOW + MINUTE)] == [0]


def test_a_page_in_a_folder_says_nothing_of_the_child(tmp_path: Path) -> None:
    PageFolder(tmp_path / "pages").page(Page(7, 1, NOW))
    (file,) = (tmp_path / "pages").iterdir()
    assert json.loads(file.read_text()) == {"case": 7, "level": 1, "at": NOW.isoformat()}


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "pages").write_text("a file")
    with pytest.raises(Unreachable):
        PageFolder(tmp_path / "pages").page(Page(7, 1, NOW))
