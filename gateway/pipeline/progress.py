"""Where a night says how far it is: a port, and one that says nothing."""

from typing import Protocol


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
