"""A site: everything that belongs to one deployment, in one relocatable folder.

`site.toml` and `sources/*.yaml` are read here, unknown keys refused; `gateway/wiring.py` turns them
into objects. Paths inside a site are relative to its folder.
"""

import tomllib
from datetime import date, time
from ipaddress import ip_network
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gateway.model.errors import SpecError
from gateway.specs import load_spec

INTAKE = "intake"
"""The partner under whose name this site seals plain files that two people vouched for."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SiteIdentity(_Part):
    """Who this site is. `as_of` is set only in a demo: the date on which its nights end.

    `hosts` are the names under which a proxy on this machine brings the pages to others;
    `proxy_secret_file` (inside the site) is what that proxy proves itself with when it hands on clients'
    certificates.
    """

    name: str
    division: str = Field(pattern=r"^[0-9]{6}$")
    counties: tuple[str, ...] = Field(min_length=1)
    time_zone: str = "Asia/Shanghai"
    party: str = "gateway"
    node: str = "node-1"
    as_of: date | None = None
    hosts: tuple[str, ...] = ()
    proxy_secret_file: str = ""


class StoreSettings(_Part):
    """`url` is an SQLAlchemy URL; a relative SQLite path is inside the site."""

    url: str = "sqlite:///var/gateway.db"


class NightSettings(_Part):
    """`spill_dir` must be RAM-backed, or on a volume that the administrator declares encrypted."""

    spill_dir: str = "/dev/shm"  # noqa: S108 (RAM-backed on Linux; checked before a run)
    spill_encrypted: bool = False
    memory_limit: str = "1GB"
    threads: int = Field(default=0, ge=0)


class CalendarSettings(_Part):
    """The site's calendar (findings.md, calendar); `MM-DD` where a day of every year is meant."""

    stages: Literal["6-3", "5-4", "9"] = "6-3"
    summer: tuple[str, str] = ("06-15", "08-31")
    settle_entry: str = "10-31"
    settle_other: str = "09-20"
    settle_spring: str = "03-31"
    insurance_window: tuple[str, str] = ("09-01", "12-31")
    coverage_settle_days: int = 31
    newborn_days: int = 90
    payment_day: int = Field(default=10, ge=1, le=28)


class RetentionSettings(_Part):
    """How long what came in is kept whole; receipts, logs, snapshots and cited rows stay longer."""

    payload_days: int = Field(default=90, ge=31)


class TimeStampSettings(_Part):
    """A time-stamp authority (RFC 3161) for the log's heads; none when `url` is empty. `root` is its
    root certificate, PEM, inside the site."""

    url: str = ""
    root: str = "keys/time-stamps.root.pem"
    timeout_seconds: float = Field(default=10, gt=0, le=60)


class LinkageSettings(_Part):
    """The two thresholds of linkage in bits, chosen from the table of `cwg link eval`; None: as the
    weights file has them."""

    link: float | None = None
    ask: float | None = None


class OidcLogin(_Part):
    """An OpenID Connect provider. `secret_file` is inside the site; none for a public client."""

    issuer: str = Field(pattern=r"^https://|^http://127\.0\.0\.1[:/]")
    client_id: str
    secret_file: str = ""


class CasLogin(_Part):
    """A CAS server: `base` without `/login`."""

    base: str = Field(pattern=r"^https://|^http://127\.0\.0\.1[:/]")
    protocol: Literal["2.0", "3.0"] = "3.0"


class LoginSettings(_Part):
    """Where else people log in. `address` is our own, as their browsers know it: providers send
    people back there and nowhere else."""

    address: str = Field(default="", pattern=r"^$|^https://[^/]+$|^http://127\.0\.0\.1:[0-9]+$")
    ca: str = ""
    oidc: OidcLogin | None = None
    cas: CasLogin | None = None

    @model_validator(mode="after")
    def _own_address(self) -> Self:
        if (self.oidc or self.cas) and not self.address:
            raise ValueError("`address` is ours, as browsers know it: a provider needs it")
        return self


class HookPlaces(_Part):
    """`allow` are networks (CIDR) that webhooks may reach though they are not public; `ca` is a PEM file
    inside the site with an authority that receivers are trusted by besides the system's."""

    allow: tuple[str, ...] = ()
    ca: str = ""

    @model_validator(mode="after")
    def _networks(self) -> Self:
        for text in self.allow:
            ip_network(text)
        return self


class SubmissionPlaces(_Part):
    """How much may be handed in over the API, in bytes: one file, all that a client has under way, what
    stays free on the disk. `cut_off`: what is whole by then (the site's time) is of that day's night."""

    cut_off: time = time(22, 0)
    file_bytes: int = Field(default=2**33, gt=0)
    client_bytes: int = Field(default=2**34, gt=0)
    keep_free: int = Field(default=2**30, ge=0)
    at_once: int = Field(default=4, ge=1, le=100)


class DciPlace(_Part):
    """Where the DCI registry interface is mounted (docs/api/dci.md); empty: nowhere."""

    prefix: str = Field(default="", pattern=r"^$|^(/[a-z0-9._-]+)+$")


class Site(_Part):
    """The whole of `site.toml`."""

    site: SiteIdentity
    store: StoreSettings = StoreSettings()
    night: NightSettings = NightSettings()
    calendar: CalendarSettings = CalendarSettings()
    time_stamps: TimeStampSettings = TimeStampSettings()
    linkage: LinkageSettings = LinkageSettings()
    retention: RetentionSettings = RetentionSettings()
    login: LoginSettings = LoginSettings()
    webhooks: HookPlaces = HookPlaces()
    submissions: SubmissionPlaces = SubmissionPlaces()
    dci: DciPlace = DciPlace()


class SftpPlace(_Part):
    """An SFTP server: `key` is our private key's file inside the site, `host_key` the server's public
    key as one OpenSSH line; no other key of that server is spoken to."""

    host: str
    port: int = Field(default=22, ge=1, le=65535)
    user: str
    key: str
    host_key: str
    pick_up: str
    hand_over: str = ""


class TablePlace(_Part):
    """A front-end database (前置机库表): `url` is an SQLAlchemy URL without its password, `pick_up` and
    `hand_over` are tables (gateway/transport/table.py shows their form)."""

    url: str
    pick_up: str
    hand_over: str = ""
    password_file: str = ""


class Endpoint(_Part):
    """Where the bureau is: one of `base` (it is called), `folder`, `sftp` and `table` (it drops sealed
    files). `hand_over` is the folder where it takes ours; `tls_ca` is a PEM file inside the site."""

    base: str = ""
    tls_ca: str = ""
    folder: str = ""
    hand_over: str = ""
    sftp: SftpPlace | None = None
    table: TablePlace | None = None
    timeout_seconds: float = Field(default=30, gt=0, le=600)

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        places = (self.base, self.folder, self.sftp, self.table)
        if sum(bool(place) for place in places) != 1:
            raise ValueError("an endpoint is exactly one of base, folder, sftp and table")
        if self.hand_over and not self.folder:
            raise ValueError("`hand_over` beside `folder` only; sftp and table have their own")
        return self

    @property
    def called(self) -> bool:
        """Whether the bureau is called; otherwise it drops sealed files."""
        return bool(self.base)


class Grant(_Part):
    """The data-sharing grant under which the rolls may be used, until `valid_to`. `fields` are the
    columns that it names; those outside are dropped before anything is stored. None: not listed."""

    catalog_id: str
    application_no: str
    purpose: str
    valid_to: date
    fields: tuple[str, ...] | None = None


class Attested(_Part):
    """Plain files are taken from this source, vouched for by two people, until a day."""

    until: date


class DeltaSettings(_Part):
    """Changes between two whole rolls, each as a delivery under a roll name of its own: `changed` are
    rows that came or changed, `gone` rows that left. `full_every` months a whole roll is due."""

    changed: str
    gone: str
    full_every: int = Field(default=3, ge=1, le=12)


class EarlierMapping(_Part):
    """The mapping of a roll's periods up to and with `until` (`YYYY-MM`): the form was another one then."""

    until: str = Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")
    mapping: str


class RollSettings(_Part):
    """One roll of a source. `due_day` is a day of the month; the roll is late after it, by working
    days. `low` and `high` bound the number of rows; `error_budget` the share of refused rows. `mode`
    is `roll` or `ask`; left out, `ask` where the bureau offers it. `earlier` are the mappings of forms
    that the bureau has given up, the oldest first."""

    roll: str
    mapping: str
    coverage: Literal["county", "city", "province", "national"]
    due_day: int = Field(default=10, ge=1, le=28)
    low: int = Field(default=0, ge=0)
    high: int = Field(default=2**53, ge=0)
    error_budget: float = Field(default=0.02, ge=0, le=1)
    mode: Literal["", "roll", "ask"] = ""
    delta: DeltaSettings | None = None
    earlier: tuple[EarlierMapping, ...] = ()

    @property
    def mappings(self) -> tuple[str, ...]:
        """Every mapping of the roll, the present one first."""
        return (self.mapping, *(one.mapping for one in self.earlier))


class SourceSettings(_Part):
    """One bureau's source: `sources/<name>.yaml`. `offers` is how its rolls can be had."""

    name: str
    adapter: Literal["education", "medical_insurance", "pick_up"]
    partner: str
    suite: Literal["soap", "jose", "file", "sm2", "sm2-form", "sm2-file", "cms"]
    endpoint: Endpoint
    offers: tuple[Literal["roll", "ask"], ...] = ("roll",)
    rolls: tuple[RollSettings, ...] = Field(min_length=1)
    grant: Grant
    attested: Attested | None = None
    receipts: Literal["none", "ferried", "live"] = "none"
    refusals: Literal["none", "sent"] = "none"
    paused: bool = False
    max_parallel: int = Field(default=2, ge=1, le=16)

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.endpoint.called == (self.adapter == "pick_up"):
            raise ValueError(
                "adapter pick_up has a folder, sftp or table as its endpoint; every other has a base"
            )
        if "ask" in self.offers and not self.endpoint.called:
            raise ValueError("a bureau that drops sealed files cannot offer `ask`")
        if any(self.mode_of(roll) not in self.offers for roll in self.rolls):
            raise ValueError("a roll's mode is one that the source offers")
        if any(roll.delta and self.endpoint.called for roll in self.rolls):
            raise ValueError("`delta` is for a bureau that drops sealed files")
        if bool(self.attested) != (self.partner == INTAKE):
            raise ValueError(f"`attested` and the partner `{INTAKE}` belong together")
        if self.receipts == "live" and self.endpoint.called:
            raise ValueError("`receipts: live` is for a bureau that drops sealed files")
        return self

    def mode_of(self, roll: RollSettings) -> Literal["roll", "ask"]:
        """How a roll is had: least disclosure, where the bureau offers it and nothing else is said."""
        if roll.mode:
            return roll.mode
        return "ask" if "ask" in self.offers else "roll"


def load_site(folder: Path) -> Site:
    """Read `site.toml`. Raises SpecError with the key that is wrong."""
    path = folder / "site.toml"
    if not path.is_file():
        raise SpecError(
            "this folder is not a site: it has no site.toml",
            where=str(folder),
            mend="go into a site's folder, name one with --site, or make one with `cwg init`",
        )
    try:
        return Site.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise SpecError("site.toml is not TOML", where=str(error), mend="mend that line") from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise SpecError(first["msg"], where=f"site.toml, {key}", mend="see docs/site.md") from None


def load_sources(folder: Path) -> tuple[SourceSettings, ...]:
    """Read `sources/*.yaml` in the order of their names. Raises SpecError with file and line."""
    paths = sorted((folder / "sources").glob("*.yaml"))
    return tuple(load_spec(path, SourceSettings) for path in paths)
