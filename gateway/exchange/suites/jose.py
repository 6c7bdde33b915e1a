"""JSON messages (docs/exchange-format.md, sections 3 and 8): JOSE, and its national sibling."""

from collections.abc import Callable
from typing import BinaryIO

import orjson

from gateway.exchange.contract import header_values
from gateway.exchange.documents import read_object
from gateway.exchange.suites import nested, sm2_box
from gateway.exchange.suites.parts import Opening, Sealing, Signed, no_further_check
from gateway.exchange.trust import TrustedKey
from gateway.model.errors import ExchangeRefused, Refusal, UsageError
from gateway.model.exchange import Header

KIND = "cwg"
_NAMES = frozenset({"exchange", "content"})


def seal(header: Header, content: bytes, sealing: Sealing) -> bytes:
    """A sealed message around a JSON document in UTF-8."""
    return nested.seal(_message(header, content, sealing), KIND, sealing)


def seal_national(header: Header, content: bytes, sealing: Sealing) -> bytes:
    """The same message sealed with SM2 and SM4-GCM."""
    return sm2_box.seal(_message(header, content, sealing), KIND, sealing)


def unseal(sealed: BinaryIO, opening: Opening) -> Signed:
    """Decrypt and verify a message. Raises ExchangeRefused."""
    return _unseal(sealed, opening, nested.unseal)


def unseal_national(sealed: BinaryIO, opening: Opening) -> Signed:
    """Decrypt and verify a message of the national suite. Raises ExchangeRefused."""
    return _unseal(sealed, opening, sm2_box.unseal)


def _unseal(
    sealed: BinaryIO,
    opening: Opening,
    open_box: Callable[[bytes, str, Opening], tuple[bytes, TrustedKey]],
) -> Signed:
    body = sealed.read(opening.limits.message_bytes + 1)
    if len(body) > opening.limits.message_bytes:
        raise ExchangeRefused(Refusal.TOO_LARGE, "The message is larger than the cap")
    payload, signer = open_box(body, KIND, opening)
    message = read_object(payload, opening.limits.depth, _NAMES, frozenset({"statement"}))
    content = message["content"]
    if not isinstance(content, str):
        raise ExchangeRefused(Refusal.MALFORMED, "The content is no text")
    said = str(message.get("statement", ""))
    whole = iter([content.encode("utf-8")])
    return Signed(signer, message["exchange"], whole, no_further_check, said)


def content_for_seal(document: bytes) -> bytes:
    """The content bytes of a document: itself. Raises UsageError when it is not UTF-8."""
    try:
        document.decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError("A JSON document is UTF-8.") from None
    return document


def _message(header: Header, content: bytes, sealing: Sealing) -> bytes:
    message = {"exchange": header_values(header), "content": content.decode("utf-8")}
    if sealing.statement:
        message["statement"] = sealing.statement
    return orjson.dumps(message)
