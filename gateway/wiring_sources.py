"""How each source of a site is reached: its adapter, transport and line, and the plan of each of its rolls.

Every list of what exists stands here by name: adapters, row profiles, suites. A new bureau is one
folder in adapters/, one mapping, and one line below.
"""

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from adapters.education import EducationAdapter
from adapters.medical_insurance import MedicalInsuranceAdapter
from adapters.medical_insurance import Settings as InsuranceSettings
from adapters.medical_insurance.dialect import dialect_of
from adapters.pick_up import PickUpAdapter
from gateway.exchange import Room, RowProfile, SourceLine, SourceProfile
from gateway.mapping import RollMapping, granted
from gateway.mapping.contents import JsonContent, XmlContent
from gateway.model.errors import SpecError
from gateway.model.ports import Adapter, Watch
from gateway.pipeline import DeltaPlan, Progress, RollPlan
from gateway.site import Site
from gateway.sources import Endpoint, RollSettings, SourceSettings
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
from gateway.wiring_files import load_bounds, load_divisions, read_mapping
from gateway.wiring_site import PAUSED

ROWS: Mapping[str, RowProfile] = {
    "education": RowProfile("xml", rows_at="xsjbxx", asked_at="subject"),
    "medical_insurance": RowProfile("json", rows_at="output.psninsuinfo", asked_at="input.data"),
}
"""Where the rows of each adapter's messages stand; of dropped files the roll's mapping says it."""

SERVICE_PATH: Mapping[str, str] = {"education": "/soap"}
"""What stands behind a bureau's base address in `wsa:To`."""


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
        return FrontTable(TableSettings(t.url, t.pick_up, t.hand_over, password))
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


def make_plans(
    folder: Path,
    site: Site,
    sources: tuple[SourceSettings, ...],
    room: Room,
    progress: Progress,
) -> Iterator[RollPlan]:
    """What a night is to do with each roll of each source. Raises SpecError for a wrong mapping."""
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


def _giver(folder: Path, site: Site, source: SourceSettings) -> Callable[[str], None] | None:
    """Hands receipts over at once (`live`), or leaves them for `cwg relay` (`ferried`)."""
    if source.receipts == "none":
        return None
    scratch = Path(site.night.spill_dir)
    if source.receipts == "live":
        place = make_place(folder, source.endpoint, scratch)
    else:
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


def _http(folder: Path, source: SourceSettings) -> HttpSettings:
    endpoint = source.endpoint
    ca = folder / endpoint.tls_ca if endpoint.tls_ca else None
    return HttpSettings(endpoint.base, ca, endpoint.timeout_seconds)
