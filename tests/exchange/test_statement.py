"""The root statement: optional, and refused when it does not say what the contract says."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from exchange_kit import (
    BUREAU,
    FILES,
    NOW,
    OTHER,
    Reply,
    World,
    drop_file,
    replace_party,
    roll_draft,
    rows_content,
)

from gateway.exchange.policy import KIND_OF_SUITE
from gateway.exchange.sealing import Sealer
from gateway.exchange.statement import check_statement, sign_statement, statement_values
from gateway.model.errors import ExchangeRefused, Refusal

STATED = ["jose", "file", "sm2", "sm2-file"]


def accepted(world: World, suite: str, room: Any) -> dict[str, str]:
    line = world.line(suite, room)
    if suite in FILES:
        sealed = world.seal(suite, roll_draft(), rows_content(suite))[1]
        line.accept(drop_file(world.folder, sealed), {})
    else:
        from exchange_kit import request_content

        from gateway.model.exchange import Action

        carry = world.answerer(suite, Reply(rows_content(suite)))
        line.call(Action.ROLL, request_content(suite), carry, {}, period="2026-11")
    return next(dict(r.fields) for r in room.log.records() if r.kind == "accepted")


@pytest.mark.parametrize("suite", STATED)
def test_what_the_bureau_stated_is_in_the_log_without_the_salt(world: World, suite: str) -> None:
    fields = accepted(world, suite, world.room())
    signer = world.keys.ring(BUREAU).signing(KIND_OF_SUITE[suite], NOW)
    said = check_statement(fields["statement"], signer.certificate)
    assert said["rows_root"] == fields["rows_root"] and said["closing"]["rows"] == 3
    assert "rows_salt" not in said


@pytest.mark.parametrize("suite", ["soap", "cms", "sm2-form"])
def test_suites_without_a_place_for_it(world: World, suite: str) -> None:
    assert accepted(world, suite, world.room())["statement"] == ""


def other_root(header: Any) -> Any:
    return replace(header, rows_root="0" * 64)


BENT = {
    "over another contract": lambda h, world: sign_statement(
        other_root(h), world.keys.ring(BUREAU).signing("ec", NOW)
    ),
    "by somebody else": lambda h, world: sign_statement(
        h, world.keys.ring(OTHER).signing("ec", NOW)
    ),
    "rubbish": lambda h, world: "rubbish",
    "an old one": lambda h, world: sign_statement(
        replace(h, created=h.created - timedelta(minutes=1)),
        world.keys.ring(BUREAU).signing("ec", NOW),
    ),
}


@pytest.mark.parametrize("name", BENT)
def test_a_statement_that_differs_refuses_the_exchange(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def bent(self: Sealer, suite: Any, header: Any) -> Any:
        return replace(self.parts(suite, header.recipient), statement=BENT[name](header, world))

    monkeypatch.setattr(Sealer, "with_statement", bent)
    room = world.room()
    with pytest.raises(ExchangeRefused) as caught:
        accepted(world, "file", room)
    assert caught.value.reason in {Refusal.ALTERED, Refusal.MALFORMED}
    assert not [r for r in room.log.records() if r.kind == "accepted"]


def test_only_rolls_are_stated(world: World) -> None:
    header = world.seal("jose", roll_draft(ending=None), b"{}")[0]
    assert sign_statement(header, world.keys.ring(BUREAU).signing("ec", NOW)) == ""
    assert set(statement_values(header)) and replace_party
