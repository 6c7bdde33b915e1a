"""`cwg partner`: whom this site trusts, and for what."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from gateway.cli.common import HERE, JsonOption, SiteOption, command, emit, moment, say
from gateway.cli.noting import note
from gateway.exchange import (
    PartnerFile,
    TrustBook,
    add_partner,
    revoke_partner_key,
    trust_certificate,
)
from gateway.exchange.policy import USES, Use
from gateway.exchange.trust import TrustedKey
from gateway.model.errors import UsageError
from gateway.model.exchange import Action
from gateway.site import load_site

app = typer.Typer(no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="the partner's name")]
Certificates = Annotated[list[Path], typer.Argument(help="PEM certificates")]
UseOption = Annotated[
    str | None, typer.Option("--use", help="sign or encrypt; else what the certificate says")
]


@app.command()
@command
def add(
    name: Name,
    certificate: Certificates,
    source: Annotated[list[str], typer.Option("--source", help="what it may send")],
    action: Annotated[
        list[str] | None, typer.Option("--action", help="what it may do; all, if left out")
    ] = None,
    suite: Annotated[
        list[str] | None, typer.Option("--suite", help="pin it to these suites")
    ] = None,
    site: SiteOption = HERE,
) -> None:
    """Know a new partner by its certificates. Compare their thumbprints by telephone first."""
    load_site(site)
    folder = site / "partners"
    if (folder / name).exists():
        raise UsageError(
            "there is a partner of that name", where=name, mend="`cwg partner trust` adds to it"
        )
    values = {
        "name": name,
        "sources": tuple(source),
        "actions": tuple(action or (str(a) for a in Action)),
        "suites": tuple(suite or ()),
    }
    try:
        spec = PartnerFile.model_validate(values)
    except ValidationError as error:
        key = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise UsageError(f"{key} is not one that there is", mend="see docs/site.md") from None
    add_partner(folder, spec, [])
    try:
        _pin(site, name, certificate, ())
    except Exception:
        for path in (folder / name).iterdir():
            path.unlink()
        (folder / name).rmdir()
        raise
    note(site, "partner.add", "partner", name)


@app.command("list")
@command
def list_partners(site: SiteOption = HERE, as_json: JsonOption = False) -> None:
    """Every partner's certificates, with what it may send and how long they last."""
    now = datetime.now(UTC)
    rows = [
        {
            "partner": partner.name,
            "sources": ", ".join(sorted(partner.sources)),
            "suites": ", ".join(sorted(partner.suites)) or "*",
            "use": key.use,
            "kind": key.kind or "?",
            "thumbprint": key.thumbprint,
            "until": key.certificate.not_valid_after_utc.date(),
            "state": _state(key, now),
        }
        for partner in TrustBook.load(site / "partners").partners()
        for key in partner.keys
    ]
    emit(rows, "Partners · 合作方", as_json)


@app.command()
@command
def trust(
    name: Name, certificate: Certificates, use: UseOption = None, site: SiteOption = HERE
) -> None:
    """Pin a partner's next certificate beside its present one; both hold while it renews its keys."""
    if use is not None and use not in USES:
        raise UsageError("--use is sign or encrypt")
    chosen: tuple[Use, ...] = tuple(u for u in USES if u == use)
    _pin(site, name, certificate, chosen)


@app.command()
@command
def revoke(
    name: Name,
    thumbprint: Annotated[str, typer.Argument(help="its first 8 digits or more")],
    at: Annotated[str | None, typer.Option("--at", help="a time; now, if left out")] = None,
    site: SiteOption = HERE,
) -> None:
    """Trust a certificate no more, from the next exchange on, in running processes too."""
    gone = revoke_partner_key(site / "partners", name, thumbprint, moment(at, "--at"))
    note(site, "partner.revoke", "partner", name, thumbprint=gone.thumbprint)
    say(f"{name}: {gone.thumbprint} is revoked from {gone.at.isoformat()} on · 已吊销")


def _pin(site: Path, name: str, certificates: list[Path], uses: tuple[Use, ...]) -> None:
    for path in certificates:
        for written in trust_certificate(site / "partners", name, path, uses):
            note(site, "partner.trust", "partner", name, file=written.name)
            say(f"pinned {written}")
    for key in TrustBook.load(site / "partners").partner(name).keys:
        say(f"  {key.use} {key.kind}: {key.thumbprint}")


def _state(key: TrustedKey, now: datetime) -> str:
    if key.revoked_at is not None and now >= key.revoked_at:
        return "revoked"
    if now > key.certificate.not_valid_after_utc:
        return "ended"
    return "next" if now < key.certificate.not_valid_before_utc else "in force"
