"""A process that has everything imported and forks one night after another, to be killed at will.

Line by line on standard input it reads a wish (JSON, see `Wish`), forks a child that runs one night,
and answers with one line (see `Outcome`). A *fault point* is where a night leaves something behind:
after bytes were synced or written to the log, after a rename, before and after a commit. Its *place* is
what was done and the lines of the house that led there.
"""

import dataclasses
import json
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HOUSE = (str(ROOT / "gateway"), str(ROOT / "adapters"))
DEPTH = 4


@dataclasses.dataclass(frozen=True)
class Wish:
    """One night. `kill_at`: the n-th fault point (0: none); `kill_at_new_place`: the first one whose
    place this file does not name, which is then added to it; `kill_after`: seconds after which the
    parent kills the child (0: never); `places`: where to write every point's place."""

    site: str
    as_of: str
    resume: bool = False
    kill_at: int = 0
    kill_at_new_place: str = ""
    kill_after: float = 0.0
    places: str = ""


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How the child ended: `killed`, `done`, `nothing` (no night to resume), or the error's text."""

    ended: str
    seconds: float


@contextmanager
def counting(at_point: Callable[[str], None]) -> Iterator[None]:
    """Call `at_point` at every fault point of the house, in the block."""
    from sqlalchemy.engine.default import DefaultDialect

    def after(name: str, original: Any) -> Any:
        def patched(*args: Any, **options: Any) -> Any:
            result = original(*args, **options)
            at_point(name)
            return result

        return patched

    def around_commit(self: Any, connection: Any) -> None:
        at_point("before commit")
        commit(self, connection)
        at_point("after commit")

    names = ("fsync", "write", "rename", "replace", "link", "unlink")
    kept = {name: getattr(os, name) for name in names}
    commit = DefaultDialect.do_commit
    try:
        for name in names:
            setattr(os, name, after(name, kept[name]))
        DefaultDialect.do_commit = around_commit  # type: ignore[method-assign]
        yield
    finally:
        for name, original in kept.items():
            setattr(os, name, original)
        DefaultDialect.do_commit = commit  # type: ignore[method-assign]


def lines_of_the_house() -> list[str]:
    """The lines of the house that lead to here, outermost first."""
    frame, lines = sys._getframe(1), []
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(HOUSE):
            lines.append(f"{os.path.relpath(name, ROOT)}:{frame.f_lineno}")
        frame = frame.f_back  # type: ignore[assignment]
    return lines[::-1]


class Points:
    """Counts fault points; kills the process at one of them."""

    def __init__(self, wish: Wish) -> None:
        self.kill_at = wish.kill_at
        self.known = Path(wish.kill_at_new_place) if wish.kill_at_new_place else None
        self.spared = set(self.known.read_text("utf-8").splitlines()) if self.known else set()
        self.places: list[str] = []
        # Two rolls are under way at once: nobody is killed while another writes where it was.
        self.one_at_a_time = threading.Lock()

    def __call__(self, what: str) -> None:
        lines = lines_of_the_house()
        if not lines:
            return
        with self.one_at_a_time:
            self._count(lines, what)

    def _count(self, lines: list[str], what: str) -> None:
        # The bureaus' ways differ only where they are reached; their last lines tell the places apart.
        self.places.append(" > ".join((*lines[-DEPTH:], what)))
        if self.known and self.places[-1] not in self.spared:
            self.spared.add(self.places[-1])
            self.known.write_text("\n".join(sorted(self.spared)), "utf-8")
            os.kill(os.getpid(), signal.SIGKILL)
        if len(self.places) == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


def one_night(wish: Wish) -> str:
    """Run the night in this process; what became of it."""
    from gateway.model.errors import StoreError
    from gateway.pipeline import NightAsk, night
    from gateway.wiring import open_house

    points = Points(wish)
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
    """Import everything, and read once what never changes between nights: keys, mappings, rules."""
    from gateway import wiring, wiring_sources

    rules, mapping = wiring.load_site_rules, wiring_sources.read_mapping
    mapped = cache(lambda name: mapping(site, name))
    ruled = cache(lambda: rules(site))
    wiring.load_site_rules = lambda folder: ruled()
    wiring_sources.read_mapping = lambda folder, name: mapped(name)
    keys = wiring.KeyRing.load(site / "keys", wiring.read_passphrase())
    wiring.KeyRing.load = lambda folder, passphrase: keys  # type: ignore[method-assign,assignment]
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
