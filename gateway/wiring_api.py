"""What the API calls, put together over one store: its part of the composition."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from gateway.access import ClientDoor
from gateway.api import ApiRooms, County, DciRooms, Limits, ReaderOf, Replies
from gateway.casework.plan import weekdays_after
from gateway.dci import Facade, Words
from gateway.desk import Desk, MachineDesk, MachineRights, Rights
from gateway.dispatch import ClientHooks
from gateway.inquiry import Catalogue, Checks, HarmReports, Inquiry, Statistics
from gateway.model.codes import CodeList
from gateway.policy import NO_PARAMETERS, Parameters, Rule
from gateway.reception import Reception
from gateway.store import Store


@dataclass(frozen=True)
class Dci:
    """Where the DCI interface is mounted, its words, and our signature (a compact JWS of a payload)."""

    prefix: str
    words: Words
    sign: Callable[[bytes], str]


@dataclass(frozen=True)
class ApiSite:
    """What a site gives to its API. Clients name it in their assertions as `urn:cwg:site:<party>`;
    `clock` gives aware times, `today` is the site's day."""

    party: str
    rules: Sequence[Rule]
    codes: Mapping[str, CodeList]
    clock: Callable[[], datetime]
    today: Callable[[], date]
    working_days: Callable[[date, int], date] = weekdays_after
    reception: Reception | None = None
    parameters: Parameters = NO_PARAMETERS
    counties: Sequence[County] = ()
    dci: Dci | None = None


def make_api_rooms(
    store: Store, inquiry: Inquiry, reader_of: ReaderOf, desk: Desk, site: ApiSite
) -> ApiRooms:
    """The rooms behind version 1."""
    clock = site.clock
    rights = Rights(store, clock=clock, today=site.today, working_days=site.working_days)
    checks = Checks(store, clock)
    audience = f"urn:cwg:site:{site.party}"
    return ApiRooms(
        inquiry=inquiry,
        checks=checks,
        harm=HarmReports(store, clock),
        catalogue=Catalogue(store, site.rules, site.codes, clock),
        door=ClientDoor(store.clients, store.client_tokens, audience=audience, clock=clock),
        machines=MachineDesk(store, desk, clock),
        rights=MachineRights(store, rights, clock),
        hooks=ClientHooks(store, clock),
        reception=site.reception or Reception(store, {}, clock),
        statistics=Statistics(store, site.rules, now_counties(site.counties), clock),
        receipts=store.exchanges.receipts,
        parameters=site.parameters,
        counties=site.counties,
        dci=make_dci(store, checks, site, site.dci) if site.dci else None,
        limits=Limits(store.client_budgets, store.audit, clock),
        replies=Replies(store, clock),
        reader_of=reader_of,
    )


def now_counties(counties: Sequence[County]) -> tuple[str, ...]:
    """The codes that hold today."""
    return tuple(county.code for county in counties if county.until is None)


def make_dci(store: Store, checks: Checks, site: ApiSite, dci: Dci) -> DciRooms:
    """The DCI interface of a site."""

    def once(name: str, until: datetime) -> bool:
        digest = hashlib.sha256(name.encode()).hexdigest()
        return store.client_tokens.use_once(digest, until, site.clock())

    def keys_of(client_id: str) -> str:
        row = store.clients.get(client_id)
        return row.jwks if row else '{"keys": []}'

    facade = Facade(site.party, dci.words, checks, once, site.clock)
    return DciRooms(dci.prefix, facade, keys_of, dci.sign)
