"""What may go: sealed exchanges past their days, each leaving the rows that findings cite and a certificate.

The receipt, the log and the snapshots of an exchange stay, so its findings still prove themselves. A
certificate is logged before the bytes go: cut off between the two, the next call destroys and certifies anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.evidence import ChainedLog
from gateway.exchange.contract import time_text
from gateway.exchange.evidence_file import Row
from gateway.exchange.witness import DESTROYED
from gateway.model.exchange import SealedRef
from gateway.pipeline import RollPlan
from gateway.store import KeptDelivery
from gateway.wiring import OpenSite
from gateway.wiring_proofs import archive_line

WHY = "payload_days"


@dataclass(frozen=True, slots=True)
class Due:
    """One sealed exchange that may go, and which of its rows findings cite."""

    plan: RollPlan
    period: str
    ref: SealedRef
    arrived: datetime
    cited: frozenset[int]


def due(opened: OpenSite, now: datetime) -> Iterator[Due]:
    """Every archived exchange older than `payload_days`, oldest first within its roll.

    What still counts stays: the newest delivery of each roll, however old, since later nights read it
    again (quarantine replay, absence proofs), and bytes that such a delivery shares.
    """
    limit = now - timedelta(days=opened.site.retention.payload_days)
    store, archive = opened.house.store, opened.room.archive
    wanted = store.cited_rows.wanted()
    for plan in opened.house.rolls:
        history = store.deliveries.history(plan.source, plan.roll)
        counting = _counting(history)
        for kept in history:
            if kept.known_from >= limit:
                continue
            for ref in kept.delivery.exchanges:
                if ref.sealed_digest not in counting and archive.has(ref.sealed_digest):
                    cited = wanted.get(ref.exchange_id, frozenset())
                    yield Due(plan, kept.delivery.period, ref, kept.known_from, cited)


def let_go(opened: OpenSite, one: Due, now: datetime) -> int:
    """Keep the cited rows with their proofs, log the certificate, destroy the bytes; how many rows.

    Raises EvidenceBroken, ExchangeRefused when a cited row can no longer be proved: then nothing goes.
    """
    cited = sorted(
        one.cited - frozenset(opened.house.store.cited_rows.numbers(one.ref.exchange_id))
    )
    if cited:
        proved = archive_line(one.plan).proofs(one.ref, cited)
        rows = {
            number: Row(one.ref.exchange_id, row, proof).values()
            for number, (row, proof) in zip(cited, proved, strict=True)
        }
        opened.house.store.cited_rows.keep(one.ref.exchange_id, rows)
    log = ChainedLog(opened.room.log.path.parent, opened.site.site.node)
    log.append(DESTROYED, _certificate(opened, one, now))
    opened.room.archive.destroy(one.ref.sealed_digest)
    return len(one.cited)


def certificate_of(log: ChainedLog, exchange_id: str) -> tuple[int, str] | None:
    """(record, day) of the last certificate over an exchange in a log, or None."""
    found = None
    for record in log.records():
        if record.kind == DESTROYED and record.fields.get("exchange") == exchange_id:
            found = record.n, record.fields["at"][:10]
    return found


def _counting(history: tuple[KeptDelivery, ...]) -> frozenset[str]:
    current = [kept for kept in history if kept.state == "current"]
    newest = max(current, key=lambda kept: kept.delivery.period, default=None)
    refs = newest.delivery.exchanges if newest else ()
    return frozenset(ref.sealed_digest for ref in refs)


def _certificate(opened: OpenSite, one: Due, now: datetime) -> dict[str, str]:
    return {
        "exchange": one.ref.exchange_id,
        "sealed_digest": one.ref.sealed_digest,
        "size": str(one.ref.size),
        "source": one.plan.source,
        "roll": one.plan.roll,
        "period": one.period,
        "arrived": time_text(one.arrived),
        "why": WHY,
        "days": str(opened.site.retention.payload_days),
        "rows_kept": str(len(one.cited)),
        "at": time_text(now),
    }
