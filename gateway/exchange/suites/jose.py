"""JOSE messages (docs/exchange-format.md, section 3)."""

import json
from typing import BinaryIO

from gateway.exchange.contract import header_values
from gateway.exchange.documents import read_object
from gateway.exchange.suites import nested
from gateway.exchange.suites.parts import Opening, Sealing, Signed, no_further_check
from gateway.model.errors import ExchangeRefused, Refusal, UsageError
from gateway.model.exchange import Header

KIND = "cwg"
_NAMES = frozenset({"exchange", "content"})


def seal(header: Header, content: bytes, sealing: Sealing) -> bytes:
    """A sealed message around a JSON document in UTF-8."""
    message = {"exchange": header_values(header), "content": content.decode("utf-8")}
    return nested.seal(_dumps(message), KIND, sealing)


def unseal(sealed: BinaryIO, opening: Opening) -> Signed:
    """Decrypt and verify a message. Raises ExchangeRefused."""
    body = sealed.read(opening.limits.message_bytes + 1)
    if len(body) > opening.limits.message_bytes:
        raise ExchangeRefused(Refusal.TOO_LARGE, "The message is larger than the cap")
    payload, signer = nested.unseal(body, KIND, opening)
    message = read_object(payload, opening.limits.depth, _NAMES)
    content = message["content"]
    if not isinstance(content, str):
        raise ExchangeRefused(Refusal.MALFORMED, "The content is no text")
    return Signed(signer, message["exchange"], iter([content.encode("utf-8")]), no_further_check)


def content_for_seal(document: bytes) -> bytes:
    """The content bytes of a document: itself. Raises UsageError when it is not UTF-8."""
    try:
        document.decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError("A JSON document is UTF-8.") from None
    return document


def _dumps(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
