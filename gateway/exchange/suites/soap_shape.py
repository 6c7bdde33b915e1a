"""The one shape of a SOAP message that is read; every other shape is refused.

Wrapping attacks move signed elements, double ids, add a second body or signature. They need a reader
that searches. Nothing here searches: each element stands at its one place or the message is refused.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NoReturn, cast

from lxml import etree

from gateway.exchange.suites import soap_names as n
from gateway.exchange.suites.soap_names import q
from gateway.model.errors import ExchangeRefused, Refusal

_ATTRIBUTES = etree.XPath("descendant-or-self::*/@*")
WSU_ID = q(n.WSU, "Id")
_PARTS = {
    "to": q(n.WSA, "To"),
    "action": q(n.WSA, "Action"),
    "message_id": q(n.WSA, "MessageID"),
    "relates_to": q(n.WSA, "RelatesTo"),
    "security": q(n.WSSE, "Security"),
}
_SECURITY = {
    "timestamp": q(n.WSU, "Timestamp"),
    "token": q(n.WSSE, "BinarySecurityToken"),
    "encrypted_key": q(n.XENC, "EncryptedKey"),
    "signature": q(n.DS, "Signature"),
}


@dataclass(frozen=True, slots=True)
class Envelope:
    """The parts of a message, each found at its one place. Nothing of it is verified yet."""

    to: etree._Element
    action: etree._Element
    message_id: etree._Element
    relates_to: etree._Element | None
    timestamp: etree._Element
    token: etree._Element
    encrypted_key: etree._Element
    signature: etree._Element
    body: etree._Element
    encrypted: etree._Element


def shape(root: etree._Element) -> Envelope:
    """The parts of an envelope. Raises ExchangeRefused(malformed, not_encrypted, not_signed)."""
    if root.tag != q(n.ENV, "Envelope"):
        malformed("it is no SOAP 1.2 envelope")
    header, body = exactly(root, q(n.ENV, "Header"), q(n.ENV, "Body"))
    parts = _by_name(header, _PARTS, "Header")
    missing = _PARTS.keys() - parts.keys() - {"relates_to"}
    if "security" in missing:
        raise ExchangeRefused(Refusal.NOT_SIGNED, "The message has no Security header")
    if missing:
        malformed(f"the Header lacks {min(missing)}")
    security = parts.pop("security")
    if security.get(q(n.ENV, "mustUnderstand")) not in ("true", "1"):
        malformed("the Security header need not be understood")
    kept = _by_name(security, _SECURITY, "Security")
    _demand(kept, body)
    if list(body.attrib.keys()) != [WSU_ID]:
        malformed("Body has other attributes than its id")
    envelope = Envelope(
        relates_to=parts.pop("relates_to", None), **parts, **kept, body=body, encrypted=body[0]
    )
    unique_ids(root)
    return envelope


def exactly(parent: etree._Element, *names: str) -> list[etree._Element]:
    """The children of `parent`, which are these, in this order; else refused."""
    children = list(parent)
    if [child.tag for child in children] != list(names):
        malformed(f"{etree.QName(parent).localname} does not hold what it must hold")
    return children


def algorithm(element: etree._Element, wanted: str, *, children: int = 0) -> None:
    """Refuse an algorithm element that names another algorithm, or says more of it."""
    name = etree.QName(element).localname
    if element.attrib.items() != [("Algorithm", wanted)] or len(element) != children:
        raise ExchangeRefused(Refusal.BAD_ALGORITHM, f"{name} is not the one that is allowed")


def text_of(element: etree._Element) -> str:
    """The text of an element without children, stripped."""
    if len(element):
        malformed(f"{etree.QName(element).localname} holds elements")
    return (element.text or "").strip()


def bytes_of(element: etree._Element) -> bytes:
    """The bytes that an element without children holds in base64."""
    try:
        return base64.b64decode("".join(text_of(element).split()), validate=True)
    except ValueError:
        malformed(f"{etree.QName(element).localname} is not base64")


def unique_ids(*roots: etree._Element) -> frozenset[str]:
    """Every id of the documents; refused when one stands twice, whatever its attribute is called."""
    seen: set[str] = set()
    for root in roots:
        for value in cast(list[Any], _ATTRIBUTES(root)):
            if etree.QName(value.attrname).localname.lower() == "id":
                if value in seen:
                    malformed("an id stands twice")
                seen.add(str(value))
    return frozenset(seen)


def malformed(what: str) -> NoReturn:
    """Refuse a message for its shape."""
    raise ExchangeRefused(
        Refusal.MALFORMED,
        f"The SOAP message does not have the one form that is read: {what}",
        mend="Show the sender docs/exchange-format.md, section 4.",
    )


def _by_name(
    parent: etree._Element, names: dict[str, str], where: str
) -> dict[str, etree._Element]:
    known = {tag: name for name, tag in names.items()}
    found: dict[str, etree._Element] = {}
    for child in parent:
        name = known.get(str(child.tag))
        if name is None or name in found:
            malformed(f"{where} holds something unknown, or something twice")
        found[name] = child
    return found


def _demand(security: dict[str, etree._Element], body: Iterable[etree._Element]) -> None:
    inside = list(body)
    if [child.tag for child in inside] != [q(n.XENC, "EncryptedData")]:
        raise ExchangeRefused(Refusal.NOT_ENCRYPTED, "The Body is not encrypted")
    if "encrypted_key" not in security:
        raise ExchangeRefused(Refusal.NOT_ENCRYPTED, "The message has no encrypted key")
    if "signature" not in security or "token" not in security:
        raise ExchangeRefused(Refusal.NOT_SIGNED, "The message has no signature or no token")
    if "timestamp" not in security:
        malformed("the Security header lacks a Timestamp")
