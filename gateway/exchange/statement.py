"""The root statement: what a sender signs beside the exchange, so that one row can be shown alone.

The signed exchange itself holds every row, or the salt from which each row's digest could be guessed;
neither may be shown to a third party. The statement is the contract without the salt, signed by itself
(docs/exchange-format.md, section 10). A sender may leave it out: then only the gateway's word is shown.
"""

from typing import Any

import orjson
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.exchange.contract import header_values
from gateway.exchange.documents import read_json
from gateway.exchange.keys import KeyPair
from gateway.exchange.national import Sm2PublicKey, public_key_of
from gateway.exchange.policy import thumbprint
from gateway.exchange.suites import nested, sm2_box
from gateway.exchange.suites.compact import key_name, signature_fails
from gateway.exchange.trust import USUAL, Sm2Habit, TrustedKey
from gateway.model.exchange import Action, Header

STATEMENT = "cwg-statement+jws"


def statement_values(header: Header) -> dict[str, Any]:
    """The contract without `rows_salt`."""
    values = header_values(header)
    del values["rows_salt"]
    return values


def sign_statement(header: Header, signer: KeyPair, habit: Sm2Habit = USUAL) -> str:
    """The statement of an exchange that brings a roll; empty for any other, and for RSA keys."""
    brings_roll = header.closing is not None or header.action is Action.ROLL_ANSWER
    if not brings_roll or signer.kind == "rsa":
        return ""
    payload = orjson.dumps(statement_values(header))
    if signer.kind == "sm2":
        return sm2_box.sign(payload, signer, STATEMENT, habit)
    return nested.sign(payload, signer, STATEMENT)


def check_statement(
    token: str, certificate: x509.Certificate, habit: Sm2Habit = USUAL
) -> dict[str, Any]:
    """What the owner of a certificate stated. Raises ExchangeRefused(altered, malformed)."""
    raw = token.encode("ascii", "replace")
    if key_name(raw) != thumbprint(certificate):
        raise signature_fails()
    public = public_key_of(certificate)
    if isinstance(public, Sm2PublicKey):
        payload = sm2_box.check_signature(raw, public, habit)
    elif isinstance(public, ec.EllipticCurvePublicKey):
        payload = nested.check_signature(raw, public)
    else:
        raise signature_fails()
    values = read_json(payload, 8)
    if not isinstance(values, dict):
        raise signature_fails()
    return values


def check_own_statement(token: str, header: Header, signer: TrustedKey) -> None:
    """That the statement which came with an exchange says the same as its contract."""
    if token and check_statement(token, signer.certificate, signer.habit) != statement_values(
        header
    ):
        raise signature_fails()
