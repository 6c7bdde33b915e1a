"""`signature` + `header` + `message`: read once, and verified over the bytes as they came.

The standard signs "{header}+{message}" and leaves the form open; ours is a detached JWS (RFC 7515, appendix
F) whose payload is the two values' bytes, one after the other, exactly as they stand in the body. Nothing is
serialised again on the way: two writers of one JSON value need not write the same bytes.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jws
from joserfc.errors import JoseError

from gateway.access.client_keys import ALGORITHMS, key_set
from gateway.exchange.documents import read_json, read_object
from gateway.exchange.suites import nested
from gateway.model.errors import ExchangeRefused, LoginRefused, UsageError

MOST_BYTES = 64 * 1024
DEPTH = 16
_SPACE = " \t\r\n"
_CANNOT = "the message cannot be decrypted"

OwnKey = Callable[[str], ec.EllipticCurvePrivateKey | None]
"""The site's own encryption key of that name (`kid`), or None."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A request. `signed` are the bytes that the signature is over, `text` its message as it stands;
    `encrypted`: the message came in the encrypted form."""

    signature: str
    header: dict[str, Any]
    message: dict[str, Any]
    signed: bytes
    text: str = ""
    encrypted: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer before it is signed; `message` None when the header says it all. `misses`: how many
    answers in it were about nobody whom the client may ask of."""

    header: dict[str, Any]
    message: dict[str, Any] | None
    misses: int = 0


def read_envelope(body: bytes) -> Envelope:
    """A request's parts. Raises UsageError for what is no envelope, or too large or deep a one."""
    if len(body) > MOST_BYTES:
        raise UsageError("the message is too large", mend=f"at most {MOST_BYTES} bytes")
    try:
        names = frozenset({"header", "message"})
        value = read_object(body, DEPTH, names, frozenset({"signature"}))
    except (ExchangeRefused, ValueError, RecursionError):
        raise UsageError("that is no envelope of signature, header and message") from None
    parts = _slices(body.decode("utf-8"))
    header, message, signature = value["header"], value["message"], value.get("signature", "")
    if not isinstance(header, dict) or not isinstance(message, dict):
        raise UsageError("header and message are objects")
    signed = (parts["header"] + parts["message"]).encode()
    kept = signature if isinstance(signature, str) else ""
    return Envelope(kept, header, message, signed, parts["message"])


def verify(envelope: Envelope, jwks: str) -> None:
    """That one of these keys (JWKS text) signed the bytes. Raises LoginRefused."""
    head, middle, last = (envelope.signature.split(".") + ["", "", ""])[:3]
    if not head or middle or not last or envelope.signature.count(".") != 2:
        raise LoginRefused("a detached signature is needed", mend="RFC 7515, appendix F")
    token = f"{head}.{_encoded(envelope.signed)}.{last}"
    try:
        jws.deserialize_compact(token, key_set(jwks), algorithms=list(ALGORITHMS))
    except (JoseError, ValueError):
        raise LoginRefused("the signature does not hold") from None


def opened(envelope: Envelope, own_key: OwnKey) -> Envelope:
    """The request with its message decrypted, when its header says that it is encrypted.

    The standard's EncryptedMessage is a JWE (RFC 7516) taken apart: `header` is its protected header,
    whose bytes as they stand are authenticated. Raises UsageError.
    """
    if envelope.header.get("is_msg_encrypted", False) is False:
        return envelope
    try:
        parts = _sealed_parts(envelope.message)
        header = envelope.message["header"]
        own = own_key(str(header.get("kid")))
        if (header.get("alg"), header.get("enc")) != (nested.WRAP, nested.CIPHER) or own is None:
            raise UsageError(_CANNOT, mend=f"{nested.WRAP} and {nested.CIPHER}, to our key")
        raw = _slices(envelope.text)["header"]
        data = nested.opened(_encoded(raw.encode()).encode(), header.get("epk"), parts, own)
        said = read_json(data, DEPTH)
    except (ExchangeRefused, ValueError, RecursionError):
        raise UsageError(_CANNOT) from None
    if not isinstance(said, dict):
        raise UsageError("what was encrypted is no message")
    return replace(envelope, message=said, encrypted=True)


def sealed(message: bytes, kid: str, key: ec.EllipticCurvePublicKey) -> str:
    """The JSON text of an EncryptedMessage for the holder of a key."""
    head, wrapped, nonce, data, tag = nested.encrypt(message, {"kid": kid}, key)
    header = base64.urlsafe_b64decode(head + b"=" * (-len(head) % 4)).decode()
    rest = {"encrypted_key": wrapped, "iv": nonce, "ciphertext": data, "tag": tag}
    texts = ",".join(f'"{name}":"{part.decode()}"' for name, part in rest.items())
    return f'{{"header":{header},{texts}}}'


def _sealed_parts(message: dict[str, Any]) -> list[bytes]:
    names = ("encrypted_key", "iv", "ciphertext", "tag")
    parts = [message.get(name) for name in names]
    if not isinstance(message.get("header"), dict) or not all(isinstance(p, str) for p in parts):
        raise UsageError(_CANNOT)
    return [str(part).encode() for part in parts]


def detached(token: str) -> str:
    """A compact JWS without its payload."""
    head, _, rest = token.partition(".")
    return f"{head}..{rest.partition('.')[2]}"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _slices(text: str) -> dict[str, str]:
    """The text of each value of a JSON object that was read already."""
    found, reader = {}, json.JSONDecoder()
    place = _after(text, text.index("{") + 1)
    while text[place] != "}":
        name, place = reader.raw_decode(text, place)
        place = _after(text, _after(text, place) + 1)
        _, end = reader.raw_decode(text, place)
        found[name] = text[place:end]
        place = _after(text, end)
        if text[place] == ",":
            place = _after(text, place + 1)
    return found


def _after(text: str, place: int) -> int:
    while text[place] in _SPACE:
        place += 1
    return place
