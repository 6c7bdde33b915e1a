"""The reader's scope, met with the filters that were asked for."""

import re
from collections.abc import Iterable

from gateway.access import Reader, Scope
from gateway.inquiry.ports import Row
from gateway.inquiry.values import Filters
from gateway.model.errors import UsageError
from gateway.model.outcomes import AccessScope
from gateway.model.queue import FindingFilter

_KEY = re.compile(r"[0-9a-f]{64}", re.ASCII)
_RULE = re.compile(r"[A-Z]{3}-[0-9]{2}", re.ASCII)
_COUNTY = re.compile(r"[0-9]{6}", re.ASCII)


def is_key(text: str) -> bool:
    """Whether text has the shape of a finding key."""
    return _KEY.fullmatch(text) is not None


def wanted_of(
    reader: Reader, filters: Filters, *, person_ids: tuple[int, ...] = ()
) -> FindingFilter | None:
    """What the store is asked; None when the filters leave nothing of the reader's scope.

    Raises UsageError for a rule or county that has not the shape of one. What was typed is not
    repeated: somebody may have typed a name or a number.
    """
    _check(filters.rules, _RULE, "rule", "EDU-01")
    _check(filters.counties, _COUNTY, "county", "six digits")
    divisions = _met(reader.divisions, filters.counties)
    if not divisions:
        return None
    access = tuple(sorted(reader.access))
    return FindingFilter(
        access,
        divisions,
        filters.rules,
        filters.states,
        filters.owners,
        person_ids,
        due_before=filters.due_before,
        assigned_to=filters.assigned_to,
        severities=filters.severities,
        answers=filters.answers,
        unverified=filters.unverified,
        born=filters.born,
        unseen=filters.unseen,
    )


def holds(reader: Reader, row: Row) -> bool:
    """Whether a finding is in the reader's scope."""
    return reader.reaches(Scope(row.division or "", AccessScope(row.access)))


def _check(values: Iterable[str], shape: re.Pattern[str], what: str, example: str) -> None:
    if not all(shape.fullmatch(value) for value in values):
        raise UsageError(f"that is not a {what}", where=what, mend=f"give {example}")


def _met(prefixes: Iterable[str], counties: Iterable[str]) -> tuple[str, ...]:
    """Prefixes narrowed to the counties; all of them where no county was asked for."""
    wanted = tuple(counties)
    if not wanted:
        return tuple(prefixes)
    inside = {c for c in wanted for p in prefixes if c.startswith(p)}
    wider = {p for c in wanted for p in prefixes if p.startswith(c)}
    return tuple(sorted(inside | wider))
