"""Retries by class of error: only what may pass by itself, bounded in number and in time."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    stop_before_delay,
    wait_exponential_jitter,
)

from gateway.model.errors import Busy, Unreachable

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long one call is tried; waits double from `first_seconds`, with jitter.

    A wait that the peer asks for is kept, up to `longest_seconds`. No wait begins that would end
    after `total_seconds`.
    """

    attempts: int = 4
    first_seconds: float = 0.5
    longest_seconds: float = 20
    total_seconds: float = 90


def retrying(
    call: Callable[[], R],
    patience: Patience,
    *,
    shut: Callable[[], bool] = lambda: False,
    sleep: Callable[[float], None] = time.sleep,
) -> R:
    """Call until it succeeds; Unreachable and Busy are tried again, everything else passes at once.

    `shut` says that trying again is no use (a closed gate). A refused signature is never retried:
    the same bytes would be refused again.
    """
    plan = Retrying(
        retry=retry_if_exception(lambda e: isinstance(e, (Unreachable, Busy)) and not shut()),
        stop=stop_after_attempt(patience.attempts) | stop_before_delay(patience.total_seconds),
        wait=_wait(patience),
        sleep=sleep,
        reraise=True,
    )
    return plan(call)


def _wait(patience: Patience) -> Callable[[RetryCallState], float]:
    jitter = wait_exponential_jitter(
        multiplier=patience.first_seconds, max=patience.longest_seconds
    )

    def wait(state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.after_seconds if isinstance(error, Busy) else 0
        return min(max(jitter(state), asked), patience.longest_seconds)

    return wait
