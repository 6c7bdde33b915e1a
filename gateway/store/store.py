"""The operational store: one database, its repositories, its migrations and its lock."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from gateway.store.accounts import Accounts, Sessions
from gateway.store.answers import Answers
from gateway.store.audit import Audit
from gateway.store.callbacks import Callbacks
from gateway.store.case_notes import CaseNotes
from gateway.store.cases import Cases
from gateway.store.chained import ChainedRows
from gateway.store.child_files import ChildFiles
from gateway.store.cited import CitedRows
from gateway.store.clients import ClientBudgets, ClientReplies, Clients, ClientTokens
from gateway.store.database import Database
from gateway.store.day_counts import DayCounts
from gateway.store.deliveries import Deliveries
from gateway.store.erasure import Erasure
from gateway.store.exchanges import Exchanges
from gateway.store.fetched import Fetched
from gateway.store.findings import Findings
from gateway.store.glass import Glass
from gateway.store.harm import Harm
from gateway.store.hooks import Hooks
from gateway.store.identities import Identities
from gateway.store.judgements import Excuses, Judgements
from gateway.store.keys import DataKeys
from gateway.store.lock import NightLock, held_since, hold_lock
from gateway.store.migrate import check_revision, upgrade
from gateway.store.night import Night
from gateway.store.outbox import Outbox
from gateway.store.persons import Persons
from gateway.store.quarantine import Quarantine
from gateway.store.referrals import Referrals
from gateway.store.refusals import RefusalLists
from gateway.store.replays import Replays, Rulebooks
from gateway.store.rights import Rights
from gateway.store.rotation import Rotation
from gateway.store.runs import Runs
from gateway.store.school_sheets import SchoolSheets
from gateway.store.sheets import Sheets
from gateway.store.snapshots import Snapshots
from gateway.store.sources import Sources
from gateway.store.subjects import AccountSubjects
from gateway.store.submissions import Submissions
from gateway.store.teams import Deputies, Escalations, SavedViews


class Store:
    """Every repository over one database. `url` is `sqlite:///…` or `postgresql+psycopg://…`."""

    def __init__(self, url: str, keys: DataKeys) -> None:
        self._db = Database(url)
        self.keys = keys
        self.runs = Runs(self._db)
        self.persons = Persons(self._db, keys)
        self.identities = Identities(self._db, keys, self.persons)
        self.exchanges = Exchanges(self._db)
        self.deliveries = Deliveries(self._db)
        self.fetched = Fetched(self._db)
        self.snapshots = Snapshots(self._db)
        self.sources = Sources(self._db)
        self.quarantine = Quarantine(self._db, keys)
        self.cited_rows = CitedRows(self._db, keys)
        self.refusals = RefusalLists(self._db)
        self.judgements = Judgements(self._db, keys)
        self.excuses = Excuses(self._db, keys)
        self.cases = Cases(self._db, keys)
        self.case_notes = CaseNotes(self._db, keys)
        self.child_files = ChildFiles(self._db, keys)
        self.findings = Findings(self._db)
        self.glass = Glass(self._db)
        self.answers = Answers(self._db, keys)
        self.night = Night(self._db, keys)
        self.rulebooks = Rulebooks(self._db)
        self.replays = Replays(self._db)
        self.harm = Harm(self._db, keys)
        self.outbox = Outbox(self._db, keys)
        self.hooks = Hooks(self._db, keys)
        self.callbacks = Callbacks(self._db, keys)
        self.rights = Rights(self._db, keys)
        self.referrals = Referrals(self._db, keys)
        self.sheets = Sheets(self._db, keys)
        self.school_sheets = SchoolSheets(self._db, keys)
        self.audit = Audit(self._db)
        self.chained = ChainedRows(self._db)
        self.rotation = Rotation(self._db, keys)
        self.erasure = Erasure(self._db)
        self.accounts = Accounts(self._db, keys)
        self.sessions = Sessions(self._db)
        self.subjects = AccountSubjects(self._db)
        self.deputies = Deputies(self._db)
        self.saved_views = SavedViews(self._db)
        self.escalations = Escalations(self._db)
        self.day_counts = DayCounts(self._db)
        self.clients = Clients(self._db)
        self.client_tokens = ClientTokens(self._db)
        self.client_budgets = ClientBudgets(self._db)
        self.submissions = Submissions(self._db)
        self.client_replies = ClientReplies(self._db, keys)

    def upgrade(self) -> str:
        """Bring the database to this version's schema; the revision it is at."""
        return upgrade(self._db)

    def hold_lock(
        self, node: str, now: datetime, ttl: timedelta
    ) -> AbstractContextManager[NightLock]:
        """Hold the night's lock for a `with` block. Raises RunLocked when a living node holds it."""
        return hold_lock(self._db, node, now, ttl)

    def held_since(self, now: datetime) -> datetime | None:
        """Since when, or renewed when, somebody holds the night's lock; None when nobody does."""
        return held_since(self._db, now)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One transaction over several repositories: all of it is kept, or none."""
        with self._db.write():
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Several reads that see one state of the database, on one connection."""
        with self._db.read():
            yield

    def check(self) -> str:
        """Ask the database; its revision. Raises StoreError when it does not answer or is another's."""
        return check_revision(self._db)

    def close(self) -> None:
        """Close every connection."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_store(url: str, keys: DataKeys) -> Store:
    """Open a store whose schema is of this version. Raises StoreError otherwise."""
    store = Store(url, keys)
    store.check()
    return store
