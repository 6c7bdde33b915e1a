"""The composition root: a site's settings become the objects that a night, a page or a command uses.

Every list of what exists stands here by name: adapters, row profiles, suites. A new bureau is one
folder in adapters/, one mapping, and one line below.
"""

import csv
import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import gateway
from adapters.education import EducationAdapter
from adapters.medical_insurance import MedicalInsuranceAdapter
from adapters.medical_insurance import Settings as InsuranceSettings
from adapters.medical_insurance.dialect import dialect_of
from adapters.pick_up import PickUpAdapter
from gateway.casework import Settings as CaseSettings
from gateway.engine import Engine, EngineSettings, SnapshotStore
from gateway.evidence import Archive, ChainedLog, Shelf
from gateway.exchange import (
    KeyRing,
    Room,
    RowProfile,
    SourceLine,
    SourceProfile,
    TrustBook,
    read_passphrase,
)
from gateway.linkage import Weights, load_weights
from gateway.mapping import RollMapping, granted, load_mapping
from gateway.mapping.contents import JsonContent, XmlContent
from gateway.model.errors import SpecError
from gateway.model.ports import Adapter, Watch
from gateway.pipeline import DeltaPlan, House, InTurn, Progress, RollPlan, Silent, check_spill
from gateway.pipeline.bounds import BoundsFile, PhaseBound
from gateway.pipeline.divisions import DivisionChange, load_changes
from gateway.policy import (
    Calendar,
    DayOff,
    Parameters,
    Rule,
    build_calendar,
    load_parameters,
    load_rules,
)
from gateway.site import Endpoint, RollSettings, Site, SourceSettings, load_site, load_sources
from gateway.specs import load_spec
from gateway.store import DataKeys, Store, open_store
from gateway.transport import (
    Folder,
    FrontTable,
    Gate,
    Http,
    HttpSettings,
    Place,
    Post,
    Sftp,
    SftpSettings,
    TableSettings,
)
from gateway.wiring_site import PAUSED

PARTY = "gateway"
MAPPINGS = Path(gateway.__file__).parents[1] / "mappings"
"""Our mappings, code lists and rules: beside the package, in a checkout and in the wheel."""

ROLL_MEMORY = 0.6
"""The share of the night's memory limit that each of two rolls may have while they are taken."""

ROWS: Mapping[str, RowProfile] = {
    "education": RowProfile("xml", rows_at="xsjbxx", asked_at="subject"),
    "medical_insurance": RowProfile("json", rows_at="output.psninsuinfo", asked_at="input.data"),
}
"""Where the rows of each adapter's messages stand; of dropped files the roll's mapping says it."""

SERVICE_PATH: Mapping[str, str] = {"education": "/soap"}
"""What stands behind a bureau's base address in `wsa:To`."""


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
            rolls=tuple(_plans(folder, site, sources, room, shown)),
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


def load_site_rules(folder: Path) -> tuple[Rule, ...]:
    """Our rules and the site's own."""
    return load_rules(MAPPINGS / "policy", folder / "policy")


def load_site_parameters(folder: Path) -> Parameters:
    """Our policy parameters and the site's own."""
    return load_parameters(MAPPINGS / "policy" / "parameters", folder / "policy" / "parameters")


def load_site_weights(folder: Path, site: Site) -> Weights:
    """The weights of linkage: the site's own when it has them, else ours, with the thresholds of
    site.toml. SpecError if wrong."""
    weights = load_weights(find_mapping(folder, "linkage/weights.v1"))
    return weights.with_thresholds(site.linkage.link, site.linkage.ask)


def load_calendar(folder: Path, site: Site) -> Calendar:
    """The site's calendar, with the days off of its `holidays.csv`."""
    settings = {name: _plain(value) for name, value in site.calendar.model_dump().items()}
    return build_calendar(settings, _days_off(folder / "holidays.csv"))


def find_mapping(folder: Path, name: str) -> Path:
    """The mapping `bureau/roll.vN`: the site's own when there is one, else ours. SpecError if none."""
    for root in (folder / "mappings", MAPPINGS):
        path = root / f"{name}.yaml"
        if path.is_file():
            return path
    raise SpecError(
        f"there is no mapping {name!r}", where="mappings", mend="`cwg mapping lint` lists them"
    )


def read_mapping(folder: Path, name: str) -> RollMapping:
    """A mapping by name, checked against our code lists."""
    return load_mapping(find_mapping(folder, name), MAPPINGS / "codes")


def make_adapter(folder: Path, site: Site, source: SourceSettings, progress: Progress) -> Adapter:
    """The adapter of a source over the transport that its bureau offers."""
    gate = Gate(source.name, source.max_parallel, closed=is_paused(folder, source))
    if source.adapter == "pick_up":
        scratch = Path(site.night.spill_dir)
        return PickUpAdapter(gate, make_place(folder, source.endpoint, scratch), scratch)
    post = Post(Http(_http(folder, source)), gate)
    if source.adapter == "education":
        return EducationAdapter(post, watch=_watch(progress))
    zone = ZoneInfo(site.site.time_zone)
    insurance = InsuranceSettings(source.name, dialect=dialect_of(source.suite))
    return MedicalInsuranceAdapter(post, lambda: datetime.now(zone), insurance, _watch(progress))


def make_place(folder: Path, endpoint: Endpoint, scratch: Path) -> Place:
    """Where a bureau drops sealed files."""
    if endpoint.sftp is not None:
        s = endpoint.sftp
        settings = SftpSettings(
            s.host, s.port, s.user, folder / s.key, s.host_key, s.pick_up, s.hand_over,
            endpoint.timeout_seconds,
        )  # fmt: skip
        return Sftp(settings, scratch)
    if endpoint.table is not None:
        t = endpoint.table
        password = folder / t.password_file if t.password_file else None
        return FrontTable(TableSettings(t.url, t.pick_up, t.hand_over, password), scratch)
    hand_over = folder / endpoint.hand_over if endpoint.hand_over else None
    return Folder(folder / endpoint.folder, hand_over)


def _watch(progress: Progress) -> Watch:
    def told(rows: int, total: int | None) -> None:
        if total is not None:
            progress.expect(total)
        progress.advance(rows)

    return told


def is_paused(folder: Path, source: SourceSettings) -> bool:
    """Whether an operator has paused the source, in its file or with the command."""
    return source.paused or (folder / "var" / PAUSED / source.name).exists()


def _plans(
    folder: Path,
    site: Site,
    sources: tuple[SourceSettings, ...],
    room: Room,
    progress: Progress,
) -> Iterator[RollPlan]:
    for source in sources:
        adapter = make_adapter(folder, site, source, progress)
        bounds = load_bounds(folder, source.name)
        divisions = load_divisions(folder, site.site.division)
        for roll in source.rolls:
            mapping, *earlier = _mappings(folder, source, roll)
            yield RollPlan(
                source=source.name,
                roll=roll.roll,
                mapping=mapping,
                adapter=adapter,
                line=_line_maker(room, source, roll, folder),
                coverage="county" if source.mode_of(roll) == "ask" else roll.coverage,
                due_day=roll.due_day,
                low=roll.low,
                high=roll.high,
                error_budget=roll.error_budget,
                granted_until=_last_day(source),
                mode=source.mode_of(roll),
                delta=_delta(room, source, roll, folder),
                give=_giver(folder, site, source),
                tells_refused=source.refusals == "sent",
                earlier=tuple(zip((e.until for e in roll.earlier), earlier, strict=True)),
                divisions=divisions,
                bounds=tuple(b for b in bounds if b.roll == roll.roll),
            )


def _mappings(folder: Path, source: SourceSettings, roll: RollSettings) -> list[RollMapping]:
    """The roll's mapping and those of its earlier forms. SpecError when they fill other tables."""
    made = [granted(read_mapping(folder, name), source.grant.fields) for name in roll.mappings]
    for one in made[1:]:
        if set(one.tables) != set(made[0].tables):
            raise SpecError(
                f"{one.name} fills other tables than {made[0].name}",
                where=f"sources/{source.name}.yaml, {roll.roll}",
                mend="two forms of one roll fill the same tables; give the other roll a name of its own",
            )
    last = [one.until for one in roll.earlier]
    if last != sorted(set(last)):
        raise SpecError(
            "the earlier mappings do not stand in the order of their last months",
            where=f"sources/{source.name}.yaml, {roll.roll}",
            mend="the oldest first, each with a month of its own",
        )
    return made


def load_divisions(folder: Path, division: str) -> tuple[DivisionChange, ...]:
    """Divisions of the site's region that were merged or renamed (`divisions.yaml`). SpecError."""
    return load_changes(folder / "divisions.yaml", MAPPINGS / "codes" / "divisions", division)


def bounds_file(folder: Path, source: str) -> Path:
    """Where the bounds that past rolls taught stand when they bind."""
    return folder / "bounds" / f"{source}.yaml"


def load_bounds(folder: Path, source: str) -> tuple[PhaseBound, ...]:
    """The bounds in force for a source; none before `cwg source bounds --bind`. SpecError if wrong."""
    path = bounds_file(folder, source)
    return load_spec(path, BoundsFile).bounds if path.is_file() else ()


def _giver(folder: Path, site: Site, source: SourceSettings) -> Callable[[str], None] | None:
    """Hands receipts over at once (`live`), or leaves them for `cwg relay` (`ferried`)."""
    if source.receipts == "none":
        return None
    scratch = Path(site.night.spill_dir)
    place = make_place(folder, source.endpoint, scratch)
    if source.receipts == "ferried":
        waiting = folder / "outbox" / source.name
        waiting.mkdir(parents=True, exist_ok=True)
        place = Folder(waiting, waiting)

    def give(receipt: str) -> None:
        with tempfile.TemporaryDirectory(prefix="cwg-receipt-", dir=scratch) as folder:
            digest = hashlib.sha256(receipt.encode()).hexdigest()
            path = Path(folder) / f"{digest}.receipt"
            path.write_text(receipt, "ascii")
            place.put(path)

    return give


def _last_day(source: SourceSettings) -> date:
    """The last day on which a source may be collected: its grant's, or that of its plain files."""
    last = source.grant.valid_to
    return min(last, source.attested.until) if source.attested else last


def _line_maker(
    room: Room, source: SourceSettings, roll: RollSettings, folder: Path
) -> Callable[[], SourceLine]:
    return lambda: make_line(room, source, roll, folder)


def _delta(
    room: Room, source: SourceSettings, roll: RollSettings, folder: Path
) -> DeltaPlan | None:
    if roll.delta is None:
        return None
    delta = roll.delta
    return DeltaPlan(
        delta.changed, delta.gone, delta.full_every,
        lambda name: make_line(room, source, roll.model_copy(update={"roll": name}), folder),
    )  # fmt: skip


def make_line(room: Room, source: SourceSettings, roll: RollSettings, folder: Path) -> SourceLine:
    """A source's line for one roll: its suite, its partner, and where its rows stand."""
    endpoint = source.endpoint.base.rstrip("/") + SERVICE_PATH.get(source.adapter, "")
    rows = ROWS.get(source.adapter) or dropped_rows(
        *(read_mapping(folder, name) for name in roll.mappings)
    )
    profile = SourceProfile(source.name, source.partner, source.suite, rows, roll.roll, endpoint)
    return SourceLine(room, profile)


def dropped_rows(*mappings: RollMapping) -> RowProfile:
    """Where the rows of a dropped file stand: in any content that the roll's mappings read."""
    contents = [content for mapping in mappings for content in mapping.spec.contents]
    kinds = tuple(dict.fromkeys(content.type for content in contents))
    rows_at = next((c.rows_at for c in contents if isinstance(c, JsonContent | XmlContent)), "")
    return RowProfile(kinds[0], rows_at, also=kinds[1:])


def make_room(folder: Path, site: Site, store: Store, spill: Path) -> Room:
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
    limit = site.night.memory_limit
    if part != 1.0:
        number = limit.rstrip(" %BGIKMTbgikmt")
        limit = f"{float(number) * part:.3f}{limit.removeprefix(number)}"
    settings = EngineSettings(spill, limit, site.night.threads)
    return lambda: Engine(settings)


def _http(folder: Path, source: SourceSettings) -> HttpSettings:
    endpoint = source.endpoint
    ca = folder / endpoint.tls_ca if endpoint.tls_ca else None
    return HttpSettings(endpoint.base, ca, endpoint.timeout_seconds)


def _days_off(path: Path) -> list[DayOff]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    try:
        return [DayOff(date.fromisoformat(r["day"]), r["working"] == "yes") for r in rows]
    except (KeyError, ValueError):
        raise SpecError(
            "a line of holidays.csv is not `day,working`",
            where=str(path),
            mend="write e.g. 2026-10-01,no",
        ) from None


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
