"""All rolls of a night in order, the next ones fetched and opened while others are mapped and frozen.

Opening is a bureau's network, a disk and one core; mapping is the engine's every core; freezing one
core again. Three rolls are under way at a time, two of them in engines of their own.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from threading import BoundedSemaphore

from gateway.engine import Engine
from gateway.pipeline.collect import Collected, collect
from gateway.pipeline.plan import House, NightAsk, RollPlan
from gateway.pipeline.progress import FETCHING

UNDER_WAY = 3
"""Rolls at a time: those in an engine, and one on its way there."""
ENGINES = 2
"""Rolls at a time that have an engine: one is mapped while another is frozen."""


def collect_in_order(
    house: House, ask: NightAsk, run_id: int, rolls: Sequence[RollPlan]
) -> Generator[Collected]:
    """What `collect` did with each roll, in the order of `rolls`.

    Raises what `collect` raises; then no further roll enters the engine.
    """
    gate = _Gate(house.roll_engine or house.engine)
    alone = replace(house, engine=gate.engine)
    with ThreadPoolExecutor(UNDER_WAY, thread_name_prefix="roll") as pool:
        results = [pool.submit(_collect, alone, ask, run_id, plan) for plan in rolls]
        try:
            for result in results:
                yield result.result()
        finally:
            gate.shut = True
            pool.shutdown(wait=False, cancel_futures=True)


def _collect(house: House, ask: NightAsk, run_id: int, plan: RollPlan) -> Collected:
    FETCHING.set(plan.name)
    return collect(house, ask, run_id, plan)


class _Stopped(Exception):
    """The night ended while a roll waited; nobody asks for that roll's result any more."""


class _Gate:
    """Lets some rolls at a time have an engine."""

    def __init__(self, make: Callable[[], AbstractContextManager[Engine]]) -> None:
        self._make, self._places, self.shut = make, BoundedSemaphore(ENGINES), False

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        """An engine of one's own, closed before its place is given on."""
        with self._places:
            if self.shut:
                raise _Stopped
            with self._make() as engine:
                yield engine
