"""Opening SOAP messages strictly (docs/exchange-format.md, section 4).

What the signature's references really cover is resolved first; only those elements are used.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import xmlsec
from lxml import etree

from sandbox.bureaus import soap_names as n
from sandbox.bureaus.contract import Exchange, check_rows, parse
from sandbox.bureaus.errors import Refused
from sandbox.bureaus.keys import KeyRing, Partner
from sandbox.bureaus.messages import MAX_BYTES, check_parties, json_object
from sandbox.bureaus.soap import private_key, public_key, session_key

Element = etree._Element
MAX_DEPTH = 64
ROWS = (f"{{{n.EDUCATION}}}xsjbxx", f"{{{n.EDUCATION}}}subject")
_WSU_ID = f"{{{n.WSU}}}Id"
_ADDRESSING = ("To", "Action", "MessageID")
_KEY_METHOD = {
    n.RSA_OAEP: {f"{{{n.DS}}}DigestMethod": n.SHA256, f"{{{n.XENC11}}}MGF": n.MGF1_SHA256}
}


@dataclass(frozen=True, slots=True)
class OpenedSoap:
    """A verified message. `payload` is its element without the Exchange child."""

    exchange: Exchange
    operation: str
    payload: Element
    signed_digest: str


def open_message(ring: KeyRing, body: bytes) -> OpenedSoap:
    """Decrypt, verify and check an envelope; Refused when anything does not hold.

    Freshness and replay are the caller's (guard.py).
    """
    if len(body) > MAX_BYTES:
        raise Refused("too_large", "envelope")
    envelope = _parse(body)
    header, soap_body = _two(envelope)
    blocks = _children(header, "envelope header")
    security = _security(_need(blocks, n.WSSE, "Security", "not_signed"))
    _decrypt(ring, _need(security, n.XENC, "EncryptedKey", "not_encrypted"), soap_body)
    ids = _ids(envelope)
    signature = _need(security, n.DS, "Signature", "not_signed")
    signed = _must_cover(blocks, security, soap_body)
    signer = _signer(ring, signature, _need(security, n.WSSE, "BinarySecurityToken", "not_signed"))
    _check_references(signature, signed, ids)
    _verify(signature, signer, signed)
    exchange, payload = _contract(soap_body)
    check_parties(ring, exchange, signer)
    _check_frame(exchange, blocks, _need(security, n.WSU, "Timestamp", "not_signed"))
    info = canonical(signature[0])
    action = _text(blocks[f"{{{n.WSA}}}Action"]).removeprefix(f"{n.EDUCATION}/")
    return OpenedSoap(exchange, action, payload, hashlib.sha256(info).hexdigest())


def canonical(element: Element) -> bytes:
    """Exclusive C14N without comments."""
    return etree.tostring(element, method="c14n", exclusive=True, with_tail=False)


def _parse(body: bytes) -> Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        envelope = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refused("malformed", "envelope: XML") from error
    if envelope.getroottree().docinfo.internalDTD is not None:
        raise Refused("malformed", "envelope: DTD")
    _check_nodes(envelope)
    return envelope


def _check_nodes(envelope: Element) -> None:
    """No comment, instruction or entity (they split text), and not too deep."""
    depth = 0
    for event, node in etree.iterwalk(envelope, events=("start", "end", "comment", "pi")):
        depth += {"start": 1, "end": -1}.get(event, 0)
        if event in ("comment", "pi") or not isinstance(node.tag, str) or depth > MAX_DEPTH:
            raise Refused("malformed", "envelope: comment, instruction, entity or depth")


def _two(envelope: Element) -> tuple[Element, Element]:
    tags = [f"{{{n.SOAP}}}Header", f"{{{n.SOAP}}}Body"]
    if envelope.tag != f"{{{n.SOAP}}}Envelope" or [child.tag for child in envelope] != tags:
        raise Refused("malformed", "envelope: one Header, one Body")
    return envelope[0], envelope[1]


def _children(parent: Element, where: str) -> dict[str, Element]:
    """The children by tag; two of one kind are refused."""
    found = {str(child.tag): child for child in parent}
    if len(found) != len(parent):
        raise Refused("malformed", f"{where}: repeated element")
    return found


def _security(block: Element) -> dict[str, Element]:
    if block.get(f"{{{n.SOAP}}}mustUnderstand") not in ("true", "1"):
        raise Refused("malformed", "Security: mustUnderstand")
    return _children(block, "Security")


def _need(found: Mapping[str, Element], namespace: str, name: str, reason: str) -> Element:
    element = found.get(f"{{{namespace}}}{name}")
    if element is None:
        raise Refused(reason, f"envelope: {name} is missing")
    return element


def _ids(envelope: Element) -> dict[str, Element]:
    """Every element with a wsu:Id. Two equal ids of any sort, or an xml:id, are refused."""
    found: dict[str, Element] = {}
    seen: set[str] = set()
    for element in envelope.iter():
        marks = [element.get(name) for name in (_WSU_ID, "Id", "ID", "id", n.XML_ID)]
        values = [mark for mark in marks if mark is not None]
        if len(values) > 1 or seen & set(values) or element.get(n.XML_ID) is not None:
            raise Refused("malformed", "envelope: ids")
        seen.update(values)
        if element.get(_WSU_ID) is not None:
            found[values[0]] = element
    return found


def _decrypt(ring: KeyRing, wrapped: Element, body: Element) -> None:
    """Decrypt the Body's content in place, with the key wrapped for us."""
    data = body[0] if len(body) == 1 else None
    if data is None or data.tag != f"{{{n.XENC}}}EncryptedData" or (body.text or data.tail):
        raise Refused("not_encrypted", "Body: one EncryptedData and nothing else")
    if wrapped.findtext(f"{{{n.DS}}}KeyInfo/{{{n.DS}}}KeyName") != ring.me.encrypt_thumbprint:
        raise Refused("wrong_recipient", "EncryptedKey: KeyName")
    targets = [node.get("URI") for node in wrapped.iter(f"{{{n.XENC}}}DataReference")]
    if targets != [f"#{data.get('Id')}"] or data.get("Type") != n.CONTENT:
        raise Refused("malformed", "EncryptedKey: ReferenceList")
    _check_method(wrapped, n.RSA_OAEP)
    _check_method(data, n.AES256_GCM)
    try:
        context = xmlsec.EncryptionContext()
        context.key = private_key(ring.encrypt_key)
        key = cast("object", context.decrypt(wrapped))
        context = xmlsec.EncryptionContext()
        context.key = session_key(cast("bytes", key))
        context.decrypt(data)
    except (xmlsec.Error, TypeError, ValueError) as error:
        raise Refused("altered", "envelope: decryption") from error
    _check_nodes(body)


def _check_method(encrypted: Element, algorithm: str) -> None:
    methods = encrypted.findall(f"{{{n.XENC}}}EncryptionMethod")
    wanted = _KEY_METHOD.get(algorithm, {})
    found = [(str(child.tag), child.get("Algorithm")) for child in methods[0]] if methods else []
    if (
        len(methods) != 1
        or methods[0].get("Algorithm") != algorithm
        or sorted(found) != sorted(wanted.items())
    ):
        raise Refused("bad_algorithm", "envelope: EncryptionMethod")


def _must_cover(
    blocks: dict[str, Element], security: dict[str, Element], body: Element
) -> dict[str, Element]:
    """The elements that have to be signed, each by its wsu:Id; no other header is allowed."""
    names = [f"{{{n.WSA}}}{name}" for name in (*_ADDRESSING, "RelatesTo")]
    if not set(names[:3]) <= set(blocks) <= {*names, f"{{{n.WSSE}}}Security"}:
        raise Refused("malformed", "envelope: addressing headers")
    stamp = _need(security, n.WSU, "Timestamp", "not_signed")
    elements = [*(blocks[name] for name in names if name in blocks), stamp, body]
    return {element.get(_WSU_ID, ""): element for element in elements}


def _signer(ring: KeyRing, signature: Element, token: Element) -> Partner:
    """The trusted partner whose certificate is the token that the signature names.

    Only the token's thumbprint counts: the key that verifies is the one on file.
    """
    path = f"{{{n.DS}}}KeyInfo/{{{n.WSSE}}}SecurityTokenReference/{{{n.WSSE}}}Reference"
    pointers = [pointer.get("URI") for pointer in signature.findall(path)]
    x509 = token.get("ValueType") == n.X509V3 and token.get("EncodingType", n.BASE64) == n.BASE64
    if pointers != [f"#{token.get(_WSU_ID)}"] or not x509:
        raise Refused("not_signed", "Signature: KeyInfo")
    try:
        der = base64.b64decode("".join(_text(token).split()), validate=True)
    except ValueError as error:
        raise Refused("malformed", "token") from error
    return ring.signer(hashlib.sha256(der).hexdigest())


def _check_references(
    signature: Element, signed: dict[str, Element], ids: dict[str, Element]
) -> None:
    """The references cover exactly the elements in `signed`, by the allowed algorithms."""
    info = list(signature[0]) if len(signature) else []
    methods = [child.get("Algorithm") for child in info[:2]]
    if not info or signature[0].tag != f"{{{n.DS}}}SignedInfo" or methods != [n.C14N, n.RSA_SHA256]:
        raise Refused("bad_algorithm", "SignedInfo: methods")
    covered = []
    for reference in info[2:]:
        algorithms = [node.get("Algorithm") for node in reference.iter() if node.get("Algorithm")]
        simple = all(len(node) == 0 for node in reference.iter(f"{{{n.DS}}}Transform"))
        if algorithms != [n.C14N, n.SHA256] or not simple:
            raise Refused("bad_algorithm", "Reference: transforms or digest")
        covered.append(ids.get((reference.get("URI") or "").removeprefix("#")))
    same = len(covered) == len(signed) and all(
        any(element is wanted for element in covered) for wanted in signed.values()
    )
    if not same:
        raise Refused("not_signed", "SignedInfo: what it covers")


def _verify(signature: Element, signer: Partner, signed: dict[str, Element]) -> None:
    context = xmlsec.SignatureContext()
    context.key = public_key(signer.sign_cert)
    try:
        for element in signed.values():
            context.register_id(element, "Id", n.WSU)
        context.verify(signature)
    except xmlsec.Error as error:
        raise Refused("altered", "Signature") from error


def _contract(body: Element) -> tuple[Exchange, Element]:
    """The contract and the payload without it; its digest and rows are checked."""
    payload = body[0] if len(body) == 1 else None
    if payload is None or not len(payload) or payload[0].tag != f"{{{n.EXCHANGE}}}Exchange":
        raise Refused("malformed", "Body: one payload that begins with Exchange")
    exchange = parse(_values(payload[0]))
    payload.remove(payload[0])
    if exchange.content_digest != f"sha-256:{hashlib.sha256(canonical(payload)).hexdigest()}":
        raise Refused("altered", "payload: content_digest")
    rows = [canonical(child) for child in payload if child.tag in ROWS]
    check_rows(exchange, rows, len(rows))
    return exchange, payload


def _values(element: Element) -> dict[str, object]:
    """The contract's fields from its XML form, typed."""
    texts = {etree.QName(child).localname: _text(child) for child in element}
    if len(texts) != len(element) or any(
        not c.tag.startswith(f"{{{n.EXCHANGE}}}") for c in element
    ):
        raise Refused("malformed", "Exchange: fields")
    values: dict[str, object] = dict(texts)
    try:
        values.update({name: int(texts[name]) for name in ("row_count", "page")})
        values["last"] = {"true": True, "false": False}[texts["last"]]
        closing = texts["closing"]
    except (KeyError, ValueError) as error:
        raise Refused("malformed", "Exchange: types") from error
    values["closing"] = json_object(closing.encode()) if closing else None
    return values


def _check_frame(exchange: Exchange, blocks: dict[str, Element], stamp: Element) -> None:
    """The signed headers say what the contract says."""
    relates = blocks.get(f"{{{n.WSA}}}RelatesTo")
    expected = f"urn:uuid:{exchange.in_reply_to}" if exchange.in_reply_to else None
    times = [_text(child) for child in stamp]
    if (
        _text(blocks[f"{{{n.WSA}}}MessageID"]) != f"urn:uuid:{exchange.id}"
        or (None if relates is None else _text(relates)) != expected
        or times != [exchange.created, exchange.expires]
    ):
        raise Refused("malformed", "envelope: headers differ from the contract")


def _text(element: Element) -> str:
    if len(element):
        raise Refused("malformed", "envelope: text expected")
    return element.text or ""
