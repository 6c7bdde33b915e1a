"""Deputies, saved views, and which overdue cases a supervisor has seen."""

from datetime import date, datetime

from sqlalchemy import delete, insert, select, update

from gateway.model.errors import StaleCase
from gateway.model.teams import Deputy, SavedView
from gateway.store.database import Database, upsert_rows
from gateway.store.tables import deputy, escalation, saved_view

_COLUMNS = tuple(deputy.c[name] for name in Deputy.__slots__)


class Deputies:
    """Who stands in for whom."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, new: Deputy) -> int:
        """Append one; its number."""
        values = {name: getattr(new, name) for name in Deputy.__slots__ if name != "deputy_id"}
        with self._db.write() as c:
            made = insert(deputy).values(values).returning(deputy.c.deputy_id)
            return int(c.execute(made).scalar_one())

    def end(self, deputy_id: int, at: datetime) -> None:
        """End one before its time. Raises StaleCase when it has ended already."""
        mine = (deputy.c.deputy_id == deputy_id, deputy.c.ended_at.is_(None))
        with self._db.write() as c:
            if not c.execute(update(deputy).where(*mine).values(ended_at=at)).rowcount:
                raise StaleCase("it has ended already", where=f"deputy {deputy_id}")

    def stands_in_for(self, account: str, today: date) -> frozenset[str]:
        """The accounts whose cases are somebody's today, besides their own."""
        mine = (deputy.c.deputy == account, deputy.c.since <= today, deputy.c.until >= today)
        query = select(deputy.c.account).where(*mine, deputy.c.ended_at.is_(None))
        with self._db.read() as c:
            return frozenset(c.execute(query).scalars())

    def current(self, today: date) -> tuple[Deputy, ...]:
        """Those that have neither ended nor run out, earliest first."""
        mine = (deputy.c.until >= today, deputy.c.ended_at.is_(None))
        query = select(*_COLUMNS).where(*mine).order_by(deputy.c.since, deputy.c.deputy_id)
        with self._db.read() as c:
            return tuple(Deputy(*row) for row in c.execute(query).all())


class SavedViews:
    """Filters that people saved."""

    MOST = 30

    def __init__(self, db: Database) -> None:
        self._db = db

    def of(self, account: str) -> tuple[SavedView, ...]:
        """The views of an account, by name."""
        query = select(saved_view.c.view_id, saved_view.c.name, saved_view.c.query)
        mine = saved_view.c.account == account
        with self._db.read() as c:
            rows = c.execute(query.where(mine).order_by(saved_view.c.name).limit(self.MOST)).all()
        return tuple(SavedView(*row) for row in rows)

    def put(self, account: str, name: str, query: str) -> None:
        """Save a view; one of the same name is replaced."""
        mine = (saved_view.c.account == account, saved_view.c.name == name)
        with self._db.write() as c:
            c.execute(delete(saved_view).where(*mine))
            c.execute(insert(saved_view).values(account=account, name=name, query=query))

    def drop(self, account: str, view_id: int) -> None:
        """Forget a view of the account's own."""
        mine = (saved_view.c.account == account, saved_view.c.view_id == view_id)
        with self._db.write() as c:
            c.execute(delete(saved_view).where(*mine))


class Escalations:
    """Overdue cases that went up to a supervisor, and who has seen them."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def seen(self, case_id: int, due_on: date, by: str, at: datetime) -> None:
        """Note that a supervisor has seen that a case is overdue; another due date asks anew."""
        row = {"case_id": case_id, "due_on": due_on, "at": at, "seen_by": by, "seen_at": at}
        with self._db.write() as c:
            upsert_rows(c, escalation, [row])
