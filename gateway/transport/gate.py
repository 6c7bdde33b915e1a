"""A source's gate: at most so many calls at once, a budget of failures, and a kill switch."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from gateway.model.errors import TransportError, Unreachable


@dataclass
class Gate:
    """Every call to one source passes here.

    `parallel` calls at once, the others wait (back pressure). After `failures` failed calls in one
    night the gate stays shut, so that a bureau that is down is not stormed. `closed` is the
    operator's switch (`cwg source pause`).
    """

    source: str
    parallel: int = 2
    failures: int = 12
    closed: bool = False
    _failed: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _slots: threading.BoundedSemaphore = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._slots = threading.BoundedSemaphore(self.parallel)

    @property
    def shut(self) -> bool:
        """Whether the next call would be turned away."""
        return self.closed or self._failed >= self.failures

    @contextmanager
    def passing(self) -> Iterator[None]:
        """One call. Raises Unreachable when the gate is shut; counts the call's transport errors."""
        with self._slots:
            self._check()
            try:
                yield
            except TransportError:
                with self._lock:
                    self._failed += 1
                raise

    def _check(self) -> None:
        if self.closed:
            raise Unreachable(
                "the source is paused",
                where=self.source,
                mend="`cwg source resume` opens it again",
            )
        if self._failed >= self.failures:
            raise Unreachable(
                f"{self._failed} calls failed tonight; the source is left alone until the next run",
                where=self.source,
                mend="look at `cwg source check` and at the bureau's server",
            )
