"""Looks at names and numbers outside one's own cases, and what a supervisor said to each."""

from datetime import datetime

from sqlalchemy import func, insert, select, update

from gateway.model.errors import StaleCase
from gateway.model.unmask import BrokenGlass, GlassReason
from gateway.store.database import Database
from gateway.store.tables import broken_glass


class Glass:
    """Appends, counts and answers."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, new: BrokenGlass) -> int:
        """Append one; its number."""
        values = {"case_id": new.case_id, "by": new.by, "at": new.at, "reason": new.reason}
        with self._db.write() as c:
            made = insert(broken_glass).values(values).returning(broken_glass.c.glass_id)
            return int(c.execute(made).scalar_one())

    def since(self, by: str, at: datetime) -> int:
        """How often somebody has done it since a time."""
        mine = (broken_glass.c.by == by, broken_glass.c.at > at)
        with self._db.read() as c:
            return int(c.execute(select(func.count()).where(*mine)).scalar_one())

    def waiting(self) -> tuple[BrokenGlass, ...]:
        """What nobody has answered yet, oldest first."""
        query = select(broken_glass).where(broken_glass.c.answered_by.is_(None))
        with self._db.read() as c:
            rows = c.execute(query.order_by(broken_glass.c.glass_id)).all()
        return tuple(
            BrokenGlass(
                r.case_id, r.by, r.at, GlassReason(r.reason), r.glass_id, r.answered_by, r.approved
            )
            for r in rows
        )

    def answer(self, glass_id: int, by: str, approved: bool, at: datetime) -> None:
        """Write a supervisor's answer. Raises StaleCase when it was answered already."""
        mine = (broken_glass.c.glass_id == glass_id, broken_glass.c.answered_by.is_(None))
        values = {"answered_by": by, "approved": approved, "answered_at": at}
        with self._db.write() as c:
            if not c.execute(update(broken_glass).where(*mine).values(values)).rowcount:
                raise StaleCase("it was answered already", where=f"glass {glass_id}")
