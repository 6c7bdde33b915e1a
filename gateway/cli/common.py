"""What every command shares: its site, its language, how it prints, and how an error ends it."""

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from functools import wraps
from pathlib import Path
from typing import Annotated, ParamSpec, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from gateway.model.errors import GatewayError, UsageError

P = ParamSpec("P")
R = TypeVar("R")

SiteOption = Annotated[Path, typer.Option("--site", help="the site's folder", show_default="here")]
JsonOption = Annotated[bool, typer.Option("--json", help="data as JSON on stdout")]
LangOption = Annotated[str, typer.Option("--lang", help="zh or en")]

HERE = Path()


def say(text: str) -> None:
    """One line to the operator, on stderr."""
    Console(stderr=True, highlight=False).print(text, markup=False, soft_wrap=True)


def out(text: str) -> None:
    """Data, on stdout."""
    sys.stdout.write(text + "\n")


def emit(rows: Sequence[Mapping[str, object]], title: str, as_json: bool) -> None:
    """Rows as a table for people, or as JSON for programs."""
    if as_json:
        out(json.dumps(list(rows), ensure_ascii=False, indent=2, default=plain))
        return
    if not rows:
        say(f"{title}: nothing")
        return
    table = Table(title=title, title_justify="left")
    for name in rows[0]:
        numbers = all(isinstance(row[name], int) for row in rows)
        table.add_column(name, justify="right" if numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_cell(value) for value in row.values()))
    Console(highlight=False, width=None if sys.stdout.isatty() else 160).print(table)


def _cell(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, list | tuple):
        return ", ".join(str(part) for part in value)
    return "" if value is None else str(value)


def plain(value: object) -> str:
    """How JSON writes what it has no word for."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal | Path):
        return str(value)
    raise TypeError(type(value).__name__)


@contextmanager
def failing() -> Iterator[None]:
    """Turn an error of the house into one line and its documented exit code."""
    try:
        yield
    except GatewayError as error:
        say(f"cwg: {error}")
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        say("cwg: stopped; `cwg run --resume` goes on with a night that was cut off")
        raise typer.Exit(1) from None
    except (typer.Exit, typer.Abort):
        raise
    except BrokenPipeError:
        # Whoever read our output (`| head`) has enough; nothing is left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None
    except Exception as error:
        # A library's message may quote a row: only its kind and place are said.
        say(
            f"cwg: a fault of the program: {type(error).__name__} in {_place(error)}; please report it"
        )
        raise typer.Exit(1) from None


def _place(error: BaseException) -> str:
    """The last line of ours that the error passed, as module:line."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if "/gateway/" in f.filename or "/adapters/" in f.filename]
    last = ours[-1] if ours else frames[-1]
    return f"{Path(last.filename).name}:{last.lineno}"


def command(body: Callable[P, R]) -> Callable[P, R]:
    """Wrap a command so that its errors print as one line."""

    @wraps(body)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        with failing():
            return body(*args, **kwargs)

    return wrapped


def day(text: str | None, name: str) -> date | None:
    """An ISO date from the command line. Raises UsageError."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{name} is not a date", mend="write it as 2026-11-16") from None


def moment(text: str | None, name: str, zone: tzinfo = UTC) -> datetime:
    """An ISO time (a date is the end of that day in the zone), or now, in UTC. Raises UsageError."""
    if text is None:
        return datetime.now(UTC)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"{name} is not a time", mend="write it as 2026-11-16 or 2026-11-16T02:00:00+08:00"
        ) from None
    if len(text) == len("2026-11-16"):
        end = found.replace(hour=23, minute=59, second=59, microsecond=999_999, tzinfo=zone)
        return end.astimezone(UTC)
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
