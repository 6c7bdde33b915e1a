"""Operations whose answer follows: it is found at once, kept sealed, and sent by `cwg work` to the address
that the request named. What was asked is not kept: no number, no name."""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from gateway.access import Client
from gateway.dci.envelope import Envelope, Reply
from gateway.dci.headers import Heads
from gateway.dci.refusals import Refused, check_count, transaction_of
from gateway.dci.subscriptions import Subscriptions
from gateway.model.callbacks import CallbackRow
from gateway.model.errors import UsageError
from gateway.transport import split_hook

Ask = Callable[[Client, Envelope], Reply]
KINDS: Mapping[str, str] = {
    "search": "search_response",
    "subscribe": "subscribe_response",
    "unsubscribe": "subscription_status",
}
"""`txn_type` → where the entries of its answer stand."""

_ATTRIBUTES = ("transaction_id", "reference_id_list", "correlation_id", "subscription_code_list")
MOST_ASKED = 200


class Book(Protocol):
    """Kept answers (the store's)."""

    def add(self, new: CallbackRow) -> int: ...
    def of_client(self, client_id: str, action: str) -> Sequence[CallbackRow]: ...


class Later:
    """Takes a request now and keeps its answer for later."""

    def __init__(self, heads: Heads, book: Book, subscriptions: Subscriptions) -> None:
        self._heads = heads
        self._book = book
        self._subscriptions = subscriptions

    def take(self, client: Client, envelope: Envelope, ask: Ask) -> dict[str, Any]:
        """The acknowledgement of a request; its answer is kept to be sent.

        Raises what `ask` raises, and UsageError when there is nowhere to send it to.
        """
        url = envelope.header.get("sender_uri")
        split_hook(url if isinstance(url, str) else "")
        reply = ask(client, envelope)
        if reply.message is None:
            why = f"{reply.header['status_reason_code']}: {reply.header['status_reason_message']}"
            return self._ack("NACK", uuid.uuid4().hex, {"code": "err.request.bad", "message": why})
        message, head = reply.message, reply.header
        self._book.add(
            CallbackRow(
                client.client_id, str(url), head["action"], head["message_id"],
                message["transaction_id"], message["correlation_id"], _references(message),
                self._heads.moment(), head["total_count"], head["completed_count"],
                envelope.encrypted, json.dumps(message, ensure_ascii=False),
            )
        )  # fmt: skip
        return self._ack("ACK", message["correlation_id"])

    def status(self, client: Client, envelope: Envelope) -> Reply:
        """What became of a transaction of the client (`txn/status`). Raises UsageError.

        Of what is not known, or was swept, there are no entries.
        """
        asked, to = envelope.message.get("txnstatus_request"), client.client_id
        transaction = transaction_of(envelope.message)
        if not isinstance(asked, dict) or asked.get("txn_type") not in KINDS:
            raise UsageError("txn_type is " + ", ".join(KINDS))
        try:
            self._heads.check(client, envelope.header, "txn-status")
            check_count(envelope.header, 1, 1)
        except Refused as why:
            return Reply(self._heads.made(to, "txn-on-status", 0, why), None)
        kind = str(asked["txn_type"])
        found = self._found(client, kind, asked.get("attribute_type"), asked.get("attribute_value"))
        message = {
            "transaction_id": transaction, "correlation_id": uuid.uuid4().hex,
            "txnstatus_response": {"txn_type": f"on-{kind}", "txn_status": found},
        }  # fmt: skip
        done = bool(found.get(KINDS[kind]))
        return Reply(self._heads.made(to, "txn-on-status", 1, None, int(done)), message)

    def _found(self, client: Client, kind: str, by: object, value: object) -> dict[str, Any]:
        many: list[Any] = value if isinstance(value, list) else [value]
        if by not in _ATTRIBUTES or not 0 < len(many) <= MOST_ASKED:
            raise UsageError("attribute_type is " + ", ".join(_ATTRIBUTES))
        if not all(isinstance(one, str) for one in many):
            raise UsageError("attribute_value is a text, or a list of texts")
        none = self._none(kind)
        if by == "subscription_code_list":
            if kind == "search":
                raise UsageError("a search has no subscription codes")
            return none | self._of_codes(client, kind, many)
        for row in self._book.of_client(client.client_id, f"on-{kind}"):
            if by == "reference_id_list" and set(many) <= set(row.references):
                return _only(json.loads(row.body), KINDS[kind], set(many))
            if by != "reference_id_list" and getattr(row, str(by)) == many[0]:
                found: dict[str, Any] = json.loads(row.body)
                return found
        return none

    def _of_codes(self, client: Client, kind: str, codes: Sequence[str]) -> dict[str, Any]:
        known = self._subscriptions.known(client, codes)
        if kind == "subscribe":
            now = self._heads.now()
            return {
                "subscribe_response": [
                    {"reference_id": one["code"], "timestamp": now, "status": "succ",
                     "subscriptions": [one]}
                    for one in known
                ]
            }  # fmt: skip
        return {"subscription_status": [{"code": o["code"], "status": o["status"]} for o in known]}

    def _none(self, kind: str) -> dict[str, Any]:
        none: dict[str, Any] = {
            "transaction_id": "", "correlation_id": uuid.uuid4().hex, KINDS[kind]: []
        }  # fmt: skip
        return none | (
            {"timestamp": self._heads.now(), "status": "rcvd"} if kind == "unsubscribe" else {}
        )

    def _ack(
        self, status: str, correlation: str, error: dict[str, str] | None = None
    ) -> dict[str, Any]:
        said = {"ack_status": status, "timestamp": self._heads.now(), "correlation_id": correlation}
        return {"message": said | ({} if error is None else {"error": error})}


def _references(message: Mapping[str, Any]) -> tuple[str, ...]:
    entries = message.get("search_response") or message.get("subscribe_response") or ()
    return tuple(str(one["reference_id"]) for one in entries)


def _only(message: dict[str, Any], place: str, references: set[str]) -> dict[str, Any]:
    entries = [one for one in message.get(place, ()) if one.get("reference_id") in references]
    return message | {place: entries}
