"""SOAP messages with WS-Security (docs/exchange-format.md, section 4).

Signature and encryption are done here with lxml and cryptography on the one shape that version 1
allows; why not with xmlsec: docs/decisions/soap-without-xmlsec.md.
"""

import base64
import json
from collections.abc import Callable
from typing import BinaryIO
from xml.sax.saxutils import escape

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from gateway.exchange.contract import header_values, time_text
from gateway.exchange.documents import canonical, read_json, read_xml
from gateway.exchange.limits import DEFAULT_LIMITS
from gateway.exchange.suites import soap_names as n
from gateway.exchange.suites import soap_secret, soap_signature
from gateway.exchange.suites.parts import Opening, Sealing, Signed
from gateway.exchange.suites.soap_names import q
from gateway.exchange.suites.soap_shape import (
    Envelope,
    exactly,
    malformed,
    shape,
    text_of,
    unique_ids,
)
from gateway.model.errors import ExchangeRefused, Refusal
from gateway.model.exchange import Header

_EXCHANGE = q(n.EXCHANGE, "Exchange")
_TOKEN_ID = "token"  # noqa: S105 (an id in the message, no secret)
_NUMBERS = frozenset({"row_count", "page"})


def content_for_seal(document: bytes) -> bytes:
    """The content bytes of a document: exclusive C14N of its payload element.

    `document` is a payload element, or a SOAP 1.2 envelope around one as zeep writes it.
    """
    payload = read_xml(document, DEFAULT_LIMITS.depth)
    if payload.tag == q(n.ENV, "Envelope"):
        body = payload.find(q(n.ENV, "Body"))
        if body is None or len(body) != 1:
            malformed("the envelope to be sealed has not exactly one payload element")
        payload = body[0]
    for contract in payload.findall(_EXCHANGE):
        payload.remove(contract)
    return canonical(payload)


def seal(header: Header, content: bytes, sealing: Sealing) -> bytes:
    """A sealed message around content of `content_for_seal`."""
    payload = read_xml(content, DEFAULT_LIMITS.depth)
    action = _action_of(payload)
    payload.insert(0, _contract_element(header))
    body = _canonical_text(
        f'<env:Body xmlns:env="{n.ENV}" xmlns:wsu="{n.WSU}" wsu:Id="body">'.encode()
        + canonical(payload)
        + b"</env:Body>"
    )
    parts = {
        "body": body,
        "timestamp": _timestamp(header),
        "to": _addressing("To", "to", sealing.to or n.ANONYMOUS),
        "action": _addressing("Action", "action", action),
        "message-id": _addressing("MessageID", "message-id", n.URN + header.id),
    }
    if header.in_reply_to:
        parts["relates-to"] = _addressing("RelatesTo", "relates-to", n.URN + header.in_reply_to)
    return _envelope(parts, sealing)


def unseal(sealed: BinaryIO, opening: Opening) -> Signed:
    """Decrypt and verify a message. Raises ExchangeRefused."""
    data = sealed.read(opening.limits.message_bytes + 1)
    if len(data) > opening.limits.message_bytes:
        raise ExchangeRefused(Refusal.TOO_LARGE, "The message is larger than the cap")
    root = read_xml(data, opening.limits.depth)
    envelope = shape(root)
    signer = opening.trust.signer(
        soap_signature.token_thumbprint(envelope), "rsa", opening.received
    )
    body = soap_secret.decrypted_body(envelope, opening)
    _check_inside(root, body)
    key = signer.certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise ExchangeRefused(Refusal.BAD_ALGORITHM, "RSA-SHA256 needs an RSA key")
    soap_signature.verify(envelope, body, key)
    payload = body[0]
    contract, content = _take_contract(payload)
    return Signed(signer, contract, iter([content]), _envelope_check(envelope, _action_of(payload)))


def _check_inside(root: etree._Element, body: etree._Element) -> None:
    """What was encrypted is one payload element, without another envelope, signature or key in it."""
    if len(body) != 1 or (body.text or "").strip() or (body[0].tail or "").strip():
        malformed("Body does not hold exactly one payload element")
    if next(body[0].iter(*(q(space, "*") for space in n.SECURITY_NAMESPACES)), None) is not None:
        malformed("the payload holds elements of SOAP, signature or encryption")
    # Body's own id stands in both documents.
    del root[1].attrib[q(n.WSU, "Id")]
    unique_ids(root, body)


def _take_contract(payload: etree._Element) -> tuple[object, bytes]:
    """The contract as a JSON object, and the canonical payload without it."""
    contract = payload[0] if len(payload) else None
    if contract is None or contract.tag != _EXCHANGE or (contract.tail or "").strip():
        malformed("the payload does not begin with the contract")
    payload.remove(contract)
    if payload.find(_EXCHANGE) is not None:
        malformed("the payload holds two contracts")
    values: dict[str, object] = {}
    for field in contract:
        name = etree.QName(field)
        if name.namespace != n.EXCHANGE or name.localname in values or len(field):
            malformed("a field of the contract stands twice, or is none")
        values[name.localname] = _field(name.localname, field.text or "")
    return values, canonical(payload)


def _field(name: str, text: str) -> object:
    if name in _NUMBERS:
        return int(text) if text.isascii() and text.isdigit() and len(text) < 17 else None
    if name == "last":
        return {"true": True, "false": False}.get(text)
    if name == "closing":
        return read_json(text.encode(), depth=4) if text else None
    return text


def _envelope_check(envelope: Envelope, action: str) -> Callable[[Header], None]:
    """What the signed headers say, compared with the contract."""
    created, expires = exactly(envelope.timestamp, q(n.WSU, "Created"), q(n.WSU, "Expires"))
    said = {
        "Created": text_of(created),
        "Expires": text_of(expires),
        "Action": text_of(envelope.action),
        "MessageID": text_of(envelope.message_id),
        "RelatesTo": "" if envelope.relates_to is None else text_of(envelope.relates_to),
    }
    if not text_of(envelope.to):
        malformed("To is empty")

    def check(header: Header) -> None:
        meant = {
            "Created": time_text(header.created),
            "Expires": time_text(header.expires),
            "Action": action,
            "MessageID": n.URN + header.id,
            "RelatesTo": n.URN + header.in_reply_to if header.in_reply_to else "",
        }
        for name, text in said.items():
            if text != meant[name]:
                malformed(f"{name} and the contract do not say the same")

    return check


def _contract_element(header: Header) -> etree._Element:
    contract = etree.Element(_EXCHANGE, nsmap={"x": n.EXCHANGE})
    for name, value in header_values(header).items():
        field = etree.SubElement(contract, q(n.EXCHANGE, name))
        if isinstance(value, dict):
            field.text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        elif isinstance(value, bool):
            field.text = "true" if value else "false"
        else:
            field.text = "" if value is None else str(value)
    return contract


def _action_of(payload: etree._Element) -> str:
    name = etree.QName(payload)
    return f"{name.namespace}/{name.localname}"


def _timestamp(header: Header) -> bytes:
    return _canonical_text(
        f'<wsu:Timestamp xmlns:wsu="{n.WSU}" wsu:Id="timestamp">'
        f"<wsu:Created>{time_text(header.created)}</wsu:Created>"
        f"<wsu:Expires>{time_text(header.expires)}</wsu:Expires></wsu:Timestamp>".encode()
    )


def _addressing(name: str, part_id: str, text: str) -> bytes:
    return _canonical_text(
        f'<wsa:{name} xmlns:wsa="{n.WSA}" xmlns:wsu="{n.WSU}" wsu:Id="{part_id}">'
        f"{escape(text)}</wsa:{name}>".encode()
    )


def _canonical_text(text: bytes) -> bytes:
    return canonical(read_xml(text, DEFAULT_LIMITS.depth + 2))


def _envelope(parts: dict[str, bytes], sealing: Sealing) -> bytes:
    key = sealing.signer.key
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("the SOAP suite is given RSA keys only")
    signature = soap_signature.sign(parts, _TOKEN_ID, key)
    body = parts["body"]
    start, end = body[: body.index(b">") + 1], body[body.rindex(b"</") :]
    secret = soap_secret.encrypt(body[len(start) : -len(end)], sealing.recipient)
    token = base64.b64encode(sealing.signer.certificate.public_bytes(Encoding.DER)).decode()
    addressing = b"".join(v for k, v in parts.items() if k not in ("body", "timestamp"))
    return b"".join(
        (
            f'<env:Envelope xmlns:env="{n.ENV}"><env:Header>'.encode(),
            addressing,
            f'<wsse:Security xmlns:wsse="{n.WSSE}" env:mustUnderstand="true">'.encode(),
            parts["timestamp"],
            f'<wsse:BinarySecurityToken xmlns:wsu="{n.WSU}" wsu:Id="{_TOKEN_ID}" '
            f'EncodingType="{n.BASE64}" ValueType="{n.X509V3}">{token}'
            "</wsse:BinarySecurityToken>".encode(),
            secret.key.encode(),
            signature.encode(),
            b"</wsse:Security></env:Header>",
            start,
            secret.data.encode(),
            end,
            b"</env:Envelope>",
        )
    )
