"""`cwg seal` and `cwg open`: sealed files by hand."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.common import HERE, SiteOption, command, out, say
from gateway.exchange import KeyRing, RowProfile, TrustBook, read_passphrase
from gateway.exchange.contract import header_from
from gateway.exchange.limits import DEFAULT_LIMITS
from gateway.exchange.plain import content_type_of
from gateway.exchange.sealing import Draft, Sealer, seal_file, write_whole
from gateway.exchange.suites import file as suite
from gateway.exchange.suites.parts import Opening
from gateway.model.errors import ExchangeRefused, Refusal, UsageError
from gateway.model.exchange import Action
from gateway.site import load_site
from gateway.transport.place import SUFFIX


@command
def seal(
    file: Annotated[Path, typer.Argument(help="a document for a partner")],
    to: Annotated[str, typer.Option(help="接收方 · the partner, a folder in partners/")],
    source: Annotated[str, typer.Option(help="来源 · one of the partner's sources")],
    into: Annotated[Path, typer.Option(help="the folder to put the sealed file into")],
    period: Annotated[str, typer.Option(help="YYYY-MM, if it is of a month")] = "",
    site: SiteOption = HERE,
) -> None:
    """Seal a document for a partner, signed by this site. Prints the exchange id."""
    trust = TrustBook.load(site / "partners")
    keys = KeyRing.load(site / "keys", read_passphrase())
    sealer = Sealer(keys, trust, datetime.now(UTC), RowProfile("csv"))
    draft = Draft(load_site(site).site.party, to, Action.DELIVER, source, period=period)
    if not into.is_dir():
        raise UsageError("that folder is not there", where=str(into), mend="make it first")
    header = seal_file(file, into, content_type_of(file), draft, sealer)
    out(header.id)
    say(f"已封装给 {to} · sealed for {to}: {into / header.id}{SUFFIX}")


@command
def open_(
    file: Annotated[Path, typer.Argument(help="a sealed file for this site")],
    into: Annotated[Path, typer.Option(help="the folder to write its content into")],
    site: SiteOption = HERE,
) -> None:
    """Verify a sealed file and write its content; a roll is read by the night, not so."""
    keys, trust = KeyRing.load(site / "keys", read_passphrase()), TrustBook.load(site / "partners")
    now = datetime.now(UTC)
    with file.open("rb") as stream:
        signed = suite.unseal(stream, Opening(keys, trust, now, DEFAULT_LIMITS))
        header = header_from(signed.contract)
        signed.signer.check_in_force(now)
        if (header.recipient, header.sender) != (load_site(site).site.party, signed.signer.partner):
            raise ExchangeRefused(Refusal.WRONG_RECIPIENT, "It is not from its signer to this site")
        hasher = hashlib.sha256()
        with write_whole(into / header.id) as target:
            for piece in signed.content:
                hasher.update(piece)
                target.write(piece)
            if header.content_digest != f"sha-256:{hasher.hexdigest()}":
                raise ExchangeRefused(Refusal.ALTERED, "The content is not the signed one")
    out(str(into / header.id))
    say(
        f"来自 {header.sender} · from {header.sender}: {header.action}, {header.source} {header.period}"
    )
