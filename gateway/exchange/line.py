"""One source's side of an exchange for one night: satisfies gateway.model.ports.Line."""

import hashlib
import io
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from gateway.evidence import RowProof
from gateway.exchange.checks import ANSWERS, Request, check_answer, check_unasked
from gateway.exchange.contract import header_from
from gateway.exchange.delivery import whole
from gateway.exchange.door import Door, Expect, Opened
from gateway.exchange.policy import FILE_SUITES
from gateway.exchange.receipts import Arrival
from gateway.exchange.room import Room, SourceProfile
from gateway.exchange.row_proof import prove
from gateway.exchange.rows import read_controls
from gateway.exchange.sealing import Draft, Sealer, seal_bytes, seal_message, write_whole
from gateway.exchange.suites import file
from gateway.exchange.suites.parts import Opening
from gateway.exchange.suites.table import FILES
from gateway.model.errors import ExchangeRefused, Refusal, UsageError
from gateway.model.exchange import (
    Action,
    Answer,
    Delivery,
    Header,
    SealedRef,
    Sent,
    VerifiedExchange,
    Waiting,
)
from gateway.model.ports import Carry, Controls, Sealed

AT_HAND = 256
"""Payloads kept open for `verified`; an older page beyond them is opened again from the archive."""

_HAS_ROLL = (Action.ROLL, Action.ASK)
_CONTENT_TYPES = {"csv": "text/csv; charset=utf-8"}


class SourceLine:
    """Seals, opens, files and checks what passes between this site and one source."""

    def __init__(self, room: Room, profile: SourceProfile) -> None:
        self._room, self._profile = room, profile
        self._door = Door(room, profile)
        self._headers: dict[str, Header] = {}
        self._open: dict[str, VerifiedExchange] = {}
        self._receipts: dict[str, str] = {}

    @property
    def receipts(self) -> Mapping[str, str]:
        """Exchange id → the signed receipt given for it, to be sent back."""
        return self._receipts

    def call(
        self, action: Action, document: bytes, carry: Carry, controls: Controls, *, period: str
    ) -> Answer:
        """Seal a request, let `carry` bring the answer, verify and file it.

        Raises ExchangeRefused, UsageError; lets TransportError from `carry` pass.
        """
        profile = self._profile
        if profile.suite in FILE_SUITES:
            raise UsageError(
                "This source exchanges files; it cannot be called.", where=profile.source
            )
        draft = self._draft(action, profile.roll, period)
        header, sealed = seal_message(profile.suite, document, draft, self._sealer())
        request = _request(header)
        self._room.receipts.sent(header, _digest(sealed))
        answer = carry(sealed)
        opened = self._door.receive(io.BytesIO(answer), lambda found: check_answer(found, request))
        if opened.repeated:
            opened.exchange.payload.close()
            raise ExchangeRefused(
                Refusal.REPLAYED, "An old answer was played again", where=profile.source
            )
        return self._answer(opened, controls)

    def accept(self, sealed: Sealed, controls: Controls) -> Answer:
        """Verify and file a sealed file that the peer has dropped. Raises ExchangeRefused."""
        with _stream(sealed) as stream:
            opened = self._door.receive(
                stream, lambda found: check_unasked(found, self._profile.source, self._find_request)
            )
        return self._answer(opened, controls)

    def admit(self, sealed: Path, expect: Expect) -> tuple[str, str]:
        """Verify and file a sealed file that was handed in, now and whole: its exchange id and the signed
        receipt. The night accepts the same file again. Raises ExchangeRefused, `expect`'s too."""

        def check(found: Header) -> None:
            check_unasked(found, self._profile.source, self._find_request)
            expect(found)

        with sealed.open("rb") as stream:
            opened = self._door.receive(stream, check)
        opened.exchange.payload.close()
        return opened.exchange.header.id, opened.receipt

    def peek(self, sealed: Sealed) -> Waiting | None:
        """What a dropped file's verified manifest says; None when it is not addressed to us by this
        source. A manifest for us that does not verify is logged."""
        room = self._room
        opening = Opening(room.keys, room.trust, room.clock(), room.limits, self._profile.partner)
        suite = FILES[self._profile.suite]
        with _stream(sealed) as stream:
            try:
                if not suite.is_ours(stream, opening):
                    return None
                stream.seek(0)
                signed = suite.unseal(stream, opening)
                header = header_from(signed.contract)
            except ExchangeRefused as why:
                size = stream.seek(0, os.SEEK_END)
                room.receipts.turn_away(
                    Arrival("", size, opening.received, self._profile.source), why
                )
                return None
        ours = (self._profile.partner, self._profile.partner, room.party, self._profile.source)
        found = (signed.signer.partner, header.sender, header.recipient, header.source)
        if found != ours:
            return None
        return Waiting(header.roll, header.period, header.id, header.replaces)

    def drop(
        self, action: Action, document: bytes, folder: Path, *, roll: str, period: str
    ) -> Sent:
        """Seal a document as a file into `folder`, written whole and then renamed."""
        draft = self._draft(action, roll, period)
        content_type = _content_type(document, self._profile.rows.kind)
        header, sealed = seal_bytes(
            document, content_type, draft, self._sealer(), self._profile.suite
        )
        self._room.sent.put(header.id, json.dumps(asdict(_request(header))).encode())
        self._room.receipts.sent(header, self._room.archive.put(sealed))
        with write_whole(folder / f"{header.id}{file.SUFFIX}") as out:
            out.write(sealed)
        return Sent(header.id, "dropped")

    def close(self, roll: str, period: str, answers: Sequence[Answer]) -> Delivery:
        """The whole delivery that the answers are. Raises DeliveryIncomplete."""
        pages = [(answer.ref, self._header(answer.ref)) for answer in answers]
        return whole(self._profile.source, roll, period, pages)

    def verified(self, delivery: Delivery) -> Iterator[VerifiedExchange]:
        """The verified exchanges of a delivery in page order, each given once with its payload open.

        The taker closes the payload. A page that is not at hand is opened again from the archive.
        """
        for ref in delivery.exchanges:
            exchange = self._open.pop(ref.sealed_digest, None)
            yield exchange if exchange is not None else self._door.reopen(ref)

    def proofs(self, ref: SealedRef, numbers: Sequence[int]) -> list[tuple[bytes, RowProof]]:
        """Rows (from 1) of an accepted exchange as they were sent, each with its path to the root.

        The exchange is opened again from the archive. Raises EvidenceBroken, ExchangeRefused.
        """
        exchange = self._door.reopen(ref)
        with exchange.payload:
            is_file = self._profile.suite in FILE_SUITES
            limits = self._room.limits
            return prove(exchange, self._profile.rows, numbers, is_file=is_file, limits=limits)

    def reopen(self, ref: SealedRef) -> VerifiedExchange:
        """Open an accepted exchange again, verifying all as of its receipt; the taker closes it."""
        return self._door.reopen(ref)

    def _answer(self, opened: Opened, controls: Controls) -> Answer:
        exchange = opened.exchange
        header, ref = exchange.header, exchange.ref
        found = read_controls(
            exchange.payload, header.content_type, self._profile.rows, controls, self._room.limits
        )
        self._receipts[header.id] = opened.receipt
        self._headers[ref.sealed_digest] = header
        earlier = self._open.pop(ref.sealed_digest, None)
        if earlier is not None:
            earlier.payload.close()
        if len(self._open) < AT_HAND:
            self._open[ref.sealed_digest] = exchange
        else:
            exchange.payload.close()
        return Answer(
            ref, header.roll, header.period, header.page, header.last, header.row_count, found
        )

    def _header(self, ref: SealedRef) -> Header:
        if ref.sealed_digest not in self._headers:
            exchange = self._door.reopen(ref)
            exchange.payload.close()
            self._headers[ref.sealed_digest] = exchange.header
        return self._headers[ref.sealed_digest]

    def _draft(self, action: Action, roll: str, period: str) -> Draft:
        if action in ANSWERS.values():
            raise UsageError("A line sends requests, not answers.", where=self._profile.source)
        return Draft(
            sender=self._room.party,
            recipient=self._profile.partner,
            action=action,
            source=self._profile.source,
            roll=roll if action in _HAS_ROLL else "",
            period="" if action is Action.PROBE else period,
        )

    def _sealer(self) -> Sealer:
        room, profile = self._room, self._profile
        return Sealer(
            room.keys, room.trust, room.clock(), profile.rows, profile.endpoint, room.limits
        )

    def _find_request(self, exchange_id: str) -> Request | None:
        record = self._room.sent.get(exchange_id)
        if record is None:
            return None
        values: Mapping[str, str] = json.loads(record)
        return Request(**{**values, "action": Action(values["action"])})  # type: ignore[arg-type]


def _stream(sealed: Sealed) -> AbstractContextManager[BinaryIO]:
    return sealed.open("rb") if isinstance(sealed, Path) else nullcontext(sealed)


def _request(header: Header) -> Request:
    return Request(header.id, header.action, header.source, header.roll, header.period)


def _digest(sealed: bytes) -> str:
    return f"sha-256:{hashlib.sha256(sealed).hexdigest()}"


def _content_type(document: bytes, kind: str) -> str:
    """The content type of a document to be sealed as a file, by its first character."""
    start = document.lstrip()[:1]
    if start in (b"{", b"["):
        return "application/json"
    if start == b"<":
        return "application/xml"
    return _CONTENT_TYPES.get(kind, "application/json")
