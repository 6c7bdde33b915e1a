"""What is served and asked of a published night: inquiry, the pages, the API, and where people log in."""

import ssl
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, partial
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
from fastapi import FastAPI, Request

from gateway.access import LogIn, Purpose, Reader
from gateway.access.cas import Cas, CasSettings
from gateway.access.oidc import Oidc, OidcSettings
from gateway.access.outside import Provider
from gateway.api import County, EvidenceOf, create_app
from gateway.console import create_console
from gateway.console.sessions import needed
from gateway.engine import SnapshotStore
from gateway.exchange import Room, TrustBook
from gateway.inquiry import Inquiry
from gateway.mapping.codes import read_code_lists
from gateway.model.errors import Busy, SpecError
from gateway.model.school_sheets import Pupil
from gateway.pipeline import check_spill
from gateway.pipeline.pupils import pupils_of
from gateway.reception import Admit, Expect, Reception, Rooms, SourceDoor
from gateway.site import Site, load_site
from gateway.sources import RollSettings, SourceSettings, load_sources
from gateway.store import AuditEntry, Store
from gateway.wiring import engine_maker, make_room, open_house
from gateway.wiring_api import ApiSite, make_api_rooms
from gateway.wiring_dci import site_dci, site_jose, site_sm2
from gateway.wiring_files import (
    MAPPINGS,
    load_calendar,
    load_divisions,
    load_site_parameters,
    load_site_rules,
    read_mapping,
)
from gateway.wiring_proofs import evidence_file
from gateway.wiring_rooms import Around, make_rooms
from gateway.wiring_site import Files
from gateway.wiring_sources import make_line


def make_inquiry(folder: Path, store: Store) -> Inquiry:
    """Every read of a site's published night."""
    partners = TrustBook.load(folder / "partners")
    grades = {s.name: partners.partner(s.partner).grade for s in load_sources(folder)}
    return Inquiry(store, load_site_rules(folder), grades=grades, clock=lambda: datetime.now(UTC))


def local_reader(site: Site) -> Reader:
    """Who reads by the command line: one named reader of the whole site, who holds its keys anyway.

    Everywhere, not the division's prefix: a late roll and a child whose division no row tells have
    no division, and must not be hidden from everybody.
    """
    return Reader(name=f"local@{site.site.node}", kind="person", divisions=("",))


def make_app(folder: Path, store: Store) -> FastAPI:
    """Health, the API, and the pages; nothing but health is given to who is not known."""
    site, inquiry = load_site(folder), make_inquiry(folder, store)
    zone = ZoneInfo(site.site.time_zone)

    def today() -> date:
        return site.site.as_of or datetime.now(zone).date()

    login = LogIn(
        store.accounts, store.sessions, lambda: datetime.now(UTC),
        lambda account: store.deputies.stands_in_for(account, today()),
        partial(note_session, store),
    )  # fmt: skip

    def reader_of(request: Request) -> Reader:
        return needed(request, login).user.reader

    around = Around(
        clock=lambda: datetime.now(UTC),
        today=today,
        codes=read_code_lists(MAPPINGS / "codes"),
        pupils=lambda school: _pupils(folder, site, store, school),
        time_zone=site.site.time_zone,
        working_days=load_calendar(folder, site).add_working_days,
        providers=make_providers(folder, site),
        files=Files(folder),
    )
    pages = make_rooms(store, inquiry, login, around)
    console = create_console(pages)
    rules, room = load_site_rules(folder), late_room(folder, site, store)
    given = ApiSite(
        site.site.party, rules, around.codes, around.clock, today, around.working_days,
        make_reception(folder, site, store, room), load_site_parameters(folder),
        make_counties(folder, site), site_dci(site, room),
        make_evidence(folder, inquiry), site_sm2(room), site_jose(room, "api+jws"),
    )  # fmt: skip
    rooms = make_api_rooms(store, inquiry, reader_of, pages.desk, given)
    secret = proxy_secret(folder, site)
    return create_app(rooms, console=console, hosts=site.site.hosts, proxy_secret=secret)


def note_session(store: Store, account: str, action: str) -> None:
    """Who logged in, out or in vain stands in the audit, which the evidence log binds."""
    now = datetime.now(UTC)
    store.audit.add(
        AuditEntry(now, account, "person", action, "administration", "account", account)
    )


def make_evidence(folder: Path, inquiry: Inquiry) -> EvidenceOf:
    """Evidence files of findings, one at a time: each opens the site's archive and snapshots."""
    lock = threading.Lock()

    def evidence(reader: Reader, purpose: Purpose, key: str) -> bytes | None:
        found = inquiry.finding(reader, purpose, key)
        if found is None:
            return None
        if not lock.acquire(timeout=20):
            raise Busy("another evidence file is being made")
        try:
            now = datetime.now(UTC)
            with open_house(folder) as opened:
                made = evidence_file(opened, found, now)
                if made is not None:
                    opened.house.store.audit.add(
                        AuditEntry(
                            now, reader.name, "client", "evidence.export", purpose, "finding", key,
                            "{}",
                        )
                    )  # fmt: skip
        finally:
            lock.release()
        return made.data if made else None

    return evidence


def proxy_secret(folder: Path, site: Site) -> str:
    """What the proxy in front proves itself with; empty where there is none. Raises SpecError for a file
    that is not there, or that others may read."""
    if not site.site.proxy_secret_file:
        return ""
    path = folder / site.site.proxy_secret_file
    if not path.is_file() or path.stat().st_mode & 0o077:
        raise SpecError(
            "the proxy's secret is not there, or others may read it",
            where="site.toml, site.proxy_secret_file",
            mend=f"chmod 600 {path}",
        )
    return path.read_text(encoding="utf-8").strip()


def make_counties(folder: Path, site: Site) -> tuple[County, ...]:
    """The site's counties with the codes that they had before, as `divisions.yaml` says."""
    changes = [c for c in load_divisions(folder, site.site.division) if len(c.old) == 6]
    since = {code: c.since for c in changes for code in c.successors if code != c.old}
    old = [
        County(
            c.old, since.get(c.old), c.since - timedelta(days=1), ",".join(c.successors), c.source
        )
        for c in changes
        if c.given_up
    ]
    return (*(County(code, since.get(code)) for code in site.site.counties), *old)


def late_room(folder: Path, site: Site, store: Store) -> Callable[[], Room]:
    """The exchange room, opened when it is first needed: pages need none of the site's keys."""

    @lru_cache
    def room() -> Room:
        spill = Path(site.night.spill_dir)
        check_spill(spill, declared_encrypted=site.night.spill_encrypted)
        return make_room(folder, site, store, spill)

    return room


def make_reception(folder: Path, site: Site, store: Store, room: Callable[[], Room]) -> Reception:
    """Where rolls are handed in: of every source whose sealed files lie in a folder."""
    zone, places = ZoneInfo(site.site.time_zone), site.submissions
    sizes = Rooms(
        places.file_bytes, places.client_bytes, places.keep_free, places.at_once, places.cut_off
    )
    lock, doors = threading.Lock(), {}

    def admit_of(source: SourceSettings) -> Admit:
        def admit(name: str, sealed: Path, expect: Expect) -> tuple[str, str]:
            roll = next(r for r in source.rolls if name in (r.roll, *_deltas(r)))
            # Payloads are opened one at a time: each may be as large as a file.
            with lock:
                line = make_line(room(), source, roll.model_copy(update={"roll": name}), folder)
                return line.admit(sealed, expect)

        return admit

    for source in load_sources(folder):
        if source.endpoint.folder and source.attested is None:
            deltas = tuple(name for roll in source.rolls for name in _deltas(roll))
            rolls = tuple(roll.roll for roll in source.rolls)
            place = folder / source.endpoint.folder
            doors[source.name] = SourceDoor(place, rolls, deltas, admit_of(source))
    return Reception(store, doors, lambda: datetime.now(zone), sizes)


def _deltas(roll: RollSettings) -> tuple[str, ...]:
    return (roll.delta.changed, roll.delta.gone) if roll.delta else ()


def make_providers(folder: Path, site: Site) -> dict[str, Provider]:
    """Where else people log in, as `[login]` of site.toml says. Raises SpecError for a missing secret."""
    settings, found = site.login, dict[str, Provider]()
    trust = ssl.create_default_context(cafile=str(folder / settings.ca) if settings.ca else None)
    client = httpx.Client(verify=trust, timeout=10, trust_env=False)
    if settings.oidc is not None:
        path = folder / settings.oidc.secret_file
        if settings.oidc.secret_file and not path.is_file():
            raise SpecError("the client's secret is not there", where="site.toml, login.oidc")
        secret = path.read_text(encoding="utf-8").strip() if settings.oidc.secret_file else ""
        of = OidcSettings(
            settings.oidc.issuer, settings.oidc.client_id,
            f"{settings.address}/login/oidc/back", secret,
        )  # fmt: skip
        found["oidc"] = Oidc(of, client, lambda: datetime.now(UTC))
    if settings.cas is not None:
        service = f"{settings.address}/login/cas/back"
        found["cas"] = Cas(
            CasSettings(settings.cas.base, service, settings.cas.protocol), client
        )  # fmt: skip
    return found


def _pupils(folder: Path, site: Site, store: Store, school: str) -> tuple[Pupil, ...]:
    rolls = [
        (source.name, roll.roll)
        for source in load_sources(folder)
        for roll in source.rolls
        if "enrolment" in read_mapping(folder, roll.mapping).tables
    ]
    snapshots = SnapshotStore(folder / "var" / "snapshots", store.keys.snapshot_key())
    with engine_maker(site, Path(site.night.spill_dir))() as engine:
        return pupils_of(store, snapshots, engine, rolls, school, datetime.now(UTC))
