"""Rolls are fetched while others are mapped: two engines at a time, results in order, no word misplaced."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Barrier, Event, Lock
from types import SimpleNamespace
from typing import Any

import pytest

from gateway.model.errors import LedgerUnbalanced
from gateway.model.outcomes import SourceState
from gateway.pipeline import InTurn, ahead
from gateway.pipeline.collect import Collected

ROLLS = [SimpleNamespace(source="s", roll=str(n), name=f"s/{n}") for n in range(5)]


@dataclass(frozen=True)
class Place:
    """What stands for a house: an engine that counts who has it."""

    engine: Any = None
    roll_engine: Any = None
    seen: list[int] = field(default_factory=list)


def counting_engine(seen: list[int]) -> Any:
    holders, lock = [0], Lock()

    @contextmanager
    def engine() -> Any:
        with lock:
            holders[0] += 1
            seen.append(holders[0])
        yield None
        with lock:
            holders[0] -= 1

    return engine


def test_rolls_come_in_order_and_two_at_a_time_have_an_engine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = Barrier(2, timeout=20)  # breaks when rolls are taken one after the other

    def collect(house: Any, ask: Any, run_id: int, plan: Any) -> Collected:
        with house.engine():
            if plan.roll in "01":
                both.wait()
            return Collected(plan.source, plan.roll, SourceState.VERIFIED)

    monkeypatch.setattr(ahead, "collect", collect)
    seen: list[int] = []
    house: Any = Place(counting_engine(seen))
    done = list(ahead.collect_in_order(house, None, 1, ROLLS))  # type: ignore[arg-type]
    assert [one.roll for one in done] == [plan.roll for plan in ROLLS]
    assert len(seen) == len(ROLLS) and max(seen) == ahead.ENGINES == 2


def test_after_a_failure_no_roll_enters_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    entered: list[str] = []
    shut_down = Event()

    def collect(house: Any, ask: Any, run_id: int, plan: Any) -> Collected:
        if plan.roll == "0":
            raise LedgerUnbalanced("rows were lost", where="s/0", mend="report it")
        assert shut_down.wait(20)
        with house.engine():
            entered.append(plan.roll)
        return Collected(plan.source, plan.roll, SourceState.VERIFIED)

    monkeypatch.setattr(ahead, "collect", collect)
    shutting = ahead._Gate.__setattr__

    def shut(gate: Any, name: str, value: Any) -> None:
        shutting(gate, name, value)
        if name == "shut" and value:
            shut_down.set()

    monkeypatch.setattr(ahead._Gate, "__setattr__", shut)
    house: Any = Place(counting_engine([]))
    with pytest.raises(LedgerUnbalanced):
        list(ahead.collect_in_order(house, None, 1, ROLLS))  # type: ignore[arg-type]
    assert entered == []


def test_what_is_said_of_a_later_step_waits_for_it() -> None:
    said: list[tuple[str, object]] = []

    class Listener:
        def begin(self, step: str, total: int | None = None) -> None:
            said.append(("begin", step))

        def expect(self, total: int) -> None:
            said.append(("expect", total))

        def advance(self, rows: int) -> None:
            said.append(("advance", rows))

        def end(self, rows: int | None = None) -> None:
            said.append(("end", rows))

        def note(self, text: str) -> None:
            said.append(("note", text))

    turn = InTurn(Listener())
    turn.begin("s/0")
    token = ahead.FETCHING.set("s/1")
    turn.expect(9)
    turn.advance(4)
    ahead.FETCHING.reset(token)
    turn.advance(1)
    turn.end(1)
    turn.begin("s/1")
    assert said == [
        ("begin", "s/0"), ("advance", 1), ("end", 1), ("begin", "s/1"), ("expect", 9), ("advance", 4),
    ]  # fmt: skip
