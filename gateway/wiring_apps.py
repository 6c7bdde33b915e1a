"""What is served and asked of a published night: inquiry, the pages, the API, and where people log in."""

import ssl
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
from fastapi import FastAPI, Request

from gateway.access import LogIn, Reader
from gateway.access.cas import Cas, CasSettings
from gateway.access.oidc import Oidc, OidcSettings
from gateway.access.outside import Provider
from gateway.api import create_app
from gateway.console import create_console
from gateway.console.sessions import needed
from gateway.engine import SnapshotStore
from gateway.exchange import TrustBook
from gateway.inquiry import Inquiry
from gateway.mapping.codes import read_code_lists
from gateway.model.errors import SpecError
from gateway.model.school_sheets import Pupil
from gateway.pipeline.pupils import pupils_of
from gateway.site import Site, load_site, load_sources
from gateway.store import Store
from gateway.wiring import MAPPINGS, engine_maker, load_calendar, load_site_rules, read_mapping
from gateway.wiring_api import ApiSite, make_api_rooms
from gateway.wiring_rooms import Around, make_rooms
from gateway.wiring_site import Files


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
    rules = load_site_rules(folder)
    given = ApiSite(site.site.party, rules, around.codes, around.clock, today, around.working_days)
    rooms = make_api_rooms(store, inquiry, reader_of, pages.desk, given)
    return create_app(rooms, console=console, hosts=site.site.hosts)


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
