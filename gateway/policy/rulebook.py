"""A rulebook: the rules, the calendar and the parameters that a run was judged by, as bytes that are the
same whenever they say the same. Kept with every night, so that a look back judges by what stood in the
files then. Of a rule's examples, which judge nobody, only one's name is kept.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from gateway.model.errors import SpecError
from gateway.policy.calendar import Calendar
from gateway.policy.example import Example
from gateway.policy.parameters import Parameters
from gateway.policy.rule import Rule


@dataclass(frozen=True)
class Rulebook:
    """What judges: rule files, the site's calendar, policy parameters."""

    rules: tuple[Rule, ...]
    calendar: Calendar
    parameters: Parameters


_BOOK = TypeAdapter(Rulebook)


def dump_rulebook(rules: Sequence[Rule], calendar: Calendar, parameters: Parameters) -> bytes:
    """The rulebook as canonical JSON, UTF-8."""
    book = Rulebook(tuple(_bare(rule) for rule in rules), calendar, parameters)
    value = _BOOK.dump_python(book, mode="json")
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def load_rulebook(body: bytes, where: str) -> Rulebook:
    """The rulebook of those bytes. Raises SpecError when this version cannot read it."""
    try:
        return _BOOK.validate_json(body)
    except ValidationError:
        raise SpecError(
            "the rules of that time are not in a form that this version reads",
            where=where,
            mend="look back with the version of that time, or judge by today's: --rules current",
        ) from None


def _bare(rule: Rule) -> Rule:
    name = Example(name=rule.file.examples[0].name, as_of=rule.file.examples[0].as_of)
    file = rule.file.model_copy(update={"examples": (name,)})
    return rule.model_copy(update={"file": file, "text": ""})
