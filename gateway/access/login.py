"""Logging in and staying logged in: sessions kept by the digest of their token, never the token."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from gateway.access.accounts import Accounts, after_failure, needs_code, user_of
from gateway.access.passwords import code_step, hash_password, password_fits
from gateway.access.values import User
from gateway.model.accounts import AccountRow, SessionRow
from gateway.model.errors import LoginRefused

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=10)


class Sessions(Protocol):
    """Where sessions are kept; the store satisfies it by shape."""

    def open(self, row: SessionRow) -> None: ...
    def get(self, digest: str) -> SessionRow | None: ...
    def seen(self, digest: str, at: datetime) -> None: ...
    def close(self, digest: str) -> None: ...
    def close_all(self, account: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Session:
    """Who is here. `form_token` goes into every form and is asked back (against cross-site posts)."""

    user: User
    must_change: bool
    form_token: str = field(repr=False)


class LogIn:
    """Opens, knows and closes sessions. `clock` gives aware times; `stands_in` says whose cases an
    account works on today besides its own; `noted` takes an account and what it did, for the audit. A
    try while the account rests, or under a name that nobody has, is not noted: it would fill the log."""

    def __init__(
        self,
        accounts: Accounts,
        sessions: Sessions,
        clock: Callable[[], datetime],
        stands_in: Callable[[str], frozenset[str]] = lambda account: frozenset(),
        noted: Callable[[str, str], None] = lambda account, action: None,
    ) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._clock = clock
        self._stands_in = stands_in
        self._noted = noted

    def open(self, name: str, password: str, code: str = "") -> str:
        """Log in; the token of a new session.

        Raises LoginRefused, with the same words whatever was wrong; an account that rests after
        wrong tries is refused the right password too.
        """
        now = self._clock()
        account = self._accounts.get(name)
        fits = password_fits(account.password_hash if account else None, password)
        if account is None or account.disabled or _rests(account, now):
            raise _refused()
        step = _step(account, code, now) if fits else None
        if step is None:
            self._accounts.put(after_failure(account, now))
            self._noted(name, "session.refused")
            raise _refused()
        self._accounts.put(replace(account, failed=0, resting_until=None, last_step=step))
        return self.admit(name)

    def admit(self, name: str) -> str:
        """Open a session for an account whose person was identified elsewhere; its token."""
        now, token = self._clock(), secrets.token_urlsafe(32)
        self._sessions.open(SessionRow(_digest(token), name, now, now))
        self._noted(name, "session.open")
        return token

    def who(self, token: str) -> Session | None:
        """The session of a token; None when it is unknown, idle or over, or its account is disabled."""
        now, digest = self._clock(), _digest(token)
        row = self._sessions.get(digest)
        account = self._accounts.get(row.account) if row else None
        if row is None or account is None or account.disabled:
            return None
        if now - row.seen_at > IDLE or now - row.created_at > LONGEST:
            self._sessions.close(digest)
            return None
        # Once a minute is enough, and spares the database a write per page.
        if now - row.seen_at > timedelta(minutes=1):
            self._sessions.seen(digest, now)
        user = replace(user_of(account), stands_in=self._stands_in(account.name))
        return Session(user, account.must_change, form_token(token))

    def change_password(self, token: str, old: str, new: str) -> None:
        """Replace the password and end every other session. Raises LoginRefused, UsageError."""
        row = self._sessions.get(_digest(token))
        account = self._accounts.get(row.account) if row else None
        if row is None or account is None or not password_fits(account.password_hash, old):
            raise _refused()
        changed = hash_password(new, account.name)
        self._accounts.put(replace(account, password_hash=changed, must_change=False))
        self._sessions.close_all(account.name)
        self._sessions.open(replace(row, seen_at=self._clock()))
        self._noted(account.name, "account.password")

    def close(self, token: str) -> None:
        """Log out."""
        row = self._sessions.get(_digest(token))
        if row is not None:
            self._sessions.close(row.digest)
            self._noted(row.account, "session.close")


def form_token(token: str) -> str:
    """The value that every form of a session carries; tells nothing of the session's token."""
    return hmac.digest(token.encode(), b"form", "sha256").hex()


def _step(account: AccountRow, code: str, now: datetime) -> int | None:
    """The last used step from now on; None when a code is needed and this one is not good."""
    if not needs_code(account):
        return account.last_step
    step = code_step(account.secret, code, now) if account.secret else None
    return step if step is not None and step > account.last_step else None


def _rests(account: AccountRow, now: datetime) -> bool:
    return account.resting_until is not None and now < account.resting_until


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _refused() -> LoginRefused:
    return LoginRefused(
        "the log-in was refused / 登录失败",
        mend="check name, password and code; after five wrong tries wait a little"
        " / 请核对账号、密码和动态码，多次错误需稍候",
    )
