"""What a finding rests on: the rows it cites, and the rolls that its rule read, each with its date."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from gateway.inquiry.ports import Online, Row
from gateway.inquiry.values import Evidence
from gateway.model.exchange import Grade
from gateway.policy.rule import Rule
from gateway.policy.rule_file import ROLL_TABLES

Status = Mapping[str, Any]
"""A row of source status: one roll, table and scope (six digits or `*`) of one period."""

_ROLL, _ROW = "roll", "row"
_ARRIVED = ("verified", "partial", "odd")
_STRENGTH = (Grade.OWNER_SIGNED, Grade.GATEWAY_ATTESTED, Grade.ATTESTED)


class Rolls:
    """What is known of the rolls, read once: made anew for every read."""

    def __init__(self, store: Online) -> None:
        self._store = store
        self.status = cache(self._status)
        self._periods = cache(self._read_periods)

    def period_of(self, source: str, roll: str, ref: str) -> str | None:
        """The period of the delivery that a row came with; `ref` is `<exchange id>#<row number>`."""
        return self._periods(source, roll).get(ref.partition("#")[0])

    def _status(self, period: str) -> Sequence[Status]:
        rows: list[Status] = self._store.sources.status(period).to_pylist()
        return rows

    def _read_periods(self, source: str, roll: str) -> Mapping[str, str]:
        kept = self._store.deliveries.history(source, roll)
        return {
            sealed.exchange_id: one.delivery.period
            for one in kept
            for sealed in one.delivery.exchanges
        }


def evidence_of(row: Row, rule: Rule | None, period: str, rolls: Rolls) -> tuple[Evidence, ...]:
    """Cited rows first, then the other rolls that were read as a whole in the finding's period."""
    status = rolls.status(period)
    cited = tuple(_cited(entry, row, status, rolls) for entry in json.loads(row.evidence))
    known = {(item.source, item.roll, item.period) for item in cited}
    read = _by_roll(s for s in status if _was_read(s, row, rule)).values()
    whole = (_of_status(_ROLL, None, _nearest(rows, _scope(row))) for rows in read)
    return (*cited, *(e for e in whole if (e.source, e.roll, e.period) not in known))


def weakest(evidence: Iterable[Evidence], grades: Mapping[str, Grade]) -> Grade:
    """The weakest grade among the sources of some evidence.

    A source whose grade is not known counts as the weakest. Where nothing came from a bureau, the
    gateway itself is the witness.
    """
    came = (e for e in evidence if e.kind == _ROW or e.state in _ARRIVED)
    found = [grades.get(e.source or "", Grade.ATTESTED) for e in came]
    return max(found, key=_STRENGTH.index, default=Grade.GATEWAY_ATTESTED)


def _was_read(status: Status, row: Row, rule: Rule | None) -> bool:
    if row.source is not None:
        return (status["source"], status["roll"]) == (row.source, row.roll)
    needs = rule.file.needs if rule else ()
    return any(status["table_name"] in ROLL_TABLES[need.roll] for need in needs)


def _cited(entry: Mapping[str, Any], row: Row, status: Sequence[Status], rolls: Rolls) -> Evidence:
    # A row may be older than the night that cites it: it is shown with its own period's roll.
    roll, ref = str(entry["roll"]), str(entry["ref"])
    if "#" not in ref:
        # No row: what a rule about a roll says of the roll itself.
        of_roll = [s for s in status if (s["source"], s["roll"]) == (row.source, roll)]
        if of_roll:
            return _of_status(_ROLL, ref, _nearest(of_roll, _scope(row)))
        return Evidence(_ROLL, roll, ref, None, None, None, None, None)
    for source in {s["source"]: None for s in status if s["roll"] == roll}:
        period = rolls.period_of(source, roll, ref)
        then = rolls.status(period) if period else ()
        found = [s for s in then if (s["source"], s["roll"]) == (source, roll)]
        if found:
            return _of_status(_ROW, ref, _nearest(found, _scope(row)))
    return Evidence(_ROW, roll, ref, None, None, None, None, None)


def _by_roll(status: Iterable[Status]) -> dict[tuple[str, str], list[Status]]:
    found: dict[tuple[str, str], list[Status]] = {}
    for row in status:
        found.setdefault((row["source"], row["roll"]), []).append(row)
    return found


def _scope(row: Row) -> str:
    return row.scope or (row.division or "")[:6]


def _nearest(rows: Sequence[Status], scope: str) -> Status:
    """The row of that county; else the one for the whole roll; else any."""
    by_scope = {row["scope"]: row for row in rows}
    return by_scope.get(scope) or by_scope.get("*") or rows[0]


def _of_status(kind: str, ref: str | None, status: Status) -> Evidence:
    return Evidence(
        kind, status["roll"], ref, status["source"], status["period"], status["state"],
        status["roll_date"], status["coverage"],
    )  # fmt: skip
