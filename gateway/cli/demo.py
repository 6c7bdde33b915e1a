"""`cwg demo`: an invented city, three bureaus as processes of their own, three nights, what was found."""

import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.access import Role
from gateway.cli.common import command, emit, out, say
from gateway.cli.init import make_site
from gateway.cli.people import open_account
from gateway.cli.progress import progress
from gateway.cli.run import rule_rows, source_rows
from gateway.cli.serve import serve_site
from gateway.cli.truth import Verdict, compare
from gateway.model.errors import UsageError
from gateway.pipeline import NightAsk, NightReport, night
from gateway.wiring import open_house, open_site_store
from sandbox.bureaus.launch import Bureaus, GatewayCertificates, prepare_bureaus, start_bureaus

NIGHTS = (date(2026, 9, 15), date(2026, 10, 15), date(2026, 11, 16))
DIVISION = "419900"
COUNTIES = tuple(f"{DIVISION[:4]}{n:02}" for n in range(1, 7))
FALSE_SHARE = 0.01

SOURCE = """\
name: {name}
adapter: {adapter}
partner: {name}
suite: {suite}
endpoint:
{endpoint}
rolls:
{rolls}
grant:
  catalog_id: DEMO-{name}
  application_no: "2026-0001"
  purpose: 困境儿童保障核对
  valid_to: 2027-12-31
"""
ROLL = """\
  - roll: {roll}
    mapping: {name}/{roll}.v1
    coverage: {coverage}
    due_day: 10
    error_budget: 0.02
"""


@dataclass(frozen=True, slots=True)
class _Source:
    name: str
    suite: str
    rolls: tuple[str, ...]
    coverage: str


SOURCES = (
    _Source("education", "soap", ("enrolment",), "province"),
    _Source("medical_insurance", "jose", ("coverage",), "city"),
    _Source("national_welfare_system", "file", ("registry", "assistance"), "city"),
)


@command
def demo(
    folder: Annotated[Path, typer.Option("--dir", help="where the demo lives")] = Path("demo-site"),
    children: Annotated[int, typer.Option(min=1000, help="children of the city")] = 20_000,
    seed: Annotated[int, typer.Option(help="another seed, another city")] = 7,
    registry_share: Annotated[float, typer.Option(help="share of children registered")] = 0.03,
    serve: Annotated[bool, typer.Option(help="serve the list until stopped")] = True,
    port: Annotated[int, typer.Option(help="port of the list, on this machine only")] = 8080,
) -> None:
    """Three nights over an invented city; exit 1 when a child in order was accused or one was lost."""
    began = time.monotonic()
    _clear(folder)
    make_site(folder, "安禾市（虚构）", DIVISION, COUNTIES, as_of=NIGHTS[-1].isoformat())
    bureau_folder, city = folder / "bureaus", folder / "city"
    _make_city(city, children, seed, registry_share)
    public = prepare_bureaus(bureau_folder)
    for source in SOURCES:
        trust_bureau(folder, source, public[source.name])
    keys = folder / "keys"
    with start_bureaus(
        bureau_folder, city, GatewayCertificates(keys / "ec", keys / "rsa")
    ) as bureaus:
        write_sources(folder, bureaus)
        reports = [_one_night(folder, as_of) for as_of in NIGHTS]
    verdicts = _verdict(folder, city)
    summary(reports, verdicts)
    good = _good(verdicts)
    say(
        f"{'all is well' if good else 'NOT as it should be'}; {time.monotonic() - began:.0f} s in all"
    )
    say("The night's tables spill to /dev/shm, which is RAM-backed; every person here is invented.")
    if not good:
        raise typer.Exit(1)
    if serve:
        with open_site_store(folder) as store:
            password = open_account(store, "demo", [Role.DATA_OFFICER], ("",), must_change=False)
        say(f"Log in as demo with the password {password}")
        serve_site(folder, "127.0.0.1", port)


def _clear(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / "city").is_dir():
        raise UsageError(
            "this folder is not an earlier demo's",
            where=str(folder),
            mend="name another with --dir",
        )
    shutil.rmtree(folder, ignore_errors=True)


def _make_city(city: Path, children: int, seed: int, share: float) -> None:
    nights = ",".join(day.isoformat() for day in NIGHTS)
    options = ["--children", str(children), "--seed", str(seed), "--registry-share", str(share)]
    made = subprocess.run(
        [sys.executable, "-m", "sandbox", "city", *options, "--nights", nights, "--out", str(city)],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise UsageError("the city could not be made", where=made.stderr.strip()[-300:])
    say(made.stdout.strip())


def trust_bureau(folder: Path, source: _Source, public: Path) -> None:
    """Write a bureau's partner folder: its certificates, and what it may send."""
    partner = folder / "partners" / source.name
    partner.mkdir(parents=True)
    for certificate in public.glob("*.cert.pem"):
        shutil.copy(certificate, partner)
    actions = "roll, ask, deliver, probe, roll.answer, ask.answer, deliver.answer, probe.answer"
    (partner / "partner.yaml").write_text(
        f"name: {source.name}\nsources: [{source.name}]\nactions: [{actions}]\n", encoding="utf-8"
    )


def write_sources(folder: Path, bureaus: Bureaus) -> None:
    """Write `sources/<name>.yaml` for the bureaus that are running."""
    running = {bureau.name: bureau for bureau in bureaus}
    for source in SOURCES:
        bureau = running[source.name]
        endpoint = f"  base: {bureau.base}\n"
        if source.suite == "file":
            endpoint = (
                f"  folder: {bureau.outbox.resolve()}\n  hand_over: {bureau.inbox.resolve()}\n"
            )
        elif bureau.tls_cert is not None:
            shutil.copy(bureau.tls_cert, folder / "partners" / source.name / "tls.pem")
            endpoint += f"  tls_ca: partners/{source.name}/tls.pem\n"
        rolls = "".join(
            ROLL.format(roll=roll, name=source.name, coverage=source.coverage)
            for roll in source.rolls
        )
        text = SOURCE.format(
            name=source.name, adapter="pick_up" if source.suite == "file" else source.name,
            suite=source.suite, endpoint=endpoint.rstrip(), rolls=rolls.rstrip(),
        )  # fmt: skip
        (folder / "sources" / f"{source.name}.yaml").write_text(text, encoding="utf-8")


def _one_night(folder: Path, as_of: date) -> NightReport:
    first = as_of == NIGHTS[0]
    say(f"— night of {as_of}{' (baseline 存量)' if first else ''}")
    with progress() as shown, open_house(folder, shown) as house:
        return night(house.house, NightAsk(as_of, datetime.now(UTC), baseline=first))


def _verdict(folder: Path, city: Path) -> tuple[Verdict, ...]:
    with open_house(folder) as house:
        ask = NightAsk(NIGHTS[-1], datetime.now(UTC))
        return compare(house.house, ask, city)


def summary(reports: Sequence[NightReport], verdicts: Sequence[Verdict]) -> None:
    """Print what three nights did, and how it stands against the city's truth."""
    for report in reports:
        emit(source_rows(report), f"Rolls of {report.run.as_of} · 名册", as_json=False)
    emit(rule_rows(reports[-1]), f"Rules on {reports[-1].run.as_of} · 规则", as_json=False)
    emit([v.row() for v in verdicts], "Against the city's truth · 与真实情况核对", as_json=False)
    for report in reports:
        applied = report.applied
        out(f"{report.run.as_of}: {applied.opened} cases opened, {applied.notices} notices")


def _good(verdicts: Sequence[Verdict]) -> bool:
    found = sum(v.found + v.false for v in verdicts)
    clean = all(v.missed_clean == 0 and v.false_clean == 0 for v in verdicts)
    return clean and sum(v.false for v in verdicts) <= FALSE_SHARE * found
