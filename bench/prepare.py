"""Makes what a bench needs: a city's rolls as plain CSV, the same sealed, and a site that collects them."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

from gateway.cli.init import make_site
from gateway.exchange import (
    Draft,
    KeyRing,
    PartnerFile,
    RowProfile,
    Sealer,
    TrustBook,
    add_partner,
    make_site_keys,
    seal_file,
)
from gateway.exchange.sealing import Ending
from gateway.model.exchange import Action, ScopeCount
from sandbox.city.lives import live
from sandbox.city.rolls import project
from sandbox.city.write import write_csv

AS_OF = date(2026, 11, 16)
COUNTIES = tuple(f"4199{n:02}" for n in range(1, 7))
SOURCES = {
    "education": ("enrolment",),
    "medical_insurance": ("coverage",),
    "national_welfare_system": ("registry", "assistance"),
}
SOURCE = """\
name: {name}
adapter: pick_up
partner: {name}
suite: file
endpoint: {{folder: {folder}}}
rolls: [{rolls}]
grant: {{catalog_id: BENCH, application_no: "1", purpose: bench, valid_to: 2099-12-31}}
"""
ROLL = "{{roll: {roll}, mapping: {name}/{roll}.v1, coverage: province}}"


def plain_rolls(folder: Path, children: int, share: float, seed: int) -> dict[str, int]:
    """Write `<folder>/<roll>.csv` (UTF-8) for one night of a city; rows per roll."""
    folder.mkdir(parents=True, exist_ok=True)
    city = live(children, seed, share, date(2025, 9, 1), [AS_OF])
    rows = {}
    for roll, table in project(city, AS_OF).items():
        write_csv(table, folder / f"{roll}.csv")
        rows[roll] = table.num_rows
    return rows


def sealed_site(folder: Path, plain: Path, rows: dict[str, int]) -> None:
    """A site whose three sources have sealed files of `plain` waiting in exchange folders."""
    shutil.rmtree(folder, ignore_errors=True)
    make_site(folder, "bench", "419900", COUNTIES, AS_OF.isoformat())
    for name, rolls in SOURCES.items():
        own = folder / "senders" / name
        make_site_keys(own, name, datetime.now(UTC))
        spec = PartnerFile(name=name, sources=(name,), actions=tuple(Action))
        add_partner(folder / "partners", spec, sorted((own / "ec").glob("*.cert.pem")))
        sealer = _sealer(folder, own)
        out = folder / "exchange" / name
        out.mkdir(parents=True)
        for roll in rolls:
            draft = Draft(
                name, "gateway", Action.ROLL, name, roll, f"{AS_OF:%Y-%m}",
                ending=Ending(_scopes(rows[roll])),
            )  # fmt: skip
            seal_file(plain / f"{roll}.csv", out, "text/csv; charset=utf-8", draft, sealer)
        text = SOURCE.format(
            name=name,
            folder=out.resolve(),
            rolls=", ".join(ROLL.format(roll=r, name=name) for r in rolls),
        )
        (folder / "sources" / f"{name}.yaml").write_text(text, encoding="utf-8")


def _sealer(site: Path, own: Path) -> Sealer:
    gateway = site / "senders" / "trust"
    if not gateway.is_dir():
        spec = PartnerFile(name="gateway", sources=(), actions=())
        add_partner(gateway, spec, sorted((site / "keys" / "ec").glob("*.cert.pem")))
    return Sealer(KeyRing.load(own), TrustBook.load(gateway), datetime.now(UTC), RowProfile("csv"))


def _scopes(rows: int) -> tuple[ScopeCount, ...]:
    # A bench does not count by county: the first one speaks for all rows.
    return tuple(ScopeCount(c, rows if c == COUNTIES[0] else 0) for c in COUNTIES)
