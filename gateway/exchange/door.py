"""The only door: sealed bytes in, a VerifiedExchange or a refusal out. Replays go through it too.

Everything is verified on a copy that lies in the archive's own folder, plaintext only in an unlinked
file; then the copy becomes part of the archive, then the id is recorded, then the receipt is signed.
A crash between two of these leaves an honest resend that is accepted.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from gateway.evidence import Staged
from gateway.evidence.durable import stream_digest
from gateway.exchange.checks import check_age, check_parties
from gateway.exchange.contract import header_from
from gateway.exchange.policy import FILE_SUITES
from gateway.exchange.receipts import Arrival, Receipt, read_receipt
from gateway.exchange.replay import came_before
from gateway.exchange.room import Room, SourceProfile
from gateway.exchange.rows import row_reader
from gateway.exchange.salt import salt_bytes
from gateway.exchange.spill import unlinked_file
from gateway.exchange.statement import check_own_statement
from gateway.exchange.suites.parts import Opening, Signed
from gateway.exchange.suites.table import UNSEAL
from gateway.exchange.trust import USUAL
from gateway.model.errors import EvidenceBroken, ExchangeRefused, Refusal
from gateway.model.exchange import Header, SealedRef, VerifiedExchange

Expect = Callable[[Header], None]
"""Raises ExchangeRefused when a contract, otherwise in order, is not what is expected now."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A verified exchange with its signed receipt; `repeated` when it had been accepted before."""

    exchange: VerifiedExchange
    receipt: str
    repeated: bool


class Door:
    """Opens what one source sends."""

    def __init__(self, room: Room, profile: SourceProfile) -> None:
        self._room, self._profile = room, profile
        self._is_file = profile.suite in FILE_SUITES

    def receive(self, sealed: BinaryIO, expect: Expect) -> Opened:
        """Verify, archive, guard against replay, and give a receipt. Raises ExchangeRefused.

        An exchange that was accepted before, with the same signed content, gives the same receipt
        and is opened as of its first receipt; nothing is recorded twice.
        """
        received = self._room.clock()
        self._vet(sealed, received)
        with self._stage(sealed, received) as staged:
            arrival = Arrival(staged.digest, staged.size, received, self._profile.source)
            with staged.open() as stream:
                try:
                    signed = self._unseal(stream, received)
                except ExchangeRefused as why:
                    self._room.receipts.turn_away(arrival, why)
                    raise
                return self._admit(signed, staged, arrival, expect)

    def reopen(self, ref: SealedRef) -> VerifiedExchange:
        """Open an accepted exchange again from the archive, verifying all as of its receipt.

        Raises EvidenceBroken when it was never accepted or is not what was received; ExchangeRefused
        when it no longer verifies (a partner's certificate was taken out of its folder).
        """
        token = self._room.seen.receipt(ref.exchange_id, self._profile.partner)
        receipt = self._read_receipt(token) if token is not None else None
        wanted = (ref.exchange_id, ref.sealed_digest, "accepted")
        if receipt is None or wanted != (
            receipt.exchange_id,
            receipt.sealed_digest,
            receipt.result,
        ):
            raise EvidenceBroken(
                "There is no receipt of acceptance for that exchange.",
                where=f"{self._profile.source}, {ref.exchange_id}",
                mend="Let the sender send it again.",
            )
        with self._room.archive.open(ref.sealed_digest) as stream:
            signed = self._unseal(stream, receipt.received)
            header = self._header(signed, receipt.received)
            if header.id != ref.exchange_id:
                raise EvidenceBroken("The archive holds another exchange.", where=ref.exchange_id)
            payload = self._payload(header, signed)
        return self._verified(header, ref, signed, receipt.received, payload)

    def _read_receipt(self, token: str) -> Receipt:
        partner = self._room.trust.find(self._profile.partner)
        return read_receipt(token, self._room.keys, partner.habit if partner else USUAL)

    def _vet(self, sealed: BinaryIO, received: datetime) -> None:
        """Turn a stranger's file away before it is copied: it must not fill the archive's disk."""
        if not self._is_file:
            return
        try:
            self._unseal(sealed, received)
        except ExchangeRefused as why:
            sealed.seek(0)
            digest = stream_digest(sealed)
            arrival = Arrival(digest, sealed.tell(), received, self._profile.source)
            self._room.receipts.turn_away(arrival, why)
            raise
        sealed.seek(0)

    def _stage(self, sealed: BinaryIO, received: datetime) -> Staged:
        cap = self._room.limits.file_bytes if self._is_file else self._room.limits.message_bytes
        try:
            return self._room.archive.stage(_Capped(sealed, cap))  # type: ignore[arg-type]
        except ExchangeRefused as why:
            arrival = Arrival("", cap, received, self._profile.source)
            self._room.receipts.turn_away(arrival, why)
            raise

    def _unseal(self, stream: BinaryIO, received: datetime) -> Signed:
        room = self._room
        partner = room.trust.find(self._profile.partner)
        if partner is not None:
            partner.check_suite(self._profile.suite)
        opening = Opening(room.keys, room.trust, received, room.limits, self._profile.partner)
        return UNSEAL[self._profile.suite](stream, opening)

    def _admit(self, signed: Signed, staged: Staged, arrival: Arrival, expect: Expect) -> Opened:
        room, header = self._room, None
        try:
            header = self._header(signed, arrival.received)
            expect(header)
            payload = self._payload(header, signed)
            staged.keep()
            repeated = came_before(room.seen, header, arrival.sealed_digest, arrival.received)
        except ExchangeRefused as why:
            staged.keep()
            why.receipt = room.receipts.refuse(header, arrival, signed.signer, why)
            raise
        if repeated:
            return self._again(header, signed, arrival, payload)
        receipt = room.receipts.accept(header, arrival, signed)
        room.seen.keep_receipt(header.id, header.sender, receipt, arrival.received)
        ref = SealedRef(header.id, arrival.sealed_digest, arrival.size)
        exchange = self._verified(header, ref, signed, arrival.received, payload)
        return Opened(exchange, receipt, repeated=False)

    def _again(self, header: Header, signed: Signed, arrival: Arrival, payload: BinaryIO) -> Opened:
        room = self._room
        token = room.seen.receipt(header.id, header.sender)
        if token is None:
            raise EvidenceBroken("The receipt of an accepted exchange is gone.", where=header.id)
        first = self._read_receipt(token)
        room.receipts.repeat(header, arrival)
        ref = SealedRef(header.id, first.sealed_digest, room.archive.size(first.sealed_digest))
        exchange = self._verified(header, ref, signed, first.received, payload)
        return Opened(exchange, token, repeated=True)

    def _header(self, signed: Signed, received: datetime) -> Header:
        """The contract after every check that needs no content."""
        room, profile = self._room, self._profile
        signed.signer.check_in_force(received)
        header = header_from(signed.contract)
        if signed.signer.partner != profile.partner:
            raise ExchangeRefused(
                Refusal.NOT_ALLOWED,
                "Another partner than this source's own sent it",
                where=f"{profile.source}: {signed.signer.partner}",
            )
        check_parties(header, room.trust.partner(profile.partner), room.party)
        life = room.limits.file_life if self._is_file else room.limits.message_life
        check_age(header, received, life, room.limits)
        signed.check(header)
        check_own_statement(signed.statement, header, signed.signer)
        if not profile.rows.takes(header.content_type, header.action, is_file=self._is_file):
            raise ExchangeRefused(
                Refusal.NOT_ALLOWED, "Rows of this source do not come in that content type"
            )
        return header

    def _payload(self, header: Header, signed: Signed) -> BinaryIO:
        """The content in an unlinked file at its start, its digest and rows checked on the way."""
        place = self._profile.rows.place(header.action, is_file=self._is_file)
        rows = row_reader(
            header.content_type, place, salt_bytes(header.rows_salt), self._room.limits
        )
        hasher, payload = hashlib.sha256(), unlinked_file(self._room.spill_dir)
        try:
            for piece in signed.content:
                hasher.update(piece)
                payload.write(piece)
                rows.feed(piece)
            _check_content(header, hasher.hexdigest())
            facts = rows.finish()
            salted = bool(header.rows_salt) or facts.leaves == 0
            if not salted or (facts.rows, facts.root) != (header.row_count, header.rows_root):
                raise ExchangeRefused(
                    Refusal.ROWS_MISMATCH,
                    "The rows are not those that the contract counts and signs",
                    where=f"{header.source}, {header.id}: {facts.rows} of {header.row_count}",
                    mend="Ask the sender: its export and its contract disagree.",
                )
            payload.seek(0)
        except BaseException:
            payload.close()
            raise
        return payload

    def _verified(
        self, header: Header, ref: SealedRef, signed: Signed, received: datetime, payload: BinaryIO
    ) -> VerifiedExchange:
        grade = self._room.trust.partner(self._profile.partner).grade
        return VerifiedExchange(header, ref, grade, signed.signer.thumbprint, received, payload)


class _Capped:
    """A stream that refuses to give more than a cap."""

    def __init__(self, stream: BinaryIO, cap: int) -> None:
        self._stream, self._left = stream, cap

    def read(self, size: int) -> bytes:
        chunk = self._stream.read(size)
        self._left -= len(chunk)
        if self._left < 0:
            raise ExchangeRefused(
                Refusal.TOO_LARGE, "It is larger than the cap", mend="Let it come in pages."
            )
        return chunk


def _check_content(header: Header, digest: str) -> None:
    if header.content_digest != f"sha-256:{digest}":
        raise ExchangeRefused(
            Refusal.ALTERED,
            "The content is not the one that the contract signs",
            where=f"{header.source}, {header.id}",
            mend="Let the sender send it again.",
        )
