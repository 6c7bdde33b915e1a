"""Wrapping, stripping, doubling and downgrading, with envelopes built and signed by xmlsec."""

import base64
import copy
import hashlib
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pytest
import xmlsec
from exchange_kit import (
    NOW,
    NS,
    OTHER,
    Reply,
    World,
    replace_party,
    request_content,
    rows_content,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from soap_peer import SIGNED, WSU_ID, Bends, SoapPeer, bring_soap, private, public

from gateway.exchange.documents import canonical, read_xml
from gateway.exchange.suites import soap_names as n
from gateway.exchange.suites.soap_names import q
from gateway.model.errors import ExchangeRefused, Refusal
from gateway.model.exchange import Action

Tree = Any


def at(tree: Tree, name: str) -> Tree:
    (found,) = [
        e for e in tree.iter() if isinstance(e.tag, str) and etree.QName(e).localname == name
    ]
    return found


def header(tree: Tree) -> Tree:
    return tree.find(q(n.ENV, "Header"))


def security(tree: Tree) -> Tree:
    return at(tree, "Security")


def body(tree: Tree) -> Tree:
    return tree.find(q(n.ENV, "Body"))


def evil_body(tree: Tree, name: str) -> Tree:
    """A copy of Body in which a child is another child."""
    evil = copy.deepcopy(body(tree))
    evil.set(WSU_ID, name)
    next(e for e in evil.iter() if e.tag == f"{{{NS}}}xm").text = "丁"
    return evil


def replace_body(tree: Tree, new: Tree) -> Tree:
    old = body(tree)
    tree.replace(old, new)
    return old


def moved_to_header(tree: Tree) -> None:
    old = replace_body(tree, evil_body(tree, "id-evil"))
    etree.SubElement(header(tree), "{urn:x}Wrapper").append(old)


def moved_to_security(tree: Tree) -> None:
    old = replace_body(tree, evil_body(tree, "id-evil"))
    security(tree).append(old)


def moved_to_object(tree: Tree) -> None:
    old = replace_body(tree, evil_body(tree, "id-evil"))
    etree.SubElement(at(tree, "Signature"), q(n.DS, "Object")).append(old)


def moved_beside(tree: Tree) -> None:
    tree.append(evil_body(tree, "id-evil"))


def moved_before(tree: Tree) -> None:
    tree.insert(0, evil_body(tree, "id-Body"))


def same_id_evil_body(tree: Tree) -> None:
    old = replace_body(tree, evil_body(tree, "id-Body"))
    at(tree, "Signature").append(old)


def evil_in_place(tree: Tree) -> None:
    replace_body(tree, evil_body(tree, "id-Body"))


def wrapped_in_the_payload(tree: Tree) -> None:
    """The signed Body inside the evil one, which takes its place under another id."""
    evil = evil_body(tree, "id-evil")
    evil[0].append(replace_body(tree, evil))


def second_payload(tree: Tree) -> None:
    body(tree).append(copy.deepcopy(body(tree)[0]))


def text(name: str, value: str) -> Callable[[Tree], None]:
    def change(tree: Tree) -> None:
        at(tree, name).text = value

    return change


def drop(name: str) -> Callable[[Tree], None]:
    def change(tree: Tree) -> None:
        element = at(tree, name)
        element.getparent().remove(element)

    return change


def double(name: str) -> Callable[[Tree], None]:
    def change(tree: Tree) -> None:
        element = at(tree, name)
        twin = copy.deepcopy(element)
        if twin.get(WSU_ID):
            twin.set(WSU_ID, "id-twin")
        element.addnext(twin)

    return change


def shadow_id(attribute: str) -> Callable[[Tree], None]:
    """Another element claims the id of a signed part under an attribute that XML tools also obey."""

    def change(tree: Tree) -> None:
        at(tree, "BinarySecurityToken").set(attribute, "id-Body")

    return change


def attribute(name: str, key: str, value: str) -> Callable[[Tree], None]:
    def change(tree: Tree) -> None:
        at(tree, name).set(key, value)

    return change


def comment_in_to(tree: Tree) -> None:
    """Canonicalisation forgets the comment: the digest still holds, the text is another one."""
    element = at(tree, "MessageID")
    note = etree.Comment("x")
    note.tail = element.text[10:]
    element.text = element.text[:10]
    element.append(note)


def instruction(tree: Tree) -> None:
    tree.insert(0, etree.ProcessingInstruction("x", "y"))


def first_uri(uri: str) -> Callable[[Tree], None]:
    def change(tree: Tree) -> None:
        next(e for e in tree.iter(q(n.DS, "Reference"))).set("URI", uri)

    return change


def doubled_reference(tree: Tree) -> None:
    reference = next(e for e in tree.iter(q(n.DS, "Reference")))
    reference.addnext(copy.deepcopy(reference))


def x509_data(tree: Tree) -> None:
    info = at(tree, "SecurityTokenReference").getparent()
    for child in list(info):
        info.remove(child)
    etree.SubElement(info, q(n.DS, "X509Data"))


def hmac_method(tree: Tree) -> None:
    method = at(tree, "SignatureMethod")
    method.set("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256")


def method_with_parameter(tree: Tree) -> None:
    etree.SubElement(at(tree, "SignatureMethod"), q(n.DS, "HMACOutputLength")).text = "1"


def prefix_list(tree: Tree) -> None:
    transform = next(e for e in tree.iter(q(n.DS, "Transform")))
    etree.SubElement(transform, q(n.EXC_C14N, "InclusiveNamespaces")).set("PrefixList", "s")


def second_contract(tree: Tree) -> None:
    contract = at(tree, "Exchange")
    contract.addnext(copy.deepcopy(contract))


def contract_last(tree: Tree) -> None:
    contract = at(tree, "Exchange")
    contract.getparent().append(contract)


def contract_field_twice(tree: Tree) -> None:
    contract = at(tree, "Exchange")
    contract.append(copy.deepcopy(contract[0]))


def contract_field_deep(tree: Tree) -> None:
    at(tree, "Exchange")[0].append(etree.Element(q(n.EXCHANGE, "x")))


def signature_in_payload(tree: Tree) -> None:
    body(tree)[0].append(etree.Element(q(n.DS, "Signature")))


def security_in_payload(tree: Tree) -> None:
    body(tree)[0].append(etree.Element(q(n.WSSE, "Security")))


def ids_in_payload(tree: Tree) -> None:
    body(tree)[0].set("Id", "id-Timestamp")


def other_token(world: World) -> Callable[[Tree], None]:
    from cryptography.hazmat.primitives.serialization import Encoding

    pair = world.keys.ring(OTHER).signing("rsa", NOW)
    der = base64.b64encode(pair.certificate.public_bytes(Encoding.DER)).decode()
    return text("BinarySecurityToken", der)


def replaced(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new, 1)

    return change


def left_out(name: str) -> Bends:
    return Bends(references=tuple(part for part in SIGNED if part != name))


WRAPPED: list[tuple[str, Callable[[Tree], None], Refusal]] = [
    ("Body moved into a header", moved_to_header, Refusal.MALFORMED),
    ("Body moved into Security", moved_to_security, Refusal.MALFORMED),
    ("Body moved into the signature", moved_to_object, Refusal.MALFORMED),
    ("a second Body after it", moved_beside, Refusal.MALFORMED),
    ("a second Body before it", moved_before, Refusal.MALFORMED),
    ("Body moved, its id doubled", same_id_evil_body, Refusal.MALFORMED),
    ("Body replaced", evil_in_place, Refusal.ALTERED),
    ("Body wrapped in the payload", wrapped_in_the_payload, Refusal.MALFORMED),
    ("a second payload", second_payload, Refusal.MALFORMED),
    ("To changed", text("To", "http://127.0.0.1/other"), Refusal.ALTERED),
    ("Action changed", text("Action", f"{NS}/DeliverResponse"), Refusal.ALTERED),
    ("MessageID changed", text("MessageID", "urn:uuid:0"), Refusal.ALTERED),
    ("RelatesTo changed", text("RelatesTo", "urn:uuid:0"), Refusal.ALTERED),
    ("Created changed", text("Created", "2026-11-16T01:02:04Z"), Refusal.ALTERED),
    ("Expires changed", text("Expires", "2027-11-16T01:02:04Z"), Refusal.ALTERED),
    ("RelatesTo dropped", drop("RelatesTo"), Refusal.MALFORMED),
    ("To dropped", drop("To"), Refusal.MALFORMED),
    ("Timestamp dropped", drop("Timestamp"), Refusal.MALFORMED),
    ("token dropped", drop("BinarySecurityToken"), Refusal.NOT_SIGNED),
    ("signature dropped", drop("Signature"), Refusal.NOT_SIGNED),
    ("a second signature", double("Signature"), Refusal.MALFORMED),
    ("a second Timestamp", double("Timestamp"), Refusal.MALFORMED),
    ("a second token", double("BinarySecurityToken"), Refusal.MALFORMED),
    ("a second Security", double("Security"), Refusal.MALFORMED),
    ("a second To", double("To"), Refusal.MALFORMED),
    ("a second Header", double("Header"), Refusal.MALFORMED),
    ("xml:id claims Body's id", shadow_id("{http://www.w3.org/XML/1998/namespace}id"), Refusal.MALFORMED),
    ("Id claims Body's id", shadow_id("Id"), Refusal.MALFORMED),
    ("ID claims Body's id", shadow_id("ID"), Refusal.MALFORMED),
    ("the payload claims an id", ids_in_payload, Refusal.MALFORMED),
    ("Body gets another attribute", attribute("Body", "x", "y"), Refusal.MALFORMED),
    ("Security need not be understood",
     attribute("Security", q(n.ENV, "mustUnderstand"), "0"), Refusal.MALFORMED),
    ("a comment in a signed text", comment_in_to, Refusal.MALFORMED),
    ("a processing instruction", instruction, Refusal.MALFORMED),
    ("reference to the whole document", first_uri(""), Refusal.ALTERED),
    ("reference to a web page", first_uri("http://127.0.0.1/x"), Refusal.ALTERED),
    ("a reference doubled", doubled_reference, Refusal.ALTERED),
    ("the key beside the token", x509_data, Refusal.MALFORMED),
    ("HMAC as the method", hmac_method, Refusal.BAD_ALGORITHM),
    ("a parameter of the method", method_with_parameter, Refusal.BAD_ALGORITHM),
    ("a prefix list", prefix_list, Refusal.ALTERED),
    ("signature value cut", text("SignatureValue", "AAAA"), Refusal.ALTERED),
    ("signature value no base64", text("SignatureValue", "?"), Refusal.MALFORMED),
    ("token no certificate", text("BinarySecurityToken", "AAAA"), Refusal.UNKNOWN_SENDER),
    ("token of another kind",
     attribute("BinarySecurityToken", "ValueType", "urn:x"), Refusal.MALFORMED),
]  # fmt: skip

SIGNED_WRONG: list[tuple[str, Bends, Refusal]] = [
    *((f"{name} not signed", left_out(name), Refusal.NOT_SIGNED) for name in SIGNED),
    ("only the Timestamp signed", Bends(references=("Timestamp",)), Refusal.NOT_SIGNED),
    ("the token signed too", Bends(references=(*SIGNED, "token")), Refusal.MALFORMED),
    ("inclusive canonicalisation",
     Bends(names={"c14n": "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"}), Refusal.BAD_ALGORITHM),
    ("canonicalisation with comments", Bends(names={"c14n": n.EXC_C14N + "WithComments"}),
     Refusal.BAD_ALGORITHM),
    ("another transform",
     Bends(names={"transform": "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"}), Refusal.BAD_ALGORITHM),
    ("RSA-SHA512", Bends(names={"method": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"}),
     Refusal.BAD_ALGORITHM),
    ("SHA-512 digests", Bends(names={"digest": "http://www.w3.org/2001/04/xmlenc#sha512"}),
     Refusal.BAD_ALGORITHM),
    ("two contracts", Bends(unsigned=second_contract), Refusal.MALFORMED),
    ("the contract not first", Bends(unsigned=contract_last), Refusal.MALFORMED),
    ("no contract", Bends(unsigned=drop("Exchange")), Refusal.MALFORMED),
    ("a field twice", Bends(unsigned=contract_field_twice), Refusal.MALFORMED),
    ("a field with elements", Bends(unsigned=contract_field_deep), Refusal.MALFORMED),
    ("a signature in the payload", Bends(unsigned=signature_in_payload), Refusal.MALFORMED),
    ("a Security header in the payload", Bends(unsigned=security_in_payload), Refusal.MALFORMED),
    ("MessageID is another id", Bends(unsigned=text("MessageID", "urn:uuid:x")), Refusal.MALFORMED),
    ("Action is another operation", Bends(unsigned=text("Action", f"{NS}/GetRoll")), Refusal.MALFORMED),
    ("Timestamp is another time", Bends(unsigned=text("Expires", "2026-11-16T01:07:04Z")),
     Refusal.MALFORMED),
    ("To is empty", Bends(unsigned=text("To", " ")), Refusal.MALFORMED),
    ("RelatesTo another request", Bends(unsigned=text("RelatesTo", "urn:uuid:x")), Refusal.MALFORMED),
    ("last is no boolean", Bends(contract=lambda c: c.update(last="1")), Refusal.MALFORMED),
    ("a page that is no number", Bends(contract=lambda c: c.update(page="１")), Refusal.MALFORMED),
    ("an unknown header", Bends(unsigned=lambda t: header(t).append(etree.Element(q(n.WSA, "From")))),
     Refusal.MALFORMED),
]  # fmt: skip

SEALED_WRONG: list[tuple[str, Bends, Refusal]] = [
    ("not encrypted", Bends(encrypt=False), Refusal.NOT_ENCRYPTED),
    ("AES-128-GCM", Bends(names={"cipher": "http://www.w3.org/2009/xmlenc11#aes128-gcm"}),
     Refusal.BAD_ALGORITHM),
    ("AES-CBC", Bends(names={"cipher": "http://www.w3.org/2001/04/xmlenc#aes256-cbc"}),
     Refusal.BAD_ALGORITHM),
    ("OAEP with SHA-1 inside", Bends(names={"mask": "http://www.w3.org/2009/xmlenc11#mgf1sha1"}),
     Refusal.BAD_ALGORITHM),
    ("OAEP with a SHA-512 digest", Bends(names={"oaep": "http://www.w3.org/2001/04/xmlenc#sha512"}),
     Refusal.BAD_ALGORITHM),
    ("RSA 1.5", Bends(names={"wrap": "http://www.w3.org/2001/04/xmlenc#rsa-1_5"}),
     Refusal.BAD_ALGORITHM),
    ("for another key", Bends(names={"kid": "0" * 64}), Refusal.WRONG_RECIPIENT),
    ("no Security header", Bends(sealed=drop("Security")), Refusal.NOT_SIGNED),
    ("no encrypted key", Bends(sealed=drop("EncryptedKey")), Refusal.NOT_ENCRYPTED),
    ("no key name", Bends(sealed=drop("KeyName")), Refusal.MALFORMED),
    ("an OAEP label", Bends(sealed=lambda t: etree.SubElement(
        at(t, "EncryptedKey")[0], q(n.XENC, "OAEPparams"))), Refusal.BAD_ALGORITHM),
    ("key for other data", Bends(sealed=attribute("DataReference", "URI", "#x")), Refusal.MALFORMED),
    ("data of another type", Bends(sealed=attribute(
        "EncryptedData", "Type", "http://www.w3.org/2001/04/xmlenc#Element")), Refusal.MALFORMED),
    ("a cipher reference", Bends(sealed=lambda t: etree.SubElement(
        at(t, "EncryptedData")[1], q(n.XENC, "CipherReference"))), Refusal.MALFORMED),
    ("clear text beside it", Bends(sealed=lambda t: etree.SubElement(body(t), f"{{{NS}}}x")),
     Refusal.NOT_ENCRYPTED),
    ("a key of zeros", Bends(sealed=lambda t: setattr(
        next(t.iter(q(n.XENC, "CipherValue"))), "text", "AAAA")), Refusal.ALTERED),
    ("two encrypted keys", Bends(sealed=double("EncryptedKey")), Refusal.MALFORMED),
    ("two encrypted bodies", Bends(sealed=double("EncryptedData")), Refusal.NOT_ENCRYPTED),
    ("a key by address", Bends(sealed=lambda t: etree.SubElement(
        at(t, "KeyName").getparent(), q(n.DS, "RetrievalMethod"), URI="http://127.0.0.1/x")),
     Refusal.MALFORMED),
    ("empty data", Bends(sealed=lambda t: setattr(
        list(t.iter(q(n.XENC, "CipherValue")))[1], "text", "")), Refusal.ALTERED),
    ("a document type", Bends(text=lambda d: b"<!DOCTYPE x>" + d), Refusal.MALFORMED),
    ("an entity bomb", Bends(text=lambda d: b'<!DOCTYPE x [<!ENTITY a "b">]>' + d), Refusal.MALFORMED),
    ("UTF-16", Bends(text=lambda d: d.decode().encode("utf-16")), Refusal.MALFORMED),
    ("declares UTF-16", Bends(text=lambda d: b'<?xml version="1.0" encoding="utf-16"?>' + d),
     Refusal.MALFORMED),
    ("declares Latin 1", Bends(text=lambda d: b"<?xml version='1.0' encoding='iso-8859-1'?>" + d),
     Refusal.MALFORMED),
    ("SOAP 1.1", Bends(text=lambda d: d.replace(
        n.ENV.encode(), b"http://schemas.xmlsoap.org/soap/envelope/")), Refusal.MALFORMED),
    ("half of it", Bends(text=lambda d: d[: len(d) // 2]), Refusal.MALFORMED),
    ("without its last byte", Bends(text=lambda d: d[:-1]), Refusal.MALFORMED),
    ("something after it", Bends(text=lambda d: d + b"<!-- x -->"), Refusal.MALFORMED),
    ("nothing", Bends(text=lambda d: b""), Refusal.MALFORMED),
    ("too deep", Bends(sealed=lambda t: [
        tree := header(t), *[tree := etree.SubElement(tree, "x") for _ in range(70)]]),
     Refusal.MALFORMED),
]  # fmt: skip


def refusal(world: World, bends: Bends) -> Refusal:
    with pytest.raises(ExchangeRefused) as caught:
        bring_soap(world, bends)
    return caught.value.reason


@pytest.mark.parametrize(("_name", "change", "reason"), WRAPPED, ids=[w[0] for w in WRAPPED])
def test_signed_envelopes_changed_by_somebody_who_can_encrypt(
    world: World, _name: str, change: Any, reason: Refusal
) -> None:
    """The attacker holds the bureau's signed clear envelope and our public certificate."""
    assert refusal(world, Bends(signed=change)) is reason


@pytest.mark.parametrize(
    ("_name", "bends", "reason"), SIGNED_WRONG, ids=[w[0] for w in SIGNED_WRONG]
)
def test_what_the_bureau_itself_signs_wrongly(
    world: World, _name: str, bends: Bends, reason: Refusal
) -> None:
    assert refusal(world, bends) is reason


@pytest.mark.parametrize(
    ("_name", "bends", "reason"), SEALED_WRONG, ids=[w[0] for w in SEALED_WRONG]
)
def test_what_is_sealed_wrongly(world: World, _name: str, bends: Bends, reason: Refusal) -> None:
    assert refusal(world, bends) is reason


def test_xmlsec_writes_what_we_read(world: World) -> None:
    assert bring_soap(world).row_count == 3


def test_white_space_around_and_inside_the_ciphertext_does_not_matter(world: World) -> None:
    def spaced(tree: Tree) -> None:
        body(tree).text = "\n  "
        body(tree)[0].tail = "\n"
        for value in tree.iter(q(n.XENC, "CipherValue")):
            value.text = "\n".join(value.text)[:40] + value.text[20:] + "\n"

    assert bring_soap(world, Bends(sealed=spaced)).row_count == 3


def test_another_partners_token_does_not_pass(world: World) -> None:
    assert refusal(world, Bends(signed=other_token(world))) is Refusal.ALTERED


def test_sha1_is_refused_before_it_is_computed(world: World) -> None:
    sha1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
    assert refusal(world, Bends(signed=attribute("SignatureMethod", "Algorithm", sha1))) is (
        Refusal.BAD_ALGORITHM
    )


def test_a_fault_that_is_not_sealed_proves_nothing(world: World) -> None:
    fault = (
        f'<e:Envelope xmlns:e="{n.ENV}"><e:Body><e:Fault><e:Code><e:Value>e:Receiver</e:Value>'
        "</e:Code></e:Fault></e:Body></e:Envelope>"
    )
    assert refusal(world, Bends(text=lambda _: fault.encode())) is Refusal.MALFORMED


def test_xmlsec_reads_what_we_write(world: World) -> None:
    """Decrypts with xmlsec, verifies with xmlsec, and finds the six parts covered."""
    peer = SoapPeer(world)
    theirs = world.keys.ring("bureau").encrypting("rsa", NOW)
    ours = world.keys.ring("gateway").signing("rsa", NOW)
    found = {}

    def carry(sealed: bytes) -> bytes:
        tree = etree.fromstring(sealed)
        key = decrypt_key(tree, theirs)
        context = xmlsec.EncryptionContext()
        context.key = xmlsec.Key.from_binary_data(xmlsec.constants.KeyDataAes, key)
        context.decrypt(at(tree, "EncryptedData"))
        check = xmlsec.SignatureContext()
        check.key = public(ours.certificate)
        for element in tree.iter():
            if element.get(WSU_ID):
                check.register_id(element, "Id", n.WSU)
        signature = at(tree, "Signature")
        check.verify(signature)
        found["covered"] = {e.get("URI") for e in signature.iter(q(n.DS, "Reference"))}
        found["payload"] = etree.QName(body(tree)[0]).localname
        return b""

    assert peer
    with pytest.raises(ExchangeRefused):
        world.line("soap").call(Action.ROLL, request_content("soap"), carry, {}, period="2026-11")
    assert found["covered"] == {"#body", "#timestamp", "#to", "#action", "#message-id"}
    assert found["payload"] == "GetRoll"


def decrypt_key(tree: Tree, pair: Any) -> bytes:
    wrapped = at(tree, "EncryptedKey")
    template = etree.fromstring(etree.tostring(wrapped).replace(b"EncryptedKey", b"EncryptedData"))
    for child in list(template):
        if etree.QName(child).localname in ("KeyInfo", "ReferenceList"):
            template.remove(child)
    context = xmlsec.EncryptionContext()
    context.key = private(pair)
    return bytes(context.decrypt(template))


names = st.text("aбв一・ é", min_size=1, max_size=6).map(
    lambda s: "n" + "".join(c for c in s if c.isalnum())
)
texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
    | st.just("\n"),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(name=names, prefix=st.sampled_from(["s", "t"]), value=texts, attr=texts)
def test_canonical_forms_agree_with_xmlsec(name: str, prefix: str, value: str, attr: str) -> None:
    """The digest that xmlsec puts into a reference is that of our canonical bytes."""
    root = etree.Element("root", nsmap={"u": n.WSU, "s": "urn:s", "t": "urn:t", "z": "urn:unused"})
    part = etree.SubElement(
        root, f"{{urn:{prefix}}}{name}", {WSU_ID: "p", "b": attr, "{urn:t}a": attr}
    )
    etree.SubElement(part, "{urn:s}x", nsmap={None: "urn:s"}).text = value
    part[0].tail = value
    signature = etree.fromstring(
        f'<ds:Signature xmlns:ds="{n.DS}"><ds:SignedInfo><ds:CanonicalizationMethod '
        f'Algorithm="{n.EXC_C14N}"/><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"/>'
        f'<ds:Reference URI="#p"><ds:Transforms><ds:Transform Algorithm="{n.EXC_C14N}"/></ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{n.SHA256}"/><ds:DigestValue/></ds:Reference></ds:SignedInfo>'
        "<ds:SignatureValue/></ds:Signature>"
    )
    root.append(signature)
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_binary_data(xmlsec.constants.KeyDataHmac, b"k" * 32)
    context.register_id(part, "Id", n.WSU)
    context.sign(signature)
    theirs = base64.b64decode(signature.findtext(f".//{q(n.DS, 'DigestValue')}"))
    assert hashlib.sha256(canonical(part)).digest() == theirs
    again = read_xml(canonical(part), 64)
    assert canonical(again) == canonical(part)


@lru_cache
def line_of(world: World) -> Any:
    return world.line("soap")


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_changed_byte_changes_what_is_read(world: World, data: st.DataObject) -> None:
    """A byte outside every signed part may change (a prefix, white space); what is read may not."""
    line = line_of(world)
    sealed_header: list[Any] = []

    def carry(sealed: bytes) -> bytes:
        request = replace_party(world, "soap")(sealed)
        made, answer = world.seal("soap", Reply(b"").draft(request), rows_content("soap"))
        sealed_header.append(made)
        at_byte = data.draw(st.integers(0, len(answer) - 1))
        bit = data.draw(st.integers(1, 127))
        return answer[:at_byte] + bytes([answer[at_byte] ^ bit]) + answer[at_byte + 1 :]

    try:
        answer = line.call(Action.ROLL, request_content("soap"), carry, {}, period="2026-11")
    except ExchangeRefused:
        return
    delivery = line.close("enrolment", "2026-11", [answer])
    (exchange,) = line.verified(delivery)
    assert exchange.header == sealed_header[0]
    assert exchange.payload.read() == canonical(read_xml(rows_content("soap"), 64))
