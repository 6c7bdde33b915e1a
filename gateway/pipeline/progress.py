"""Where a night says how far it is: a port, and one that says nothing."""

from collections import defaultdict
from contextvars import ContextVar
from typing import Protocol

FETCHING: ContextVar[str] = ContextVar("fetching", default="")
"""The step that the present thread works for, when it may be ahead of the night."""


class Progress(Protocol):
    """A bar on a terminal, plain lines elsewhere (gateway/cli/progress.py)."""

    def begin(self, step: str, total: int | None = None) -> None:
        """A step begins; `total` rows are expected when that is known."""

    def expect(self, total: int) -> None:
        """The present step will have so many rows."""

    def advance(self, rows: int) -> None:
        """So many rows more are done in the present step."""

    def end(self, rows: int | None = None) -> None:
        """The present step has ended, over so many rows."""

    def note(self, text: str) -> None:
        """One line that the operator should read."""


class Silent:
    """Says nothing."""

    def begin(self, step: str, total: int | None = None) -> None:
        """Nothing."""

    def expect(self, total: int) -> None:
        """Nothing."""

    def advance(self, rows: int) -> None:
        """Nothing."""

    def end(self, rows: int | None = None) -> None:
        """Nothing."""

    def note(self, text: str) -> None:
        """Nothing."""


class InTurn:
    """Passes on what is said of the step that is shown; what is said of a later one waits for it."""

    def __init__(self, shown: Progress) -> None:
        self._shown = shown
        self._step = ""
        self._early: defaultdict[str, list[tuple[bool, int]]] = defaultdict(list)

    def begin(self, step: str, total: int | None = None) -> None:
        """A step begins, with what was said of it before."""
        self._shown.begin(step, total)
        self._step = step
        for expected, rows in self._early.pop(step, ()):
            self._say(expected, rows)

    def expect(self, total: int) -> None:
        """Rows of the step that the thread works for."""
        self._say(True, total)

    def advance(self, rows: int) -> None:
        """Rows done in the step that the thread works for."""
        self._say(False, rows)

    def end(self, rows: int | None = None) -> None:
        """The step that is shown has ended."""
        self._shown.end(rows)

    def note(self, text: str) -> None:
        """One line that the operator should read."""
        self._shown.note(text)

    def _say(self, expected: bool, rows: int) -> None:
        step = FETCHING.get() or self._step
        if step != self._step:
            self._early[step].append((expected, rows))
        elif expected:
            self._shown.expect(rows)
        else:
            self._shown.advance(rows)
