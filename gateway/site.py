"""A site: everything that belongs to one deployment, in one relocatable folder.

`site.toml` is read here, unknown keys refused; `gateway/wiring.py` turns it into objects. Paths inside
a site are relative to its folder.
"""

import tomllib
from datetime import date, time
from ipaddress import ip_network
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gateway.model.errors import SpecError


class Part(BaseModel):
    """A part of a site's files: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SiteIdentity(Part):
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


class StoreSettings(Part):
    """`url` is an SQLAlchemy URL; a relative SQLite path is inside the site."""

    url: str = "sqlite:///var/gateway.db"


class NightSettings(Part):
    """`spill_dir` must be RAM-backed, or on a volume that the administrator declares encrypted."""

    spill_dir: str = "/dev/shm"  # noqa: S108 (RAM-backed on Linux; checked before a run)
    spill_encrypted: bool = False
    memory_limit: str = "1GB"
    threads: int = Field(default=0, ge=0)


class CalendarSettings(Part):
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


class RetentionSettings(Part):
    """How long what came in is kept whole; receipts, logs, snapshots and cited rows stay longer."""

    payload_days: int = Field(default=90, ge=31)


class TimeStampSettings(Part):
    """A time-stamp authority (RFC 3161) for the log's heads; none when `url` is empty. `root` is its
    root certificate, PEM, inside the site."""

    url: str = ""
    root: str = "keys/time-stamps.root.pem"
    timeout_seconds: float = Field(default=10, gt=0, le=60)


class LinkageSettings(Part):
    """The two thresholds of linkage in bits, chosen from the table of `cwg link eval`; None: as the
    weights file has them."""

    link: float | None = None
    ask: float | None = None


class OidcLogin(Part):
    """An OpenID Connect provider. `secret_file` is inside the site; none for a public client."""

    issuer: str = Field(pattern=r"^https://|^http://127\.0\.0\.1[:/]")
    client_id: str
    secret_file: str = ""


class CasLogin(Part):
    """A CAS server: `base` without `/login`."""

    base: str = Field(pattern=r"^https://|^http://127\.0\.0\.1[:/]")
    protocol: Literal["2.0", "3.0"] = "3.0"


class LoginSettings(Part):
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


class HookPlaces(Part):
    """`allow` are networks (CIDR) that webhooks may reach though they are not public; `ca` is a PEM file
    inside the site with an authority that receivers are trusted by besides the system's."""

    allow: tuple[str, ...] = ()
    ca: str = ""

    @model_validator(mode="after")
    def _networks(self) -> Self:
        for text in self.allow:
            ip_network(text)
        return self


class SubmissionPlaces(Part):
    """How much may be handed in over the API, in bytes: one file, all that a client has under way, what
    stays free on the disk. `cut_off`: what is whole by then (the site's time) is of that day's night."""

    cut_off: time = time(22, 0)
    file_bytes: int = Field(default=2**33, gt=0)
    client_bytes: int = Field(default=2**34, gt=0)
    keep_free: int = Field(default=2**30, ge=0)
    at_once: int = Field(default=4, ge=1, le=100)


class DciPlace(Part):
    """Where the DCI registry interface is mounted (docs/api/dci.md); empty: nowhere."""

    prefix: str = Field(default="", pattern=r"^$|^(/[a-z0-9._-]+)+$")


class Site(Part):
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
