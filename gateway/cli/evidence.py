"""`cwg evidence`: one file that another office checks alone."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.access import Purpose
from gateway.cli.common import HERE, SiteOption, command, say
from gateway.cli.noting import note
from gateway.cli.proofs import about_text, gather
from gateway.exchange.evidence_file import check_evidence, seal_evidence
from gateway.inquiry import export_rows
from gateway.model.errors import EvidenceBroken, UsageError
from gateway.wiring import open_house
from gateway.wiring_apps import local_reader, make_inquiry

app = typer.Typer(no_args_is_help=True)


@app.callback()
def evidence() -> None:
    """What proves a finding."""


@app.command()
@command
def export(
    key: Annotated[str, typer.Argument(help="the finding's key")],
    out: Annotated[Path, typer.Option("--out", help="the file to write")] = Path("finding.cwge"),
    site: SiteOption = HERE,
) -> None:
    """Write one file that proves a finding, without another child's data (docs/evidence-format.md)."""
    if out.exists():
        raise UsageError("that file exists", where=str(out), mend="name another with --out")
    now = datetime.now(UTC)
    with open_house(site) as opened:
        store = opened.house.store
        reader = local_reader(opened.site)
        found = make_inquiry(site, store).finding(reader, Purpose.SUPERVISION, key)
        row = store.findings.finding(key)
        if found is None or row is None:
            raise UsageError("there is no such finding", mend="`cwg finding list --json` has keys")
        person = store.persons.person(row.person_id) if row.person_id is not None else None
        if person is not None and person.named_officer:
            raise UsageError("专人办理 · with a named officer", mend="ask your supervisor for it")
        parts = gather(opened, found.evidence, person, found.run.known_at)
        about = about_text(export_rows([found])[0])
        data = seal_evidence(about, parts.pages, parts.rows, parts.absences, opened.room.keys, now)
    bad = [step for step in check_evidence(data) if not step.holds]
    if bad:
        raise EvidenceBroken(
            f"The evidence does not hold: {bad[0].name}: {bad[0].found}.", where=key[:16]
        )
    out.write_bytes(data)
    note(site, "evidence.export", "finding", key)
    say(
        f"{out}: {len(parts.rows)} rows, {len(parts.absences)} proofs of absence; "
        f"`cwg verify finding {out.name}` checks it anywhere · 任何机构均可离线核验"
    )
