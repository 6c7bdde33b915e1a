"""A process that has everything imported and forks one night after another, to be killed at will.

Line by line on standard input it reads a wish (JSON, see `Wish`), forks a child that runs one night,
and answers with one line (see `Outcome`). A *fault point* is where a night leaves something behind:
after bytes were synced or written to the log, after a rename, before and after a commit. Its *place* is
the line of the house that caused it, with its callers.
"""

import dataclasses
import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HOUSE = (str(ROOT / "gateway"), str(ROOT / "adapters"))


@dataclasses.dataclass(frozen=True)
class Wish:
    """One night. `kill_at`: the n-th fault point (0: none); `places`: write every point's place to
    this file; `kill_after`: seconds after which the parent kills the child (0: never)."""

    site: str
    as_of: str
    resume: bool = False
    kill_at: int = 0
    kill_after: float = 0.0
    places: str = ""


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How the child ended: `killed`, `done`, `nothing` (no night to resume), or the error's text."""

    ended: str
    seconds: float


@contextmanager
def counting(at_point: Callable[[], None]) -> Iterator[None]:
    """Call `at_point` at every fault point of the house, in the block."""
    from sqlalchemy.engine.default import DefaultDialect

    def after(original: Any) -> Any:
        def patched(*args: Any, **options: Any) -> Any:
            result = original(*args, **options)
            at_point()
            return result

        return patched

    def around_commit(self: Any, connection: Any) -> None:
        at_point()
        commit(self, connection)
        at_point()

    names = ("fsync", "write", "rename", "replace", "link", "unlink")
    kept = {name: getattr(os, name) for name in names}
    commit = DefaultDialect.do_commit
    try:
        for name in names:
            setattr(os, name, after(kept[name]))
        DefaultDialect.do_commit = around_commit  # type: ignore[method-assign]
        yield
    finally:
        for name, original in kept.items():
            setattr(os, name, original)
        DefaultDialect.do_commit = commit  # type: ignore[method-assign]


def place() -> str:
    """The lines of the house that lead to here, outermost first; empty when it is not the house's."""
    frame, lines = sys._getframe(1), []
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(HOUSE):
            lines.append(f"{os.path.relpath(name, ROOT)}:{frame.f_lineno}")
        frame = frame.f_back  # type: ignore[assignment]
    return " > ".join(reversed(lines))


class Points:
    """Counts fault points; kills the process at one of them."""

    def __init__(self, kill_at: int) -> None:
        self.kill_at = kill_at
        self.places: list[str] = []

    def __call__(self) -> None:
        here = place()
        if not here:
            return
        self.places.append(here)
        if len(self.places) == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


def one_night(wish: Wish) -> str:
    """Run the night in this process; what became of it."""
    from gateway.model.errors import StoreError
    from gateway.pipeline import NightAsk, night
    from gateway.wiring import open_house

    points = Points(wish.kill_at)
    ask = NightAsk(date.fromisoformat(wish.as_of), datetime.now(UTC), resume=wish.resume)
    try:
        with counting(points), open_house(Path(wish.site)) as opened:
            night(opened.house, ask)
    except StoreError as error:
        if "no night to resume" in error.what:
            return "nothing"
        raise
    finally:
        if wish.places:
            Path(wish.places).write_text("\n".join(points.places), encoding="utf-8")
    return "done"


def child(wish: Wish, tell: int) -> None:
    """The forked child: one night, one line, and out without cleaning up the parent's things."""
    try:
        ended = one_night(wish)
    except BaseException as error:
        ended = f"{type(error).__name__}: {error}"
    os.write(tell, ended.encode())
    os._exit(0)


def serve(wish: Wish) -> Outcome:
    """Fork, wait (or kill), and say how it ended."""
    began = time.monotonic()
    hear, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(hear)
        child(wish, tell)
    os.close(tell)
    ready, _, _ = select.select([hear], [], [], wish.kill_after or None)
    if not ready:
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    said = os.read(hear, 1 << 16).decode()
    os.close(hear)
    return Outcome(said or "killed", time.monotonic() - began)


def preload(site: Path) -> None:
    """Import everything, and read once what never changes between nights: mappings and rules."""
    from gateway import wiring

    rules, mapping = wiring.load_site_rules, wiring.read_mapping
    mapped = cache(lambda name: mapping(site, name))
    ruled = cache(lambda: rules(site))
    wiring.load_site_rules = lambda folder: ruled()
    wiring.read_mapping = lambda folder, name: mapped(name)
    ruled()
    for source in wiring.load_sources(site):
        for roll in source.rolls:
            mapped(roll.mapping)


def main() -> None:
    """Answer wishes until standard input ends. The argument is a site to preload from."""
    preload(Path(sys.argv[1]))
    for line in sys.stdin:
        outcome = serve(Wish(**json.loads(line)))
        sys.stdout.write(json.dumps(dataclasses.asdict(outcome)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
