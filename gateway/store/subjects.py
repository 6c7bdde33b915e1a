"""Which account a subject of an outside log-in is."""

from sqlalchemy import delete, select

from gateway.store.database import Database, upsert_rows
from gateway.store.tables import account_subject


class AccountSubjects:
    """Matches, made by the security administrator."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def account(self, provider: str, subject: str) -> str | None:
        """The account that a provider's subject is matched with."""
        mine = (account_subject.c.provider == provider, account_subject.c.subject == subject)
        with self._db.read() as c:
            found: str | None = c.execute(select(account_subject.c.account).where(*mine)).scalar()
        return found

    def put(self, provider: str, subject: str, account: str) -> None:
        """Match a subject with an account, in place of an earlier match."""
        row = {"provider": provider, "subject": subject, "account": account}
        with self._db.write() as c:
            upsert_rows(c, account_subject, [row])

    def drop(self, account: str) -> int:
        """Take back every match of an account; how many there were."""
        mine = delete(account_subject).where(account_subject.c.account == account)
        with self._db.write() as c:
            return c.execute(mine).rowcount
