"""Queries over the attributes that `mappings/dci/` names: which child is meant, and for what purpose."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from gateway.access import Client, Purpose
from gateway.dci.refusals import criteria_refused
from gateway.dci.words import Words
from gateway.model.errors import NotAllowed

_ALL = {"name", "born", "guardian"}
_LONGEST = 64


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

    def child(self, kind: object, query: object) -> dict[str, Any]:
        """Whom a query is about: `number`, or `name`, `born` and `guardian`. Raises Refused."""
        if kind == "idtype-value" and isinstance(query, dict):
            return self._number(query.get("type"), query.get("value"))
        if kind == "predicate" and isinstance(query, list):
            return self._predicates(query)
        if kind == "expression" and isinstance(query, dict):
            return self._expression(query)
        raise criteria_refused("idtype-value, predicate or expression, in its form")

    def _number(self, kind: object, value: object) -> dict[str, Any]:
        known = isinstance(kind, str) and kind in self._words.identifier_types
        if known and isinstance(value, str) and 0 < len(value) <= _LONGEST:
            return {"number": value}
        raise criteria_refused("an identifier of a type that is named")

    def _predicates(self, query: Sequence[object]) -> dict[str, Any]:
        said: list[tuple[object, object]] = []
        for step in query[:4]:
            if not isinstance(step, dict) or step.get("condition", "and") != "and":
                raise criteria_refused("predicates are joined by and")
            said += [_equal(step[n]) for n in ("expression1", "expression2") if n in step]
        return self._named(said)

    def _expression(self, query: Mapping[str, Any]) -> dict[str, Any]:
        """`{"type": …, "value": {"expression": {"query": {"$and": [{attribute: {"$eq": value}}, …]}}}}`."""
        value = query.get("value")
        inner = value.get("expression") if isinstance(value, dict) else None
        asked = inner.get("query") if isinstance(inner, dict) else None
        if query.get("type") not in self._words.expressions or not isinstance(asked, dict):
            raise criteria_refused("an expression of a query type that is named")
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
            return self._number(*said[0])
        return self._named(said)

    def _named(self, said: Sequence[tuple[object, object]]) -> dict[str, Any]:
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
        return found


def _equal(said: object) -> tuple[object, object]:
    if not isinstance(said, dict) or said.get("operator") != "eq":
        raise criteria_refused("attributes are compared by eq")
    return said.get("attribute_name"), said.get("attribute_value")


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        raise criteria_refused("birthdate is YYYY-MM-DD") from None
