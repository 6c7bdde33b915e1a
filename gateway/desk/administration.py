"""What administrators see and do, kept apart: the system's, security's and audit's."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from gateway.access import Accounts, Act, Purpose, User, may
from gateway.access.accounts import needs_code
from gateway.desk.progress import Progress, progress_of
from gateway.model.accounts import AccountRow
from gateway.model.audit import AuditLog, AuditNote
from gateway.model.errors import NotAllowed, UsageError
from gateway.model.site_facts import FirstStep, KeyFact, SourceFact

SHOWN_RUNS = 30
SHOWN_ENTRIES = 500
SHOWN_SPAN = timedelta(days=1)


class SiteFiles(Protocol):
    """A site's files, as far as pages show and change them."""

    def sources(self) -> tuple[SourceFact, ...]: ...
    def ending(self) -> tuple[KeyFact, ...]: ...
    def pause(self, source: str, paused: bool) -> None: ...


class AdminStore(Protocol):
    """The store as administrators' pages see it."""

    @property
    def accounts(self) -> Accounts: ...
    @property
    def sessions(self) -> Any: ...
    @property
    def runs(self) -> Any: ...
    @property
    def sources(self) -> Any: ...
    @property
    def audit(self) -> Any: ...
    def held_since(self, now: datetime) -> datetime | None: ...
    def transaction(self) -> AbstractContextManager[None]: ...


class Administration:
    """Each method is for one administrator's role; every look and act is audited."""

    def __init__(
        self, store: AdminStore, files: SiteFiles, *, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._files = files
        self._clock = clock

    def runs(self, user: User) -> tuple[Any, ...]:
        """The newest runs. Raises NotAllowed."""
        self._check(user, Act.READ_NIGHT)
        return tuple(self._store.runs.runs(SHOWN_RUNS))

    def progress(self, user: User, run: Any) -> Progress:
        """How far a run is, roll by roll. Raises NotAllowed."""
        self._check(user, Act.READ_NIGHT)
        return progress_of(self._store, self._files.sources(), run, self._clock())

    def sources(self, user: User) -> tuple[SourceFact, ...]:
        """Sources as declared. Raises NotAllowed."""
        self._check(user, Act.PAUSE_SOURCE, Act.MANAGE_KEYS)
        return self._files.sources()

    def keys(self, user: User) -> tuple[KeyFact, ...]:
        """Keys, ours and partners', that end soon or have ended. Raises NotAllowed."""
        self._check(user, Act.PAUSE_SOURCE, Act.MANAGE_KEYS)
        return self._files.ending()

    def pause(self, user: User, source: str, *, paused: bool) -> None:
        """Stop or resume collecting from a source. Raises NotAllowed, UsageError for one unknown."""
        self._check(user, Act.PAUSE_SOURCE)
        if source not in {s.name for s in self._files.sources()}:
            raise UsageError("there is no such source", where="source")
        self._note(user, "source.pause" if paused else "source.resume", "source", source)
        self._files.pause(source, paused)

    def first_steps(self, user: User) -> tuple[FirstStep, ...]:
        """From an empty site to a first night. Raises NotAllowed."""
        self._check(user, Act.PAUSE_SOURCE, Act.MANAGE_KEYS)
        sources = self._files.sources()
        officers = [a for a in self._store.accounts.all() if not a.disabled]
        finished = [r for r in self._store.runs.runs(SHOWN_RUNS) if r.state in ("done", "held")]
        ended = any(key.days < 0 for key in self._files.ending())
        return (
            FirstStep("sources", bool(sources), "sources/<name>.yaml · cwg source list"),
            FirstStep("partners", bool(sources) and not ended, "cwg partner add · cwg doctor"),
            FirstStep("reach", bool(finished), "cwg source check"),
            FirstStep("officers", len(officers) > 1, "cwg user add NAME --role data_officer"),
            FirstStep("night", bool(finished), "cwg run"),
        )

    def accounts(self, user: User) -> tuple[tuple[AccountRow, bool], ...]:
        """Every account, and whether it needs a second factor. Raises NotAllowed."""
        self._check(user, Act.MANAGE_ACCOUNTS)
        self._note(user, "account.list", "account", "")
        return tuple((row, needs_code(row)) for row in self._store.accounts.all())

    def disable(self, user: User, name: str, *, disabled: bool) -> None:
        """Shut an account and end its sessions, or open it again. Raises NotAllowed, UsageError."""
        self._check(user, Act.MANAGE_ACCOUNTS)
        row = self._store.accounts.get(name)
        if row is None or name == user.reader.name:
            raise UsageError("there is no such account for you to change", where="account")
        with self._store.transaction():
            self._store.accounts.put(replace(row, disabled=disabled))
            self._store.sessions.close_all(name)
            action = "account.disable" if disabled else "account.enable"
            self._note(user, action, "account", name)

    def audit(self, user: User, until: datetime) -> tuple[Any, ...]:
        """The audit of the day before a time, newest first. Raises NotAllowed."""
        self._check(user, Act.READ_AUDIT)
        self._note(user, "audit.read", "audit", until.date().isoformat())
        end = until + timedelta(minutes=1)
        found = self._store.audit.entries(end - SHOWN_SPAN, end, SHOWN_ENTRIES)
        return tuple(reversed(found))

    def _check(self, user: User, *acts: Act) -> None:
        if not any(may(user.roles, act) for act in acts):
            raise NotAllowed("your roles do not allow this page")

    def _note(self, user: User, action: str, kind: str, subject: str) -> None:
        log: AuditLog = self._store.audit
        log.add(
            AuditNote(
                self._clock(), user.reader.name, user.reader.kind, action, Purpose.AUDIT, kind,
                subject, json.dumps({}),
            )
        )  # fmt: skip
