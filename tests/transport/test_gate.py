"""The gate: so many at once, so many failures, and a switch."""

import threading

import pytest

from gateway.model.errors import PeerRefused, Unreachable
from gateway.transport import Gate


def fail(gate: Gate, error: Exception) -> None:
    with pytest.raises(type(error)), gate.passing():
        raise error


def test_failures_shut_it_and_successes_do_not_open_it_again() -> None:
    gate = Gate("education", failures=2)
    fail(gate, Unreachable("gone"))
    with gate.passing():
        pass
    assert not gate.shut
    fail(gate, PeerRefused("no"))
    assert gate.shut
    with pytest.raises(Unreachable), gate.passing():
        raise AssertionError("nobody passes")


def test_only_errors_of_the_line_count() -> None:
    gate = Gate("education", failures=1)
    fail(gate, ValueError("ours"))
    assert not gate.shut


def test_being_turned_away_is_no_failure() -> None:
    gate = Gate("education", failures=3, closed=True)
    for _ in range(5):
        with pytest.raises(Unreachable), gate.passing():
            pass
    gate.closed = False
    with gate.passing():
        assert not gate.shut


def test_a_slot_is_given_back_after_a_failure() -> None:
    gate = Gate("education", parallel=1, failures=99)
    for _ in range(3):
        fail(gate, Unreachable("gone"))
    with gate.passing():
        pass


def test_no_more_than_so_many_at_once() -> None:
    gate, lock = Gate("education", parallel=2), threading.Lock()
    inside, most, entered = 0, 0, threading.Semaphore(0)
    leave = threading.Event()

    def call() -> None:
        nonlocal inside, most
        with gate.passing():
            with lock:
                inside += 1
                most = max(most, inside)
            entered.release()
            leave.wait(5)
            with lock:
                inside -= 1

    threads = [threading.Thread(target=call) for _ in range(5)]
    for thread in threads:
        thread.start()
    assert entered.acquire(timeout=5) and entered.acquire(timeout=5)
    assert not entered.acquire(timeout=0.1), "the third waits"
    leave.set()
    for thread in threads:
        thread.join(5)
    assert most == 2
