"""A team's work: deputies for leave, overdue cases that went up, the baseline released by township."""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from gateway.access import Accounts, Act, Purpose, Role, Scope, User, user_of
from gateway.casework import Event
from gateway.desk.bulk import BulkDone, Chosen
from gateway.desk.desk import Desk
from gateway.desk.ports import Cases
from gateway.desk.values import Asked
from gateway.model.audit import AuditLog, AuditNote
from gateway.model.errors import NotAllowed, UsageError
from gateway.model.outcomes import AccessScope
from gateway.model.teams import Deputy

LONGEST = timedelta(days=60)
_WORKERS = (Role.DATA_OFFICER, Role.SUPERVISOR)


class TeamStore(Protocol):
    """The store as a team's work sees it."""

    @property
    def accounts(self) -> Accounts: ...
    @property
    def cases(self) -> Cases: ...
    @property
    def findings(self) -> Any: ...
    @property
    def deputies(self) -> Any: ...
    @property
    def escalations(self) -> Any: ...
    @property
    def audit(self) -> AuditLog: ...
    def transaction(self) -> AbstractContextManager[None]: ...


class Team:
    """What supervisors do about the work of others, and everybody about their own leave."""

    def __init__(
        self, store: TeamStore, desk: Desk, *,
        clock: Callable[[], datetime], today: Callable[[], date],
    ) -> None:  # fmt: skip
        self._store = store
        self._desk = desk
        self._clock = clock
        self._today = today

    def deputies(self, user: User) -> tuple[Deputy, ...]:
        """Those of the user's own, and for a supervisor those of everybody within reach."""
        return tuple(d for d in self._store.deputies.current(self._today()) if self._sees(user, d))

    def stand_in(self, user: User, account: str, deputy: str, since: date, until: date) -> None:
        """Let somebody work on the cases of another for some days.

        For oneself, or as a supervisor for whoever is within reach. Raises NotAllowed otherwise,
        UsageError for days that cannot be or a deputy who may not reach as far.
        """
        if not (account == user.reader.name or self._leads(user, account)):
            raise NotAllowed("only your own leave, or that of your officers")
        self._check_days(since, until)
        self._check_deputy(account, deputy)
        new = Deputy(0, account, deputy, since, until, user.reader.name, self._clock())
        with self._store.transaction():
            number = self._store.deputies.add(new)
            self._note(user, "deputy.set", "deputy", str(number))

    def end(self, user: User, deputy_id: int) -> None:
        """End a deputy's time. Raises NotAllowed for one that `deputies` does not show."""
        if deputy_id not in {d.deputy_id for d in self.deputies(user)}:
            raise NotAllowed("there is no such deputy for you to end")
        with self._store.transaction():
            self._store.deputies.end(deputy_id, self._clock())
            self._note(user, "deputy.end", "deputy", str(deputy_id))

    def seen(self, user: User, case_id: int) -> None:
        """Note that a supervisor has seen an overdue case. Raises NotAllowed."""
        file = self._store.cases.find(case_id)
        scope = Scope(file.division or "", AccessScope(file.access)) if file else None
        if file is None or scope is None or not user.may(Act.ASSIGN_CASE, scope):
            raise NotAllowed("there is no such case within your reach", where=f"case {case_id}")
        if file.due_on is None or file.due_on >= self._today():
            raise UsageError("the case is not overdue", where=f"case {case_id}")
        with self._store.transaction():
            self._store.escalations.seen(case_id, file.due_on, user.reader.name, self._clock())
            self._note(user, "escalation.seen", "case", str(case_id))

    def release(self, user: User, township: str, rule: str, due_on: date, most: int) -> BulkDone:
        """Open a batch of the baseline of one township and rule, up to `most` cases, due on a day.

        Raises NotAllowed for a township out of reach, UsageError for a day that has passed.
        """
        if not user.may(Act.ASSIGN_CASE, Scope(township)):
            raise NotAllowed("that township is not within your reach")
        if due_on <= self._today():
            raise UsageError("the due day has passed", where="due_on")
        cases: Sequence[tuple[int, int]] = self._store.findings.baseline_cases(township, rule, most)
        chosen = [Chosen(case_id, version) for case_id, version in cases]
        return self._desk.decide_many(user, chosen, Asked(Event.RELEASE, due_on=due_on))

    def _sees(self, user: User, one: Deputy) -> bool:
        return user.reader.name in (one.account, one.deputy) or self._leads(user, one.account)

    def _leads(self, user: User, account: str) -> bool:
        row = self._store.accounts.get(account)
        return row is not None and all(
            user.may(Act.ASSIGN_CASE, Scope(division)) for division in row.divisions
        )

    def _check_days(self, since: date, until: date) -> None:
        if until < self._today() or until < since or until - since > LONGEST:
            raise UsageError(
                "these days cannot be", where="until", mend=f"at most {LONGEST.days} days, not past"
            )

    def _check_deputy(self, account: str, deputy: str) -> None:
        row, of = self._store.accounts.get(deputy), self._store.accounts.get(account)
        if row is None or of is None or row.disabled or deputy == account:
            raise UsageError("there is no such deputy", where="deputy")
        other = user_of(row)
        reach = all(any(d.startswith(p) for p in row.divisions) for d in of.divisions)
        if not reach or not other.roles & set(_WORKERS):
            raise UsageError(
                "the deputy does not reach as far / 代办人权限范围不足",
                where="deputy",
                mend="name an officer of the same divisions",
            )

    def _note(self, user: User, action: str, kind: str, subject: str) -> None:
        self._store.audit.add(
            AuditNote(
                self._clock(), user.reader.name, user.reader.kind, action, Purpose.SUPERVISION,
                kind, subject, json.dumps({}),
            )
        )  # fmt: skip
