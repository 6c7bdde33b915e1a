"""`cwg rule`: what is looked for, and why."""

import json
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.common import (
    HERE,
    JsonOption,
    LangOption,
    SiteOption,
    command,
    emit,
    out,
    plain,
    say,
)
from gateway.cli.rule_pages import explain_rules, show_impact
from gateway.engine import Engine, EngineSettings
from gateway.model.errors import UsageError
from gateway.policy import Rule, load_rules, run_examples
from gateway.policy.compare import differences, sql_lines
from gateway.policy.show import rule_line, rule_page
from gateway.site import NightSettings
from gateway.wiring_files import MAPPINGS

app = typer.Typer(no_args_is_help=True)
SHOWN = ("id", "version", "title", "owner", "severity", "due_days", "needs")
RuleName = Annotated[str, typer.Argument(help="a rule, such as EDU-02")]


def _rules(site: SiteOption) -> tuple[Rule, ...]:
    return load_rules(MAPPINGS / "policy", site / "policy")


def _versions(site: SiteOption, name: str) -> tuple[Rule, ...]:
    found = tuple(rule for rule in _rules(site) if rule.id == name)
    if not found:
        raise UsageError("there is no such rule", where=name, mend="see `cwg rule list`")
    return found


@app.command("list")
@command
def list_rules(
    site: SiteOption = HERE, lang: LangOption = "zh", as_json: JsonOption = False
) -> None:
    """Every rule: what it finds, who owns it."""
    lines = [rule_line(rule, lang) for rule in _rules(site)]
    rows = lines if as_json else [{name: line[name] for name in SHOWN} for line in lines]
    emit(rows, "Rules · 规则", as_json)


@app.command()
@command
def show(
    name: RuleName,
    site: SiteOption = HERE,
    lang: LangOption = "zh",
    as_json: JsonOption = False,
) -> None:
    """One rule: sentence, citation, excuses, first action."""
    page = rule_page(_versions(site, name)[-1], lang)
    if as_json:
        out(json.dumps(page, ensure_ascii=False, indent=2, default=plain))
        return
    for key, value in page.items():
        _print(key, value)


@app.command()
@command
def test(
    name: Annotated[str, typer.Argument(help="one rule only, such as EDU-02")] = "",
    site: SiteOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Run the examples that stand in every rule file, or in one. Exit 1 when one fails."""
    rules = _versions(site, name) if name else _rules(site)
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


@app.command()
@command
def diff(name: RuleName, site: SiteOption = HERE, as_json: JsonOption = False) -> None:
    """Ours against the site's own version of a rule: fields, then SQL."""
    versions = _versions(site, name)
    if len(versions) < 2:
        raise UsageError(
            "the site has no version of its own of this rule, so there is nothing to compare",
            where=name,
            mend=f"to make one, put {name}.yaml and {name}.sql into the site's policy/",
        )
    before, after = versions[0], versions[-1]
    emit(list(differences(before, after)), "Fields · 字段", as_json)
    if not as_json:
        for line in sql_lines(before, after):
            out(line)


app.command("impact")(show_impact)
app.command("explain")(explain_rules)


def _print(key: str, value: object) -> None:
    """One entry of a rule's page: a line, or a line for each of its parts."""
    if isinstance(value, dict):
        value = [f"{name}: {part}" for name, part in value.items()]
    if not isinstance(value, list):
        out(f"{key}: {value}")
        return
    out(f"{key}:")
    for part in value:
        values = part.values() if isinstance(part, dict) else [part]
        out("  " + " · ".join(str(v) for v in values if v))
