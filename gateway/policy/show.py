"""Rule files as data for people: `cwg rule list` and `cwg rule show`, and docs/rules.md.

`python -m gateway.policy.show mappings/policy` prints docs/rules.md.
"""

import sys
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

from gateway.model.outcomes import Outcome
from gateway.policy.loading import load_rules
from gateway.policy.rule import Rule
from gateway.policy.rule_file import Citation
from gateway.policy.texts import COMMON_REASONS
from gateway.specs import Text

Row = dict[str, object]


def rule_line(rule: Rule, lang: str) -> Row:
    """One line of `rule list`."""
    file = rule.file
    return {
        "id": file.id,
        "version": file.version,
        "title": file.title.of(lang),
        "universe": file.universe.value,
        "needs": [need.roll.value for need in file.needs],
        "reads_absence": rule.reads_absence,
        "owner": file.owner,
        "severity": file.severity.default,
        "due_days": file.due_days,
        "effective_from": file.effective.since.isoformat(),
        "effective_to": file.effective.to.isoformat() if file.effective.to else None,
        "examples": len(file.examples),
    }


def rule_page(rule: Rule, lang: str) -> Row:
    """Everything of one rule but its examples' worlds, for `rule show`."""
    file = rule.file
    return rule_line(rule, lang) | {
        "sentence": file.sentence.of(lang),
        "not_found_locally": _local(rule, lang),
        "citations": [citation(c) for c in file.citations],
        "divisions": list(file.divisions),
        "reach": {need.roll.value: need.coverage.value for need in file.needs},
        "held": {
            k: t.of(lang)
            for k, t in (("source", file.held.source), ("child", file.held.child))
            if t
        },
        "phases": _phases(rule, lang),
        "severity_by_reason": dict(file.severity.by_reason),
        "first_action": file.first_action.of(lang),
        "excuses": [
            {
                "code": e.code,
                "text": e.text.of(lang),
                "evidence": e.evidence.of(lang),
                "expires": e.expires.of(lang),
                "sought_by": e.sought_by,
            }
            for e in file.excuses
        ],
        "reasons": {
            f"{k.value}/{code}": text.of(lang) for (k, code), text in rule.reasons().items()
        },
        "parameters": _parameters(rule),
        "access": file.access.value,
        "example_names": [example.name for example in file.examples],
        "sql": rule.sql,
    }


def citation(of: Citation) -> str:
    """A citation in one line: title, number, clause, quote."""
    number = f" {of.number}" if of.number else ""
    return f"《{of.title}》{number} {of.clause}：“{of.quote}”"


def rules_page(rules: Sequence[Rule]) -> str:
    """docs/rules.md as text: how rules work, then one section a rule."""
    head = files("gateway.policy").joinpath("rules_head.md").read_text(encoding="utf-8")
    common = [_reason(kind, code, text) for (kind, code), text in COMMON_REASONS.items()]
    sections = (line for rule in rules for line in _section(rule))
    return "\n".join([head.rstrip("\n"), *common, "", *sections])


def _local(rule: Rule, lang: str) -> Row | None:
    local = rule.file.not_found_locally
    if local is None:
        return None
    return {
        "sentence": local.sentence.of(lang),
        "first_action": local.first_action.of(lang),
        "due_days": local.due_days,
    }


def _section(rule: Rule) -> Iterator[str]:
    file = rule.file
    yield from (f"## {file.id} {file.title.zh} · {file.title.en}", "")
    yield from (f"- **{name}**: {value}" for name, value in _facts(rule))
    yield from (f"- **Citation {c.id}**: {citation(c)}" for c in file.citations)
    yield from (f"- **Parameter** `{line}`" for line in _parameters(rule))
    yield from ("", *_words(rule), "")
    yield from ("| outcome | code | 中文 | English |", "|---|---|---|---|")
    yield from (_reason(kind, code, text) for (kind, code), text in rule.reasons().items())
    yield ""
    if file.excuses:
        yield from ("| excuse | looked for by | evidence | ends |", "|---|---|---|---|")
        for e in file.excuses:
            cells = (e.text, e.evidence, e.expires)
            text, evidence, ends = (f"{t.zh} · {t.en}" for t in cells)
            yield f"| {text} | {e.sought_by} | {evidence} | {ends} |"
        yield ""
    yield f"Examples ({len(file.examples)}): " + "; ".join(e.name for e in file.examples) + "."
    yield ""


def _facts(rule: Rule) -> Iterator[tuple[str, str]]:
    file = rule.file
    needs = (
        f"{n.roll.value} (reach {n.coverage.value}{', reads absence' if n.reads_absence else ''}"
        f"{', where it is connected' if n.optional else ''})"
        for n in file.needs
    )
    yield (
        "Version",
        f"{file.version}, in force from {file.effective.since} to {file.effective.to or '…'}",
    )
    yield "Universe", f"{file.universe.value}; {file.period.en}; episode: {file.episode}"
    yield "Needs", "; ".join(needs) or "nothing; it is never held"
    yield "Owner", f"{file.owner}; {_severity(rule)}; due in {file.due_days} working days"
    yield "Phases", "; ".join(_phases(rule, "en")) or "fires all year"
    yield "Access", file.access.value


def _words(rule: Rule) -> Iterator[str]:
    file, local = rule.file, rule.file.not_found_locally
    for lang in ("zh", "en"):
        yield from (f"> {file.sentence.of(lang)}  ", f"> → {file.first_action.of(lang)}", ">")
    yield f"> held: {file.held.source.en}" + (f" / {file.held.child.en}" if file.held.child else "")
    if local:
        yield from (">", f"> *not found locally*: {local.sentence.zh} · {local.sentence.en}  ")
        yield f"> → {local.first_action.zh} · {local.first_action.en} (due in {local.due_days})"


def _phases(rule: Rule, lang: str) -> list[str]:
    return [f"{p.phase} {p.first} to {p.last}: {p.why.of(lang)}" for p in rule.file.phases]


def _parameters(rule: Rule) -> list[str]:
    return [
        f"{name} = {v.value} from {v.since} ({v.reference})"
        for name, values in rule.file.parameters.items()
        for v in values
    ]


def _severity(rule: Rule) -> str:
    own = rule.file.severity
    by_reason = ", ".join(f"{n} for {code}" for code, n in own.by_reason.items())
    return f"severity {own.default}" + (f" ({by_reason})" if by_reason else "")


def _reason(kind: Outcome, code: str, text: Text) -> str:
    return f"| {kind.value} | `{code}` | {text.zh} | {text.en} |"


if __name__ == "__main__":
    sys.stdout.write(rules_page(load_rules(Path(sys.argv[1]))))
