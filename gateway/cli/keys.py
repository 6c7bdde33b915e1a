"""`cwg keys`: this site's own keys."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.common import HERE, JsonOption, SiteOption, command, emit, moment, out, say
from gateway.cli.noting import note
from gateway.exchange import (
    KeyRing,
    export_certificates,
    make_hardware_keys,
    make_site_keys,
    read_passphrase,
    revoke_own,
    rotate_keys,
)
from gateway.exchange.keys import KeyPair
from gateway.exchange.policy import KINDS, USUAL_KINDS, Kind
from gateway.exchange.token import HardwareKind
from gateway.model.errors import UsageError
from gateway.site import load_site
from gateway.wiring import open_site_store

app = typer.Typer(no_args_is_help=True)
PassOption = Annotated[
    Path | None,
    typer.Option("--passphrase-file", help="else systemd's credential cwg-keys"),
]
KindsOption = Annotated[
    list[str] | None, typer.Option("--kind", help="ec, rsa or sm2; once for each")
]
OVERLAP_DAYS = 14


@app.command("list")
@command
def list_keys(
    site: SiteOption = HERE, passphrase_file: PassOption = None, as_json: JsonOption = False
) -> None:
    """Every pair with its use, validity and state; never a private key."""
    ring, now = _ring(site, passphrase_file), datetime.now(UTC)
    rows = [
        {
            "use": pair.use,
            "kind": pair.kind,
            "thumbprint": pair.thumbprint,
            "from": pair.certificate.not_valid_before_utc.date(),
            "until": pair.certificate.not_valid_after_utc.date(),
            "state": _state(ring, pair, now),
        }
        for pair in ring.certificates()
    ]
    emit(rows, "Keys · 密钥", as_json)


@app.command()
@command
def new(
    site: SiteOption = HERE,
    kind: KindsOption = None,
    hardware: Annotated[
        bool, typer.Option("--hardware", help="inside the token of keys/pkcs11.yaml")
    ] = False,
    passphrase_file: PassOption = None,
) -> None:
    """Make the first pairs of a kind (sm2 when a partner needs national cryptography)."""
    if hardware:
        _new_in_hardware(site, kind)
        return
    kinds = _kinds(kind)
    party, now = load_site(site).site.party, datetime.now(UTC)
    passphrase = read_passphrase(passphrase_file)
    made = make_site_keys(site / "keys", party, now, passphrase=passphrase, kinds=kinds)
    note(site, "keys.new", "keys", " ".join(kinds), locked="yes" if passphrase else "no")
    _made(made, passphrase)


def _new_in_hardware(site: Path, kind: list[str] | None) -> None:
    kinds: list[HardwareKind] = [k for k in _kinds(kind or ["ec"]) if k != "sm2"]
    if not kinds:
        raise UsageError("A PKCS#11 token holds ec and rsa keys.", mend="Leave out --kind sm2.")
    party = load_site(site).site.party
    made = make_hardware_keys(site / "keys", party, datetime.now(UTC), kinds=kinds)
    note(site, "keys.new", "keys", " ".join(kinds), locked="hardware")
    for path in made:
        out(str(path))
    say("the private halves stay in the token · 私钥留在密码设备内")


@app.command()
@command
def rotate(
    site: SiteOption = HERE,
    kind: KindsOption = None,
    start: Annotated[
        str | None, typer.Option("--start", help=f"in {OVERLAP_DAYS} days, if left out")
    ] = None,
    data: Annotated[
        bool, typer.Option("--data", help="the store's data keys instead; goes on if cut off")
    ] = False,
    passphrase_file: PassOption = None,
) -> None:
    """Make the next pairs, to be used from a day on, so that the partners can pin them before.

    With --data: new data keys, and everything sealed in the store sealed anew while the site runs.
    """
    if data:
        _rotate_data(site)
        return
    kinds, party = _kinds(kind), load_site(site).site.party
    begins = (
        moment(start, "--start").replace(hour=0, minute=0, second=0)
        if start
        else datetime.now(UTC) + timedelta(days=OVERLAP_DAYS)
    )
    passphrase = read_passphrase(passphrase_file)
    made = rotate_keys(site / "keys", party, begins, kinds, passphrase)
    note(site, "keys.rotate", "keys", " ".join(kinds), start=begins.isoformat())
    _made(made, passphrase)
    say(f"used from {begins.date()} on; until then give `cwg keys export` to every partner")
    say(f"{begins.date()} 起启用；此前请将新证书交给各合作方")


@app.command()
@command
def revoke(
    thumbprint: Annotated[str, typer.Argument(help="its first 8 digits or more")],
    site: SiteOption = HERE,
    at: Annotated[str | None, typer.Option("--at", help="a time; now, if left out")] = None,
    passphrase_file: PassOption = None,
) -> None:
    """Use a key no more; what came before still opens. Then tell every partner."""
    ring = _ring(site, passphrase_file)
    gone = revoke_own(site / "keys", ring, thumbprint, moment(at, "--at"))
    note(site, "keys.revoke", "keys", gone.thumbprint)
    say(f"{gone.use} {gone.kind} {gone.thumbprint} is revoked · 已吊销")
    say("tell every partner: it trusts the key until it revokes it too; then `cwg keys rotate`")


@app.command()
@command
def export(
    folder: Annotated[Path, typer.Argument(help="where the certificates go")],
    site: SiteOption = HERE,
    passphrase_file: PassOption = None,
) -> None:
    """Write the certificates that partners pin, and print their thumbprints to be read out."""
    ring, now = _ring(site, passphrase_file), datetime.now(UTC)
    for path in export_certificates(ring, folder, now):
        out(str(path))
    for pair in ring.certificates():
        say(f"{pair.use} {pair.kind}: {pair.thumbprint}")
    note(site, "keys.export", "keys", "certificates")


def _rotate_data(site: Path) -> None:
    with open_site_store(site) as store:
        fresh = store.rotation.begin()
        say("new data keys made" if fresh else "an earlier rotation goes on · 继续上次未完成的轮换")
        done = store.rotation.finish(lambda count: say(f"{count} envelopes sealed anew"))
    note(site, "keys.rotate_data", "keys", "data", envelopes=str(done))
    say(f"{done} envelopes are under the newest keys; keep the old key files for old backups")


def _ring(site: Path, passphrase_file: Path | None) -> KeyRing:
    load_site(site)
    return KeyRing.load(site / "keys", read_passphrase(passphrase_file))


def _kinds(names: list[str] | None) -> tuple[Kind, ...]:
    found = tuple(kind for kind in KINDS if kind in names) if names else USUAL_KINDS
    if names and len(found) < len(set(names)):
        raise UsageError("a kind of key is not known", mend="ec, rsa or sm2")
    return found


def _state(ring: KeyRing, pair: KeyPair, now: datetime) -> str:
    if ring.is_revoked(pair, now):
        return "revoked"
    if now > pair.certificate.not_valid_after_utc:
        return "ended"
    if now < pair.certificate.not_valid_before_utc:
        return "next"
    newest = ring.signing if pair.use == "sign" else ring.encrypting
    return "in use" if newest(pair.kind, now) == pair else "opens only"


def _made(paths: tuple[Path, ...], passphrase: bytes | None) -> None:
    for path in paths:
        out(str(path))
    if passphrase is None:
        say(
            "the keys have no passphrase: only the file's mode 0600 guards them (docs/site.md, keys)"
        )
