"""SOAP with WS-Security: canonical writing, round trip, attacks, the WSDL through zeep."""

import base64
import hashlib
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zeep
from bureaus_support import (
    ODD_NAME,
    Keys,
    altered_positions,
    education_request,
    flip,
    get_roll,
    refused,
    small_roll,
    terms,
)
from lxml import etree

from sandbox.bureaus import education, soap, soap_open
from sandbox.bureaus import soap_names as n
from sandbox.bureaus.contract import Terms
from sandbox.bureaus.rows import grow

ANSWERED = "01a200c5-8054-7876-b442-7043a9f29000"


def answer_terms() -> Terms:
    return Terms(
        "education", "gateway", "roll.answer", "education", "enrolment", "2026-11", ANSWERED
    )


def answer(keys: Keys, count: int = 3) -> bytes:
    rows = education.row_texts(small_roll(education.FIELDS, count))
    head = f"<status>ready</status><total>{count}</total><nextCursor></nextCursor>"
    payload = soap.Payload("GetRollResponse", head + "".join(rows))
    route = soap.Route(n.ANONYMOUS, "GetRollResponse", ANSWERED)
    tree = grow(education.leaves(rows))
    return soap.seal(keys.education, answer_terms(), route, payload, tree)


def test_round_trip(bureau_keys: Keys) -> None:
    opened = soap_open.open_message(bureau_keys.gateway_rsa, answer(bureau_keys))
    assert opened.exchange.row_count == 3
    assert opened.operation == "GetRollResponse"
    names = [row.findtext(f"{{{n.EDUCATION}}}xm") for row in opened.payload.iter(soap_open.ROWS[0])]
    assert names == [ODD_NAME] * 3
    assert opened.payload.find(f".//{{{n.EDUCATION}}}xxjsrq") is None


def test_requests_round_trip(bureau_keys: Keys) -> None:
    body = education_request(bureau_keys.gateway_rsa, "GetRoll", get_roll())
    opened = soap_open.open_message(bureau_keys.education, body)
    assert opened.operation == "GetRoll"
    assert opened.exchange.in_reply_to == ""


def test_rows_and_payload_are_written_in_canonical_form() -> None:
    rows = education.row_texts(small_roll(education.FIELDS, 4))
    payload = soap.Payload("GetRollResponse", "".join(rows))
    tree = etree.fromstring(payload.wrap())
    assert soap_open.canonical(tree) == payload.wrap().encode()
    assert [soap_open.canonical(row) for row in tree] == education.leaves(rows)


def test_the_contract_is_written_in_canonical_form(bureau_keys: Keys) -> None:
    body = education_request(bureau_keys.gateway_rsa, "GetRoll", get_roll())
    exchange = soap_open.open_message(bureau_keys.education, body).exchange
    text = soap.exchange_xml(exchange)
    assert soap_open.canonical(etree.fromstring(text)) == text.encode()


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("a&b<c>d", "a&amp;b&lt;c&gt;d"),
        ("a\rb", "a&#xD;b"),
        ("a\tb\nc", "a\tb\nc"),
        ("a\x00b\x1fc\ufffe", "a\ufffdb\ufffdc\ufffd"),
        ("", ""),
        ("𬱖·\ue81e", "𬱖·\ue81e"),
    ],
)
def test_odd_text(given: str, written: str) -> None:
    table = small_roll(education.FIELDS, 1)
    index = education.FIELDS.index("xzz")
    table = table.set_column(index, "xzz", [[given]])
    (row,) = education.row_texts(table)
    assert f"<xzz>{written}</xzz>" in row
    (leaf,) = education.leaves([row])
    assert soap_open.canonical(etree.fromstring(leaf)) == leaf


def test_signed_and_encrypted_as_the_page_says(bureau_keys: Keys) -> None:
    text = answer(bureau_keys).decode()
    assert ODD_NAME[:3] not in text
    assert "xsjbxx" not in text
    algorithms = {
        n.C14N,
        n.RSA_SHA256,
        n.SHA256,
        n.RSA_OAEP,
        n.MGF1_SHA256,
        n.AES256_GCM,
    }
    assert set(re.findall(r'Algorithm="([^"]+)"', text)) == algorithms
    assert text.count("<ds:Reference ") == 6
    assert f"<ds:KeyName>{bureau_keys.gateway_rsa.me.encrypt_thumbprint}<" in text
    assert len(re.findall(r"\s<[a-z]", text)) == 0


def test_altered_anywhere_is_refused(bureau_keys: Keys) -> None:
    """Every byte that carries anything: not two optional attributes, nor base64's spare bits."""
    sealed = answer(bureau_keys, 1)
    optional = [
        range(sealed.index(name), sealed.index(b">", sealed.index(name)))
        for name in (b"EncodingType=", b'ValueType="' + n.X509V3.encode() + b'"></wsse:Reference')
    ]
    ends = re.finditer(rb"</(xenc:CipherValue|wsse:BinarySecurityToken)>", sealed)
    optional += [range(end.start() - 3, end.start()) for end in ends]
    for position in altered_positions(len(sealed), 900):
        if any(position in span for span in optional):
            continue
        with refused():
            soap_open.open_message(bureau_keys.gateway_rsa, flip(sealed, position))


def decrypted(keys: Keys, sealed: bytes) -> etree._Element:
    """The envelope with its body opened, as an attacker inside the gateway's network has it."""
    envelope = etree.fromstring(sealed)
    header, body = envelope
    wrapped = header.find(f".//{{{n.XENC}}}EncryptedKey")
    assert wrapped is not None
    soap_open._decrypt(keys.gateway_rsa, wrapped, body)
    return envelope


def reencrypted(keys: Keys, envelope: etree._Element) -> bytes:
    """Encrypt the (changed) body again for the gateway: anybody can."""
    body = envelope[1]
    security = next(envelope.iter(f"{{{n.WSSE}}}Security"))
    contents = "".join(etree.tostring(child, encoding="unicode") for child in body)
    old = security.find(f"{{{n.XENC}}}EncryptedKey")
    assert old is not None
    security.remove(old)
    key = b"k" * 32
    me = keys.gateway_rsa.me
    fresh = soap._encrypted_key(key, me.encrypt_cert, me.encrypt_thumbprint)
    security.append(etree.fromstring(fresh))
    for child in list(body):
        body.remove(child)
    body.append(etree.fromstring(soap._encrypted_data(key, contents)))
    return etree.tostring(envelope)


def test_reencrypting_unchanged_is_accepted(bureau_keys: Keys) -> None:
    envelope = decrypted(bureau_keys, answer(bureau_keys))
    soap_open.open_message(bureau_keys.gateway_rsa, reencrypted(bureau_keys, envelope))


def _change_row(envelope: etree._Element) -> None:
    next(envelope.iter(f"{{{n.EDUCATION}}}xm")).text = "changed"


def _drop_row(envelope: etree._Element) -> None:
    row = next(envelope.iter(soap_open.ROWS[0]))
    envelope[1][0].remove(row)


def _change_contract(envelope: etree._Element) -> None:
    next(envelope.iter(f"{{{n.EXCHANGE}}}recipient")).text = "somebody"


def _change_action(envelope: etree._Element) -> None:
    next(envelope.iter(f"{{{n.WSA}}}Action")).text = f"{n.EDUCATION}/Deliver"


def _change_timestamp(envelope: etree._Element) -> None:
    next(envelope.iter(f"{{{n.WSU}}}Expires")).text = "2099-01-01T00:00:00Z"


def _drop_relates_to(envelope: etree._Element) -> None:
    envelope[0].remove(next(envelope.iter(f"{{{n.WSA}}}RelatesTo")))


def _drop_signature(envelope: etree._Element) -> None:
    signature = next(envelope.iter(f"{{{n.DS}}}Signature"))
    parent = signature.getparent()
    assert parent is not None
    parent.remove(signature)


def _drop_timestamp(envelope: etree._Element) -> None:
    stamp = next(envelope.iter(f"{{{n.WSU}}}Timestamp"))
    parent = stamp.getparent()
    assert parent is not None
    parent.remove(stamp)


def _wrap_body(envelope: etree._Element) -> None:
    """XML signature wrapping: the signed Body moves into a header, another takes its place."""
    body = envelope[1]
    other = etree.SubElement(envelope, f"{{{n.SOAP}}}Body")
    for child in body:
        other.append(etree.fromstring(etree.tostring(child)))
    next(other.iter(f"{{{n.EDUCATION}}}xm")).text = "forged"
    hidden = etree.SubElement(envelope[0], "{urn:x}Hidden")
    hidden.append(body)


def _wrap_body_same_id(envelope: etree._Element) -> None:
    _wrap_body(envelope)
    envelope[1].set(f"{{{n.WSU}}}Id", "Body")


def _hide_in_security(envelope: etree._Element) -> None:
    """The same, with the signed Body hidden inside the Security header."""
    _wrap_body(envelope)
    hidden = envelope[0][-1]
    next(envelope.iter(f"{{{n.WSSE}}}Security")).append(hidden)


def _repoint(envelope: etree._Element) -> None:
    """Sign another element under the Body's name."""
    envelope[1].set(f"{{{n.WSU}}}Id", "Other")


def _xml_id(envelope: etree._Element) -> None:
    next(envelope.iter(f"{{{n.EDUCATION}}}status")).set(n.XML_ID, "Body")


def _second_signature(envelope: etree._Element) -> None:
    signature = next(envelope.iter(f"{{{n.DS}}}Signature"))
    parent = signature.getparent()
    assert parent is not None
    parent.append(etree.fromstring(etree.tostring(signature)))


def _comment(envelope: etree._Element) -> None:
    """C14N drops comments, but they cut an element's text in two."""
    element = next(envelope.iter(f"{{{n.EDUCATION}}}xm"))
    text = element.text or ""
    element.text = text[:2]
    comment = etree.Comment("x")
    comment.tail = text[2:]
    element.append(comment)


def _weak_digest(envelope: etree._Element) -> None:
    method = next(envelope.iter(f"{{{n.DS}}}DigestMethod"))
    method.set("Algorithm", "http://www.w3.org/2000/09/xmldsig#sha1")


def _hmac(envelope: etree._Element) -> None:
    method = next(envelope.iter(f"{{{n.DS}}}SignatureMethod"))
    method.set("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256")


def _xpath_transform(envelope: etree._Element) -> None:
    transform = next(envelope.iter(f"{{{n.DS}}}Transform"))
    transform.set("Algorithm", "http://www.w3.org/TR/1999/REC-xpath-19991116")


def _unknown_header(envelope: etree._Element) -> None:
    etree.SubElement(envelope[0], "{urn:x}Extra").text = "x"


def _second_action(envelope: etree._Element) -> None:
    action = next(envelope.iter(f"{{{n.WSA}}}Action"))
    envelope[0].append(etree.fromstring(etree.tostring(action)))


@pytest.mark.parametrize(
    ("attack", "reason"),
    [
        (_change_row, "altered"),
        (_drop_row, "altered"),
        (_change_contract, "altered"),
        (_change_action, "altered"),
        (_change_timestamp, "altered"),
        (_drop_relates_to, "not_signed"),
        (_drop_signature, "not_signed"),
        (_drop_timestamp, "not_signed"),
        (_wrap_body, None),
        (_wrap_body_same_id, "malformed"),
        (_hide_in_security, "not_signed"),
        (_repoint, "not_signed"),
        (_xml_id, "malformed"),
        (_second_signature, "malformed"),
        (_comment, "malformed"),
        (_weak_digest, "bad_algorithm"),
        (_hmac, "bad_algorithm"),
        (_xpath_transform, "bad_algorithm"),
        (_unknown_header, "malformed"),
        (_second_action, "malformed"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_attacks(
    bureau_keys: Keys, attack: Callable[[etree._Element], None], reason: str | None
) -> None:
    envelope = decrypted(bureau_keys, answer(bureau_keys))
    attack(envelope)
    with refused(reason):
        soap_open.open_message(bureau_keys.gateway_rsa, reencrypted(bureau_keys, envelope))


def test_unencrypted_is_refused(bureau_keys: Keys) -> None:
    envelope = decrypted(bureau_keys, answer(bureau_keys))
    with refused("not_encrypted"):
        soap_open.open_message(bureau_keys.gateway_rsa, etree.tostring(envelope))


def test_strangers_are_refused(bureau_keys: Keys) -> None:
    with refused("wrong_recipient"):
        soap_open.open_message(bureau_keys.stranger_rsa, answer(bureau_keys))
    forged = education_request(bureau_keys.stranger_rsa, "Probe")
    with refused("unknown_sender"):
        soap_open.open_message(bureau_keys.education, forged)


def test_a_wrong_body_digest_is_refused(bureau_keys: Keys) -> None:
    """The token of the bureau, but references digested by somebody without its key."""
    envelope = decrypted(bureau_keys, answer(bureau_keys))
    _change_row(envelope)
    body = soap_open.canonical(envelope[1])
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    for reference in envelope.iter(f"{{{n.DS}}}Reference"):
        if reference.get("URI") == "#Body":
            reference[2].text = digest
    with refused("altered"):
        soap_open.open_message(bureau_keys.gateway_rsa, reencrypted(bureau_keys, envelope))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not xml",
        b"<a/>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b"<a>" * 100 + b"</a>" * 100,
        f'<s:Envelope xmlns:s="{n.SOAP}"><s:Body/></s:Envelope>'.encode(),
        f'<s:Envelope xmlns:s="{n.SOAP}"><s:Header/><s:Body/></s:Envelope>'.encode(),
    ],
)
def test_what_is_no_envelope_is_refused(bureau_keys: Keys, body: bytes) -> None:
    with refused():
        soap_open.open_message(bureau_keys.education, body)


def test_too_large_is_refused(bureau_keys: Keys) -> None:
    with refused("too_large"):
        soap_open.open_message(bureau_keys.education, b"<" * (soap_open.MAX_BYTES + 1))


def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(education.CONTRACT / "student-record.xsd"))


def test_payloads_obey_the_schema(bureau_keys: Keys) -> None:
    envelope = decrypted(bureau_keys, answer(bureau_keys))
    schema().assertValid(envelope[1][0])


def test_schema_lists_the_rolls_fields() -> None:
    xsd = etree.parse(education.CONTRACT / "student-record.xsd")
    space = {"xs": "http://www.w3.org/2001/XMLSchema"}
    fields = xsd.xpath("//xs:complexType[@name='Xsjbxx']//xs:element/@name", namespaces=space)
    assert tuple(fields) == education.FIELDS


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("GetRoll", {"period": "2026-11", "cursor": "", "pageSize": 1000}),
        ("AskStatus", {"subject": [{"sfzjlxm": "1", "sfzjh": "x"}]}),
        ("Deliver", {"document": b"bytes"}),
        ("Probe", {}),
    ],
)
def test_zeep_builds_every_request(operation: str, arguments: dict[str, Any]) -> None:
    settings = zeep.Settings(forbid_dtd=True, forbid_external=True)
    client = zeep.Client(str(education.CONTRACT / education.WSDL), settings=settings)
    envelope = client.create_message(client.service, operation, **arguments)
    payload = envelope.find(f".//{{{n.EDUCATION}}}{operation}")
    assert payload is not None
    schema().assertValid(payload)


def test_a_request_built_by_zeep_is_answerable(bureau_keys: Keys) -> None:
    """Zeep's own prefixes: sealed as the page says, opened by us."""
    client = zeep.Client(str(education.CONTRACT / education.WSDL))
    message = client.create_message(
        client.service, "GetRoll", period="2026-11", cursor="", pageSize=5
    )
    payload = message.find(f".//{{{n.EDUCATION}}}GetRoll")
    prefixed = soap_open.canonical(payload).decode()
    assert prefixed.startswith("<ns0:GetRoll")

    class Prefixed(soap.Payload):
        def wrap(self, first: str = "") -> str:
            end = prefixed.index(">") + 1
            return prefixed[:end] + first + prefixed[end:]

    route = soap.Route("http://127.0.0.1/soap", "GetRoll")
    request = terms("roll", "education", "enrolment")
    body = soap.seal(bureau_keys.gateway_rsa, request, route, Prefixed("GetRoll", ""))
    opened = soap_open.open_message(bureau_keys.education, body)
    assert opened.payload.findtext(f"{{{n.EDUCATION}}}pageSize") == "5"


def test_pages_are_quick(bureau_keys: Keys) -> None:
    """20,000 rows a second; the limit here is five times looser."""
    table = small_roll(education.FIELDS, 1000)
    answer(bureau_keys, 1)
    start = time.process_time()
    rows = education.row_texts(table)
    payload = soap.Payload("GetRollResponse", "".join(rows))
    route = soap.Route(n.ANONYMOUS, "GetRollResponse", ANSWERED)
    soap.seal(bureau_keys.education, answer_terms(), route, payload, grow(education.leaves(rows)))
    assert time.process_time() - start < 0.25


def test_contract_files_are_inside_their_folder() -> None:
    assert isinstance(education.CONTRACT, Path)
    assert (education.CONTRACT / "exchange.xsd").is_file()
