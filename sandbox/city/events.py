"""Events in columns: what happened to whom, on which day."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sandbox.city.codes import Kind
from sandbox.city.days import Codes, Column, Flags, Small


class Event(NamedTuple):
    """One event; `row`, `a` and `b` are read by `kind` (codes.Kind)."""

    day: int
    kind: int
    row: int
    a: int
    b: int


@dataclass(frozen=True)
class Events:
    """Events sorted by subject (a child, or a household), day and kind."""

    subject: Small
    day: Small
    kind: Codes
    row: Small
    a: Small
    b: Small

    def __len__(self) -> int:
        return len(self.subject)

    def by_subject(self, wanted: Flags) -> dict[int, list[Event]]:
        """The events of each wanted subject, in order. `wanted` is a mask over subjects."""
        kept = self.where(wanted[self.subject])
        out: dict[int, list[Event]] = {}
        columns = (kept.day, kept.kind, kept.row, kept.a, kept.b)
        events = zip(*(column.tolist() for column in columns), strict=True)
        for subject, event in zip(kept.subject.tolist(), map(Event._make, events), strict=True):
            out.setdefault(subject, []).append(event)
        return out

    def until(self, day: int) -> "Events":
        """The events up to and including a day."""
        return self.where(self.day <= day)

    def where(self, keep: Column) -> "Events":
        """The events that a mask keeps."""
        return Events(*(c[keep] for c in self._columns()))

    def _columns(self) -> tuple[Column, ...]:
        return (self.subject, self.day, self.kind, self.row, self.a, self.b)


class Log:
    """Events being written; `close` sorts them and forgets what lies after the last day."""

    def __init__(self) -> None:
        self._parts: list[tuple[Column, ...]] = []

    def add(
        self, kind: Kind, subject: Column, day: Column | int, row: Column | int = 0,
        a: Column | int = 0, b: Column | int = 0,
    ) -> None:  # fmt: skip
        """Write one event for each subject; the other values may be single."""
        count = len(subject)
        if not count:
            return
        self._parts.append((
            subject.astype(np.int32),
            _column(day, count),
            np.full(count, int(kind), np.int8),
            _column(row, count),
            _column(a, count),
            _column(b, count),
        ))  # fmt: skip

    def close(self, last_day: int) -> Events:
        """The sorted events up to the last day. Events of one day and kind keep their order."""
        if not self._parts:
            none = _column(0, 0)
            return Events(none, none, none.astype(np.int8), none, none, none)
        columns = [np.concatenate(parts) for parts in zip(*self._parts, strict=True)]
        keep = columns[1] <= last_day
        columns = [c[keep] for c in columns]
        key = columns[0].astype(np.int64) << 32 | (columns[1].astype(np.int64) + 65536) << 8
        order = np.argsort(key | columns[2], kind="stable")
        return Events(*(c[order] for c in columns))


def _column(value: Column | int, count: int) -> Small:
    if isinstance(value, np.ndarray):
        return value.astype(np.int32)
    return np.full(count, value, np.int32)
