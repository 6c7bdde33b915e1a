"""Retries by class of error: only what may pass by itself, bounded in number and in time."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import (
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    stop_after_delay,
    wait_exponential_jitter,
)

from gateway.model.errors import Busy, Unreachable

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long one call is tried; waits double from `first_seconds`, with jitter."""

    attempts: int = 4
    first_seconds: float = 0.5
    longest_seconds: float = 20
    total_seconds: float = 90


def retrying(call: Callable[[], R], patience: Patience) -> R:
    """Call until it succeeds; Unreachable and Busy are tried again, everything else passes at once.

    A refused signature is never retried: the same bytes would be refused again.
    """
    plan = Retrying(
        retry=retry_if_exception_type((Unreachable, Busy)),
        stop=stop_after_attempt(patience.attempts) | stop_after_delay(patience.total_seconds),
        wait=wait_exponential_jitter(patience.first_seconds, patience.longest_seconds),
        reraise=True,
    )
    return plan(call)
