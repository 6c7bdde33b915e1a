"""Nights that are killed, in processes of their own, and what a site says afterwards."""

import dataclasses
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import crash_driver
from crash_driver import Outcome, Wish
from night_kit import rows, said

from gateway.pipeline.chains import as_chain
from gateway.pipeline.world import PEOPLE
from gateway.wiring import open_house

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
    "person_change": (),
    "counter": (),
    "outcome_count": (),
    "ledger": (),
    "source_status": (),
    "published_run": (),
    "delivery": ("first_exchange", "exchanges", "closing", "delivery_id"),
    "quarantine": ("quarantine_id",),
}
"""What a night writes, and what of it rests on exchange ids. Left out: `exchange_seen`, which has a
row for every attempt, and `run_lock`, where a dead process may still stand. Of who is
who the newest snapshot of each period counts: a resumed night freezes it once more."""

NEWEST = """
    SELECT source, roll, table_name, period, rows, root
    FROM (
        SELECT *, row_number() OVER (
            PARTITION BY source, roll, table_name, period ORDER BY known_from DESC
        ) AS place
        FROM snapshot
    )
    WHERE place = 1 OR source <> 'gateway' ORDER BY source, roll, table_name, period
"""

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
    tables = {table: _plain(said(site, table, *without)) for table, without in TABLES.items()}
    return tables | {"snapshot": rows(site, NEWEST)}


def check_intact(site: Path) -> None:
    """Every newest snapshot holds the rows that were frozen, and the chain of the log is whole."""
    with open_house(site) as opened, opened.house.engine() as engine:
        house = opened.house
        tables = [
            (roll.source, roll.roll, name) for roll in house.rolls for name in roll.mapping.tables
        ]
        for table in (*tables, PEOPLE):
            chain = as_chain(house.store.snapshots.chain(*table, datetime.now(UTC)))
            house.snapshots.verify(engine, chain)
        opened.room.log.verify()


def _plain(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    plain = [
        {k: _EXCHANGE_ID.sub("…", v) if isinstance(v, str) else v for k, v in row.items()}
        for row in found
    ]
    return sorted(plain, key=repr)


def begun(driver: Driver, site: Path, as_of: object, **wish: Any) -> str:
    """What an operator does: resume a night that was cut off, begin one that had not begun, and let
    one that is over be. How that ended."""
    query = "SELECT state FROM run WHERE as_of = ? ORDER BY run_id DESC LIMIT 1"
    found = [row["state"] for row in rows(site, query, str(as_of))]
    if found and found != ["running"]:
        return str(found[0])
    return driver.night(site, as_of, resume=bool(found), **wish).ended


def finish(driver: Driver, site: Path, as_of: object) -> str:
    """The night brought to its end."""
    return begun(driver, site, as_of)
