"""The composition root: a site's settings become the objects that a night, a page or a command uses."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from gateway.casework import Settings as CaseSettings
from gateway.engine import Engine, EngineSettings, SnapshotStore
from gateway.evidence import Archive, ChainedLog, Shelf
from gateway.exchange import KeyRing, Room, TrustBook, read_passphrase
from gateway.pipeline import House, InTurn, Progress, Silent, check_spill
from gateway.site import Site, load_site
from gateway.sources import SourceSettings, load_sources
from gateway.store import DataKeys, Store, open_store
from gateway.wiring_files import (
    load_calendar,
    load_site_parameters,
    load_site_rules,
    load_site_weights,
)
from gateway.wiring_sources import make_plans

PARTY = "gateway"

ROLL_MEMORY = 0.6
"""The share of the night's memory limit that each of two rolls may have while they are taken."""


LOGS = Path("var") / "evidence" / "log"
"""Where a site's chained logs lie."""


@dataclass(frozen=True)
class OpenSite:
    """An opened site: its settings, its exchange room, and the house that its nights run in."""

    folder: Path
    site: Site
    sources: tuple[SourceSettings, ...]
    room: Room
    house: House

    @property
    def default_day(self) -> date:
        """The as-of date that site.toml fixes (a demo), else today where the site is."""
        return self.site.site.as_of or datetime.now(ZoneInfo(self.site.site.time_zone)).date()


@contextmanager
def open_house(folder: Path, progress: Progress | None = None) -> Iterator[OpenSite]:
    """Open a site for a night or a look at one. Raises SpecError, KeyUnavailable, SpillUnsafe."""
    folder = folder.resolve()
    site = load_site(folder)
    sources = load_sources(folder)
    spill = Path(site.night.spill_dir)
    check_spill(spill, declared_encrypted=site.night.spill_encrypted)
    calendar = load_calendar(folder, site)
    shown = InTurn(progress or Silent())
    with open_site_store(folder) as store:
        room = make_room(folder, site, store, spill)
        house = House(
            node=site.site.node,
            store=store,
            engine=engine_maker(site, spill),
            roll_engine=engine_maker(site, spill, part=ROLL_MEMORY),
            snapshots=SnapshotStore(folder / "var" / "snapshots", store.keys.snapshot_key()),
            rolls=tuple(make_plans(folder, site, sources, room, shown)),
            counties=site.site.counties,
            rules=load_site_rules(folder),
            parameters=load_site_parameters(folder),
            weights=load_site_weights(folder, site),
            calendar=calendar,
            site_key=store.keys.site_key(),
            spill_dir=spill,
            cases=CaseSettings(due=calendar.add_working_days),
            clock=lambda: datetime.now(UTC),
            progress=shown,
        )
        yield OpenSite(folder, site, sources, room, house)


@contextmanager
def open_site_store(folder: Path, *, check: bool = True) -> Iterator[Store]:
    """The site's store, closed at the end. With `check`, StoreError when its schema is not ours."""
    site = load_site(folder)
    keys = DataKeys(folder / "keys" / "data")
    url = store_url(folder, site)
    with open_store(url, keys) if check else Store(url, keys) as store:
        yield store


def store_url(folder: Path, site: Site) -> str:
    """The store's URL; a relative SQLite path is inside the site."""
    prefix = "sqlite:///"
    url = site.store.url
    if url.startswith(prefix) and not url.startswith(f"{prefix}/"):
        return f"{prefix}{folder.resolve() / url.removeprefix(prefix)}"
    return url


def make_room(folder: Path, site: Site, store: Store, spill: Path) -> Room:
    """The site's exchange room: its keys, whom it trusts, its evidence. Raises KeyUnavailable."""
    evidence = folder / "var" / "evidence"
    return Room(
        party=site.site.party,
        keys=KeyRing.load(folder / "keys", read_passphrase()),
        trust=TrustBook.load(folder / "partners"),
        archive=Archive(evidence / "archive"),
        log=ChainedLog(evidence / "log", site.site.node),
        sent=Shelf(evidence / "sent"),
        seen=store.exchanges,
        clock=lambda: datetime.now(UTC),
        spill_dir=spill,
    )


def engine_maker(site: Site, spill: Path, part: float = 1.0) -> Callable[[], Engine]:
    """Makes engines that may have a part of the night's memory limit."""
    limit = site.night.memory_limit
    if part != 1.0:
        number = limit.rstrip(" %BGIKMTbgikmt")
        limit = f"{float(number) * part:.3f}{limit.removeprefix(number)}"
    settings = EngineSettings(spill, limit, site.night.threads)
    return lambda: Engine(settings)
