"""Every suite refuses, each with its own reason. A newcomer adds a row."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from exchange_kit import (
    BUREAU,
    FILES,
    NOW,
    OTHER,
    SUITES,
    US,
    World,
    bring,
    log_kinds,
    partner_file,
    rows_content,
    trust,
)

from gateway.evidence import RowTree
from gateway.exchange import RevokedKey
from gateway.exchange.contract import time_text
from gateway.exchange.limits import Limits
from gateway.exchange.policy import KIND_OF_SUITE
from gateway.model.errors import ExchangeRefused, Refusal

OTHER_ID = "01a1e1e0-1af8-75f6-87c4-c2424b557513"


def setting(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda contract: contract.update(values)


def lived(created: timedelta, expires: timedelta) -> Callable[[dict[str, Any]], None]:
    return setting(created=time_text(NOW + created), expires=time_text(NOW + expires))


def unsalted_root(contract: dict[str, Any]) -> None:
    """Digests of rows without a salt could be guessed: an empty salt is no salt of zeros."""
    lines = [line + b"\r" for line in rows_content("file").split(b"\r\n")[:-1]]
    tree = RowTree(bytes(32))
    tree.add(lines)
    contract.update(rows_salt="", rows_root=tree.root())


def without(name: str) -> Callable[[dict[str, Any]], None]:
    def change(contract: dict[str, Any]) -> None:
        del contract[name]

    return change


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


CONTRACTS: list[tuple[str, Callable[[dict[str, Any]], None], Refusal]] = [
    ("another recipient", setting(recipient=OTHER), Refusal.WRONG_RECIPIENT),
    ("another sender", setting(sender=OTHER), Refusal.UNKNOWN_SENDER),
    ("our own name as sender", setting(sender=US), Refusal.UNKNOWN_SENDER),
    ("a source it may not send", setting(source="medical_insurance"), Refusal.NOT_ALLOWED),
    ("made in the future", lived(minutes(6), minutes(10)), Refusal.FUTURE_DATED),
    ("expired", lived(minutes(-11), minutes(-6)), Refusal.EXPIRED),
    ("no life at all", lived(minutes(0), minutes(0)), Refusal.MALFORMED),
    ("ends before it begins", lived(minutes(1), minutes(-1)), Refusal.MALFORMED),
    ("too long a life", lived(minutes(0), timedelta(days=8)), Refusal.MALFORMED),
    ("another version", setting(version="2"), Refusal.MALFORMED),
    ("another content digest", setting(content_digest="sha-256:" + "0" * 64), Refusal.ALTERED),
    ("another root", setting(rows_root="0" * 64), Refusal.ROWS_MISMATCH),
    ("a row more", setting(row_count=4), Refusal.ROWS_MISMATCH),
    ("a row less", setting(row_count=2), Refusal.ROWS_MISMATCH),
    ("no salt over rows", setting(rows_salt=""), Refusal.ROWS_MISMATCH),
    ("another salt", setting(rows_salt="A" * 43), Refusal.ROWS_MISMATCH),
    ("a closing before the last page", setting(last=False), Refusal.MALFORMED),
]
WRONG_REPLIES: list[tuple[str, Callable[[dict[str, Any]], None]]] = [
    ("answers another request", setting(in_reply_to=OTHER_ID)),
    ("answers nothing", setting(in_reply_to="")),
    ("another roll", setting(roll="coverage")),
    ("another period", setting(period="2026-10")),
    ("another action", setting(action="ask.answer")),
    ("a request for an answer", setting(action="roll")),
]


def refused(world: World, suite: str, *args: Any, **more: Any) -> Refusal:
    with pytest.raises(ExchangeRefused) as caught:
        bring(world, suite, *args, **more)
    return caught.value.reason


@pytest.mark.parametrize("suite", SUITES)
def test_the_honest_one_is_taken(world: World, suite: str) -> None:
    assert bring(world, suite).row_count == 3


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize(("_name", "change", "reason"), CONTRACTS, ids=[c[0] for c in CONTRACTS])
def test_contracts(world: World, suite: str, _name: str, change: Any, reason: Refusal) -> None:
    assert refused(world, suite, change) is reason


@pytest.mark.parametrize("suite", ["soap", "jose"])
@pytest.mark.parametrize(("_name", "change"), WRONG_REPLIES, ids=[c[0] for c in WRONG_REPLIES])
def test_answers_to_something_else(world: World, suite: str, _name: str, change: Any) -> None:
    # SOAP says it twice: RelatesTo is made from the same wrong contract, so both agree.
    draft = {"in_reply_to": OTHER_ID} if _name == "answers another request" else {}
    draft = {"in_reply_to": ""} if _name == "answers nothing" else draft
    assert refused(world, suite, change, draft=draft) is Refusal.WRONG_REPLY


def test_a_file_that_answers_nothing_we_asked(world: World) -> None:
    assert refused(world, "file", setting(in_reply_to=OTHER_ID)) is Refusal.WRONG_REPLY
    assert refused(world, "file", setting(action="roll.answer")) is Refusal.WRONG_REPLY


def test_rows_without_a_salt(world: World) -> None:
    assert refused(world, "file", unsalted_root) is Refusal.ROWS_MISMATCH


FIELDS: list[tuple[str, Any]] = [
    ("id", "01A1E1E0-1AF8-75F6-87C4-C2424B557513"),
    ("id", "01a1e1e0-1af8-45f6-87c4-c2424b557513"),
    ("id", 7),
    ("sender", "Bureau"),
    ("recipient", "gateway\n"),
    ("action", "roll.reply"),
    ("source", ""),
    ("roll", "../x"),
    ("period", "2026-13"),
    ("created", "2026-11-16T01:02:03+00:00"),
    ("created", "2026-02-30T01:02:03Z"),
    ("expires", "2026-11-16 01:02:03"),
    ("in_reply_to", "x"),
    ("content_type", "text/html"),
    ("content_digest", "md5:0"),
    ("rows_salt", "short"),
    ("rows_root", "F" * 64),
    ("replaces", "x"),
    ("row_count", -1),
    ("row_count", "3"),
    ("row_count", 2**60),
    ("page", 0),
    ("page", True),
    ("last", "true"),
    ("last", 1),
    ("closing", {}),
    ("closing", {"rows": 3, "pages": 1, "pages_root": "x", "scopes": [], "held_scopes": []}),
]


@pytest.mark.parametrize(("name", "value"), FIELDS, ids=[f"{n}={str(v)[:20]}" for n, v in FIELDS])
def test_every_field_has_its_form(world: World, name: str, value: Any) -> None:
    assert refused(world, "jose", setting(**{name: value})) is Refusal.MALFORMED


@pytest.mark.parametrize(
    "closing",
    [
        {"scopes": [{"division": "419901", "rows": 1}, {"division": "419901", "rows": 2}]},
        {"scopes": [{"division": "4199", "rows": 1}]},
        {"scopes": [{"division": "419901"}]},
        {"scopes": {"419901": 3}},
        {"held_scopes": ["419901", "419901"]},
        {"held_scopes": [419901]},
        {"pages": 0},
        {"rows": 3.0},
        {"extra": 1},
    ],
    ids=str,
)
def test_every_part_of_the_closing_has_its_form(world: World, closing: dict[str, Any]) -> None:
    change = lambda contract: contract["closing"].update(closing)  # noqa: E731
    assert refused(world, "jose", change) is Refusal.MALFORMED


@pytest.mark.parametrize("suite", SUITES)
def test_fields_are_all_there_and_no_other(world: World, suite: str) -> None:
    assert refused(world, suite, without("replaces")) is Refusal.MALFORMED
    assert refused(world, suite, setting(note="x")) is Refusal.MALFORMED
    assert refused(world, "jose", lambda _: ["no object"]) is Refusal.MALFORMED


def on_the_way(world: World, span: timedelta) -> Callable[[bytes], bytes]:
    def twist(sealed: bytes) -> bytes:
        world.clock.now += span
        return sealed

    return twist


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize(
    ("over", "reason"),
    [(-5.1, Refusal.FUTURE_DATED), (-4.9, None), (4.9, None), (5.1, Refusal.EXPIRED)],
)
def test_clocks_may_differ_by_five_minutes(
    world: World, suite: str, over: float, reason: Refusal | None
) -> None:
    life = timedelta(0) if over < 0 else Limits().message_life
    if over > 0 and suite in FILES:
        life = Limits().file_life
    twist = on_the_way(world, life + minutes(over))
    if reason is None:
        assert bring(world, suite, twist=twist).row_count == 3
    else:
        assert refused(world, suite, twist=twist) is reason


@pytest.mark.parametrize("suite", SUITES)
def test_a_partner_may_only_do_what_it_is_allowed(make_world: Any, suite: str) -> None:
    answers_only = make_world(partners=(partner_file(actions=("probe.answer",)),))
    assert refused(answers_only, suite) is Refusal.NOT_ALLOWED
    other_source = make_world("b", partners=(partner_file(sources=("coverage",)),))
    assert refused(other_source, suite) is Refusal.NOT_ALLOWED


@pytest.mark.parametrize("suite", SUITES)
def test_another_partner_cannot_send_for_this_source(world: World, suite: str) -> None:
    pair = world.keys.ring(OTHER).signing(KIND_OF_SUITE[suite], NOW)
    by_other = lambda parts: replace(parts, signer=pair)  # noqa: E731
    # The national form names no key: to a partner's own keys another's signature is just wrong.
    reason = Refusal.ALTERED if suite == "sm2-form" else Refusal.NOT_ALLOWED
    assert refused(world, suite, sealing=by_other) is reason
    assert refused(world, suite, setting(sender=OTHER), sealing=by_other) is reason


@pytest.mark.parametrize("suite", SUITES)
def test_a_stranger_is_unknown_and_gets_no_receipt(make_world: Any, suite: str) -> None:
    world = make_world(partners=(partner_file(OTHER), partner_file()))
    room = replace(world.room(), trust=trust(world.folder / "few", world.keys, partner_file(OTHER)))
    with pytest.raises(ExchangeRefused) as caught:
        if suite in FILES:
            bring(world, suite, room=room)
        else:
            both = trust(world.folder / "encrypt-only", world.keys, partner_file())
            for path in (world.folder / "encrypt-only" / BUREAU).glob("sign*.pem"):
                path.unlink()
            both = type(both).load(world.folder / "encrypt-only")
            bring(world, suite, room=replace(world.room(), trust=both))
    assert caught.value.reason is Refusal.UNKNOWN_SENDER
    assert caught.value.receipt == ""
    assert log_kinds(room)[-1] == ("stranger", "unknown_sender")


@pytest.mark.parametrize("suite", SUITES)
def test_what_is_sealed_for_somebody_else_is_not_ours(world: World, suite: str) -> None:
    theirs = trust(world.folder / "of-other", world.keys, partner_file(OTHER))
    key = theirs.partner(OTHER).encryption(KIND_OF_SUITE[suite], NOW)
    for_other = lambda parts: replace(parts, recipient=key)  # noqa: E731
    assert refused(world, suite, sealing=for_other) is Refusal.WRONG_RECIPIENT


@pytest.mark.parametrize("suite", SUITES)
def test_revocation_counts_from_its_time_on(make_world: Any, keys: Any, suite: str) -> None:
    name = keys.ring(BUREAU).signing(KIND_OF_SUITE[suite], NOW).thumbprint
    for moment, reason in ((NOW, Refusal.REVOKED_KEY), (NOW + timedelta(seconds=1), None)):
        revoked = (RevokedKey(thumbprint=name, at=moment),)
        world = make_world(f"at-{moment.second}", partners=(partner_file(revoked=revoked),))
        if reason is None:
            assert bring(world, suite).row_count == 3
        else:
            assert refused(world, suite) is reason


@pytest.mark.parametrize("suite", SUITES)
def test_sizes_are_capped(make_world: Any, suite: str) -> None:
    names = tuple(f"name {i}" for i in range(2000))
    world = make_world(limits=Limits(message_bytes=20_000, file_bytes=20_000))
    generous = replace(world, limits=Limits())
    with pytest.raises(ExchangeRefused) as caught:
        sealed = rows_content(suite, names)
        line_room = world.room()
        bring(generous, suite, room=line_room, content=sealed)
    assert caught.value.reason is Refusal.TOO_LARGE
    assert not list((world.folder / "evidence/archive/part").iterdir())


def test_a_manifest_is_capped(make_world: Any) -> None:
    world = make_world(limits=Limits(manifest_bytes=500))
    assert refused(world, "file") is Refusal.TOO_LARGE


def test_an_endless_line_is_capped(make_world: Any) -> None:
    world = make_world(limits=Limits(line_bytes=5000))
    generous = replace(world, limits=Limits())
    content = b"a\n" + b"x" * 3_000_000
    with pytest.raises(ExchangeRefused) as caught:
        bring(generous, "file", room=world.room(), content=content)
    assert caught.value.reason is Refusal.TOO_LARGE


@pytest.mark.parametrize("suite", ["jose", "soap"])
def test_depth_is_capped(world: World, suite: str) -> None:
    if suite == "jose":
        content = rows_content(suite).replace(b'"infcode":"0"', b'"deep":' + b"[" * 70 + b"]" * 70)
    else:
        deep = b"<s:d>" * 70 + b"</s:d>" * 70
        content = rows_content(suite).replace(b"<s:nextCursor/>", deep)
    generous = replace(world, limits=Limits(depth=200))
    import gateway.exchange.sealing as sealing
    import gateway.exchange.suites.soap as soap

    old, soap.DEFAULT_LIMITS = soap.DEFAULT_LIMITS, Limits(depth=200)
    try:
        with pytest.raises(ExchangeRefused) as caught:
            bring(generous, suite, room=world.room(), content=content)
    finally:
        soap.DEFAULT_LIMITS = old
    assert sealing.DEFAULT_LIMITS.depth == 64
    assert caught.value.reason is Refusal.MALFORMED


@pytest.mark.parametrize("suite", SUITES)
def test_a_refusal_names_no_person_and_tells_the_peer_nothing(world: World, suite: str) -> None:
    with pytest.raises(ExchangeRefused) as caught:
        bring(world, suite, setting(row_count=9))
    text = str(caught.value)
    assert not {"甲", "乙", "丙"} & set(text)
    assert caught.value.receipt.count(".") == 2


@pytest.mark.parametrize("suite", SUITES)
def test_every_refusal_leaves_a_record_and_no_plaintext(world: World, suite: str) -> None:
    room = world.room()
    assert refused(world, suite, setting(row_count=9), room=room) is Refusal.ROWS_MISMATCH
    assert log_kinds(room)[-1] == ("refused", "rows_mismatch")
    assert list(world.spill.iterdir()) == []
    # Two bytes alone stand in any ciphertext by chance.
    marks = ("甲".encode(), rows_content(suite)[:16])
    for path in (world.folder / "evidence").rglob("*"):
        assert not path.is_file() or not any(mark in path.read_bytes() for mark in marks)
