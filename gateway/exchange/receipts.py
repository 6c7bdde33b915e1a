"""Signed receipts (docs/exchange-format.md, section 6) and the log of what was accepted and refused."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric import ec

from gateway.evidence import ChainedLog
from gateway.exchange.contract import signed_digest, time_from, time_text
from gateway.exchange.documents import read_object
from gateway.exchange.keys import KeyRing
from gateway.exchange.suites import nested
from gateway.exchange.trust import TrustedKey
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


def sign_receipt(receipt: Receipt, keys: KeyRing) -> str:
    """The receipt as a compact JWS under this site's newest signing key."""
    values = {**asdict(receipt), "received": time_text(receipt.received)}
    payload = json.dumps({"receipt": values}, ensure_ascii=False, separators=(",", ":")).encode()
    return nested.sign(payload, keys.signing("ec", receipt.received), nested.RECEIPT)


def read_receipt(token: str, keys: KeyRing) -> Receipt:
    """A receipt of our own, its signature checked. Raises EvidenceBroken."""
    raw = token.encode()
    try:
        pair = keys.signed_by(nested.key_name(raw))
        public = pair.key.public_key() if pair else None
        if not isinstance(public, ec.EllipticCurvePublicKey):
            raise EvidenceBroken("A receipt is not signed with a key of this site.")
        names = frozenset({"receipt"})
        values = read_object(nested.check_signature(raw, public), 4, names)["receipt"]
        return Receipt(**{**values, "received": time_from(values["received"])})
    except (ExchangeRefused, TypeError, KeyError, ValueError):
        raise EvidenceBroken(
            "A receipt of this site cannot be read or was changed.",
            mend="Restore the operational store from its backup.",
        ) from None


class ReceiptBook:
    """Writes receipts and the log. One book serves all sources of a site."""

    def __init__(self, party: str, keys: KeyRing, log: ChainedLog, strangers: int) -> None:
        self._party, self._keys, self._log = party, keys, log
        self._strangers_left = strangers

    def accept(self, header: Header, arrival: Arrival, signer: TrustedKey) -> str:
        """Sign and log the receipt of an accepted exchange; returns it."""
        receipt = self._receipt(header, arrival, signer, "accepted")
        about = {
            **_about(header),
            "signer": signer.thumbprint,
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
        return sign_receipt(receipt, self._keys)

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
