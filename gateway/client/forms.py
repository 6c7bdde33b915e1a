"""The form profile as a client sees it (docs/api/form.md): SM2 and SM4 forms, by the library GmSSL."""

import base64
import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import gmssl_pyx as gmssl
import httpx
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from gateway.client.client import Json, Problem
from gateway.client.sealing import NotSealed

PREFIX = "/api/form/v1"
_BEIJING = timedelta(hours=8)
_SCALAR, _POINT = b"\x02\x01\x01\x04\x20", b"\x03\x42\x00\x04"
_SIZE, _NONCE, _TAG = 32, 12, 16


@dataclass(frozen=True)
class FormKeys:
    """PEM texts: the client's private SM2 keys, and the site's SM2 certificates (`cwg keys export`)."""

    sign: str
    decrypt: str
    site_encrypt: str
    site_sign: str


class FormClient:
    """One registered client that speaks forms. `call` raises Problem for a refusal, NotSealed for an answer
    that is not the site's to this question, httpx.HTTPError when nothing answers."""

    def __init__(
        self, base: str, app_id: str, keys: FormKeys, *, http: httpx.Client | None = None
    ) -> None:
        self._base, self._app_id = base.rstrip("/"), app_id
        self._http = http or httpx.Client(timeout=60)
        self._sign, self._decrypt = _pem(keys.sign), _pem(keys.decrypt)
        encrypt = _pem(keys.site_encrypt)
        self._site, self._site_name = _point(encrypt), hashlib.sha256(encrypt).hexdigest()
        self._site_sign = _point(_pem(keys.site_sign))

    def call(self, operation: str, **given: Any) -> Any:
        """The output of one operation; `given` is its input."""
        nonce = secrets.token_hex(16)
        data = {"operation": operation, "nonce": nonce, "input": given}
        form = self.form(data, datetime.now(UTC))
        answer = self._http.post(f"{self._base}{PREFIX}/{operation}", json=form)
        answer.raise_for_status()
        whole: Json = answer.json()
        if "signData" not in whole:
            raise Problem(int(whole["code"]), "", str(whole["message"]))
        said = self.data_of(whole)
        if (said.get("operation"), said.get("nonce")) != (operation, nonce):
            raise NotSealed("the answer is to another question")
        if said["status"] >= 300:
            problem = said["output"] if isinstance(said["output"], dict) else {}
            raise Problem(
                said["status"], str(problem.get("code", "")), str(problem.get("detail", ""))
            )
        return said["output"]

    def form(self, data: Mapping[str, Any], at: datetime) -> Json:
        """The signed and encrypted form around `data`; `at` is in UTC."""
        form: Json = {
            "appId": self._app_id, "version": "2.0.1",
            "timestamp": f"{at + _BEIJING:%Y%m%d%H%M%S}", "encType": "SM4", "signType": "SM2",
        }  # fmt: skip
        signature = gmssl.sm2_sign(_scalar(self._sign), _point(self._sign), _signed(form, data))
        key, nonce = os.urandom(16), os.urandom(_NONCE)
        text, tag = gmssl.sm4_gcm_encrypt(key, nonce, _bound(form), _canonical(data))
        return form | {
            "encData": (nonce + text + tag).hex(),
            "signData": b"".join(_bytes(n) for n in decode_dss_signature(signature)).hex(),
            "extra": {
                "encKey": _cipher_raw(gmssl.sm2_encrypt(self._site, key)).hex(),
                "keyId": self._site_name,
            },
        }

    def data_of(self, form: Mapping[str, Any]) -> Json:
        """The data of a form to this client, decrypted and verified. Raises NotSealed."""
        try:
            wrapped = _cipher_der(bytes.fromhex(form["extra"]["encKey"]))
            key = gmssl.sm2_decrypt(_scalar(self._decrypt), wrapped)
            sealed = bytes.fromhex(form["encData"])
            nonce, text, tag = sealed[:_NONCE], sealed[_NONCE:-_TAG], sealed[-_TAG:]
            data: Json = json.loads(gmssl.sm4_gcm_decrypt(key, nonce, _bound(form), text, tag))
            raw = bytes.fromhex(form["signData"])
            pair = (int.from_bytes(half, "big") for half in (raw[:_SIZE], raw[_SIZE:]))
            holds = gmssl.sm2_verify(
                self._site_sign, _signed(form, data), encode_dss_signature(*pair)
            )
        except (KeyError, TypeError, ValueError, gmssl.GmsslInnerError):
            holds = False
        if not holds or form["appId"] != self._app_id:
            raise NotSealed("the answer is not a form of the site to us")
        return data


def _signed(form: Mapping[str, Any], data: Mapping[str, Any]) -> bytes:
    names = ("appId", "version", "timestamp", "encType", "signType")
    fields = {name: str(form[name]).encode() for name in names} | {"data": _canonical(data)}
    return b"&".join(f"{name}=".encode() + fields[name] for name in sorted(fields)) + b"&key="


def _canonical(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _bound(form: Mapping[str, Any]) -> bytes:
    return "|".join((form["appId"], form["version"], form["timestamp"])).encode()


def _pem(text: str) -> bytes:
    lines = [line for line in text.strip().splitlines() if not line.startswith("-----")]
    return base64.b64decode("".join(lines))


def _scalar(key: bytes) -> bytes:
    """The number of a private key (RFC 5915, in PKCS#8)."""
    return _after(key, _SCALAR, _SIZE)


def _point(key: bytes) -> bytes:
    """x‖y of a key or a certificate in DER."""
    return _after(key, _POINT, 2 * _SIZE)


def _after(data: bytes, mark: bytes, size: int) -> bytes:
    _, found, rest = data.partition(mark)
    if not found or len(rest) < size:
        raise ValueError("no SM2 key in PEM")
    return rest[:size]


def _bytes(number: int) -> bytes:
    return number.to_bytes(_SIZE, "big")


def _cipher_raw(sealed: bytes) -> bytes:
    """GM/T 0009's DER around a key of 16 bytes → C1‖C3‖C2."""
    parts, at = list[bytes](), 2
    while at < len(sealed):
        size = sealed[at + 1]
        parts.append(sealed[at + 2 : at + 2 + size])
        at += 2 + size
    x, y, c3, c2 = parts
    return b"\x04" + x[-_SIZE:].rjust(_SIZE, b"\0") + y[-_SIZE:].rjust(_SIZE, b"\0") + c3 + c2


def _cipher_der(raw: bytes) -> bytes:
    x, y = (int.from_bytes(raw[at : at + _SIZE], "big") for at in (1, 1 + _SIZE))
    c3, c2 = raw[1 + 2 * _SIZE :][:_SIZE], raw[1 + 3 * _SIZE :]
    numbers = encode_dss_signature(x, y)[2:]
    body = numbers + bytes((4, len(c3))) + c3 + bytes((4, len(c2))) + c2
    return bytes((0x30, len(body))) + body
