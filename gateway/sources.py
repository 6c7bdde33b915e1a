"""A site's sources: what `sources/*.yaml` says of each bureau, unknown keys refused."""

from datetime import date
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from gateway.site import Part
from gateway.specs import load_spec

INTAKE = "intake"
"""The partner under whose name this site seals plain files that two people vouched for."""


class SftpPlace(Part):
    """An SFTP server: `key` is our private key's file inside the site, `host_key` the server's public
    key as one OpenSSH line; no other key of that server is spoken to."""

    host: str
    port: int = Field(default=22, ge=1, le=65535)
    user: str
    key: str
    host_key: str
    pick_up: str
    hand_over: str = ""


class TablePlace(Part):
    """A front-end database (前置机库表): `url` is an SQLAlchemy URL without its password, `pick_up` and
    `hand_over` are tables (gateway/transport/table.py shows their form)."""

    url: str
    pick_up: str
    hand_over: str = ""
    password_file: str = ""


class Endpoint(Part):
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


class Grant(Part):
    """The data-sharing grant under which the rolls may be used, until `valid_to`. `fields` are the
    columns that it names; those outside are dropped before anything is stored. None: not listed."""

    catalog_id: str
    application_no: str
    purpose: str
    valid_to: date
    fields: tuple[str, ...] | None = None


class Attested(Part):
    """Plain files are taken from this source, vouched for by two people, until a day."""

    until: date


class DeltaSettings(Part):
    """Changes between two whole rolls, each as a delivery under a roll name of its own: `changed` are
    rows that came or changed, `gone` rows that left. `full_every` months a whole roll is due."""

    changed: str
    gone: str
    full_every: int = Field(default=3, ge=1, le=12)


class EarlierMapping(Part):
    """The mapping of a roll's periods up to and with `until` (`YYYY-MM`): the form was another one then."""

    until: str = Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")
    mapping: str


class RollSettings(Part):
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


class SourceSettings(Part):
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


def load_sources(folder: Path) -> tuple[SourceSettings, ...]:
    """Read `sources/*.yaml` in the order of their names. Raises SpecError with file and line."""
    paths = sorted((folder / "sources").glob("*.yaml"))
    return tuple(load_spec(path, SourceSettings) for path in paths)
