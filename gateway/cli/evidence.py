"""`cwg evidence`: one file that another office checks alone."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.access import Purpose
from gateway.cli.common import HERE, SiteOption, command, say
from gateway.cli.noting import note
from gateway.model.errors import UsageError
from gateway.wiring import open_house
from gateway.wiring_apps import local_reader, make_inquiry
from gateway.wiring_proofs import evidence_file

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
    with open_house(site) as opened:
        inquiry = make_inquiry(site, opened.house.store)
        found = inquiry.finding(local_reader(opened.site), Purpose.SUPERVISION, key)
        if found is None:
            raise UsageError("there is no such finding", mend="`cwg finding list --json` has keys")
        made = evidence_file(opened, found, datetime.now(UTC))
    if made is None:
        raise UsageError("专人办理 · with a named officer", mend="ask your supervisor for it")
    out.write_bytes(made.data)
    note(site, "evidence.export", "finding", key)
    say(
        f"{out}: {made.rows} rows, {made.absences} proofs of absence; "
        f"`cwg verify finding {out.name}` checks it anywhere · 任何机构均可离线核验"
    )
