"""The national sibling of JWS in JWE (docs/exchange-format.md, section 8): SM2 with SM3, SM4-GCM.

signed    = header . payload . signature             each part base64url; over `header.payload`
encrypted = header . key . nonce . ciphertext . tag  key = SM2(content key), AAD = header
"""

import json
import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag

from gateway.exchange.keys import KeyPair
from gateway.exchange.national import Sm2PrivateKey, Sm2PublicKey, Sm4Gcm, public_key_of
from gateway.exchange.suites.compact import (
    cannot_be_decrypted,
    decoded,
    encoded,
    encrypted_parts,
    key_name,
    not_for_us,
    signature_fails,
    strict_header,
)
from gateway.exchange.suites.parts import Opening, Sealing
from gateway.exchange.trust import Sm2Habit, TrustedKey
from gateway.model.errors import ExchangeRefused, Refusal

SIGN, WRAP, CIPHER = "SM2SM3", "SM2", "SM4GCM"
KEY_BYTES, NONCE, TAG = 16, 12, 16


def sign(payload: bytes, pair: KeyPair, typ: str, habit: Sm2Habit | None = None) -> str:
    """A signed token, in the form that the reader is used to."""
    habit = habit or Sm2Habit()
    header = {"alg": SIGN, "kid": pair.thumbprint, "typ": typ}
    body = encoded(_dumps(header)) + b"." + encoded(payload)
    signature = private_of(pair).sign(body, form=habit.signature, user_id=habit.user_bytes)
    return (body + b"." + encoded(signature)).decode("ascii")


def seal(payload: bytes, kind: str, sealing: Sealing) -> bytes:
    """An encrypted token around a signed one; `kind` is `cwg` or `cwg-file`."""
    token = sign(payload, sealing.signer, f"{kind}+jws", sealing.recipient.habit).encode("ascii")
    header = {
        "alg": WRAP,
        "enc": CIPHER,
        "kid": sealing.recipient.thumbprint,
        "typ": f"{kind}+jwe",
        "cty": "JWS",
    }
    head = encoded(_dumps(header))
    key, nonce = os.urandom(KEY_BYTES), os.urandom(NONCE)
    sealed = Sm4Gcm(key).encrypt(nonce, token, head)
    wrapped = public_of(sealing.recipient).encrypt(key)
    return b".".join((head, *map(encoded, (wrapped, nonce, sealed[:-TAG], sealed[-TAG:]))))


def unseal(body: bytes, kind: str, opening: Opening) -> tuple[bytes, TrustedKey]:
    """Decrypt and verify: (signed payload, who signed). Raises ExchangeRefused."""
    return verify(_decrypt(body, kind, opening), f"{kind}+jws", opening)


def verify(token: bytes, typ: str, opening: Opening) -> tuple[bytes, TrustedKey]:
    """Verify a signed token of a trusted partner: (payload, who signed). Raises ExchangeRefused."""
    parts = token.split(b".", 3)
    if len(parts) != 3:
        raise ExchangeRefused(Refusal.NOT_SIGNED, "What was encrypted is not signed")
    header = strict_header(parts[0], {"alg": SIGN, "typ": typ}, frozenset({"kid"}))
    signer = opening.trust.signer(str(header["kid"]), "sm2", opening.received)
    return check_signature(token, public_of(signer), signer.habit), signer


def check_signature(token: bytes, key: Sm2PublicKey, habit: Sm2Habit | None = None) -> bytes:
    """The payload of a signed token under one key. Raises ExchangeRefused(altered)."""
    habit = habit or Sm2Habit()
    body, _, signature = token.rpartition(b".")
    raw = decoded(signature, "The signature")
    if not key.verify(raw, body, form=habit.signature, user_id=habit.user_bytes):
        raise signature_fails()
    return decoded(body.partition(b".")[2], "The payload")


def addressee(body: bytes) -> str:
    """The `kid` of an encrypted token, unverified; empty when there is none."""
    return key_name(body)


def private_of(pair: KeyPair) -> Sm2PrivateKey:
    """The SM2 key of a pair."""
    if not isinstance(pair.key, Sm2PrivateKey):
        raise TypeError("the national suite is given SM2 keys only")
    return pair.key


def public_of(key: TrustedKey) -> Sm2PublicKey:
    """The SM2 key of a partner's certificate. Raises ExchangeRefused(bad_algorithm)."""
    public = public_key_of(key.certificate)
    if not isinstance(public, Sm2PublicKey):
        raise ExchangeRefused(Refusal.BAD_ALGORITHM, "The national suite needs an SM2 key")
    return public


def unwrapped(pair: KeyPair, wrapped: bytes) -> Sm4Gcm:
    """The content's cipher. Raises ExchangeRefused(altered), whatever is wrong with the key."""
    try:
        return Sm4Gcm(private_of(pair).decrypt(wrapped))
    except ValueError:
        raise cannot_be_decrypted() from None


def _decrypt(body: bytes, kind: str, opening: Opening) -> bytes:
    head, *parts = encrypted_parts(body)
    wanted = {"alg": WRAP, "enc": CIPHER, "typ": f"{kind}+jwe", "cty": "JWS"}
    header = strict_header(head, wanted, frozenset({"kid"}))
    pair = opening.keys.opening(str(header["kid"]), "sm2", opening.received)
    if pair is None:
        raise not_for_us()
    wrapped, nonce, sealed, tag = (decoded(part, "A part") for part in parts)
    if (len(nonce), len(tag)) != (NONCE, TAG):
        raise ExchangeRefused(Refusal.MALFORMED, "The nonce or the tag has another length")
    try:
        return unwrapped(pair, wrapped).decrypt(nonce, sealed + tag, head)
    except InvalidTag:
        raise cannot_be_decrypted() from None


def _dumps(header: Mapping[str, str]) -> bytes:
    return json.dumps(header, separators=(",", ":")).encode("ascii")
