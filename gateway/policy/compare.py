"""Two versions of a rule side by side: the fields that differ, and their SQL as lines."""

import difflib
from collections.abc import Iterator

from gateway.policy.rule import Rule


def differences(before: Rule, after: Rule) -> Iterator[dict[str, str]]:
    """Each field that differs: its path, what it said, what it says. Examples are not compared."""
    old, new = _flat(_fields(before)), _flat(_fields(after))
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            yield {"field": name, "before": old.get(name, ""), "after": new.get(name, "")}


def sql_lines(before: Rule, after: Rule) -> Iterator[str]:
    """The unified difference of the SQL, excuses with it; nothing when it is the same."""
    old, new = (f"{rule.id} v{rule.file.version}" for rule in (before, after))
    yield from difflib.unified_diff(_sql(before), _sql(after), old, new, lineterm="")


def _sql(rule: Rule) -> list[str]:
    steps = [rule.sql, *(f"-- excuse: {k}\n{v}" for k, v in sorted(rule.excuse_sql.items()))]
    return "\n".join(steps).splitlines()


def _fields(rule: Rule) -> object:
    return rule.file.model_dump(mode="json", exclude={"examples"})


def _flat(value: object, name: str = "") -> dict[str, str]:
    if isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, list):
        parts = enumerate(value)  # type: ignore[assignment]
    else:
        return {} if value is None else {name: str(value)}
    return {
        key: text
        for k, part in parts
        for key, text in _flat(part, f"{name}.{k}" if name else str(k)).items()
    }
