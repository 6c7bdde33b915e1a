"""What imported ledgers say of children, as the rules read it."""

import pyarrow as pa

from gateway.engine import Engine
from gateway.pipeline.plan import House, NightAsk

IMPORTED = "import"
ENDED = frozenset({"settled", "declined", "not_found", "false_alarm"})
"""Codes of list handled_result whose class is `ended`: decisions, not excuses."""
_TOLD = pa.schema([
    ("person_id", pa.int64()), ("matter", pa.string()), ("code", pa.string()),
    ("expires_on", pa.date32()),
])  # fmt: skip


def code_of(result: str) -> str:
    """The reason that an excused outcome gives (gateway/policy/texts.py)."""
    return "handled_before" if result in ENDED else "told_before"


def load_told(house: House, engine: Engine, ask: NightAsk) -> None:
    """Make `told_excuse`: what imported ledgers say of children tonight."""
    told = [
        e for e in house.store.excuses.in_force(ask.as_of, ask.known_at) if e.source == IMPORTED
    ]
    merged = house.store.identities.merged() if told else {}
    rows = [
        {
            "person_id": merged.get(e.person_id, e.person_id), "matter": e.axis,
            "code": code_of(e.kind), "expires_on": e.valid_to,
        }
        for e in told
    ]  # fmt: skip
    engine.load("told_excuse", pa.Table.from_pylist(rows, schema=_TOLD))
