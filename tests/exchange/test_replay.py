"""The same again, the same id for something else, crashes in between, and opening again from the archive."""

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from exchange_kit import (
    BUREAU,
    FILES,
    NOW,
    SUITES,
    MemorySeen,
    Reply,
    World,
    bring,
    drop_file,
    forge,
    log_kinds,
    partner_file,
    profile,
    replace_party,
    request_content,
    roll_draft,
    rows_content,
    trust,
)

from gateway.exchange import Door, RevokedKey, read_receipt
from gateway.exchange.contract import new_id
from gateway.exchange.policy import KIND_OF_SUITE
from gateway.model.errors import EvidenceBroken, ExchangeRefused, Refusal
from gateway.model.exchange import Action, SealedRef


def same_id(exchange_id: str) -> Any:
    return lambda contract: contract.update(id=exchange_id)


def test_the_same_file_twice_gives_the_same_receipt_and_is_done_once(world: World) -> None:
    room = world.room()
    path = drop_file(world.folder, world.seal("file", roll_draft(), rows_content("file"))[1])
    first, second = world.line("file", room), world.line("file", room)
    one = first.accept(path, {})
    world.clock.forward(hours=3)
    two = second.accept(path, {})
    assert one == two
    assert first.receipts == second.receipts
    assert [kind for kind, _ in log_kinds(room)] == ["accepted", "repeated"]
    (exchange,) = second.verified(second.close("enrolment", "2026-11", [two]))
    assert exchange.received == NOW
    assert exchange.payload.read() == rows_content("file")


def test_the_same_content_under_another_seal_is_the_same(world: World) -> None:
    """A bureau that sends again seals again: other bytes, the same signed contract."""
    room, contracts = world.room(), []

    def first(values: dict[str, Any]) -> None:
        contracts.append(dict(values))

    def again(values: dict[str, Any]) -> dict[str, Any]:
        return contracts[0]

    one = forge(world, "jose", b"{}", roll_draft(ending=None), first)
    two = forge(world, "jose", b"{}", roll_draft(ending=None), again)
    assert one != two
    door = Door(room, profile("jose"))
    opened = [door.receive(io.BytesIO(sealed), lambda header: None) for sealed in (one, two)]
    assert [o.repeated for o in opened] == [False, True]
    assert opened[0].receipt == opened[1].receipt
    assert opened[0].exchange.ref == opened[1].exchange.ref


@pytest.mark.parametrize("suite", SUITES)
def test_an_id_used_for_other_content_is_refused_and_alarmed(world: World, suite: str) -> None:
    room = world.room()
    answer = bring(world, suite, room=room)
    # A line's own request takes the first new id, its answer the second.
    made = iter(
        [answer.ref.exchange_id] if suite in FILES else [new_id(NOW), answer.ref.exchange_id]
    )
    with (
        mock.patch("gateway.exchange.sealing.new_id", lambda now: next(made)),
        pytest.raises(ExchangeRefused) as caught,
    ):
        content = rows_content(suite, ("丁",))
        bring(world, suite, room=room, content=content, draft={"ending": None})
    assert caught.value.reason is Refusal.ID_REUSED
    assert log_kinds(room)[-1] == ("alarm", "id_reused")
    assert caught.value.receipt


def test_an_old_answer_does_not_answer_a_new_request(world: World) -> None:
    kept: list[bytes] = []
    room = world.room()

    def keep(sealed: bytes) -> bytes:
        kept.append(world.answerer("jose", Reply(rows_content("jose")))(sealed))
        return kept[0]

    line = world.line("jose", room)
    document = request_content("jose")
    assert line.call(Action.ROLL, document, keep, {}, period="2026-11")
    with pytest.raises(ExchangeRefused) as caught:
        line.call(Action.ROLL, document, lambda sealed: kept[0], {}, period="2026-11")
    assert caught.value.reason is Refusal.WRONG_REPLY


def test_an_answer_twice_to_one_request_is_replayed(world: World) -> None:
    """Only if the request's own id came again; the guard says so all the same."""
    room = world.room()
    line = world.line("jose", room)
    kept: list[bytes] = []

    def carry(sealed: bytes) -> bytes:
        kept.append(world.answerer("jose", Reply(rows_content("jose")))(sealed))
        return kept[0]

    document = request_content("jose")
    line.call(Action.ROLL, document, carry, {}, period="2026-11")
    first = next(iter(room.log.records())).fields["id"]
    with (
        mock.patch("gateway.exchange.sealing.new_id", lambda now: first),
        pytest.raises(ExchangeRefused) as caught,
    ):
        line.call(Action.ROLL, document, lambda sealed: kept[0], {}, period="2026-11")
    assert caught.value.reason is Refusal.REPLAYED


@pytest.mark.parametrize("suite", SUITES)
def test_a_failed_attempt_does_not_spoil_the_honest_resend(world: World, suite: str) -> None:
    room = world.room()
    if suite in FILES:
        sealed = world.seal(suite, roll_draft(), rows_content("file"))[1]
        broken = sealed[:-1]
        with pytest.raises(ExchangeRefused):
            world.line(suite, room).accept(drop_file(world.folder, broken, "a"), {})
        assert (
            world.line(suite, room).accept(drop_file(world.folder, sealed, "b"), {}).row_count == 3
        )
    else:
        read = replace_party(world, suite)

        def twice(sealed: bytes) -> bytes:
            draft = Reply(b"").draft(read(sealed))
            answer = world.seal(suite, draft, rows_content(suite))[1]
            door = Door(room, profile(suite))
            with pytest.raises(ExchangeRefused):
                door.receive(io.BytesIO(answer[:-1]), lambda header: None)
            return answer

        line = world.line(suite, room)
        assert (
            line.call(Action.ROLL, request_content(suite), twice, {}, period="2026-11").row_count
            == 3
        )
    assert room.seen.rows  # type: ignore[attr-defined]


class CrashingSeen(MemorySeen):
    """Dies between recording the id and keeping the receipt."""

    crash = True

    def keep_receipt(self, *args: Any) -> None:
        if self.crash:
            raise OSError("power cut")
        super().keep_receipt(*args)


def test_a_crash_before_the_receipt_leaves_an_honest_resend_acceptable(make_world: Any) -> None:
    seen = CrashingSeen()
    world = make_world(seen=seen)
    room = world.room()
    path = drop_file(world.folder, world.seal("file", roll_draft(), rows_content("file"))[1])
    with pytest.raises(OSError, match="power"):
        world.line("file", room).accept(path, {})
    seen.crash = False
    line = world.line("file", room)
    answer = line.accept(path, {})
    assert read_receipt(line.receipts[answer.ref.exchange_id], room.keys).result == "accepted"


@pytest.mark.parametrize("suite", SUITES)
def test_opened_again_years_later_as_of_its_receipt(make_world: Any, keys: Any, suite: str) -> None:
    """Expired, and its key revoked since: judged as of the day it was received."""
    world = make_world()
    line = world.line(suite)
    answer = bring_on(world, line, suite)
    delivery = line.close("enrolment", "2026-11", [answer])
    (before,) = line.verified(delivery)
    world.clock.forward(days=4000)
    kind = KIND_OF_SUITE[suite]
    name = keys.ring(BUREAU).signing(kind, NOW).thumbprint
    revoked = (RevokedKey(thumbprint=name, at=NOW + timedelta(days=1)),)
    later = trust(world.folder / "later", keys, partner_file(revoked=revoked))
    (after,) = world.line(suite, replace(world.room(), trust=later)).verified(delivery)
    assert (after.header, after.ref, after.received) == (before.header, before.ref, before.received)
    assert after.payload.read() == before.payload.read() != b""


def bring_on(world: World, line: Any, suite: str) -> Any:
    if suite in FILES:
        sealed = world.seal(suite, roll_draft(), rows_content("file"))[1]
        return line.accept(drop_file(world.folder, sealed), {})
    carry = world.answerer(suite, Reply(rows_content(suite)))
    return line.call(Action.ROLL, request_content(suite), carry, {}, period="2026-11")


def test_reopening_verifies_all_again(world: World) -> None:
    room = world.room()
    line = world.line("file", room)
    ref = bring_on(world, line, "file").ref
    door = Door(room, profile("file"))
    assert door.reopen(ref).payload.read() == rows_content("file")
    room_without = replace(
        room, trust=trust(world.folder / "none", world.keys, partner_file("other"))
    )
    with pytest.raises(ExchangeRefused) as caught:
        Door(room_without, profile("file")).reopen(ref)
    assert caught.value.reason is Refusal.UNKNOWN_SENDER
    (stored,) = (world.folder / "evidence/archive/sealed").glob("*/*")
    data = bytearray(stored.read_bytes())
    data[-1] ^= 1
    stored.write_bytes(data)
    with pytest.raises(EvidenceBroken, match="changed"):
        door.reopen(ref)
    stored.unlink()
    with pytest.raises(EvidenceBroken, match="not in the archive"):
        door.reopen(ref)


def test_only_what_was_accepted_can_be_opened_again(world: World) -> None:
    room = world.room()
    line = world.line("file", room)
    ref = bring_on(world, line, "file").ref
    door = Door(room, profile("file"))
    other = SealedRef("01a1e1e0-1af8-75f6-87c4-c2424b557513", ref.sealed_digest, ref.size)
    with pytest.raises(EvidenceBroken, match="no receipt"):
        door.reopen(other)
    with pytest.raises(EvidenceBroken, match="no receipt"):
        door.reopen(replace(ref, sealed_digest="sha-256:" + "0" * 64))
    refused = world.seal("file", roll_draft(), rows_content("file"))[1]
    with pytest.raises(ExchangeRefused):
        bring(world, "file", lambda contract: contract.update(row_count=9), room=room)
    assert refused
    digest = list(room.log.records())[-1].fields["sealed_digest"]
    exchange_id = list(room.log.records())[-1].fields["id"]
    assert room.archive.has(digest)
    with pytest.raises(EvidenceBroken, match="no receipt"):
        door.reopen(SealedRef(exchange_id, digest, 1))


def test_a_receipt_of_refusal_opens_nothing(world: World) -> None:
    """Even if a store should hold one."""
    room = world.room()
    with pytest.raises(ExchangeRefused) as caught:
        bring(world, "file", lambda contract: contract.update(row_count=9), room=room)
    receipt = read_receipt(caught.value.receipt, room.keys)
    world.seen.rows[BUREAU, receipt.exchange_id] = ["", caught.value.receipt]
    with pytest.raises(EvidenceBroken, match="no receipt of acceptance"):
        Door(room, profile("file")).reopen(SealedRef(receipt.exchange_id, receipt.sealed_digest, 1))


def test_a_receipt_says_what_was_received(world: World) -> None:
    room = world.room()
    line = world.line("file", room)
    answer = bring_on(world, line, "file")
    receipt = read_receipt(line.receipts[answer.ref.exchange_id], room.keys)
    assert (receipt.sender, receipt.recipient, receipt.result, receipt.reason) == (
        BUREAU, "gateway", "accepted", ""
    )  # fmt: skip
    assert receipt.sealed_digest == answer.ref.sealed_digest
    assert receipt.received == NOW
    (record,) = room.log.records()
    assert record.fields["receipt"] == line.receipts[answer.ref.exchange_id]
    with pytest.raises(EvidenceBroken):
        read_receipt(line.receipts[answer.ref.exchange_id][:-4] + "AAAA", room.keys)
    with pytest.raises(EvidenceBroken):
        read_receipt("x.y.z", room.keys)
    with pytest.raises(EvidenceBroken):
        read_receipt(line.receipts[answer.ref.exchange_id], world.keys.ring(BUREAU))


def test_a_refusal_has_a_receipt_that_tells_no_reason(world: World) -> None:
    room = world.room()
    with pytest.raises(ExchangeRefused) as caught:
        bring(world, "jose", lambda contract: contract.update(row_count=9), room=room)
    receipt = read_receipt(caught.value.receipt, room.keys)
    assert (receipt.result, receipt.reason) == ("refused", "refused")
    assert receipt.exchange_id
