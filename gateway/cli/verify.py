"""`cwg verify`: is the evidence as it was given, step by step, with the grade of each."""

from pathlib import Path
from typing import Annotated

import typer
from cryptography import x509

from gateway.cli.common import HERE, JsonOption, SiteOption, command, emit, say
from gateway.cli.witnessing import LOGS
from gateway.evidence import ChainedLog
from gateway.exchange import check_heads, compare_rows
from gateway.model.errors import EvidenceBroken
from gateway.site import load_site
from gateway.wiring import open_site_store

app = typer.Typer(no_args_is_help=True)
Step = dict[str, object]
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


def _step(name: str, found: str, grade: str) -> Step:
    return {"step": name, "found": found, "grade": grade}
