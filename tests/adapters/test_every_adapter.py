"""What every adapter does, whatever its bureau speaks."""

from collections.abc import Callable
from pathlib import Path

import pytest
from rigs import PERIOD, RIGS, PickUpRig, Rig

from gateway.model.errors import (
    Busy,
    ExchangeRefused,
    GatewayError,
    PeerRefused,
    Refusal,
    Unreachable,
)
from gateway.model.exchange import Action


@pytest.fixture(params=RIGS, ids=lambda make: make.__name__.removesuffix("Rig"))
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Rig:
    make: Callable[[Path], Rig] = request.param
    return make(tmp_path)


def test_a_roll_comes_as_one_delivery_in_order(rig: Rig) -> None:
    rig.ready()
    expected = list(rig.line.script)
    delivery = rig.adapter.collect(rig.roll, PERIOD, rig.line)
    assert (delivery.roll, delivery.period) == (rig.roll, PERIOD)
    assert rig.line.closed == [(rig.roll, PERIOD, tuple(expected))]
    assert rig.line.script == []


def test_a_roll_that_is_not_ready_is_busy_and_nothing_is_closed(rig: Rig) -> None:
    rig.preparing()
    with pytest.raises(Busy) as busy:
        rig.adapter.collect(rig.roll, PERIOD, rig.line)
    assert PERIOD in busy.value.where
    assert rig.line.closed == []


@pytest.mark.parametrize(
    "error",
    [Unreachable("gone"), PeerRefused("no"), ExchangeRefused(Refusal.ALTERED, "altered")],
    ids=["unreachable", "declined", "refused"],
)
def test_errors_pass_unchanged_and_are_not_tried_again_here(rig: Rig, error: GatewayError) -> None:
    rig.broken(error)
    with pytest.raises(type(error)) as passed:
        rig.adapter.collect(rig.roll, PERIOD, rig.line)
    assert passed.value is error
    assert len(rig.line.calls) + len(rig.line.accepted) == 1


def test_a_document_is_handed_over(rig: Rig) -> None:
    rig.ready()
    sent = rig.adapter.deliver(b"a referral", rig.line, roll=rig.roll, period=PERIOD)
    assert sent.exchange_id == "exchange-1"
    assert sent.status
    handed = [c.action for c in rig.line.calls] + [d[0] for d in rig.line.dropped]
    assert handed == [Action.DELIVER]


def test_a_probe_says_that_the_bureau_is_there(rig: Rig) -> None:
    rig.ready()
    probe = rig.adapter.probe(rig.line)
    assert probe.reachable
    assert probe.status


def test_a_probe_never_raises(rig: Rig) -> None:
    rig.broken(Unreachable("nothing answers"))
    if isinstance(rig, PickUpRig):
        for path in rig.inbox.iterdir():
            path.unlink()
        rig.inbox.rmdir()
    probe = rig.adapter.probe(rig.line)
    assert not probe.reachable
    assert probe.status


def test_rows_are_never_asked_of_the_line(rig: Rig) -> None:
    """Controls name single fields; the elements that hold rows are not among them."""
    rig.ready()
    rig.adapter.collect(rig.roll, PERIOD, rig.line)
    asked = {path for call in rig.line.calls for path in call.controls.values()}
    assert not asked & {"xsjbxx", "output.psninsuinfo", "output"}
