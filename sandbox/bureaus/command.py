"""`python -m sandbox bureau NAME --dir DIR --city CITY`: one bureau as a process of its own."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandbox.bureaus import education, insurance
from sandbox.bureaus.desk import Desk
from sandbox.bureaus.education import Education
from sandbox.bureaus.faults import FAULTS, Faults, parse_switch
from sandbox.bureaus.insurance import Insurance
from sandbox.bureaus.keys import copy_certificates, load_ring, make_keys, make_tls
from sandbox.bureaus.rolls import RollStore
from sandbox.bureaus.web import Application, Listen, serve, stop_with_parent
from sandbox.bureaus.welfare import Welfare

GATEWAY = "gateway"


@dataclass(frozen=True, slots=True)
class Kind:
    """What differs from bureau to bureau: the kind of keys, and the partner folder it trusts."""

    keys: str
    partner: str
    roll: str = ""
    application: Callable[[Desk], Application] | None = None
    https: bool = False


BUREAUS = {
    "education": Kind("rsa", "gateway-rsa", education.ROLL, Education),
    "medical_insurance": Kind("ec", "gateway", insurance.ROLL, Insurance, https=True),
    "national_welfare_system": Kind("ec", "gateway"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `sandbox bureau`."""
    faults = "; ".join(f"{name}: {text}" for name, text in FAULTS.items())
    parser.add_argument("name", choices=sorted(BUREAUS))
    parser.add_argument("--dir", type=Path, required=True, help="the bureau's own folder")
    parser.add_argument("--city", type=Path, required=True, help="the folder that holds rolls/")
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument(
        "--fault", action="append", default=[], metavar="FAULT[:PERIOD[:ROLL]]", help=faults
    )
    parser.add_argument("--drop", metavar="PERIOD", help="welfare only: drop once and end")
    parser.add_argument("--with-parent", action="store_true", help="end when stdin closes")


def run(options: argparse.Namespace) -> int:
    """Start the bureau (or drop once); returns the exit code."""
    name, folder = options.name, options.dir.resolve()
    kind = BUREAUS[name]
    prepare(folder, name)
    partner = folder / "partners" / kind.partner
    ring = load_ring(folder / "keys", name, {GATEWAY: partner})
    faults = Faults(folder, tuple(parse_switch(text) for text in options.fault))
    rolls = RollStore(options.city, folder, faults)
    if kind.application is None:
        return _run_welfare(Welfare(folder, ring, rolls, faults), options)
    if options.with_parent:
        stop_with_parent()
    tls = make_tls(folder / "tls") if kind.https else None
    desk = Desk(folder, kind.roll, ring, rolls, faults)
    serve(kind.application(desk), Listen(folder, options.port, tls))
    return 0


def prepare(folder: Path, name: str) -> Path:
    """Make the bureau's keys when missing and put its certificates into `<dir>/public/`.

    Returns that folder, which the gateway imports.
    """
    make_keys(folder / "keys", name, BUREAUS[name].keys)
    copy_certificates(folder / "keys", folder / "public")
    return folder / "public"


def _run_welfare(bureau: Welfare, options: argparse.Namespace) -> int:
    if options.drop:
        for path in bureau.drop(options.drop, again=True):
            print(path)
        return 0
    if options.with_parent:
        stop_with_parent()
    bureau.serve()
    return 0
