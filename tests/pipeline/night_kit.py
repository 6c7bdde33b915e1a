"""A small town for the tests of the night: a city, three bureau processes, and sites to run nights in."""

import argparse
import io
import re
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from fixed_keys import fixed_data_keys

from gateway.casework import plan
from gateway.cli import demo
from gateway.cli.init import make_site
from gateway.cli.truth import Verdict, compare
from gateway.engine import Engine
from gateway.model.outcomes import OutcomeCount
from gateway.pipeline import NightAsk, NightReport, night
from gateway.pipeline.look import outcomes
from gateway.wiring import OpenSite, open_house
from sandbox.bureaus.command import run as bureau
from sandbox.bureaus.launch import Bureaus, GatewayCertificates, prepare_bureaus, start_bureaus
from sandbox.city.lives import live
from sandbox.city.write import write_city

CHILDREN, SEED, REGISTERED = 1000, 11, 0.3
NIGHTS = demo.NIGHTS
ROLLS = {
    "education": ("enrolment",),
    "medical_insurance": ("coverage",),
    "national_welfare_system": ("registry", "assistance"),
}
TIMES = frozenset({
    "known_at", "known_from", "known_to", "started_at", "finished_at", "created_at", "next_at",
    "at", "first_seen", "receipt_at", "taken_at", "expires_at",
})  # fmt: skip
"""Columns that tell when something was done, not what."""


@dataclass(frozen=True)
class Town:
    """A city, its running bureaus, and site folders that stand as after a night (0: before any)."""

    folder: Path
    city: Path
    bureaus: Bureaus
    after: Mapping[int, Path]
    spill: Path

    def copy(self, nights: int, target: Path) -> Path:
        """A site of its own that stands as after so many nights, on the same bureaus."""
        return copy_site(self.after[nights], target)


def copy_site(source: Path, target: Path) -> Path:
    """Copy a site whose database nobody has open."""
    return Path(shutil.copytree(source, target))


def make_city(folder: Path, faults: str = "default") -> Path:
    """Live a city and write its rolls and its truth."""
    start = date(NIGHTS[0].year - 1, 9, 1)
    write_city(live(CHILDREN, SEED, REGISTERED, start, NIGHTS, faults), folder, NIGHTS)
    return folder


@contextmanager
def open_town(folder: Path, spill_root: Path) -> Iterator[Town]:
    """Make a city and start its bureaus; sites stand ready after 0 to 3 nights."""
    city, base = make_city(folder / "city"), folder / "after-0"
    spill = Path(tempfile.mkdtemp(prefix="cwg-test-", dir=spill_root))
    site_at(base, spill)
    public = prepare_bureaus(folder / "bureaus")
    for source in demo.SOURCES:
        demo.trust_bureau(base, source, public[source.name])
    certificates = GatewayCertificates(base / "keys" / "ec", base / "keys" / "rsa")
    try:
        with start_bureaus(folder / "bureaus", city, certificates) as bureaus:
            demo.write_sources(base, bureaus)
            after = {0: base}
            for done, as_of in enumerate(NIGHTS, start=1):
                after[done] = copy_site(after[done - 1], folder / f"after-{done}")
                run_night(after[done], as_of, baseline=done == 1)
            yield Town(folder, city, bureaus, after, spill)
    finally:
        shutil.rmtree(spill, ignore_errors=True)


def site_at(folder: Path, spill: Path) -> None:
    """A site like the demo's that spills to a folder of its own and takes little memory."""
    make_site(folder, "安禾市（虚构）", demo.DIVISION, demo.COUNTIES)
    fixed_data_keys(folder / "keys" / "data")
    settings = folder / "site.toml"
    text = settings.read_text(encoding="utf-8")
    text = re.sub(r'spill_dir = "[^"]*"', f'spill_dir = "{spill}"', text)
    text = text.replace('memory_limit = "1GB"', 'memory_limit = "400MB"\nthreads = 1')
    settings.write_text(text, encoding="utf-8")


def run_night(site: Path, as_of: date, **ask: Any) -> NightReport:
    """One night over a site, known now."""
    with open_house(site) as opened:
        return ask_night(opened, as_of, **ask)


def ask_night(opened: OpenSite, as_of: date, **ask: Any) -> NightReport:
    """One night over an opened site, known now."""
    return night(opened.house, NightAsk(as_of, datetime.now(UTC), **ask))


def verdicts(site: Path, as_of: date, city: Path) -> tuple[Verdict, ...]:
    """The night judged again and held against the truth, rule by rule."""
    with open_house(site) as opened:
        return compare(opened.house, NightAsk(as_of, datetime.now(UTC)), city)


def rows(site: Path, query: str, *values: object) -> list[dict[str, Any]]:
    """Rows of the site's database, read beside the house."""
    connection = sqlite3.connect(f"file:{site / 'var' / 'gateway.db'}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in connection.execute(query, values)]
    finally:
        connection.close()


def count(site: Path, table: str) -> int:
    """How many rows a table of the site's database has."""
    return int(rows(site, f"SELECT count(*) AS n FROM {table}")[0]["n"])


def said(site: Path, table: str, *without: str) -> list[dict[str, Any]]:
    """What a table says, in one order: without its times, its envelopes and the columns named."""
    left_out = TIMES | set(without)
    found = [
        {k: v for k, v in row.items() if k not in left_out and not isinstance(v, bytes)}
        for row in rows(site, f"SELECT * FROM {table}")
    ]
    return sorted(found, key=repr)


@dataclass(frozen=True)
class Judged:
    """One night: its report, every outcome as the rules gave it, and the persons it was about."""

    report: NightReport
    outcomes: pa.Table
    persons: pa.Table

    def of_rule(self, rule: str) -> list[dict[str, Any]]:
        """The outcomes of one rule."""
        return self.outcomes.filter(pc.equal(self.outcomes["rule"], rule)).to_pylist()


def judged_night(site: Path, as_of: date, **ask: Any) -> Judged:
    """One night with everybody's outcomes spelled out, kept before they are forgotten."""
    kept: list[pa.Table] = []

    def watched(engine: Engine, *args: Any, **options: Any) -> pa.Table:
        kept.extend((engine.fetch("FROM outcome"), engine.fetch("FROM person")))
        return plan(engine, *args, **options)

    def of_all(*args: Any, followed: pa.Table) -> tuple[OutcomeCount, ...]:
        return outcomes(*args)

    room = sys.modules[night.__module__]
    with (
        mock.patch.object(room, "plan_cases", watched),
        mock.patch.object(room, "outcomes", of_all),
    ):
        report = run_night(site, as_of, **ask)
    return Judged(report, *kept)


class WelfareDesk:
    """The welfare bureau dropping one period's files again, with faults, into a folder of its own."""

    def __init__(self, town: Town, folder: Path, period: str) -> None:
        self.folder, self.period, self.city = folder, period, town.city
        running = town.bureaus.national_welfare_system.folder
        shutil.copytree(running / "keys", folder / "keys")
        shutil.copytree(running / "partners", folder / "partners")

    @property
    def outbox(self) -> Path:
        """Where the files appear."""
        return self.folder / "outbox"

    def drop(self, *faults: str, period: str = "") -> None:
        """Drop the rolls of the period that are ready, naming those that they replace."""
        self.outbox.mkdir(exist_ok=True)
        options = argparse.Namespace(
            name="national_welfare_system", dir=self.folder, city=self.city, fault=list(faults),
            drop=period or self.period, with_parent=False, port=0,
        )  # fmt: skip
        with redirect_stdout(io.StringIO()):
            bureau(options)

    def serve(self, site: Path) -> None:
        """Let a site pick up here."""
        settings = site / "sources" / "national_welfare_system.yaml"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(re.sub(r"folder: .*", f"folder: {self.outbox}", text), "utf-8")


def people(city: Path) -> tuple[set[str], set[str]]:
    """Every name and every number in the city."""
    table = pq.read_table(city / "people.parquet")
    both = {
        kind: set(table.filter(pc.equal(table["kind"], kind))["value"].to_pylist())
        for kind in ("name", "number")
    }
    return both["name"], both["number"]
