"""Subscriptions: webhooks in this interface's words. Who is told of what, and of whom nothing is told, is the
webhooks' (gateway/dispatch): only ordinary cases, within the client's divisions, ids only."""

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from gateway.access import ApiScope, Client
from gateway.casework import Event
from gateway.dci.envelope import Envelope, Reply
from gateway.dci.headers import Heads
from gateway.dci.queries import Queries
from gateway.dci.refusals import (
    Refused,
    check_count,
    checked_reference,
    list_of,
    transaction_of,
)
from gateway.dci.words import Words
from gateway.dispatch import ClientHook, Narrowed
from gateway.model.errors import UsageError
from gateway.model.hooks import HookRow

MOST = 20
_EVENTS = frozenset(str(event) for event in Event)


class Hooks(Protocol):
    """A client's webhooks (gateway.dispatch.ClientHooks)."""

    def add(
        self, client: Client, url: str, narrowed: Narrowed, *, own_key: bool = False, dci: str = ""
    ) -> tuple[HookRow, str]: ...
    def all(self, client: Client) -> Sequence[ClientHook]: ...
    def end(self, client: Client, number: int) -> bool: ...


class Subscriptions:
    """Raises NotAllowed for a client without the scope `events`, UsageError for what is no message."""

    def __init__(self, heads: Heads, words: Words, hooks: Hooks) -> None:
        self._heads = heads
        self._words = words
        self._hooks = hooks
        self._queries = Queries(words)

    def subscribe(self, client: Client, envelope: Envelope) -> Reply:
        """Make the subscriptions of a message, each or its refusal."""
        client.needs(ApiScope.EVENTS)
        to, url = client.client_id, str(envelope.header.get("sender_uri", ""))
        requests = list_of(envelope.message, "subscribe_request")
        transaction = transaction_of(envelope.message)
        try:
            self._heads.check(client, envelope.header, "subscribe")
            check_count(envelope.header, len(requests), MOST)
        except Refused as why:
            return Reply(self._heads.made(to, "on-subscribe", 0, why), None)
        seen: set[str] = set()
        items = [self._item(client, url, transaction, one, seen) for one in requests]
        done = sum(item["status"] == "succ" for item in items)
        message = {
            "transaction_id": transaction, "correlation_id": uuid.uuid4().hex,
            "subscribe_response": items,
        }  # fmt: skip
        return Reply(self._heads.made(to, "on-subscribe", len(items), None, done), message)

    def unsubscribe(self, client: Client, envelope: Envelope) -> Reply:
        """End the subscriptions that are named, all or none."""
        client.needs(ApiScope.EVENTS)
        said, to = envelope.message, client.client_id
        # The published document requires the list under a name that is misspelt.
        codes = said.get("subscription_codes", said.get("sunscription_codes"))
        transaction = transaction_of(said)
        if not isinstance(codes, list) or not 0 < len(codes) <= MOST:
            raise UsageError(f"subscription_codes is a list of 1 to {MOST} codes")
        try:
            self._heads.check(client, envelope.header, "unsubscribe")
        except Refused as why:
            return Reply(self._heads.made(to, "on-unsubscribe", 0, why), None)
        answer: dict[str, Any] = {
            "transaction_id": transaction, "correlation_id": uuid.uuid4().hex,
            "timestamp": self._heads.now(),
        }  # fmt: skip
        try:
            ended = self._end(client, [str(code) for code in codes])
        except Refused as why:
            answer |= {
                "status": "rjct", "status_reason_code": why.code,
                "status_reason_message": why.message,
            }  # fmt: skip
            return Reply(self._heads.made(to, "on-unsubscribe", len(codes)), answer)
        states = [{"code": code, "status": "unsubscribe"} for code in ended]
        answer |= {"status": "succ", "subscription_status": states}
        head = self._heads.made(to, "on-unsubscribe", len(codes), None, len(ended))
        return Reply(head, answer)

    def known(self, client: Client, codes: Sequence[str]) -> list[dict[str, Any]]:
        """The client's subscriptions of these codes, as the standard tells of them."""
        mine = self._mine(client)
        return [_info(mine[code].hook) for code in codes if code in mine]

    def _item(
        self, client: Client, url: str, transaction: str, one: Mapping[str, Any], seen: set[str]
    ) -> dict[str, Any]:
        item = {"reference_id": str(one.get("reference_id", "")), "timestamp": self._heads.now()}
        try:
            checked_reference(one, seen)
            hook = self._made(client, url, transaction, one)
        except Refused as why:
            return item | {
                "status": "rjct", "status_reason_code": why.code,
                "status_reason_message": why.message,
            }  # fmt: skip
        return item | {"status": "succ", "subscriptions": [_info(hook)]}

    def _made(self, client: Client, url: str, transaction: str, one: Mapping[str, Any]) -> HookRow:
        criteria = one.get("subscribe_criteria")
        if not isinstance(criteria, dict):
            raise _details("subscribe_criteria is an object")
        if criteria.get("reg_event_type") not in self._words.event_types:
            raise Refused("rjct.notify_types.invalid", ", ".join(self._words.event_types))
        if criteria.get("notify_record_type") != self._words.event_record_type:
            raise Refused("rjct.notify_types.invalid", self._words.event_record_type)
        if criteria.get("frequency"):
            raise _details("events are told as they happen, without a frequency")
        try:
            self._queries.purpose(client, criteria)
        except Refused as why:
            raise _details(why.message) from None
        narrowed = self._narrowed(criteria.get("filter_type"), criteria.get("filter"))
        for living in self._mine(client).values():
            hook = living.hook
            if (
                hook.ended_at is None
                and hook.url == url
                and Narrowed(hook.rules, hook.events) == narrowed
            ):
                raise Refused("rjct.event.already_subscribed", json.loads(hook.dci)["code"])
        kept = {
            "code": uuid.uuid4().hex, "transaction_id": transaction,
            "reg_event_type": criteria["reg_event_type"],
            "filter_type": criteria.get("filter_type", "predicate"), "filter": criteria["filter"],
        }  # fmt: skip
        try:
            return self._hooks.add(client, url, narrowed, dci=json.dumps(kept))[0]
        except UsageError as error:
            raise _details(error.what) from None

    def _narrowed(self, kind: object, given: object) -> Narrowed:
        if given in ({}, []):
            return Narrowed()
        if kind != "predicate" or not isinstance(given, list) or len(given) > 4:
            raise _details("a filter is predicates, or empty")
        found: dict[str, tuple[str, ...]] = {}
        for step in given:
            if not isinstance(step, dict) or step.get("condition", "and") != "and":
                raise _details("predicates are joined by and")
            for name in ("expression1", "expression2"):
                if name in step:
                    part, values = self._values(step[name])
                    if part in found:
                        raise _details("an attribute is named once")
                    found[part] = values
        return Narrowed(found.get("rules", ()), found.get("events", ()))

    def _values(self, said: object) -> tuple[str, tuple[str, ...]]:
        if not isinstance(said, dict) or said.get("operator") not in ("eq", "in"):
            raise _details("attributes are compared by eq or in")
        part = self._words.event_filters.get(str(said.get("attribute_name")))
        value = said.get("attribute_value")
        values = tuple(sorted(set(value.split(",")))) if isinstance(value, str) else ()
        if part is None or not 0 < len(values) <= 100:
            raise _details("that attribute is not filtered by")
        if not all(v in _EVENTS if part == "events" else _is_rule(v) for v in values):
            raise _details("no rule or event of that name")
        return part, values

    def _mine(self, client: Client) -> dict[str, ClientHook]:
        found = [one for one in self._hooks.all(client) if one.hook.dci]
        return {str(json.loads(one.hook.dci)["code"]): one for one in found}

    def _end(self, client: Client, codes: Sequence[str]) -> Sequence[str]:
        mine = self._mine(client)
        if not set(codes) <= set(mine):
            raise Refused("rjct.subscription_code.invalid", "no subscription of that code")
        if any(mine[code].hook.ended_at is not None for code in codes):
            raise Refused("rjct.event.already_unsubscribed", "it has ended already")
        for code in dict.fromkeys(codes):
            self._hooks.end(client, mine[code].hook.webhook_id)
        return tuple(dict.fromkeys(codes))


def _info(hook: HookRow) -> dict[str, Any]:
    kept = json.loads(hook.dci)
    said = {name: kept[name] for name in ("reg_event_type", "filter_type", "filter")}
    state = "subscribe" if hook.ended_at is None else "unsubscribe"
    # The published document requires names of other places of it; the values are the same.
    return {
        "version": "1.0.0", "code": kept["code"], "subscription_code": kept["code"],
        "status": state, "timestamp": hook.created_at.isoformat(timespec="seconds"),
        "subscribe_criteria": said, **said,
    }  # fmt: skip


def _details(message: str) -> Refused:
    return Refused("rjct.notify_details.invalid", message)


def _is_rule(text: str) -> bool:
    head, _, tail = text.partition("-")
    return (
        len(head) == 3 and head.isascii() and head.isupper() and len(tail) == 2 and tail.isdigit()
    )
