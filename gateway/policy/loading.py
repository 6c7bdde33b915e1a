"""Loads rule files and refuses those that could not be answered for."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from importlib.resources.abc import Traversable
from pathlib import Path

from gateway.model.outcomes import Outcome
from gateway.policy.calendar import NAMED_DAYS, Calendar
from gateway.policy.clauses import cited, read_clauses
from gateway.policy.rule import Rule
from gateway.policy.rule_file import Citation, RuleFile, Universe
from gateway.policy.texts import (
    CLAIMS,
    COMMON_REASONS,
    PERSON_SLOTS,
    SOURCE_SLOTS,
    VERDICTS,
    slots_of,
)
from gateway.specs import Text, read_spec

Folder = Path | Traversable
CLAUSES = "clauses.yaml"
_EXCUSE = re.compile(r"^-- excuse: ([a-z][a-z0-9_]*)$", re.MULTILINE)


def load_rules(folder: Folder, site_folder: Path | None = None) -> tuple[Rule, ...]:
    """Every rule of the shipped folder, then of the site's, in the order of their names.

    A site's rule with an id of ours replaces it on the days on which it is in force; without a
    `.sql` of its own it keeps our SQL. Raises SpecError with file and line.
    """
    shipped, clauses = _load_folder(folder, {}, {})
    if site_folder is None or not site_folder.is_dir():
        return shipped
    own, _ = _load_folder(site_folder, {rule.id: rule.text for rule in shipped}, clauses)
    return shipped + own


def split_sql(text: str) -> tuple[str, dict[str, str]]:
    """The rule's SELECT and its excuse steps by code, of a rule's SQL file."""
    head, *rest = _EXCUSE.split(text)
    steps = zip(rest[::2], rest[1::2], strict=True)
    return _bare(head), {code: _bare(sql) for code, sql in steps}


def _bare(sql: str) -> str:
    return sql.strip().removesuffix(";")


def in_force(rules: Sequence[Rule], as_of: date) -> tuple[Rule, ...]:
    """One rule an id: the last one in the list that is in force on the day."""
    found = {rule.id: rule for rule in rules if rule.file.effective.holds(as_of)}
    return tuple(found.values())


def problems(rule: Rule) -> Iterator[tuple[str, str]]:
    """What a rule file says that cannot be, beyond the shape of its keys: (key, problem)."""
    file = rule.file
    if (file.universe is Universe.SOURCE) == bool(file.needs):
        yield "needs", "a rule about a roll needs none; every other rule names the rolls it needs"
    if rule.reads_absence and file.not_found_locally is None:
        yield "needs", "a rule that reads absence says `not_found_locally`"
    if rule.reads_absence and file.held.child is None:
        yield "held", "a rule that reads absence says what holds one child"
    yield from _bad_citations(rule)
    yield from _bad_excuses(rule)
    yield from _bad_words(rule)
    yield from _bad_names(rule)
    yield from _missing_examples(rule)


def _load_folder(
    folder: Folder, sql_of: dict[str, str], known: Mapping[str, Citation]
) -> tuple[tuple[Rule, ...], dict[str, Citation]]:
    entries = {entry.name: entry for entry in folder.iterdir()}
    names = sorted(n for n in entries if n.endswith(".yaml") and n != CLAUSES)
    own = {n[:-4]: e.read_text(encoding="utf-8") for n, e in entries.items() if n.endswith(".sql")}
    clauses = {**known, **(read_clauses(entries[CLAUSES]) if CLAUSES in entries else {})}
    return tuple(_load(entries[name], sql_of | own, clauses) for name in names), clauses


def _load(path: Folder, sql_of: dict[str, str], clauses: Mapping[str, Citation]) -> Rule:
    spec = cited(read_spec(path), clauses)
    file = spec.check(RuleFile)
    if f"{file.id}.yaml" != path.name:
        raise spec.error(f"the file holds rule {file.id}", ("id",), mend="name the file after it")
    if file.id not in sql_of:
        raise spec.error(f"{file.id} has no SQL", ("id",), mend=f"write {file.id}.sql beside it")
    sql, excuses = split_sql(sql_of[file.id])
    rule = Rule(file=file, sql=sql, excuse_sql=excuses, text=sql_of[file.id], where=path.name)
    for key, problem in problems(rule):
        raise spec.error(problem, (key,), mend="see docs/rules.md, “A rule file”")
    return rule


def _bad_citations(rule: Rule) -> Iterator[tuple[str, str]]:
    for citation in rule.file.citations:
        if citation.confirmed and not citation.quote:
            yield (
                "citations",
                f"{citation.id} has no quote, which only an unconfirmed clause may lack",
            )


def _bad_excuses(rule: Rule) -> Iterator[tuple[str, str]]:
    sought = {excuse.code for excuse in rule.excuses_sought}
    for code in sorted(sought - set(rule.excuse_sql)):
        yield "excuses", f"no step looks for {code!r}: write it under “-- excuse: {code}”"
    for code in sorted(set(rule.excuse_sql) - sought):
        yield "excuses", f"a step looks for {code!r}, which is no excuse of the file"


def _bad_words(rule: Rule) -> Iterator[tuple[str, str]]:
    file = rule.file
    local = file.not_found_locally
    allowed = SOURCE_SLOTS if file.universe is Universe.SOURCE else PERSON_SLOTS
    for key, text in texts(file):
        for words in (text.zh, text.en):
            if found := VERDICTS.search(words):
                yield key, f"a lead is never a verdict: {found.group()!r} may not be said"
    for key, template in (
        ("sentence", file.sentence),
        ("not_found_locally", local and local.sentence),
    ):
        for words in (template.zh, template.en) if template else ():
            if extra := slots_of(words) - allowed:
                yield key, f"a sentence has no slot {', '.join(sorted(extra))}"
    for text in (local.sentence, local.first_action) if local else ():
        if found := CLAIMS.search(text.zh) or CLAIMS.search(text.en):
            yield "not_found_locally", f"not found locally claims too much: {found.group()!r}"


def texts(file: RuleFile) -> Iterator[tuple[str, Text]]:
    """Every text of a rule file that an officer can read, with the key it stands under."""
    for key in ("title", "sentence", "period", "first_action"):
        yield key, getattr(file, key)
    yield from (("held", text) for text in (file.held.source, file.held.child) if text)
    if local := file.not_found_locally:
        yield from (("not_found_locally", text) for text in (local.sentence, local.first_action))
    for excuse in file.excuses:
        yield from (("excuses", text) for text in (excuse.text, excuse.evidence, excuse.expires))
    yield from (("phases", span.why) for span in file.phases)
    own = file.reasons
    for table in (own.fires, own.satisfied, own.not_applicable, own.held):
        yield from (("reasons", text) for text in table.values())


def _bad_names(rule: Rule) -> Iterator[tuple[str, str]]:
    file = rule.file
    calendars = Calendar().parameters(date(2000, 1, 1))
    for span in file.phases:
        for name in sorted({span.first, span.last} - set(NAMED_DAYS)):
            yield "phases", f"a phase names {name!r}; days are {', '.join(NAMED_DAYS)}"
    for name, values in file.parameters.items():
        if name in calendars:
            yield "parameters", f"parameter {name!r} is the calendar's"
        if min(v.since for v in values) > file.effective.since:
            yield "parameters", f"parameter {name!r} has no value on the rule's first day"
    for code in sorted(set(file.severity.by_reason) - set(file.reasons.fires)):
        yield "severity", f"severity names {code!r}, which is no reason to fire"


def _missing_examples(rule: Rule) -> Iterator[tuple[str, str]]:
    shown = {
        (str(row["kind"]), str(row["reason"]))
        for example in rule.file.examples
        for row in example.expected()
        if {"kind", "reason"} <= row.keys()
    }
    own = {(kind.value, code) for kind, code in rule.reasons()}
    common = {(kind.value, code) for kind, code in COMMON_REASONS}
    for kind, code in sorted((own | set(_common_to_show(rule))) - shown):
        yield "examples", f"no example shows {kind} {code!r}"
    for kind, code in sorted(shown - own - common):
        yield "examples", f"an example expects {kind} {code!r}, which has no words"


def _common_to_show(rule: Rule) -> Iterator[tuple[str, str]]:
    held, asleep = Outcome.HELD.value, (Outcome.NOT_APPLICABLE.value, "asleep")
    if rule.file.universe is not Universe.SOURCE:
        yield held, "source_late"
    if rule.reads_absence:
        yield from ((held, "quarantined_row"), (held, "undecided_pair"))
    for span in rule.file.phases:
        yield asleep if span.phase == "sleeps" else (held, "collecting")
