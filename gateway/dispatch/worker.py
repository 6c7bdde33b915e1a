"""The worker: one round of the outbox, and rounds until it is told to stop."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.dispatch.ports import ItemT, Leased, Outbox, Send
from gateway.model.errors import ExchangeRefused, GatewayError, PeerRefused, UsageError


@dataclass(frozen=True, slots=True)
class WorkSettings:
    """How to send. What is left of a batch when its lease runs out is left for another round.

    Attempt n waits `first_pause` × 2ⁿ⁻¹, at most `longest_pause`, spread by up to a quarter.
    """

    batch: int = 20
    lease: timedelta = timedelta(minutes=10)
    max_attempts: int = 8
    first_pause: timedelta = timedelta(seconds=30)
    longest_pause: timedelta = timedelta(hours=4)

    def pause(self, item: Leased) -> timedelta:
        """How long to wait after a failed attempt; the same for the same item and attempt."""
        return self.pause_of(item.outbox_id, item.attempts)

    def pause_of(self, number: int, attempts: int) -> timedelta:
        """The same of an item by its number."""
        doubled: timedelta = self.first_pause * (1 << min(attempts - 1, 20))
        seed = hashlib.sha256(f"{number}.{attempts}".encode()).digest()
        return min(doubled, self.longest_pause) * (1 + seed[0] / 1020)


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did. `lost`: reported too late, another worker had taken the item over."""

    sent: int = 0
    again: int = 0
    dead: int = 0
    lost: int = 0

    @property
    def idle(self) -> bool:
        """Whether there was nothing to do."""
        return self == Round()

    def __add__(self, other: "Round") -> "Round":
        return Round(
            self.sent + other.sent,
            self.again + other.again,
            self.dead + other.dead,
            self.lost + other.lost,
        )


def work_once(
    outbox: Outbox[ItemT],
    send: Send[ItemT],
    clock: Callable[[], datetime],
    settings: WorkSettings | None = None,
) -> Round:
    """Lease one batch, send it item by item, report each. No failure of one item stops the others.

    Raises StoreError when the outbox itself cannot be reached.
    """
    settings = settings or WorkSettings()
    done, start = Round(), clock()
    for item in outbox.lease(start, settings.lease, settings.batch):
        if clock() >= start + settings.lease:
            break
        done += _work(outbox, send, clock, settings, item)
    return done


def work_until(
    stop: Callable[[], bool],
    once: Callable[[], Round],
    rest: Callable[[], None],
) -> Round:
    """Rounds until `stop` says so; `rest` is called after a round that had nothing to do."""
    total = Round()
    while not stop():
        done = once()
        total += done
        if done.idle:
            rest()
    return total


def _work(
    outbox: Outbox[ItemT],
    send: Send[ItemT],
    clock: Callable[[], datetime],
    settings: WorkSettings,
    item: ItemT,
) -> Round:
    try:
        sent = send(item)
    except Exception as error:  # A worker outlives whatever one item does to it.
        if is_hopeless(error) or item.attempts >= settings.max_attempts:
            return Round(dead=1) if outbox.dead(item, error_code(error)) else Round(lost=1)
        next_at = clock() + settings.pause(item)
        return Round(again=1) if outbox.again(item, next_at, error_code(error)) else Round(lost=1)
    kept = outbox.sent(item, sent.exchange_id, clock())
    return Round(sent=1) if kept else Round(lost=1)


def is_hopeless(error: Exception) -> bool:
    """Whether trying again is no use."""
    return isinstance(error, PeerRefused | ExchangeRefused | UsageError)


def error_code(error: Exception) -> str:
    """What may be kept and shown of an error."""
    # Only what our own tree says may be kept: another exception's text could quote the payload.
    if isinstance(error, ExchangeRefused):
        return f"ExchangeRefused {error.reason}"
    return (
        type(error).__name__ if isinstance(error, GatewayError) else f"bug: {type(error).__name__}"
    )
