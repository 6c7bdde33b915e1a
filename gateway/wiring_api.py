"""What the API calls, put together over one store: its part of the composition."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from gateway.access import ClientDoor, Purpose, Reader, client_of
from gateway.access.client_keys import sm2_points
from gateway.api import (
    ApiRooms,
    County,
    DciRooms,
    EvidenceOf,
    FormClient,
    FormRooms,
    JoseKeys,
    Limits,
    ReaderOf,
    Replies,
)
from gateway.casework.plan import weekdays_after
from gateway.dci import Facade, Heads, Later, Outgoing, OwnKey, Sign, Subscriptions, UseOnce, Words
from gateway.desk import Desk, MachineDesk, MachineRights, Rights
from gateway.dispatch import ClientHooks
from gateway.exchange.national import Sm2PrivateKey, Sm2PublicKey
from gateway.exchange.suites.sm2_call import OwnSm2
from gateway.inquiry import Catalogue, Checks, HarmReports, Inquiry, Statistics
from gateway.model.codes import CodeList
from gateway.policy import NO_PARAMETERS, Parameters, Rule
from gateway.reception import Reception
from gateway.store import Store


@dataclass(frozen=True)
class Dci:
    """Where the DCI interface is mounted, its words, our signature (a compact JWS of a payload) and our
    encryption keys by name."""

    prefix: str
    words: Words
    sign: Sign
    own_key: OwnKey


@dataclass(frozen=True)
class Sm2Keys:
    """The site's own SM2 keys: to open with, by name, and to sign with. Raises KeyUnavailable."""

    own_key: OwnSm2
    signer: Callable[[], Sm2PrivateKey]


def no_evidence(reader: Reader, purpose: Purpose, key: str) -> bytes | None:
    """Where there is no archive nothing is proved."""
    return None


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
    evidence: EvidenceOf = no_evidence
    sm2: Sm2Keys | None = None
    jose: tuple[Sign, OwnKey] | None = None


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
        evidence=site.evidence,
        parameters=site.parameters,
        counties=site.counties,
        dci=make_dci(store, checks, site, site.dci) if site.dci else None,
        forms=make_forms(store, site.clock, site.sm2) if site.sm2 else None,
        jose=JoseKeys(*site.jose, partial(jwks_of, store)) if site.jose else None,
        limits=Limits(store.client_budgets, store.audit, clock),
        replies=Replies(store, clock),
        reader_of=reader_of,
    )


def now_counties(counties: Sequence[County]) -> tuple[str, ...]:
    """The codes that hold today."""
    return tuple(county.code for county in counties if county.until is None)


def make_dci(store: Store, checks: Checks, site: ApiSite, dci: Dci) -> DciRooms:
    """The DCI interface of a site."""
    heads = Heads(site.party, use_once(store, site.clock), site.clock)
    subscriptions = Subscriptions(heads, dci.words, ClientHooks(store, site.clock))
    return DciRooms(
        dci.prefix, dci.words, Facade(heads, dci.words, checks), subscriptions,
        Later(heads, store.callbacks, subscriptions), make_outgoing(store, heads, dci),
        lambda client_id: jwks_of(store, client_id), dci.own_key,
    )  # fmt: skip


def make_forms(store: Store, clock: Callable[[], datetime], keys: Sm2Keys) -> FormRooms:
    """The form profile of a site; its clients are those that registered SM2 keys."""

    def client(client_id: str) -> FormClient | None:
        row = store.clients.get(client_id)
        if row is None or row.revoked_at is not None:
            return None
        signers = [Sm2PublicKey.of_point(point) for _, point in sm2_points(row.jwks, "sig")]
        readers = sm2_points(row.jwks, "enc")
        if not signers or not readers:
            return None
        name, point = readers[0]
        reader = (name, Sm2PublicKey.of_point(point))
        return FormClient(client_of(row), signers, reader, row.certificate)

    return FormRooms(client, keys.own_key, keys.signer, use_once(store, clock), clock)


def use_once(store: Store, clock: Callable[[], datetime]) -> UseOnce:
    """Whether a message's name is the first of it; known on every node."""

    def once(name: str, until: datetime) -> bool:
        digest = hashlib.sha256(name.encode()).hexdigest()
        return store.client_tokens.use_once(digest, until, clock())

    return once


def make_outgoing(store: Store, heads: Heads, dci: Dci) -> Outgoing:
    """What the DCI interface sends."""
    return Outgoing(heads, dci.words, dci.sign, lambda client_id: jwks_of(store, client_id))


def jwks_of(store: Store, client_id: str) -> str:
    """The keys of a client; none when there is no such client."""
    row = store.clients.get(client_id)
    return row.jwks if row else '{"keys": []}'
