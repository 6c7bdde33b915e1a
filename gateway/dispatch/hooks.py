"""Webhooks after the Standard Webhooks specification 1.0: ids only, signed, at least once, in order of each
case. The body says that a case has changed and never how: who may know asks the API."""

import base64
import binascii
import hmac
import json
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.dispatch.worker import Round, WorkSettings, error_code, is_hopeless
from gateway.model.errors import UsageError
from gateway.model.hooks import HookItem
from gateway.transport import Gone

TYPE = "case.changed"
SHARED, OWN = "whsec_", "whsk_"
PUBLIC = "whpk_"
_SECRET_BYTES = 32


class HookBook(Protocol):
    """Subscriptions and what has still to go out (the store's)."""

    def fan_out(self, now: datetime, limit: int = 500) -> int: ...
    def lease(self, now: datetime, ttl: timedelta, limit: int) -> Sequence[HookItem]: ...
    def sent(self, item: HookItem, now: datetime) -> bool: ...
    def again(self, item: HookItem, next_at: datetime, error: str) -> bool: ...
    def dead(self, item: HookItem, error: str) -> bool: ...
    def end(self, webhook_id: int, at: datetime) -> None: ...


class Poster(Protocol):
    """Posts to an address that was judged (gateway.transport.Hooks)."""

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> None: ...


def new_secret(*, own_key: bool = False) -> str:
    """A new secret: `whsec_` shared with the receiver, or `whsk_`, an ed25519 key of ours."""
    raw = secrets.token_bytes(_SECRET_BYTES)
    return (OWN if own_key else SHARED) + base64.b64encode(raw).decode()


def told_secret(secret: str) -> str:
    """What the receiver is told: the shared secret itself, or the public key (`whpk_…`)."""
    if secret.startswith(SHARED):
        return secret
    public = _private(secret).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return PUBLIC + base64.b64encode(public).decode()


def signature(secret: str, event_id: str, timestamp: int, body: bytes) -> str:
    """The `webhook-signature` of a message: `v1,…` (HMAC-SHA256) or `v1a,…` (ed25519)."""
    signed = f"{event_id}.{timestamp}.".encode() + body
    if secret.startswith(OWN):
        return "v1a," + base64.b64encode(_private(secret).sign(signed)).decode()
    key = _raw(secret, SHARED)
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def body_of(item: HookItem) -> bytes:
    """The message: type, time, and the case's references with its sequence; nothing of a child."""
    said = {
        "type": TYPE,
        "timestamp": item.at.isoformat(),
        "data": {
            "case_id": item.case_id,
            "finding_key": item.finding_key,
            "sequence": item.version,
        },
    }
    return json.dumps(said, separators=(",", ":")).encode()


Tell = Callable[[HookItem, datetime], tuple[bytes, dict[str, str]]]
"""(an item, the time) → the body and headers of its message."""


def standard_message(item: HookItem, now: datetime) -> tuple[bytes, dict[str, str]]:
    """The message of an item after the Standard Webhooks specification."""
    body, timestamp = body_of(item), int(now.timestamp())
    return body, {
        "content-type": "application/json",
        "webhook-id": item.event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(item.hook.secret, item.event_id, timestamp, body),
    }


def send_hooks(
    book: HookBook,
    poster: Poster,
    clock: Callable[[], datetime],
    settings: WorkSettings,
    tell: Tell = standard_message,
) -> Round:
    """One round: events become items, one batch of items is posted, each reported. No failure of one
    stops the others; a receiver that says it is gone is told nothing more."""
    done, start = Round(), clock()
    while book.fan_out(start):
        pass
    for item in book.lease(start, settings.lease, settings.batch):
        if clock() >= start + settings.lease:
            break
        done += _one(book, poster, clock, settings, item, tell)
    return done


def _one(
    book: HookBook,
    poster: Poster,
    clock: Callable[[], datetime],
    settings: WorkSettings,
    item: HookItem,
    tell: Tell,
) -> Round:
    try:
        body, headers = tell(item, clock())
        poster.post(item.hook.url, body, headers)
    except Exception as error:  # A worker outlives whatever one receiver does to it.
        if isinstance(error, Gone):
            book.end(item.hook.webhook_id, clock())
            return Round(dead=1)
        if is_hopeless(error) or item.attempts >= settings.max_attempts:
            return Round(dead=1) if book.dead(item, error_code(error)) else Round(lost=1)
        next_at = clock() + settings.pause_of(item.item_id, item.attempts)
        kept = book.again(item, next_at, error_code(error))
        return Round(again=1) if kept else Round(lost=1)
    return Round(sent=1) if book.sent(item, clock()) else Round(lost=1)


def _private(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_raw(secret, OWN))


def _raw(secret: str, prefix: str) -> bytes:
    try:
        raw = base64.b64decode(secret.removeprefix(prefix), validate=True)
    except binascii.Error:
        raw = b""
    if not secret.startswith(prefix) or not 24 <= len(raw) <= 64:
        raise UsageError("a webhook's secret is not of its form", mend="make the webhook anew")
    return raw
