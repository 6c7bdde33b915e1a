"""The snapshots of a table of a roll, as known to a night."""

from collections.abc import Sequence

from gateway.engine import Snapshot
from gateway.pipeline.plan import House, NightAsk


def chain_of(house: House, ask: NightAsk, of: tuple[str, str, str]) -> list[Snapshot]:
    """Base and changes of (source, roll, table), oldest first."""
    return as_chain(house.store.snapshots.chain(*of, ask.known_at))


def as_chain(rows: Sequence[object]) -> list[Snapshot]:
    """The store's register rows as the engine's snapshots (they have the same fields)."""
    return [Snapshot(*(getattr(row, name) for name in Snapshot.__slots__)) for row in rows]
