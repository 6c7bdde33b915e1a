"""`cwg rule`: what is looked for, and why."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.common import HERE, JsonOption, LangOption, SiteOption, command, emit, out, say
from gateway.engine import Engine, EngineSettings
from gateway.model.errors import UsageError
from gateway.policy import Rule, load_rules, run_examples
from gateway.site import NightSettings
from gateway.wiring import MAPPINGS

app = typer.Typer(no_args_is_help=True)
RuleName = Annotated[str, typer.Argument(help="a rule, such as EDU-02")]


def _rules(site: SiteOption) -> tuple[Rule, ...]:
    return load_rules(MAPPINGS / "policy", site / "policy")


def _rule(site: SiteOption, name: str) -> Rule:
    found = [rule for rule in _rules(site) if rule.id == name]
    if not found:
        raise UsageError("there is no such rule", where=name, mend="see `cwg rule list`")
    return found[-1]


@app.command("list")
@command
def list_rules(
    site: SiteOption = HERE, lang: LangOption = "zh", as_json: JsonOption = False
) -> None:
    """Every rule: what it finds, who owns it."""
    rows = [
        {
            "rule": rule.id,
            "version": rule.file.version,
            "title": rule.file.title.of(lang),
            "owner": rule.file.owner,
            "severity": rule.file.severity.default,
            "needs": ", ".join(f"{n.roll} ({n.coverage})" for n in rule.file.needs),
        }
        for rule in _rules(site)
    ]
    emit(rows, "Rules · 规则", as_json)


@app.command()
@command
def show(name: RuleName, site: SiteOption = HERE, lang: LangOption = "zh") -> None:
    """One rule: sentence, citation, excuses, first action."""
    file = _rule(site, name).file
    out(f"{file.id} v{file.version}  {file.title.of(lang)}")
    out(f"  {file.sentence.of(lang)}")
    for citation in file.citations:
        out(f"  依据 {citation.title} {citation.number} {citation.clause}: {citation.quote}")
    for excuse in file.excuses:
        out(f"  正当理由 {excuse.code}: {excuse.text.of(lang)} ({excuse.evidence.of(lang)})")
    out(f"  首先 {file.first_action.of(lang)}")


@app.command()
@command
def test(site: SiteOption = HERE, as_json: JsonOption = False) -> None:
    """Run the examples that stand in every rule file. Exit 1 when one fails."""
    rules = _rules(site)
    with Engine(EngineSettings(Path(NightSettings().spill_dir))) as engine:
        results = list(run_examples(engine, rules))
    for result in results:
        for difference in result.differences:
            say(f"{result.rule}, {result.name}: {difference}")
    rows = [
        {
            "rule": rule.id,
            "examples": sum(r.rule == rule.id for r in results),
            "failed": sum(r.rule == rule.id and bool(r.differences) for r in results),
        }
        for rule in rules
    ]
    emit(rows, "Examples · 规则示例", as_json)
    if any(row["failed"] for row in rows):
        raise typer.Exit(1)
