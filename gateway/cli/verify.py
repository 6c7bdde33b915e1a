"""`cwg verify`: is the evidence as it was given, step by step, with the grade of each."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from cryptography import x509

from gateway.cli.common import HERE, JsonOption, SiteOption, command, emit, say
from gateway.cli.retaining import certificate_of
from gateway.evidence import ChainedLog
from gateway.exchange import check_heads, compare_rows
from gateway.exchange.evidence_file import Step as Check
from gateway.exchange.evidence_file import check_evidence
from gateway.exchange.stamps import check_stamps, read_root
from gateway.model.errors import (
    EvidenceBroken,
    ExchangeRefused,
    KeyUnavailable,
    Unreachable,
    UsageError,
)
from gateway.model.exchange import Grade, SealedRef
from gateway.pipeline import RollPlan
from gateway.site import load_site
from gateway.wiring import LOGS, OpenSite, open_house, open_site_store
from gateway.wiring_proofs import archive_line

app = typer.Typer(no_args_is_help=True)
Step = dict[str, object]
ATTESTED = str(Grade.GATEWAY_ATTESTED)
CertificatesOption = Annotated[
    Path | None,
    typer.Option("--certificates", help="PEM files that you trust; else the site's own"),
]


@app.command("log")
@command
def verify_log(
    site: SiteOption = HERE, certificates: CertificatesOption = None, as_json: JsonOption = False
) -> None:
    """Check every node's log, its signed heads, and the store's rows against it. Exit 1 on a trouble.

    Needs public certificates only; a row of the store that was changed by hand is named.
    """
    node, folder = load_site(site).site.node, site / LOGS
    known = load_certificates(certificates or site / "keys")
    steps = [_checked(folder, path.stem, known) for path in sorted(folder.glob("*.log"))]
    steps += _stamps(site, sorted(path.stem for path in folder.glob("*.stamps")))
    with open_site_store(site) as store:
        compared, troubles = compare_rows(store.chained, ChainedLog(folder, node))
        waiting = store.chained.count_waiting()
    steps.append(_step("rows of the store", f"{compared} as they were logged", "gateway-attested"))
    steps += [_step(trouble, "WRONG 不符", "-") for trouble in troubles]
    emit(steps, "Log · 日志", as_json)
    if waiting:
        say(f"{waiting} rows wait to be logged by the next night · 尚有 {waiting} 行待入链")
    if any(str(step["found"]).startswith("WRONG") for step in steps):
        raise typer.Exit(1)


@app.command("finding")
@command
def verify_finding(
    file: Annotated[Path, typer.Argument(help="what `cwg evidence export` wrote")],
    certificates: CertificatesOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check an evidence file with nothing but itself; no site is needed. Exit 1 when a step fails.

    Certificates that it brings are only as good as their thumbprints: compare them, or give yours.
    """
    if not file.is_file():
        raise UsageError("there is no such file", where=str(file))
    trusted = load_certificates(certificates) if certificates else []
    _show(check_evidence(file.read_bytes(), trusted), "Finding · 线索证据", as_json)


@app.command("exchange")
@command
def verify_exchange(
    exchange: Annotated[str, typer.Argument(help="an exchange id")],
    site: SiteOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Open an accepted exchange again from the archive and check all of it as of its receipt."""
    with open_house(site) as opened:
        steps = list(_reopened(opened, exchange))
    _show(steps, "Exchange · 交换", as_json)


def _reopened(opened: OpenSite, exchange_id: str) -> Iterator[Check]:
    for plan in opened.house.rolls:
        for kept in opened.house.store.deliveries.history(plan.source, plan.roll):
            for ref in kept.delivery.exchanges:
                if ref.exchange_id == exchange_id:
                    yield from _gone(opened, ref) or _checks(plan, ref)
                    return
    raise UsageError(
        "there is no accepted exchange of that id", where=exchange_id, mend="see `cwg verify log`"
    )


def _gone(opened: OpenSite, ref: SealedRef) -> list[Check]:
    """What is said of an exchange whose bytes went by `cwg retain`; nothing while they are here."""
    certificate = certificate_of(opened.room.log, ref.exchange_id)
    if certificate is None or opened.room.archive.has(ref.sealed_digest):
        return []
    record, day = certificate
    kept = len(opened.house.store.cited_rows.numbers(ref.exchange_id))
    said = (
        f"destroyed on {day} by retention, certificate is record {record}; {kept} cited rows kept"
    )
    return [Check("archive", said, ATTESTED)]


def _checks(plan: RollPlan, ref: SealedRef) -> Iterator[Check]:
    try:
        found = archive_line(plan).reopen(ref)
    except (EvidenceBroken, ExchangeRefused) as why:
        yield Check("exchange", str(why), "-", holds=False)
        return
    with found.payload:
        header = found.header
        yield Check("receipt", f"accepted {found.received:%Y-%m-%d %H:%M} UTC", ATTESTED)
        yield Check("archive", f"{ref.size} bytes as received, {ref.sealed_digest[:20]}…", ATTESTED)
        said = f"{header.sender} signed it with {found.signer[:16]}…"
        yield Check("signature", said, str(found.grade))
        rows = f"{header.row_count} rows lead to {header.rows_root[:16]}…"
        yield Check("rows", rows, str(found.grade))


def _show(checks: Sequence[Check], title: str, as_json: bool) -> None:
    rows = [
        {
            "step": c.name,
            "found": c.found if c.holds else f"WRONG 不符: {c.found}",
            "grade": c.grade,
        }
        for c in checks
    ]
    emit(rows, title, as_json)
    if not all(c.holds for c in checks):
        raise typer.Exit(1)


def load_certificates(folder: Path) -> list[x509.Certificate]:
    """Every certificate (`*.cert.pem`, or `*.pem`) below a folder, or in one file."""
    paths = [folder] if folder.is_file() else sorted(folder.rglob("*.pem"))
    found = []
    for path in paths:
        data = path.read_bytes()
        if b"BEGIN CERTIFICATE" in data:
            found.extend(x509.load_pem_x509_certificates(data))
    return found


def _checked(folder: Path, node: str, known: list[x509.Certificate]) -> Step:
    log = ChainedLog(folder, node)
    try:
        heads = check_heads(folder, node, known, log)
        found = f"{log.head().records} records chained, {heads} heads signed"
    except EvidenceBroken as broken:
        return _step(f"log of {node}", f"WRONG 不符: {broken}", "-")
    return _step(f"log of {node}", found, "gateway-attested")


def _stamps(site: Path, nodes: Sequence[str]) -> Iterator[Step]:
    """The stamps of every node that has some, against the pinned root of the authority."""
    for node in nodes:
        try:
            root = read_root(site / load_site(site).time_stamps.root)
            stamped = check_stamps(site / LOGS, node, root)
        except (EvidenceBroken, KeyUnavailable, Unreachable) as broken:
            yield _step(f"time stamps of {node}", f"WRONG 不符: {broken}", "-")
            continue
        last = f"{stamped.last:%Y-%m-%d %H:%M} UTC" if stamped.last else "never"
        found = f"{stamped.covered} heads covered, {stamped.waiting} since; last {last}"
        yield _step(f"time stamps of {node}", found, "time-stamped")


def _step(name: str, found: str, grade: str) -> Step:
    return {"step": name, "found": found, "grade": grade}
