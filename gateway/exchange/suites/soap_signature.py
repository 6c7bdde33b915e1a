"""XML Signature over the parts of a message: RSA-SHA256, exclusive C14N, SHA-256, nothing else.

The elements whose digests are compared are handed in by their place, so what is verified is what is
used; a signature that leaves one out, or covers anything else, is refused.
"""

import base64
import hashlib
from collections.abc import Mapping
from xml.sax.saxutils import quoteattr

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from lxml import etree

from gateway.exchange.documents import canonical
from gateway.exchange.suites import soap_names as n
from gateway.exchange.suites.soap_names import q
from gateway.exchange.suites.soap_shape import (
    WSU_ID,
    Envelope,
    algorithm,
    bytes_of,
    exactly,
    malformed,
)
from gateway.model.errors import ExchangeRefused, Refusal


def sign(parts: Mapping[str, bytes], token_id: str, key: rsa.RSAPrivateKey) -> str:
    """The Signature element, as text, over `parts` (id → canonical bytes)."""
    references = "".join(
        f"<ds:Reference URI={quoteattr('#' + name)}><ds:Transforms>"
        f'<ds:Transform Algorithm="{n.EXC_C14N}"></ds:Transform></ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{n.SHA256}"></ds:DigestMethod>'
        f"<ds:DigestValue>{_base64(hashlib.sha256(part).digest())}</ds:DigestValue></ds:Reference>"
        for name, part in parts.items()
    )
    # Written in its canonical form, so that these are the bytes to sign.
    info = (
        f'<ds:SignedInfo xmlns:ds="{n.DS}">'
        f'<ds:CanonicalizationMethod Algorithm="{n.EXC_C14N}"></ds:CanonicalizationMethod>'
        f'<ds:SignatureMethod Algorithm="{n.RSA_SHA256}"></ds:SignatureMethod>'
        f"{references}</ds:SignedInfo>"
    )
    value = _base64(key.sign(info.encode(), padding.PKCS1v15(), SHA256()))
    return (
        f'<ds:Signature xmlns:ds="{n.DS}">{info}<ds:SignatureValue>{value}</ds:SignatureValue>'
        f'<ds:KeyInfo><wsse:SecurityTokenReference xmlns:wsse="{n.WSSE}">'
        f'<wsse:Reference URI="#{token_id}" ValueType="{n.X509V3}"/>'
        "</wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature>"
    )


def token_thumbprint(envelope: Envelope) -> str:
    """SHA-256 of the certificate that the message carries, to be looked up, never to be trusted."""
    token = envelope.token
    if token.get("ValueType") != n.X509V3 or token.get("EncodingType") != n.BASE64:
        malformed("the token is not an X.509 certificate in base64")
    return hashlib.sha256(bytes_of(token)).hexdigest()


def verify(envelope: Envelope, body: etree._Element, key: rsa.RSAPublicKey) -> None:
    """Verify the signature under one key over exactly the parts that must be signed.

    `body` is the decrypted Body. Raises ExchangeRefused(not_signed, altered, bad_algorithm, malformed).
    """
    info, value, key_info = exactly(
        envelope.signature, q(n.DS, "SignedInfo"), q(n.DS, "SignatureValue"), q(n.DS, "KeyInfo")
    )
    _check_key_info(key_info, envelope.token)
    method, how, *references = list(info)
    if (method.tag, how.tag) != (q(n.DS, "CanonicalizationMethod"), q(n.DS, "SignatureMethod")):
        malformed("SignedInfo does not hold what it must hold")
    algorithm(method, n.EXC_C14N)
    algorithm(how, n.RSA_SHA256)
    try:
        key.verify(bytes_of(value), canonical(info), padding.PKCS1v15(), SHA256())
    except InvalidSignature:
        raise _altered("the signature does not hold") from None
    signed = _parts_to_be_signed(envelope, body)
    found = dict(_reference(reference) for reference in references)
    if len(found) < len(references) or found.keys() - signed.keys():
        malformed("the signature covers something that it must not cover")
    for name, part in signed.items():
        if name not in found:
            left_out = etree.QName(part).localname
            raise ExchangeRefused(Refusal.NOT_SIGNED, f"The signature leaves out {left_out}")
        if hashlib.sha256(canonical(part)).digest() != found[name]:
            raise _altered(f"{etree.QName(part).localname} is not what was signed")


def _parts_to_be_signed(envelope: Envelope, body: etree._Element) -> dict[str, etree._Element]:
    parts = [body, envelope.timestamp, envelope.to, envelope.action, envelope.message_id]
    if envelope.relates_to is not None:
        parts.append(envelope.relates_to)
    named = {str(part.get(WSU_ID, "")): part for part in parts}
    if len(named) < len(parts) or "" in named:
        raise ExchangeRefused(Refusal.NOT_SIGNED, "A part that must be signed has no id")
    return named


def _reference(reference: etree._Element) -> tuple[str, bytes]:
    """(id, digest) of one Reference of the one form that is read."""
    uri = str(reference.get("URI", ""))
    if reference.tag != q(n.DS, "Reference") or set(reference.attrib) != {"URI"}:
        malformed("SignedInfo holds something else than References by id")
    if not uri.startswith("#"):
        malformed("a Reference does not name an id")
    transforms, method, value = exactly(
        reference, q(n.DS, "Transforms"), q(n.DS, "DigestMethod"), q(n.DS, "DigestValue")
    )
    (transform,) = exactly(transforms, q(n.DS, "Transform"))
    algorithm(transform, n.EXC_C14N)
    algorithm(method, n.SHA256)
    return uri[1:], bytes_of(value)


def _check_key_info(key_info: etree._Element, token: etree._Element) -> None:
    (pointer,) = exactly(key_info, q(n.WSSE, "SecurityTokenReference"))
    (reference,) = exactly(pointer, q(n.WSSE, "Reference"))
    name = token.get(WSU_ID)
    if not name or reference.get("URI") != f"#{name}":
        malformed("the signature does not point to the message's token")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _altered(how: str) -> ExchangeRefused:
    return ExchangeRefused(
        Refusal.ALTERED,
        f"The message was changed: {how}",
        mend="Let the sender send it again; if it fails again, compare certificates.",
    )
