"""`cwg finding`: the published night's findings, masked, audited."""

import json
from typing import Annotated

import typer

from gateway.access import Purpose
from gateway.cli.common import HERE, JsonOption, SiteOption, command, emit, out, plain
from gateway.inquiry import Filters, export_rows
from gateway.site import load_site
from gateway.wiring import open_site_store
from gateway.wiring_apps import local_reader, make_inquiry

app = typer.Typer(no_args_is_help=True)
Rules = Annotated[list[str] | None, typer.Option("--rule", help="a rule; once for each")]
SHOWN = ("key", "rule", "child", "answer", "severity", "due", "division", "state", "sentence_zh")


@app.command("list")
@command
def list_findings(
    site: SiteOption = HERE,
    rule: Rules = None,
    limit: Annotated[int, typer.Option(min=1, max=500)] = 50,
    as_json: JsonOption = False,
) -> None:
    """The most urgent findings."""
    with open_site_store(site) as store:
        inquiry, reader = make_inquiry(site, store), local_reader(load_site(site))
        filters = Filters(rules=tuple(rule or ()))
        page = inquiry.findings(reader, Purpose.CASEWORK, filters, limit=limit)
        rows = [dict(row) for row in export_rows(page.findings)]
    if not as_json:
        rows = [{name: _short(row[name]) for name in SHOWN} for row in rows]
    emit(rows, "Findings · 线索", as_json)


@app.command()
@command
def export(site: SiteOption = HERE, rule: Rules = None) -> None:
    """Every finding in scope as JSON Lines on stdout (docs/finding.md)."""
    with open_site_store(site) as store:
        inquiry, reader = make_inquiry(site, store), local_reader(load_site(site))
        for row in inquiry.export(reader, Purpose.CASEWORK, Filters(rules=tuple(rule or ()))):
            out(json.dumps(row, ensure_ascii=False, default=plain))


def _short(value: object) -> object:
    if isinstance(value, dict):
        return " ".join(str(part) for part in value.values() if part)
    return str(value)[:12] if isinstance(value, str) and len(value) == 64 else value
