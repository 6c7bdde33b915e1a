"""The field form of the health-insurance interfaces (docs/exchange-format.md, section 8).

    {"appId", "version", "timestamp", "encType": "SM4", "signType": "SM2", "encData", "signData", "extra"}

The signature is SM2 with SM3 over the parameters in the order of their names, `data` as canonical JSON
inside, and the application's secret. The contract is `data.exchange`. What the form has no place for,
the content key, is in `extra`: wrapped for the recipient's SM2 key, and bound to the rest by GCM.
"""

import json
import os
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag

from gateway.exchange.contract import header_values
from gateway.exchange.documents import read_object
from gateway.exchange.national import Sm4Gcm
from gateway.exchange.suites.compact import cannot_be_decrypted, not_for_us, signature_fails
from gateway.exchange.suites.parts import Opening, Sealing, Signed
from gateway.exchange.suites.sm2_box import (
    KEY_BYTES,
    NONCE,
    TAG,
    private_of,
    public_of,
    unwrapped,
)
from gateway.exchange.trust import TrustedKey
from gateway.model.errors import ExchangeRefused, Refusal
from gateway.model.exchange import Header

VERSION = "2.0.1"
BEIJING = timedelta(hours=8)
NAMES = frozenset(
    {"appId", "version", "timestamp", "encType", "signType", "encData", "signData", "extra"}
)
EXTRA = frozenset({"encKey", "keyId"})
_DATA = frozenset({"exchange", "content"})
_HEX = re.compile(r"(?:[0-9a-f]{2})+")
_APP = re.compile(r"[A-Za-z0-9]{1,64}")


def seal(header: Header, content: bytes, sealing: Sealing) -> bytes:
    """A sealed form around a JSON document in UTF-8."""
    data = {"exchange": header_values(header), "content": content.decode("utf-8")}
    form = {
        "appId": sealing.app_id,
        "version": VERSION,
        "timestamp": form_time(header.created),
        "encType": "SM4",
        "signType": "SM2",
    }
    habit = sealing.recipient.habit
    text = signed_text(form, data, sealing.app_secret)
    signature = private_of(sealing.signer).sign(
        text, form=habit.signature, user_id=habit.user_bytes
    )
    key, nonce = os.urandom(KEY_BYTES), os.urandom(NONCE)
    sealed = nonce + Sm4Gcm(key).encrypt(nonce, canonical_json(data), bound_to(form))
    wrapped = public_of(sealing.recipient).encrypt(key)
    whole = {
        **form,
        "encData": sealed.hex(),
        "signData": signature.hex(),
        "extra": {"encKey": wrapped.hex(), "keyId": sealing.recipient.thumbprint},
    }
    return json.dumps(whole, separators=(",", ":")).encode("ascii")


def unseal(sealed: BinaryIO, opening: Opening) -> Signed:
    """Decrypt and verify a form. Raises ExchangeRefused."""
    body = sealed.read(opening.limits.message_bytes + 1)
    if len(body) > opening.limits.message_bytes:
        raise ExchangeRefused(Refusal.TOO_LARGE, "The message is larger than the cap")
    form = _form(body, opening)
    plain = _decrypt(form, opening)
    data = read_object(plain, opening.limits.depth, _DATA)
    if not isinstance(data["content"], str):
        raise ExchangeRefused(Refusal.MALFORMED, "The content is no text")
    text = signed_text(form, data, opening.keys.app_secret(opening.partner))
    signer = _signer(bytes_of(form["signData"], "signData"), text, opening)
    content = iter([data["content"].encode("utf-8", "strict")])

    def check(header: Header) -> None:
        if form["timestamp"] != form_time(header.created):
            raise ExchangeRefused(
                Refusal.MALFORMED, "timestamp and the contract do not say the same"
            )

    return Signed(signer, data["exchange"], content, check)


def signed_text(form: dict[str, Any], data: dict[str, Any], secret: bytes) -> bytes:
    """`k=v&…` in the order of the names, `data` as canonical JSON, then `key=` and the secret."""
    values = {name: form[name] for name in ("appId", "version", "timestamp", "encType", "signType")}
    fields = {name: value.encode("utf-8") for name, value in values.items()}
    fields["data"] = canonical_json(data)
    parts = [name.encode("ascii") + b"=" + fields[name] for name in sorted(fields)]
    return b"&".join((*parts, b"key=" + secret))


def canonical_json(value: object) -> bytes:
    """JSON in UTF-8 with sorted names and no spaces."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8")


def form_time(created: datetime) -> str:
    """A contract's time as the form writes it: local time of China, yyyyMMddHHmmss."""
    return f"{created + BEIJING:%Y%m%d%H%M%S}"


def _form(body: bytes, opening: Opening) -> dict[str, Any]:
    form = read_object(body, 4, NAMES)
    texts = {name: value for name, value in form.items() if name != "extra"}
    if not all(isinstance(value, str) for value in texts.values()):
        raise ExchangeRefused(Refusal.MALFORMED, "A field of the form is no text")
    if not form["encData"]:
        raise ExchangeRefused(Refusal.NOT_ENCRYPTED, "The form's data is not encrypted")
    if not form["signData"]:
        raise ExchangeRefused(Refusal.NOT_SIGNED, "The form is not signed")
    if (form["encType"], form["signType"]) != ("SM4", "SM2"):
        raise ExchangeRefused(Refusal.BAD_ALGORITHM, "encType and signType are not SM4 and SM2")
    partner = opening.trust.find(opening.partner)
    if form["version"] != VERSION or not _APP.fullmatch(form["appId"]):
        raise ExchangeRefused(Refusal.MALFORMED, f"The form is not of version {VERSION}")
    if partner is None or form["appId"] != partner.app_id:
        raise ExchangeRefused(
            Refusal.UNKNOWN_SENDER,
            "Its appId is not the one agreed with the partner",
            where=opening.partner,
            mend="Compare `app_id` of its partner.yaml.",
        )
    return form


def _decrypt(form: dict[str, Any], opening: Opening) -> bytes:
    extra = form["extra"]
    if not isinstance(extra, dict) or extra.keys() != EXTRA:
        raise ExchangeRefused(Refusal.NOT_ENCRYPTED, "The form brings no content key")
    pair = opening.keys.opening(str(extra["keyId"]), "sm2", opening.received)
    if pair is None:
        raise not_for_us()
    sealed = bytes_of(form["encData"], "encData")
    cipher = unwrapped(pair, bytes_of(extra["encKey"], "extra.encKey"))
    if len(sealed) < NONCE + TAG:
        raise ExchangeRefused(Refusal.TRUNCATED, "encData breaks off")
    try:
        return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], bound_to(form))
    except InvalidTag:
        raise cannot_be_decrypted() from None


def _signer(signature: bytes, text: bytes, opening: Opening) -> TrustedKey:
    """Whose signature it is: the form names no key, so the partner's few are tried."""
    partner = opening.trust.partner(opening.partner)
    keys = [key for key in partner.keys if (key.use, key.kind) == ("sign", "sm2")]
    if not keys:
        raise ExchangeRefused(
            Refusal.UNKNOWN_SENDER, "No SM2 certificate of the partner is known", where=partner.name
        )
    for key in keys:
        habit, public = key.habit, public_of(key)
        if public.verify(signature, text, form=habit.signature, user_id=habit.user_bytes):
            return opening.trust.signer(key.thumbprint, "sm2", opening.received)
    raise signature_fails()


def bound_to(form: Mapping[str, Any]) -> bytes:
    """What the encryption is bound to: altering it outside makes the form fail to open."""
    return "|".join((form["appId"], form["version"], form["timestamp"])).encode("utf-8")


def bytes_of(text: object, name: str) -> bytes:
    """The bytes of a field in lower-case hex. Raises ExchangeRefused(malformed)."""
    if not isinstance(text, str) or not _HEX.fullmatch(text):
        raise ExchangeRefused(Refusal.MALFORMED, f"{name} is not lower-case hex")
    return bytes.fromhex(text)
