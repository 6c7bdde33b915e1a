"""Sealing SOAP messages (docs/exchange-format.md, section 4): sign, then encrypt.

Every signed element is written in its canonical form (exclusive C14N), so the bytes that are
hashed are the bytes that are sent, and no tree of the payload is built. Opening: soap_open.py.
"""

import base64
import hashlib
import os
import ssl
from dataclasses import dataclass
from functools import lru_cache

import orjson
import xmlsec
from lxml import etree

from sandbox.bureaus import soap_names as n
from sandbox.bureaus.contract import Content, Exchange, Terms, complete
from sandbox.bureaus.keys import KeyRing
from sandbox.bureaus.rows import NO_ROWS, Tree

_DATA_ID = "EncryptedData"


@dataclass(frozen=True, slots=True)
class Payload:
    """The payload element, canonical: local name and the text of its children.

    `inner` holds no Exchange; the namespace is the education one, as the default.
    """

    name: str
    inner: str

    def wrap(self, first: str = "") -> str:
        """The whole element, with `first` as its first child."""
        return f'<{self.name} xmlns="{n.EDUCATION}">{first}{self.inner}</{self.name}>'


@dataclass(frozen=True, slots=True)
class Route:
    """Where a message goes: `wsa:To`, the operation it asks or answers, the request's id."""

    to: str
    operation: str
    relates_to: str = ""


def seal(
    ring: KeyRing, terms: Terms, route: Route, payload: Payload, tree: Tree = NO_ROWS
) -> bytes:
    """A signed and encrypted envelope around `payload`, whose rows `tree` covers."""
    digest = hashlib.sha256(payload.wrap().encode()).hexdigest()
    exchange = complete(terms, Content("application/xml", digest, tree.leaves, tree))
    contents = payload.wrap(exchange_xml(exchange))
    headers = _headers(exchange, route)
    stamp = _signed("wsu", "Timestamp", n.WSU, _times(exchange))
    signed = {**headers, "Timestamp": stamp, "Body": _signed("soap", "Body", n.SOAP, contents)}
    security = (
        f'<wsse:Security xmlns:wsse="{n.WSSE}" soap:mustUnderstand="true">'
        f"{_token(ring)}{stamp}{_signature(ring, signed)}"
    )
    key = os.urandom(32)
    recipient = ring.partner(terms.recipient)
    security += _encrypted_key(key, recipient.encrypt_cert, recipient.encrypt_thumbprint)
    return (
        f'<soap:Envelope xmlns:soap="{n.SOAP}"><soap:Header>{"".join(headers.values())}'
        f"{security}</wsse:Security></soap:Header>"
        f'<soap:Body xmlns:wsu="{n.WSU}" wsu:Id="Body">{_encrypted_data(key, contents)}'
        "</soap:Body></soap:Envelope>"
    ).encode()


def exchange_xml(exchange: Exchange) -> str:
    """The contract as its canonical XML element."""
    children = []
    for name, value in exchange.as_json().items():
        if name == "closing":
            text = orjson.dumps(value).decode() if value else ""
        else:
            text = str(value).lower() if isinstance(value, bool) else str(value)
        children.append(f"<x:{name}>{escape(text)}</x:{name}>")
    return f'<x:Exchange xmlns:x="{n.EXCHANGE}">{"".join(children)}</x:Exchange>'


def escape(text: str) -> str:
    """Text of an element as C14N writes it."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#xD;")


def _headers(exchange: Exchange, route: Route) -> dict[str, str]:
    values = {
        "To": route.to,
        "Action": f"{n.EDUCATION}/{route.operation}",
        "MessageID": f"urn:uuid:{exchange.id}",
    }
    if route.relates_to:
        values["RelatesTo"] = f"urn:uuid:{route.relates_to}"
    return {name: _signed("wsa", name, n.WSA, escape(value)) for name, value in values.items()}


def _signed(prefix: str, name: str, namespace: str, inner: str) -> str:
    """A signed element with its own id (the element's name) in canonical form."""
    spaces = {prefix: namespace, "wsu": n.WSU}
    declared = " ".join(f'xmlns:{p}="{spaces[p]}"' for p in sorted(spaces))
    return f'<{prefix}:{name} {declared} wsu:Id="{name}">{inner}</{prefix}:{name}>'


def _times(exchange: Exchange) -> str:
    return (
        f"<wsu:Created>{exchange.created}</wsu:Created>"
        f"<wsu:Expires>{exchange.expires}</wsu:Expires>"
    )


def _token(ring: KeyRing) -> str:
    der = ssl.PEM_cert_to_DER_cert(ring.me.sign_cert.decode().strip())
    return (
        f'<wsse:BinarySecurityToken xmlns:wsu="{n.WSU}" wsu:Id="Token" EncodingType="{n.BASE64}" '
        f'ValueType="{n.X509V3}">{base64.b64encode(der).decode()}</wsse:BinarySecurityToken>'
    )


def _signature(ring: KeyRing, signed: dict[str, str]) -> str:
    declared = f' xmlns:ds="{n.DS}"'
    info = (
        f"<ds:SignedInfo{declared}>{_method('CanonicalizationMethod', n.C14N)}"
        f"{_method('SignatureMethod', n.RSA_SHA256)}"
        f"{''.join(_reference(name, text) for name, text in signed.items())}</ds:SignedInfo>"
    )
    context = xmlsec.SignatureContext()
    context.key = private_key(ring.sign_key)
    value = context.sign_binary(info.encode(), xmlsec.constants.TransformRsaSha256)
    return (
        f"<ds:Signature{declared}>{info.replace(declared, '', 1)}"
        f"<ds:SignatureValue>{base64.b64encode(value).decode()}</ds:SignatureValue>"
        "<ds:KeyInfo><wsse:SecurityTokenReference>"
        f'<wsse:Reference URI="#Token" ValueType="{n.X509V3}"></wsse:Reference>'
        "</wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature>"
    )


def _reference(name: str, text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return (
        f'<ds:Reference URI="#{name}"><ds:Transforms>{_method("Transform", n.C14N)}'
        f"</ds:Transforms>{_method('DigestMethod', n.SHA256)}"
        f"<ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>"
    )


def _method(name: str, algorithm: str) -> str:
    return f'<ds:{name} Algorithm="{algorithm}"></ds:{name}>'


def _encrypted_key(key: bytes, certificate: bytes, thumbprint: str) -> str:
    method = (
        f'<xenc:EncryptionMethod Algorithm="{n.RSA_OAEP}">'
        f'<ds:DigestMethod xmlns:ds="{n.DS}" Algorithm="{n.SHA256}"></ds:DigestMethod>'
        f'<xenc11:MGF xmlns:xenc11="{n.XENC11}" Algorithm="{n.MGF1_SHA256}"></xenc11:MGF>'
        "</xenc:EncryptionMethod>"
    )
    return (
        f'<xenc:EncryptedKey xmlns:xenc="{n.XENC}">{method}'
        f'<ds:KeyInfo xmlns:ds="{n.DS}"><ds:KeyName>{thumbprint}</ds:KeyName></ds:KeyInfo>'
        f"{_cipher(method, public_key(certificate), key)}"
        f'<xenc:ReferenceList><xenc:DataReference URI="#{_DATA_ID}"></xenc:DataReference>'
        "</xenc:ReferenceList></xenc:EncryptedKey>"
    )


def _encrypted_data(key: bytes, contents: str) -> str:
    method = f'<xenc:EncryptionMethod Algorithm="{n.AES256_GCM}"></xenc:EncryptionMethod>'
    return (
        f'<xenc:EncryptedData xmlns:xenc="{n.XENC}" Id="{_DATA_ID}" Type="{n.CONTENT}">'
        f"{method}{_cipher(method, session_key(key), contents.encode())}</xenc:EncryptedData>"
    )


def _cipher(method: str, key: xmlsec.Key, data: bytes) -> str:
    """CipherData by that method. xmlsec fills EncryptedData only, so a key is wrapped in one too."""
    template = etree.fromstring(
        f'<xenc:EncryptedData xmlns:xenc="{n.XENC}">{method}<xenc:CipherData>'
        "<xenc:CipherValue></xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>"
    )
    context = xmlsec.EncryptionContext()
    context.key = key
    value = context.encrypt_binary(template, data).findtext(f".//{{{n.XENC}}}CipherValue")
    return f"<xenc:CipherData><xenc:CipherValue>{value}</xenc:CipherValue></xenc:CipherData>"


def session_key(key: bytes) -> xmlsec.Key:
    """A 32 byte AES key as xmlsec's value."""
    return xmlsec.Key.from_binary_data(xmlsec.constants.KeyDataAes, key)


@lru_cache(maxsize=8)
def private_key(pem: bytes) -> xmlsec.Key:
    """A private key, loaded once (RSA keys are slow to load)."""
    return xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatPem)


@lru_cache(maxsize=8)
def public_key(certificate: bytes) -> xmlsec.Key:
    """The key of a certificate, pinned: no chain, no trust store."""
    return xmlsec.Key.from_memory(certificate, xmlsec.constants.KeyDataFormatCertPem)
