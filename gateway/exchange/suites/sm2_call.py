"""The field form around one call and its answer (docs/api/form.md): as sm2_form, without a contract.

    {"appId", "version", "timestamp", "encType": "SM4", "signType": "SM2", "encData", "signData", "extra"}

`data` is any JSON object. The signature is over the same text as in sm2_form, whose last part `key=` is empty
here: no secret is shared besides the keys.
"""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag

from gateway.exchange.documents import read_json, read_object
from gateway.exchange.national import Sm2PrivateKey, Sm2PublicKey, Sm4Gcm
from gateway.exchange.suites.compact import cannot_be_decrypted, not_for_us, signature_fails
from gateway.exchange.suites.sm2_box import KEY_BYTES, NONCE, TAG
from gateway.exchange.suites.sm2_form import (
    EXTRA,
    NAMES,
    VERSION,
    bound_to,
    bytes_of,
    canonical_json,
    form_time,
    signed_text,
)
from gateway.model.errors import ExchangeRefused, Refusal

DEPTH = 16
MOST_BYTES = 4 * 1024 * 1024

OwnSm2 = Callable[[str], Sm2PrivateKey | None]
"""Our own encryption key of that name, or None."""


@dataclass(frozen=True, slots=True)
class Ends:
    """Whose signature is made, and for whom: `reader` is the recipient's key and `reader_name` its name."""

    signer: Sm2PrivateKey
    reader: Sm2PublicKey
    reader_name: str


def seal_call(data: Mapping[str, Any], app_id: str, at: datetime, ends: Ends) -> dict[str, Any]:
    """The form around a JSON object; `at` is in UTC."""
    form: dict[str, Any] = {
        "appId": app_id, "version": VERSION, "timestamp": form_time(at), "encType": "SM4",
        "signType": "SM2",
    }  # fmt: skip
    signature = ends.signer.sign(signed_text(form, dict(data), b""), form="raw")
    key, nonce = os.urandom(KEY_BYTES), os.urandom(NONCE)
    sealed = nonce + Sm4Gcm(key).encrypt(nonce, canonical_json(data), bound_to(form))
    return form | {
        "encData": sealed.hex(),
        "signData": signature.hex(),
        "extra": {"encKey": ends.reader.encrypt(key).hex(), "keyId": ends.reader_name},
    }


def read_form(body: bytes) -> dict[str, Any]:
    """The form of a call; nothing of it is verified yet. Raises ExchangeRefused."""
    form = read_object(body, 4, NAMES)
    if not all(isinstance(value, str) for name, value in form.items() if name != "extra"):
        raise ExchangeRefused(Refusal.MALFORMED, "A field of the form is no text")
    if form["version"] != VERSION:
        raise ExchangeRefused(Refusal.MALFORMED, f"The form is not of version {VERSION}")
    if (form["encType"], form["signType"]) != ("SM4", "SM2"):
        raise ExchangeRefused(Refusal.BAD_ALGORITHM, "encType and signType are not SM4 and SM2")
    return form


def open_call(
    form: Mapping[str, Any], own: OwnSm2, signers: Sequence[Sm2PublicKey]
) -> dict[str, Any]:
    """The JSON object of a form, decrypted and verified with one of the signers' keys. Raises
    ExchangeRefused."""
    data = read_json(_decrypted(form, own), DEPTH)
    if not isinstance(data, dict):
        raise ExchangeRefused(Refusal.MALFORMED, "The data is no object")
    text, signature = signed_text(dict(form), data, b""), bytes_of(form["signData"], "signData")
    if not any(one.verify(signature, text, form="raw") for one in signers):
        raise signature_fails()
    return data


def form_text(form: Mapping[str, Any]) -> bytes:
    """A form as it is sent."""
    return json.dumps(form, separators=(",", ":")).encode("ascii")


def _decrypted(form: Mapping[str, Any], own: OwnSm2) -> bytes:
    extra = form["extra"]
    if not isinstance(extra, dict) or extra.keys() != EXTRA:
        raise ExchangeRefused(Refusal.NOT_ENCRYPTED, "The form brings no content key")
    private = own(str(extra["keyId"]))
    if private is None:
        raise not_for_us()
    sealed = bytes_of(form["encData"], "encData")
    if len(sealed) < NONCE + TAG:
        raise ExchangeRefused(Refusal.TRUNCATED, "encData breaks off")
    try:
        cipher = Sm4Gcm(private.decrypt(bytes_of(extra["encKey"], "extra.encKey")))
        return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], bound_to(form))
    except (ValueError, InvalidTag):
        raise cannot_be_decrypted() from None
