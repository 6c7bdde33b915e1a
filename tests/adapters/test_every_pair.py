"""One suite for every bureau over every transport that makes sense: sealed by the sandbox's bureaus,
carried by the real transport, opened by the gateway's door."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from pairs import LEFT_OUT, PAIRS, PERIOD, ROLL, ROWS, PairKeys, PairRig

from gateway.model.errors import Busy, ExchangeRefused, GatewayError, PeerRefused, Refusal
from gateway.sources import SourceSettings

TRANSPORTS = ("soap", "rest", "folder", "sftp", "table")


@pytest.fixture(params=PAIRS, ids=lambda pair: "-".join(pair))
def rig(request: pytest.FixtureRequest, tmp_path: Path, keys: PairKeys) -> Iterator[PairRig]:
    with PairRig(*request.param, tmp_path, keys).open() as opened:
        yield opened


def test_every_pair_is_tried_or_left_out_with_a_reason() -> None:
    every = {(bureau, transport) for bureau in ROLL for transport in TRANSPORTS}
    assert {*PAIRS, *LEFT_OUT} == every
    assert not {*PAIRS} & {*LEFT_OUT}
    adapters = get_args(SourceSettings.model_fields["adapter"].annotation)
    assert set(adapters) == {"education", "medical_insurance", "pick_up"}


def test_a_roll_comes_whole_and_is_verified(rig: PairRig) -> None:
    rig.ready()
    line = rig.line()
    delivery = rig.adapter.collect(rig.roll, PERIOD, line)
    exchanges = list(line.verified(delivery))
    assert delivery.closing.rows == sum(e.header.row_count for e in exchanges) == ROWS
    assert all(b"-24" in e.payload.read() for e in exchanges if e.header.row_count == 25)
    assert len(exchanges) == (4 if rig.transport == "table" else 1)
    for exchange in exchanges:
        exchange.payload.close()


def test_a_roll_that_is_not_there_yet_is_busy(rig: PairRig) -> None:
    rig.preparing()
    with pytest.raises(Busy):
        rig.adapter.collect(rig.roll, PERIOD, rig.line())


def test_what_was_altered_is_refused(rig: PairRig) -> None:
    rig.ready("altered")
    with pytest.raises(ExchangeRefused) as refused:
        rig.adapter.collect(rig.roll, PERIOD, rig.line())
    assert refused.value.reason is Refusal.ALTERED


def test_the_bureau_is_there(rig: PairRig) -> None:
    assert rig.adapter.probe(rig.line()).reachable


def test_a_document_reaches_the_bureau_sealed(rig: PairRig) -> None:
    document = b'{"refused": []}'
    rig.adapter.deliver(document, rig.line(), roll=rig.roll, period=PERIOD)
    ((_, content),) = rig.received()
    assert content == document


def test_a_second_delivery_counts_only_when_it_names_the_first(rig: PairRig) -> None:
    if rig.called:
        assert rig.adapter.waiting(rig.roll, PERIOD, rig.line()) == ()
        return
    rig.ready()
    rig.ready()
    with pytest.raises(ExchangeRefused):
        rig.adapter.collect(rig.roll, PERIOD, rig.line())
    first, second = rig.dropped
    assert set(rig.adapter.waiting(rig.roll, PERIOD, rig.line())) == {first, second}


def test_a_replacement_is_taken(rig: PairRig) -> None:
    if rig.called:
        return
    rig.ready()
    rig.ready(replaces=rig.dropped[0])
    delivery = rig.adapter.collect(rig.roll, PERIOD, rig.line())
    assert delivery.replaces == rig.dropped[0]
    assert delivery.exchanges[0].exchange_id == rig.dropped[1]


def test_a_bureau_is_asked_or_says_that_it_cannot_be(rig: PairRig) -> None:
    subjects = {
        "education": [{"sfzjlxm": "sfzjlxm-3", "sfzjh": "sfzjh-3"}],
        "medical_insurance": [{"psn_cert_type": "psn_cert_type-3", "certno": "certno-3"}],
    }.get(rig.bureau, [{"x": "y"}])
    if not rig.called:
        with pytest.raises(PeerRefused):
            rig.adapter.ask(subjects, rig.line(), period=PERIOD)
        return
    delivery = rig.adapter.ask(subjects, rig.line(), period=PERIOD)
    assert delivery.closing.rows == 1


def test_another_bureaus_keys_open_nothing(rig: PairRig, keys: PairKeys) -> None:
    """A bureau that signs for another: its files are passed over, its answers refused."""
    other = next(b for b in ROLL if b != rig.bureau)
    rig.ready()
    rig.source = rig.source.model_copy(update={"partner": other})
    with pytest.raises(GatewayError) as refused:
        rig.adapter.collect(rig.roll, PERIOD, rig.line())
    assert isinstance(refused.value, PeerRefused if rig.called else Busy)
