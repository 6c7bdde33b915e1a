"""XML Encryption of the Body's content: AES-256-GCM, its key by RSA-OAEP with SHA-256 throughout."""

import base64
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from lxml import etree

from gateway.exchange.documents import canonical, read_xml
from gateway.exchange.suites import soap_names as n
from gateway.exchange.suites.parts import Opening
from gateway.exchange.suites.soap_names import q
from gateway.exchange.suites.soap_shape import (
    Envelope,
    algorithm,
    bytes_of,
    exactly,
    malformed,
    text_of,
)
from gateway.exchange.trust import TrustedKey
from gateway.model.errors import ExchangeRefused, Refusal

_KEY_BYTES = 32
_NONCE = 12
_DATA_ID = "encrypted-content"


@dataclass(frozen=True, slots=True)
class Secret:
    """The two elements of an encrypted message, as text: for the Security header and for Body."""

    key: str
    data: str


def encrypt(content: bytes, recipient: TrustedKey) -> Secret:
    """Encrypt the Body's content for a partner's RSA certificate."""
    public = recipient.certificate.public_key()
    if not isinstance(public, rsa.RSAPublicKey):
        raise TypeError("the SOAP suite is given RSA certificates only")
    key, nonce = os.urandom(_KEY_BYTES), os.urandom(_NONCE)
    sealed = nonce + AESGCM(key).encrypt(nonce, content, None)
    return Secret(
        f'<xenc:EncryptedKey xmlns:xenc="{n.XENC}">'
        f'<xenc:EncryptionMethod Algorithm="{n.RSA_OAEP}">'
        f'<ds:DigestMethod xmlns:ds="{n.DS}" Algorithm="{n.SHA256}"/>'
        f'<xenc11:MGF xmlns:xenc11="{n.XENC11}" Algorithm="{n.MGF1_SHA256}"/>'
        "</xenc:EncryptionMethod>"
        f'<ds:KeyInfo xmlns:ds="{n.DS}"><ds:KeyName>{recipient.thumbprint}</ds:KeyName></ds:KeyInfo>'
        f"{_cipher(public.encrypt(key, _oaep()))}"
        f'<xenc:ReferenceList><xenc:DataReference URI="#{_DATA_ID}"/></xenc:ReferenceList>'
        "</xenc:EncryptedKey>",
        f'<xenc:EncryptedData xmlns:xenc="{n.XENC}" Id="{_DATA_ID}" Type="{n.CONTENT}">'
        f'<xenc:EncryptionMethod Algorithm="{n.AES256_GCM}"/>{_cipher(sealed)}'
        "</xenc:EncryptedData>",
    )


def decrypted_body(envelope: Envelope, opening: Opening) -> etree._Element:
    """Body as it was before encryption, as the root of a document of its own.

    Raises ExchangeRefused(wrong_recipient, bad_algorithm, altered, malformed).
    """
    data = envelope.encrypted
    if data.get("Type") != n.CONTENT or not data.get("Id"):
        malformed("EncryptedData does not say that it is the content of Body")
    parts = list(data)
    if len(parts) == 3 and parts[1].tag == q(n.DS, "KeyInfo"):
        parts.pop(1)
    if [part.tag for part in parts] != [q(n.XENC, "EncryptionMethod"), q(n.XENC, "CipherData")]:
        malformed("EncryptedData does not hold what it must hold")
    algorithm(parts[0], n.AES256_GCM)
    sealed = _cipher_bytes(parts[1])
    key = _content_key(envelope, opening)
    try:
        content = AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
    except (InvalidTag, ValueError):
        raise _altered() from None
    return _rebuild(envelope.body, content, opening.limits.depth)


def _content_key(envelope: Envelope, opening: Opening) -> bytes:
    method, info, cipher, references = exactly(
        envelope.encrypted_key,
        q(n.XENC, "EncryptionMethod"),
        q(n.DS, "KeyInfo"),
        q(n.XENC, "CipherData"),
        q(n.XENC, "ReferenceList"),
    )
    algorithm(method, n.RSA_OAEP, children=2)
    digest, mask = exactly(method, q(n.DS, "DigestMethod"), q(n.XENC11, "MGF"))
    algorithm(digest, n.SHA256)
    algorithm(mask, n.MGF1_SHA256)
    (reference,) = exactly(references, q(n.XENC, "DataReference"))
    if reference.get("URI") != f"#{envelope.encrypted.get('Id')}":
        malformed("the encrypted key is not for the content of Body")
    (name,) = exactly(info, q(n.DS, "KeyName"))
    pair = opening.keys.opening(text_of(name), "rsa", opening.received)
    if pair is None or not isinstance(pair.key, rsa.RSAPrivateKey):
        raise ExchangeRefused(
            Refusal.WRONG_RECIPIENT,
            "It is encrypted for a key that is not ours",
            mend="Give the sender our present encryption certificate.",
        )
    try:
        key = pair.key.decrypt(_cipher_bytes(cipher), _oaep())
    except ValueError:
        raise _altered() from None
    if len(key) != _KEY_BYTES:
        raise _altered()
    return key


def _rebuild(body: etree._Element, content: bytes, depth: int) -> etree._Element:
    """Body around its decrypted content, parsed in the namespaces that were in force there.

    As text, because lxml may change prefixes when it moves elements between documents, and the
    signature is over the prefixes.
    """
    scope = dict(body.nsmap)
    for child in list(body):
        body.remove(child)
    body.text = None
    empty = canonical(body)
    end = empty[empty.rindex(b"</") :]
    start = empty[: -len(end) - 1]
    for prefix in etree.fromstring(empty).nsmap:
        scope.pop(prefix, None)
    declared = "".join(
        f' xmlns{":" + prefix if prefix else ""}="{_attribute(uri)}"'
        for prefix, uri in scope.items()
    )
    return read_xml(start + declared.encode() + b">" + content + end, depth)


def _cipher(sealed: bytes) -> str:
    text = base64.b64encode(sealed).decode()
    return f"<xenc:CipherData><xenc:CipherValue>{text}</xenc:CipherValue></xenc:CipherData>"


def _cipher_bytes(element: etree._Element) -> bytes:
    (value,) = exactly(element, q(n.XENC, "CipherValue"))
    return bytes_of(value)


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _oaep() -> padding.OAEP:
    return padding.OAEP(padding.MGF1(SHA256()), SHA256(), None)


def _altered() -> ExchangeRefused:
    return ExchangeRefused(
        Refusal.ALTERED,
        "It cannot be decrypted: its bytes are not those that were sealed",
        mend="Let the sender send it again.",
    )
