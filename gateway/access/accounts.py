"""Local accounts: what is kept of a person who logs in, and which combinations of roles may be."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from gateway.access.permissions import ADMINISTRATORS, SCOPES, Role
from gateway.access.values import Reader, User
from gateway.model.accounts import AccountRow
from gateway.model.errors import UsageError

SECOND_FACTOR = ADMINISTRATORS | {Role.SUPERVISOR, Role.CHILD_PROTECTION}
"""Roles that nobody uses with a password alone."""

TRIES = 5
_WAIT = timedelta(minutes=1)
_LONGEST = timedelta(hours=1)


def roles_of(account: AccountRow) -> frozenset[Role]:
    """The roles of an account."""
    return frozenset(Role(code) for code in account.roles)


def needs_code(account: AccountRow) -> bool:
    """Whether the log-in asks for a one-time code."""
    return bool(account.secret) or bool(roles_of(account) & SECOND_FACTOR)


def user_of(account: AccountRow) -> User:
    """The person as the rooms know one: the reach follows from the roles."""
    roles = roles_of(account)
    access = frozenset(scope for role in roles for scope in SCOPES[role])
    return User(Reader(account.name, "person", account.divisions, access), roles)


def after_failure(account: AccountRow, now: datetime) -> AccountRow:
    """The account after one more wrong try; from the fifth on it rests, twice as long each time."""
    failed = account.failed + 1
    if failed < TRIES:
        return replace(account, failed=failed)
    rest = min(_WAIT * 2 ** min(failed - TRIES, 10), _LONGEST)
    return replace(account, failed=failed, resting_until=now + rest)


class Accounts(Protocol):
    """Where accounts are kept; the store satisfies it by shape."""

    def get(self, name: str) -> AccountRow | None: ...
    def put(self, account: AccountRow) -> None: ...
    def all(self) -> tuple[AccountRow, ...]: ...


def check_account(name: str, roles: Iterable[Role], divisions: Iterable[str]) -> None:
    """Raises UsageError for a name, a set of roles or a reach that cannot be.

    No one holds two of the system's, security's and audit's administration; a child-protection
    officer holds nothing else, so that no ordinary view is opened with that person's key.
    """
    held = frozenset(roles)
    if not (1 <= len(name) <= 64 and all(c.isalnum() or c in "._-" for c in name)):
        raise UsageError("an account's name is 1 to 64 letters, digits, dots, dashes", where="NAME")
    if not held:
        raise UsageError("an account without a role may do nothing", mend="give --role")
    if len(held & ADMINISTRATORS) > 1:
        raise UsageError(
            "no one holds two administrators' roles / 系统、安全、审计管理员不得兼任",
            where=name,
            mend="give each role to somebody else",
        )
    if Role.CHILD_PROTECTION in held and len(held) > 1:
        raise UsageError("child protection is a role of its own / 儿童保护岗不得兼任", where=name)
    if Role.CLIENT in held:
        raise UsageError("a client is not a person", where=name, mend="`cwg client add`")
    if not all(d.isascii() and (d == "" or d.isdigit()) and len(d) <= 12 for d in divisions):
        raise UsageError("a division is a prefix of a code, in digits", mend="e.g. 410326")
