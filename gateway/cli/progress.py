"""Progress on a terminal (bars with rates and time left), plain lines elsewhere. To stderr."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


class Plain:
    """One line when a step ends: its name, rows, seconds and rate."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._step = ""
        self._began = 0.0
        self._rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    def begin(self, step: str, total: int | None = None) -> None:
        """A step begins."""
        self._step, self._began, self._rows = step, time.monotonic(), 0

    def expect(self, total: int) -> None:
        """Plain lines say nothing before the end."""

    def advance(self, rows: int) -> None:
        """So many rows more."""
        self._rows += rows

    def end(self, rows: int | None = None) -> None:
        """Print the line of the step that ends."""
        seconds = time.monotonic() - self._began
        count = self._rows if rows is None else rows
        rate = f", {count / seconds:,.0f} rows/s" if count and seconds > 0.05 else ""
        size = f" {count:,} rows" if count else ""
        self._console.print(f"{self._step}:{size} {seconds:.1f} s{rate}", highlight=False)

    def note(self, text: str) -> None:
        """Print one line."""
        self._console.print(f"! {text}", highlight=False, markup=False, soft_wrap=True)


class Bars(Plain):
    """A bar per step while it runs."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bars.stop()

    def begin(self, step: str, total: int | None = None) -> None:
        """Show a bar; it moves only when `total` is known."""
        super().begin(step, total)
        self._task = self._bars.add_task(step, total=total, rate="")

    def expect(self, total: int) -> None:
        """The bar can move from now on."""
        if self._task is not None:
            self._bars.update(self._task, total=total)

    def advance(self, rows: int) -> None:
        """Move the bar."""
        super().advance(rows)
        if self._task is not None:
            rate = self._rows / max(time.monotonic() - self._began, 1e-6)
            self._bars.update(self._task, advance=rows, rate=f"{rate:,.0f}/s")

    def end(self, rows: int | None = None) -> None:
        """Take the bar away and leave the step's line."""
        if self._task is not None:
            self._bars.remove_task(self._task)
            self._task = None
        super().end(rows)


def progress(quiet: bool = False) -> Plain:
    """Bars on a terminal, plain lines elsewhere, to stderr."""
    console = Console(stderr=True, quiet=quiet)
    return Bars(console) if console.is_terminal and not quiet else Plain(console)
