"""What we send: an answer or an event in its envelope, signed over the bytes as they stand."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from gateway.access.client_keys import encryption_key
from gateway.dci.envelope import Reply, detached, sealed
from gateway.dci.headers import Heads
from gateway.dci.words import Words
from gateway.model.callbacks import CallbackItem
from gateway.model.errors import UsageError
from gateway.model.exchange import Sent
from gateway.model.hooks import HookItem

Sign = Callable[[bytes], str]
"""A compact JWS of a payload."""

Post = Callable[[str, bytes, dict[str, str]], None]
"""Posts a body to an address that was judged (gateway.transport.Hooks)."""

JSON = {"content-type": "application/json"}


def signed(header: Mapping[str, Any], message: str | None, sign: Sign) -> bytes:
    """The body of an answer; `message` is JSON text."""
    texts = {"header": json.dumps(header, ensure_ascii=False)}
    if message is not None:
        texts["message"] = message
    signature = detached(sign("".join(texts.values()).encode()))
    inner = ",".join(f'"{name}":{text}' for name, text in texts.items())
    return f'{{"signature":{json.dumps(signature)},{inner}}}'.encode()


KeysOf = Callable[[str], str]
"""The JWKS text of a client."""


class Outgoing:
    """Puts what waits into envelopes of this moment. A message keeps its id at every attempt."""

    def __init__(self, heads: Heads, words: Words, sign: Sign, keys_of: KeysOf) -> None:
        self._heads = heads
        self._words = words
        self._sign = sign
        self._keys_of = keys_of

    def reply(self, client_id: str, reply: Reply, *, encrypted: bool = False) -> bytes:
        """An answer that is given at once; encrypted, as the request was. Raises UsageError."""
        text = None if reply.message is None else json.dumps(reply.message, ensure_ascii=False)
        return self._body(client_id, reply.header, text, encrypted)

    def callback(self, item: CallbackItem) -> bytes:
        """An answer that was kept. Raises UsageError."""
        row = item.row
        header = self._heads.made(
            row.client_id, row.action, row.total, None, row.done, row.message_id
        )
        return self._body(row.client_id, header, row.body, row.encrypted)

    def check_key(self, client_id: str) -> tuple[str, EllipticCurvePublicKey]:
        """The key that answers to a client are encrypted to, and its name. Raises UsageError."""
        found = encryption_key(self._keys_of(client_id))
        if found is None:
            raise UsageError(
                "the client gave no key to encrypt answers to",
                mend="register one on P-256 with use `enc`",
            )
        return found

    def _body(
        self, client_id: str, header: dict[str, Any], message: str | None, encrypted: bool
    ) -> bytes:
        if message is not None and encrypted:
            found = self.check_key(client_id)
            header = header | {"is_msg_encrypted": True}
            message = sealed(message.encode(), *found)
        return signed(header, message, self._sign)

    def event(self, item: HookItem) -> bytes:
        """A case that changed: its references and its sequence, and nothing of a child."""
        kept = json.loads(item.hook.dci)
        record = {
            "@type": self._words.event_record_type, "case_id": item.case_id,
            "finding_key": item.finding_key, "sequence": item.version,
        }  # fmt: skip
        data = {
            "version": "1.0.0", "reg_type": self._words.reg_types[0],
            "reg_event_type": kept["reg_event_type"],
            "reg_record_type": self._words.event_record_type, "reg_records": record,
        }  # fmt: skip
        event = {
            "reference_id": kept["code"], "timestamp": item.at.isoformat(timespec="seconds"),
            "data": data,
        }  # fmt: skip
        header = self._heads.made(item.hook.client_id, "notify", 1, None, 1, item.event_id)
        message = {"transaction_id": kept["transaction_id"], "notify_event": [event]}
        return signed(header, json.dumps(message, ensure_ascii=False), self._sign)

    def sender(self, post: Post) -> Callable[[CallbackItem], Sent]:
        """Sends a kept answer to where it was asked for."""

        def send(item: CallbackItem) -> Sent:
            post(item.row.url, self.callback(item), dict(JSON))
            return Sent(item.row.message_id, "posted")

        return send
