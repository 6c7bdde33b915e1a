"""`cwg seal`, `cwg open`, `cwg relay`: sealed files by hand, and between network zones."""

import hashlib
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.common import HERE, JsonOption, SiteOption, command, emit, out, say
from gateway.exchange import KeyRing, RowProfile, TrustBook, read_passphrase
from gateway.exchange.contract import header_from
from gateway.exchange.limits import DEFAULT_LIMITS
from gateway.exchange.plain import content_type_of
from gateway.exchange.sealing import Draft, Sealer, seal_file, write_whole
from gateway.exchange.suites import file as suite
from gateway.exchange.suites.parts import Opening
from gateway.model.errors import ExchangeRefused, Refusal, Unreachable, UsageError
from gateway.model.exchange import Action
from gateway.site import load_site
from gateway.transport.place import SUFFIX

_MAGIC = b"CWGX1\n"


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


@command
def relay(
    source: Annotated[Path, typer.Argument(help="the folder that sealed files come from")],
    target: Annotated[Path, typer.Argument(help="the folder that they are carried to")],
    as_json: JsonOption = False,
) -> None:
    """Carry sealed files from one network zone to another. Needs no site and no key.

    A file is known by its content's digest, never by its name: what was carried before is not carried
    again. What is no sealed file, and what is not whole yet, stays where it is.
    """
    rows = [carry(path, target) for path in sealed_files(source)]
    emit([row for row in rows if row], "Relay · 摆渡", as_json)


def sealed_files(folder: Path) -> list[Path]:
    """Whole sealed files and receipts of a folder, oldest first. Raises Unreachable."""
    try:
        found = [p for p in folder.iterdir() if p.is_file() and p.suffix in (SUFFIX, ".receipt")]
        return sorted(found, key=lambda path: path.stat().st_mtime_ns)
    except OSError as error:
        raise Unreachable(
            f"the folder cannot be read ({error.strerror})",
            where=str(folder),
            mend="is the share mounted?",
        ) from None


def carry(path: Path, target: Path) -> dict[str, object] | None:
    """Copy one file, compare the copy, take the original away; None for what is no sealed file."""
    with path.open("rb") as stream:
        if path.suffix == SUFFIX and stream.read(len(_MAGIC)) != _MAGIC:
            say(f"{path.name}: 不是密封文件，留在原处 · no sealed file, left where it is")
            return None
    digest = _digest(path)
    name = f"{digest}{path.suffix}"
    part = target / f".{name}.part"
    known = (target / name).exists() or (target / f".carried-{digest}").exists()
    try:
        if not known:
            shutil.copyfile(path, part)
            if _digest(part) != digest:
                raise Unreachable("the copy is not the original", where=name, mend="relay again")
            part.rename(target / name)
            (target / f".carried-{digest}").touch()
        path.unlink()
    except OSError as error:
        part.unlink(missing_ok=True)
        raise Unreachable(
            f"the file cannot be carried ({error.strerror})", where=name, mend="relay again"
        ) from None
    return {
        "sha256": digest,
        "bytes": 0 if known else (target / name).stat().st_size,
        "carried": not known,
    }


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
