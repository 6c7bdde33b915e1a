"""Lists of refused rows that go back to the bureau: one for each delivery, sent by `cwg work`."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select, update

from gateway.store.database import Database, insert_rows
from gateway.store.tables import quarantine, refusal_list


@dataclass(frozen=True, slots=True)
class RefusalList:
    """One list. `delivery` is the first exchange of the delivery that it is about; `exchange_id` that
    of the sealed document once it was sent. `row_count` counts rows, not lines."""

    list_id: int
    source: str
    roll: str
    period: str
    delivery: str
    row_count: int
    state: str
    attempts: int
    exchange_id: str | None
    sent_at: datetime | None
    error: str | None
    lease: str | None = None

    @property
    def outbox_id(self) -> int:
        """The number under which the worker knows it."""
        return self.list_id


class RefusalLists:
    """Satisfies the dispatch room's outbox port."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, of: tuple[str, str, str], delivery: str, row_count: int, now: datetime) -> None:
        """Note that a delivery's refused rows are to be sent; `of` is source, roll, period. Once only."""
        source, roll, period = of
        row = {
            "source": source, "roll": roll, "period": period, "delivery": delivery,
            "row_count": row_count, "state": "pending", "attempts": 0, "created_at": now,
            "next_at": now,
        }  # fmt: skip
        with self._db.write() as c:
            insert_rows(c, refusal_list, [row], keep_first=True)

    def lease(self, now: datetime, ttl: timedelta, limit: int) -> Sequence[RefusalList]:
        """Take due lists, oldest first; `attempts` counts this time too. A lease that ran out (its
        `next_at` has come) is taken again."""
        of, token = refusal_list.c, str(uuid.uuid4())
        due = and_(or_(of.state == "pending", of.state == "leased"), of.next_at <= now)
        with self._db.write() as c:
            ids = c.execute(select(of.list_id).where(due).order_by(of.list_id).limit(limit))
            mine = of.list_id.in_(ids.scalars().all())
            change = {"state": "leased", "lease": token, "next_at": now + ttl}
            c.execute(update(refusal_list).where(mine).values(attempts=of.attempts + 1, **change))
        return [one for one in self.all() if one.lease == token]

    def sent(self, item: RefusalList, exchange_id: str, now: datetime) -> bool:
        """The list was handed over; False when the lease was lost."""
        return self._end(item, {"state": "sent", "exchange_id": exchange_id, "sent_at": now})

    def again(self, item: RefusalList, next_at: datetime, error: str) -> bool:
        """It is to be tried at `next_at`; `error` is a code."""
        return self._end(item, {"state": "pending", "next_at": next_at, "error": error[:128]})

    def dead(self, item: RefusalList, error: str) -> bool:
        """It is given up until an operator looks at it."""
        return self._end(item, {"state": "dead", "error": error[:128]})

    def all(self) -> tuple[RefusalList, ...]:
        """Every list, the oldest first."""
        names = RefusalList.__dataclass_fields__
        columns = [refusal_list.c[name] for name in names]
        with self._db.read() as c:
            rows = c.execute(select(*columns).order_by(refusal_list.c.list_id)).all()
        return tuple(RefusalList(*row) for row in rows)

    def lines(self, of: RefusalList) -> list[Mapping[str, str]]:
        """What a list says: row, column, reason of every row refused in its delivery. Never who."""
        q = quarantine.c
        of_delivery = (q.source == of.source, q.roll == of.roll, q.period == of.period)
        query = select(q.row_ref, q.column_name, q.reason).where(*of_delivery, q.state == "current")
        with self._db.read() as c:
            rows = c.execute(query.order_by(q.quarantine_id)).all()
        return [{"row": r.row_ref, "column": r.column_name, "reason": r.reason} for r in rows]

    def _end(self, item: RefusalList, change: dict[str, Any]) -> bool:
        held = (refusal_list.c.list_id == item.list_id, refusal_list.c.lease == item.lease)
        with self._db.write() as c:
            changed = c.execute(update(refusal_list).where(*held).values(**change, lease=None))
        return bool(changed.rowcount)
