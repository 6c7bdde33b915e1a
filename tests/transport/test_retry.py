"""Retries: by class of error, bounded in number and time, with the peer's own wait, and no storm."""

import pytest

from gateway.model.errors import (
    Busy,
    ExchangeRefused,
    GatewayError,
    PeerRefused,
    Refusal,
    Unreachable,
)
from gateway.transport import Gate, Patience, Post, retrying

QUICK = Patience(attempts=4, first_seconds=0.01, longest_seconds=5, total_seconds=90)


class Peer:
    """Fails with each error in turn, then answers; notes the waits between."""

    def __init__(self, *errors: GatewayError) -> None:
        self.errors, self.calls = list(errors), 0
        self.waits: list[float] = []

    def __call__(self) -> bytes:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return b"answer"

    def post(self, path: str, body: bytes, content_type: str) -> bytes:
        """As gateway.transport.Http."""
        return self()


def busy(seconds: float) -> Busy:
    error = Busy("later")
    error.after_seconds = seconds
    return error


@pytest.mark.parametrize("error", [Unreachable("gone"), Busy("later")])
def test_what_may_pass_is_tried_again(error: GatewayError) -> None:
    peer = Peer(error, error)
    assert retrying(peer, QUICK, sleep=peer.waits.append) == b"answer"
    assert peer.calls == 3
    assert len(peer.waits) == 2


@pytest.mark.parametrize(
    "error", [PeerRefused("no"), ExchangeRefused(Refusal.ALTERED, "altered"), GatewayError("x")]
)
def test_what_will_not_pass_is_not(error: GatewayError) -> None:
    peer = Peer(error)
    with pytest.raises(type(error)) as passed:
        retrying(peer, QUICK, sleep=peer.waits.append)
    assert passed.value is error
    assert (peer.calls, peer.waits) == (1, [])


def test_the_number_of_attempts_is_bounded() -> None:
    peer = Peer(*[Unreachable("gone")] * 9)
    with pytest.raises(Unreachable):
        retrying(peer, QUICK, sleep=peer.waits.append)
    assert peer.calls == 4


def test_waits_grow_and_stay_under_the_longest() -> None:
    peer = Peer(*[Unreachable("gone")] * 7)
    patience = Patience(attempts=8, first_seconds=1, longest_seconds=9, total_seconds=1000)
    retrying(peer, patience, sleep=peer.waits.append)
    assert peer.waits[0] >= 1
    assert peer.waits[2] >= 4
    assert max(peer.waits) <= 9


@pytest.mark.parametrize(("asked", "waited"), [(3, 3), (60, 5)])
def test_a_wait_that_is_asked_for_is_kept_up_to_the_longest(asked: float, waited: float) -> None:
    peer = Peer(busy(asked))
    retrying(peer, QUICK, sleep=peer.waits.append)
    assert peer.waits == [waited]


def test_no_wait_begins_that_would_end_too_late() -> None:
    peer = Peer(busy(4), busy(4))
    patience = Patience(attempts=9, first_seconds=0.01, longest_seconds=5, total_seconds=2)
    with pytest.raises(Busy):
        retrying(peer, patience, sleep=peer.waits.append)
    assert (peer.calls, peer.waits) == (1, [])


def post_to(peer: Peer, gate: Gate) -> Post:
    return Post(peer, gate, Patience(4, 0.001, 0.002, 5))  # type: ignore[arg-type]


def test_a_bureau_that_is_down_is_left_alone_for_the_night() -> None:
    peer, gate = Peer(*[Unreachable("gone")] * 99), Gate("education", failures=5)
    for _ in range(6):
        with pytest.raises(Unreachable):
            post_to(peer, gate).send("/soap", b"", "x")
    assert peer.calls == 5


def test_a_paused_source_is_not_called_and_not_waited_for() -> None:
    peer, gate = Peer(), Gate("education", closed=True)
    post = Post(peer, gate, Patience(9, 30, 30, 900))  # type: ignore[arg-type]
    with pytest.raises(Unreachable) as shut:
        post.send("/soap", b"", "x")
    assert peer.calls == 0
    assert "education" in shut.value.where


def test_an_answer_comes_through() -> None:
    peer = Peer(Unreachable("gone"))
    assert post_to(peer, Gate("education")).send("/soap", b"", "x") == b"answer"
