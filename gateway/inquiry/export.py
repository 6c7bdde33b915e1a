"""A finding as JSON values: the fields that every export, API answer and `--json` gives."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone

from gateway.inquiry.values import Child, Evidence, ExportRow, Finding
from gateway.policy.rule_file import Citation

BEIJING = timezone(timedelta(hours=8))
"""Times are written with +08:00, as every office of the country reads them."""

FIELDS = (
    "key", "rule", "rule_version", "citation", "as_of", "known_at", "period", "run", "child", "answer",
    "severity", "due", "owner", "division", "state", "evidence", "excuses_sought", "grade",
    "first_action", "sentence_zh", "sentence_en",
)  # fmt: skip
"""Documented in docs/finding.md, in this order; a test holds the two together."""


def export_rows(findings: Sequence[Finding]) -> list[ExportRow]:
    """Findings as dicts of JSON values; keys are `FIELDS`, masked as the findings are."""
    return [_row(finding) for finding in findings]


def _row(finding: Finding) -> ExportRow:
    words = finding.words
    values = (
        finding.key, finding.rule, finding.rule_version, _citation(words.citations),
        _day(finding.run.as_of), _time(finding.run.known_at), finding.run.period, finding.run.run,
        _child(finding.child), finding.answer.value, int(finding.severity), _day(finding.due),
        finding.owner, finding.division, finding.state.value,
        [_evidence(item) for item in finding.evidence],
        [{"code": e.code, "zh": e.text.zh, "en": e.text.en} for e in words.excuses_sought],
        finding.grade.value, {"zh": words.first_action.zh, "en": words.first_action.en},
        words.sentence.zh, words.sentence.en,
    )  # fmt: skip
    return dict(zip(FIELDS, values, strict=True))


def _citation(citations: Sequence[Citation]) -> list[dict[str, str]]:
    return [{"title": c.title, "number": c.number, "clause": c.clause} for c in citations]


def _child(child: Child | None) -> dict[str, str] | None:
    if child is None:
        return None
    return {"name": child.name, "number": child.number, "born": child.born, "sex": child.sex}


def _evidence(item: Evidence) -> dict[str, str | None]:
    return {
        "kind": item.kind,
        "roll": item.roll,
        "ref": item.ref,
        "source": item.source,
        "period": item.period,
        "state": item.state,
        "roll_date": _day(item.roll_date),
        "coverage": item.coverage,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _time(moment: datetime) -> str:
    return moment.astimezone(BEIJING).isoformat(timespec="seconds")
