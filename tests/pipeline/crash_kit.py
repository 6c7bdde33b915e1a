"""Nights that are killed, in processes of their own, and what a site says afterwards."""

import dataclasses
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import crash_driver
from crash_driver import Outcome, Wish
from night_kit import said

TABLES = {
    "run": (),
    "run_step": (),
    "finding": (),
    "finding_past": (),
    "case_file": (),
    "case_event": (),
    "outbox": ("outbox_id",),
    "person": (),
    "person_block": (),
    "counter": (),
    "outcome_count": (),
    "ledger": (),
    "source_status": (),
    "published_run": (),
    "delivery": ("first_exchange", "exchanges", "closing", "delivery_id"),
    "snapshot": ("id", "path", "previous"),
    "quarantine": ("quarantine_id",),
    "run_lock": (),
}
"""Every table that a night writes but `exchange_seen`, and what of it rests on exchange ids."""

_EXCHANGE_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Driver:
    """The process that forks nights (tests/pipeline/crash_driver.py)."""

    def __init__(self, site: Path) -> None:
        path = os.pathsep.join((str(crash_driver.ROOT), os.environ.get("PYTHONPATH", "")))
        self._process = subprocess.Popen(
            [sys.executable, crash_driver.__file__, str(site)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
        )

    def night(self, site: Path, as_of: object, **wish: Any) -> Outcome:
        """One night in a child of its own."""
        assert self._process.stdin and self._process.stdout
        asked = Wish(str(site), str(as_of), **wish)
        self._process.stdin.write(json.dumps(dataclasses.asdict(asked)) + "\n")
        self._process.stdin.flush()
        return Outcome(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(30)


@contextmanager
def driving(site: Path) -> Iterator[Driver]:
    """A driver for the length of a block; `site` is only read."""
    driver = Driver(site)
    try:
        yield driver
    finally:
        driver.close()


def left_behind(site: Path) -> dict[str, list[dict[str, Any]]]:
    """What a site says after a night: ids, keys, states, sums; times and exchange ids aside."""
    return {table: _plain(said(site, table, *without)) for table, without in TABLES.items()}


def _plain(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    plain = [
        {k: _EXCHANGE_ID.sub("…", v) if isinstance(v, str) else v for k, v in row.items()}
        for row in found
    ]
    return sorted(plain, key=repr)


def finish(driver: Driver, site: Path, as_of: object) -> str:
    """What an operator does after a crash: resume; run anew when no night had begun."""
    resumed = driver.night(site, as_of, resume=True)
    if resumed.ended != "nothing":
        return resumed.ended
    return driver.night(site, as_of).ended
