"""A bureau that builds WS-Security with xmlsec (not our code); every step may be bent."""

import base64
import io
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import xmlsec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from exchange_kit import (
    BUREAU,
    NOW,
    NS,
    US,
    Reply,
    World,
    replace_party,
    request_content,
    rows_content,
)
from lxml import etree

from gateway.exchange.contract import header_values, time_text
from gateway.exchange.keys import KeyPair
from gateway.exchange.sealing import describe
from gateway.exchange.suites import soap_names as n
from gateway.exchange.suites.soap import content_for_seal
from gateway.exchange.suites.soap_names import q
from gateway.model.exchange import Action, Header

Element = Any
WSU_ID = q(n.WSU, "Id")
SIGNED = ("Body", "Timestamp", "To", "Action", "MessageID", "RelatesTo")


@lru_cache
def private(pair: KeyPair) -> Any:
    pem = pair.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatPem)


@lru_cache
def public(certificate: Any) -> Any:
    pem = certificate.public_bytes(Encoding.PEM)
    return xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatCertPem)


def same(tree: Element) -> Element:
    return tree


@dataclass
class Bends:
    """What is done at each step: to the unsigned, the signed and the encrypted envelope."""

    contract: Callable[[dict[str, Any]], Any] = lambda values: None
    unsigned: Callable[[Element], Any] = lambda tree: None
    signed: Callable[[Element], Any] = lambda tree: None
    sealed: Callable[[Element], Any] = lambda tree: None
    text: Callable[[bytes], bytes] = lambda data: data
    references: tuple[str, ...] = SIGNED
    names: dict[str, str] = field(default_factory=dict)
    encrypt: bool = True


class SoapPeer:
    def __init__(self, world: World) -> None:
        self.world = world
        self.signer = world.keys.ring(BUREAU).signing("rsa", NOW)
        self.ours = world.keys.ring(US).encrypting("rsa", NOW)

    def seal(self, request: Header, bends: Bends) -> bytes:
        content = content_for_seal(rows_content("soap"))
        sealer = self.world.sealer("soap")
        draft = Reply(content).draft(request)
        life = self.world.limits.message_life
        header = describe(io.BytesIO(content), "application/xml", draft, sealer, life)
        tree = self.envelope(header, content, bends)
        bends.unsigned(tree)
        self.sign(tree, bends)
        bends.signed(tree)
        if bends.encrypt:
            self.encrypt(tree, bends)
        bends.sealed(tree)
        return bends.text(etree.tostring(tree))

    def envelope(self, header: Header, content: bytes, bends: Bends) -> Element:
        """Namespaces are declared on the Envelope, as toolkits like it."""
        values = header_values(header)
        bends.contract(values)
        payload = etree.fromstring(content)
        contract = etree.Element(q(n.EXCHANGE, "Exchange"), nsmap={"x": n.EXCHANGE})
        for name, value in values.items():
            text = str(value).lower() if isinstance(value, bool) else str(value)
            if name == "closing":
                import json

                text = json.dumps(value) if value else ""
            etree.SubElement(contract, q(n.EXCHANGE, name)).text = text
        payload.insert(0, contract)
        spaces = {"e": n.ENV, "a": n.WSA, "o": n.WSSE, "u": n.WSU, "ds": n.DS, "xenc": n.XENC}
        root = etree.Element(q(n.ENV, "Envelope"), nsmap=spaces | {"s": NS, "x": n.EXCHANGE})
        head = etree.SubElement(root, q(n.ENV, "Header"))
        addressing = {
            "To": n.ANONYMOUS,
            "Action": f"{NS}/GetRollResponse",
            "MessageID": n.URN + header.id,
            "RelatesTo": n.URN + header.in_reply_to,
        }
        for name, text in addressing.items():
            part = etree.SubElement(head, q(n.WSA, name), {WSU_ID: f"id-{name}"})
            part.text = text
        security = etree.SubElement(head, q(n.WSSE, "Security"), {q(n.ENV, "mustUnderstand"): "1"})
        stamp = etree.SubElement(security, q(n.WSU, "Timestamp"), {WSU_ID: "id-Timestamp"})
        etree.SubElement(stamp, q(n.WSU, "Created")).text = time_text(header.created)
        etree.SubElement(stamp, q(n.WSU, "Expires")).text = time_text(header.expires)
        kinds = {"ValueType": n.X509V3, "EncodingType": n.BASE64, WSU_ID: "id-token"}
        token = etree.SubElement(security, q(n.WSSE, "BinarySecurityToken"), kinds)
        der = self.signer.certificate.public_bytes(Encoding.DER)
        token.text = base64.encodebytes(der).decode()
        body = etree.SubElement(root, q(n.ENV, "Body"), {WSU_ID: "id-Body"})
        body.append(payload)
        return root

    def sign(self, tree: Element, bends: Bends) -> None:
        names = {
            "c14n": n.EXC_C14N, "method": n.RSA_SHA256, "digest": n.SHA256, "transform": n.EXC_C14N,
        } | bends.names  # fmt: skip
        references = "".join(
            f'<ds:Reference URI="#id-{name}"><ds:Transforms><ds:Transform Algorithm="{names["transform"]}"/>'
            f'</ds:Transforms><ds:DigestMethod Algorithm="{names["digest"]}"/><ds:DigestValue/>'
            "</ds:Reference>"
            for name in bends.references
        )
        signature = etree.fromstring(
            f'<ds:Signature xmlns:ds="{n.DS}" xmlns:o="{n.WSSE}"><ds:SignedInfo>'
            f'<ds:CanonicalizationMethod Algorithm="{names["c14n"]}"/>'
            f'<ds:SignatureMethod Algorithm="{names["method"]}"/>{references}</ds:SignedInfo>'
            "<ds:SignatureValue/><ds:KeyInfo><o:SecurityTokenReference>"
            f'<o:Reference URI="#id-token" ValueType="{n.X509V3}"/>'
            "</o:SecurityTokenReference></ds:KeyInfo></ds:Signature>"
        )
        tree.find(f".//{q(n.WSSE, 'Security')}").append(signature)
        context = xmlsec.SignatureContext()
        context.key = private(self.signer)
        for element in tree.iter():
            if element.get(WSU_ID):
                context.register_id(element, "Id", n.WSU)
        context.sign(signature)

    def encrypt(self, tree: Element, bends: Bends) -> None:
        names = {
            "cipher": n.AES256_GCM, "wrap": n.RSA_OAEP, "oaep": n.SHA256, "mask": n.MGF1_SHA256,
            "kid": self.ours.thumbprint,
        } | bends.names  # fmt: skip
        key = os.urandom(16 if "128" in names["cipher"] else 32)
        data = etree.fromstring(
            f'<xenc:EncryptedData xmlns:xenc="{n.XENC}" Id="id-data" Type="{n.CONTENT}">'
            f'<xenc:EncryptionMethod Algorithm="{names["cipher"]}"/>'
            "<xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedData>"
        )
        body = tree.find(q(n.ENV, "Body"))
        context = xmlsec.EncryptionContext()
        context.key = xmlsec.Key.from_binary_data(xmlsec.constants.KeyDataAes, key)
        context.encrypt_xml(data, body)
        method = f'<xenc:EncryptionMethod Algorithm="{names["wrap"]}">'
        if "rsa-1_5" not in names["wrap"]:
            method += f'<ds:DigestMethod xmlns:ds="{n.DS}" Algorithm="{names["oaep"]}"/>'
        if names["wrap"] == n.RSA_OAEP:
            method += f'<xenc11:MGF xmlns:xenc11="{n.XENC11}" Algorithm="{names["mask"]}"/>'
        method += "</xenc:EncryptionMethod>"
        wrapped = etree.fromstring(
            f'<xenc:EncryptedKey xmlns:xenc="{n.XENC}">{method}'
            f'<ds:KeyInfo xmlns:ds="{n.DS}"><ds:KeyName>{names["kid"]}</ds:KeyName></ds:KeyInfo>'
            f"<xenc:CipherData><xenc:CipherValue>{self.wrap(key, method)}</xenc:CipherValue>"
            '</xenc:CipherData><xenc:ReferenceList><xenc:DataReference URI="#id-data"/>'
            "</xenc:ReferenceList></xenc:EncryptedKey>"
        )
        tree.find(f".//{q(n.WSSE, 'Security')}").insert(0, wrapped)

    def wrap(self, key: bytes, method: str) -> str:
        template = etree.fromstring(
            f'<xenc:EncryptedData xmlns:xenc="{n.XENC}">{method}<xenc:CipherData>'
            "<xenc:CipherValue/></xenc:CipherData></xenc:EncryptedData>"
        )
        context = xmlsec.EncryptionContext()
        context.key = public(self.ours.certificate)
        return str(context.encrypt_binary(template, key).findtext(f".//{q(n.XENC, 'CipherValue')}"))


def bring_soap(world: World, bends: Bends | None = None) -> Any:
    """Bring the bureau's answer to a call on a SOAP line."""
    peer, read = SoapPeer(world), replace_party(world, "soap")
    carry = lambda sealed: peer.seal(read(sealed), bends or Bends())  # noqa: E731
    return world.line("soap").call(
        Action.ROLL, request_content("soap"), carry, {"total": "total"}, period="2026-11"
    )
