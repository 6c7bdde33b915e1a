"""Queries over the attributes that `mappings/dci/` names: which child is meant, and for what purpose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from gateway.access import Client, Purpose
from gateway.dci.refusals import criteria_refused
from gateway.dci.words import Words
from gateway.model.errors import NotAllowed

_ALL = {"name", "born", "guardian"}
_LONGEST = 64


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a query is about, each as `number`, or `name`, `born` and `guardian`; `listed`: it asked for a
    list, though perhaps of one."""

    children: tuple[dict[str, Any], ...]
    listed: bool = False


class Queries:
    """Reads queries in the words of one mapping file."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def purpose(self, client: Client, criteria: Mapping[str, Any]) -> Purpose:
        """The registered purpose that `authorize` or `consent` names. Raises Refused."""
        for name in ("authorize", "consent"):
            given = criteria.get(name)
            purpose = given.get("purpose") if isinstance(given, dict) else None
            code = purpose.get("code") if isinstance(purpose, dict) else None
            found = self._words.purposes.get(code) if isinstance(code, str) else None
            if found is not None:
                try:
                    return client.for_purpose(found)
                except NotAllowed as error:
                    raise criteria_refused(error.what) from None
        raise criteria_refused("a registered purpose is needed in authorize or consent")

    def named(self, kind: object, query: object) -> Named:
        """Whom a query is about. Raises Refused."""
        if kind == "idtype-value" and isinstance(query, dict):
            return Named((self._number(query.get("type"), query.get("value")),))
        if kind == "predicate" and isinstance(query, list):
            return self._predicates(query)
        if kind == "expression" and isinstance(query, dict):
            return self._expression(query)
        raise criteria_refused("idtype-value, predicate or expression, in its form")

    def _list(self, kind: object, values: object) -> Named:
        if not isinstance(values, list) or not values or len(set(map(str, values))) < len(values):
            raise criteria_refused("a list of identifiers, none of them twice")
        return Named(tuple(self._number(kind, value) for value in values), listed=True)

    def _number(self, kind: object, value: object) -> dict[str, Any]:
        known = isinstance(kind, str) and kind in self._words.identifier_types
        if known and isinstance(value, str) and 0 < len(value) <= _LONGEST:
            return {"number": value}
        raise criteria_refused("an identifier of a type that is named")

    def _predicates(self, query: Sequence[object]) -> Named:
        first = query[0].get("expression1") if query and isinstance(query[0], dict) else None
        if isinstance(first, dict) and first.get("operator") == "in":
            value = first.get("attribute_value")
            if len(query) > 1 or not _alone(query[0]):
                raise criteria_refused("a list is one predicate by itself")
            values = value.split(",") if isinstance(value, str) else None
            return self._list(first.get("attribute_name"), values)
        said: list[tuple[object, object]] = []
        for step in query[:4]:
            if not isinstance(step, dict) or step.get("condition", "and") != "and":
                raise criteria_refused("predicates are joined by and")
            said += [_equal(step[n]) for n in ("expression1", "expression2") if n in step]
        return self._one(said)

    def _expression(self, query: Mapping[str, Any]) -> Named:
        """`{"type": …, "value": {"expression": {"query": {"$and": [{attribute: {"$eq": value}}, …]}}}}`,
        or `{identifier type: {"$in": […]}}` in the place of `$and`."""
        value = query.get("value")
        inner = value.get("expression") if isinstance(value, dict) else None
        asked = inner.get("query") if isinstance(inner, dict) else None
        if query.get("type") not in self._words.expressions or not isinstance(asked, dict):
            raise criteria_refused("an expression of a query type that is named")
        ((kind, test), *more) = list(asked.items()) or [("", None)]
        if not more and isinstance(test, dict) and set(test) == {"$in"}:
            return self._list(kind, test["$in"])
        return self._joined(asked)

    def _joined(self, asked: Mapping[str, Any]) -> Named:
        steps = asked["$and"] if set(asked) == {"$and"} else [{n: asked[n]} for n in asked]
        if not isinstance(steps, list) or not 0 < len(steps) <= 4:
            raise criteria_refused("attributes are joined by $and")
        said: list[tuple[object, object]] = []
        for step in steps:
            if not isinstance(step, dict) or len(step) != 1:
                raise criteria_refused("one attribute in each part")
            ((name, test),) = step.items()
            if not isinstance(test, dict) or set(test) != {"$eq"}:
                raise criteria_refused("attributes are compared by $eq")
            said.append((name, test["$eq"]))
        if len(said) == 1 and said[0][0] in self._words.identifier_types:
            return Named((self._number(*said[0]),))
        return self._one(said)

    def _one(self, said: Sequence[tuple[object, object]]) -> Named:
        found: dict[str, Any] = {}
        for name, value in said:
            ours = self._words.attributes.get(str(name))
            if ours is None or not isinstance(value, str) or not 0 < len(value) <= _LONGEST:
                raise criteria_refused("that attribute is not queried")
            if ours in found:
                raise criteria_refused("an attribute is named once")
            found[ours] = _day(value) if ours == "born" else value
        if set(found) != _ALL:
            raise criteria_refused(
                "a child is named by all of " + ", ".join(self._words.attributes)
            )
        return Named((found,))


def _alone(step: object) -> bool:
    return isinstance(step, dict) and step.keys() <= {"seq_num", "expression1"}


def _equal(said: object) -> tuple[object, object]:
    if not isinstance(said, dict) or said.get("operator") != "eq":
        raise criteria_refused("attributes are compared by eq")
    return said.get("attribute_name"), said.get("attribute_value")


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        raise criteria_refused("birthdate is YYYY-MM-DD") from None
