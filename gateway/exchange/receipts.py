"""Signed receipts (docs/exchange-format.md, section 6) and the log of what was accepted and refused."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.evidence import ChainedLog
from gateway.exchange.contract import closing_values, signed_digest, time_from, time_text
from gateway.exchange.documents import read_object
from gateway.exchange.keys import KeyRing
from gateway.exchange.national import Sm2PublicKey, public_key_of
from gateway.exchange.policy import thumbprint
from gateway.exchange.suites import nested, sm2_box
from gateway.exchange.suites.compact import key_name
from gateway.exchange.suites.parts import Signed
from gateway.exchange.trust import USUAL, Sm2Habit, TrustedKey
from gateway.model.errors import EvidenceBroken, ExchangeRefused, Refusal
from gateway.model.exchange import Header

PEER_REASON = "refused"
"""All that a peer is told of a refusal; the true reason is in the operator's log."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was received, and whether it was accepted. Digests are empty where nothing was readable."""

    exchange_id: str
    sender: str
    recipient: str
    result: str
    reason: str
    content_digest: str
    sealed_digest: str
    rows_root: str
    received: datetime
    version: str = "1"


@dataclass(frozen=True, slots=True)
class Arrival:
    """Sealed bytes that came in: their digest, size and time of receipt, and who was to send them."""

    sealed_digest: str
    size: int
    received: datetime
    source: str


def sign_receipt(receipt: Receipt, keys: KeyRing, partner: TrustedKey) -> str:
    """The receipt as a compact JWS under this site's newest signing key; for a partner whose own key
    is of SM2, in its national sibling."""
    values = {**asdict(receipt), "received": time_text(receipt.received)}
    payload = json.dumps({"receipt": values}, ensure_ascii=False, separators=(",", ":")).encode()
    if partner.kind == "sm2":
        pair = keys.signing("sm2", receipt.received)
        return sm2_box.sign(payload, pair, nested.RECEIPT, partner.habit)
    return nested.sign(payload, keys.signing("ec", receipt.received), nested.RECEIPT)


def read_receipt(token: str, keys: KeyRing, habit: Sm2Habit = USUAL) -> Receipt:
    """A receipt of our own, its signature checked; `habit` is the partner's to whom it was given.

    Raises EvidenceBroken.
    """
    raw = token.encode()
    try:
        pair = keys.signed_by(key_name(raw))
        if pair is None:
            raise EvidenceBroken("A receipt is not signed with a key of this site.")
        return receipt_from(_receipt_payload(raw, pair.certificate, habit))
    except (ExchangeRefused, TypeError, KeyError, ValueError):
        raise EvidenceBroken(
            "A receipt of this site cannot be read or was changed.",
            mend="Restore the operational store from its backup.",
        ) from None


def check_receipt(token: str, certificate: x509.Certificate, habit: Sm2Habit = USUAL) -> Receipt:
    """A receipt whose signature holds under that certificate, which it must name.

    Raises ExchangeRefused, ValueError.
    """
    raw = token.encode()
    if key_name(raw) != thumbprint(certificate):
        raise ValueError("the receipt is signed with another key")
    return receipt_from(_receipt_payload(raw, certificate, habit))


def receipt_from(payload: bytes) -> Receipt:
    """The receipt of a signed payload. Raises ExchangeRefused, TypeError, KeyError, ValueError."""
    values = read_object(payload, 4, frozenset({"receipt"}))["receipt"]
    return Receipt(**{**values, "received": time_from(values["received"])})


def _receipt_payload(token: bytes, certificate: x509.Certificate, habit: Sm2Habit) -> bytes:
    public = public_key_of(certificate)
    if isinstance(public, Sm2PublicKey):
        return sm2_box.check_signature(token, public, habit)
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise ValueError("no key that signs receipts")
    return nested.check_signature(token, public)


class ReceiptBook:
    """Writes receipts and the log. One book serves all sources of a site."""

    def __init__(self, party: str, keys: KeyRing, log: ChainedLog, strangers: int) -> None:
        self._party, self._keys, self._log = party, keys, log
        self._strangers_left = strangers

    def accept(self, header: Header, arrival: Arrival, signed: Signed) -> str:
        """Sign and log the receipt of an accepted exchange; returns it."""
        receipt = self._receipt(header, arrival, signed.signer, "accepted")
        closing = None if header.closing is None else closing_values(header.closing)
        about = {
            **_about(header),
            "signer": signed.signer.thumbprint,
            "closing": json.dumps(closing, separators=(",", ":")),
            "statement": signed.statement,
            "signed_digest": signed_digest(header),
            "content_digest": header.content_digest,
            "rows_root": header.rows_root,
            "row_count": str(header.row_count),
        }
        return self._file("accepted", receipt, {**_arrived(arrival), **about})

    def repeat(self, header: Header, arrival: Arrival) -> None:
        """Log that an accepted exchange came again, under this or another seal."""
        self._log.append("repeated", {**_arrived(arrival), **_about(header)})

    def refuse(
        self, header: Header | None, arrival: Arrival, signer: TrustedKey, why: ExchangeRefused
    ) -> str:
        """Sign and log the receipt of a refused exchange whose sender is known."""
        receipt = self._receipt(header, arrival, signer, "refused")
        about = {"sender": signer.partner} if header is None else _about(header)
        kind = "alarm" if why.reason is Refusal.ID_REUSED else "refused"
        fields = {**_arrived(arrival), **about, "signer": signer.thumbprint, "reason": why.reason}
        return self._file(kind, receipt, fields)

    def turn_away(self, arrival: Arrival, why: ExchangeRefused) -> None:
        """Log a stranger's refusal, without a signature and within a quota of one process."""
        if self._strangers_left < 0:
            return
        kind = "stranger" if self._strangers_left else "strangers_over_quota"
        self._strangers_left -= 1
        self._log.append(kind, {**_arrived(arrival), "reason": why.reason})

    def sent(self, header: Header, sealed_digest: str) -> None:
        """Log an exchange that this site sealed; durable with the next record that must be."""
        fields = {**_about(header), "sealed_digest": sealed_digest}
        fields["signed_digest"] = signed_digest(header)
        self._log.append("sealed", fields, durable=False)

    def _receipt(
        self, header: Header | None, arrival: Arrival, signer: TrustedKey, result: str
    ) -> str:
        receipt = Receipt(
            exchange_id=header.id if header else "",
            sender=signer.partner,
            recipient=self._party,
            result=result,
            reason="" if result == "accepted" else PEER_REASON,
            content_digest=header.content_digest if header else "",
            sealed_digest=arrival.sealed_digest,
            rows_root=header.rows_root if header else "",
            received=arrival.received,
        )
        return sign_receipt(receipt, self._keys, signer)

    def _file(self, kind: str, receipt: str, fields: Mapping[str, str]) -> str:
        self._log.append(kind, {**fields, "receipt": receipt})
        return receipt


def _arrived(arrival: Arrival) -> dict[str, str]:
    return {
        "source": arrival.source,
        "sealed_digest": arrival.sealed_digest,
        "size": str(arrival.size),
        "received": time_text(arrival.received),
    }


def _about(header: Header) -> dict[str, str]:
    names = ("id", "sender", "recipient", "action", "source", "roll", "period", "in_reply_to")
    return {**{name: str(getattr(header, name)) for name in names}, "page": str(header.page)}
