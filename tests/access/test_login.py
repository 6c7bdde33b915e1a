"""Logging in: what opens, what does not, and that a refusal never tells why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from gateway.access import LogIn, Role, hash_password, passwords
from gateway.access.accounts import check_account
from gateway.access.login import IDLE, LONGEST, form_token
from gateway.access.passwords import code_step
from gateway.model.accounts import AccountRow, SessionRow
from gateway.model.errors import LoginRefused, UsageError

START = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HASH = hash_password(PASSWORD, "li")


class Kept:
    """Accounts and sessions in two dictionaries, and a clock that is moved by hand."""

    def __init__(self, *accounts: AccountRow) -> None:
        self.accounts = {a.name: a for a in accounts}
        self.rows: dict[str, SessionRow] = {}
        self.now = START
        self.noted: list[tuple[str, str]] = []
        self.login = LogIn(
            _Accounts(self),
            _Sessions(self),
            lambda: self.now,
            noted=lambda account, action: self.noted.append((account, action)),
        )


class _Accounts:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def get(self, name: str) -> AccountRow | None:
        return self._kept.accounts.get(name)

    def put(self, account: AccountRow) -> None:
        self._kept.accounts[account.name] = account

    def all(self) -> tuple[AccountRow, ...]:
        return tuple(self._kept.accounts.values())


class _Sessions:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def open(self, row: SessionRow) -> None:
        self._kept.rows[row.digest] = row

    def get(self, digest: str) -> SessionRow | None:
        return self._kept.rows.get(digest)

    def seen(self, digest: str, at: datetime) -> None:
        self._kept.rows[digest] = replace(self._kept.rows[digest], seen_at=at)

    def close(self, digest: str) -> None:
        self._kept.rows.pop(digest, None)

    def close_all(self, account: str) -> None:
        self._kept.rows = {d: r for d, r in self._kept.rows.items() if r.account != account}


def officer(name: str = "li", *roles: Role, secret: str = "") -> AccountRow:
    held = tuple(roles) or (Role.DATA_OFFICER,)
    return AccountRow(name, tuple(map(str, held)), ("4199",), "admin", START, HASH, secret)


def code_at(now: datetime) -> str:
    return pyotp.TOTP(SECRET).at(int(now.timestamp()))


def test_a_right_password_opens_a_session() -> None:
    kept = Kept(officer())
    session = kept.login.who(kept.login.open("li", PASSWORD))
    assert session is not None
    assert session.user.reader.name == "li"
    assert session.user.reader.divisions == ("4199",)


def test_the_token_itself_is_not_kept() -> None:
    kept = Kept(officer())
    token = kept.login.open("li", PASSWORD)
    assert token not in repr(kept.rows)
    assert form_token(token) not in (token, *kept.rows)


def _refusals() -> dict[str, tuple[AccountRow, str, str, str]]:
    boss = officer("boss", Role.SUPERVISOR, secret=SECRET)
    return {
        "unknown name": (officer(), "wang", PASSWORD, ""),
        "wrong password": (officer(), "li", "wrong horse battery", ""),
        "disabled": (replace(officer(), disabled=True), "li", PASSWORD, ""),
        "resting": (
            replace(officer(), resting_until=START + timedelta(minutes=1)), "li", PASSWORD, "",
        ),
        "no code": (boss, "boss", PASSWORD, ""),
        "wrong code": (boss, "boss", PASSWORD, f"{(int(code_at(START)) + 1) % 10**6:06d}"),
        "old code": (boss, "boss", PASSWORD, code_at(START - timedelta(minutes=2))),
        "a supervisor without a secret": (
            officer("boss", Role.SUPERVISOR), "boss", PASSWORD, code_at(START),
        ),
    }  # fmt: skip


@pytest.mark.parametrize("case", _refusals())
def test_a_refusal_says_the_same_whatever_was_wrong(case: str) -> None:
    account, name, password, code = _refusals()[case]
    kept = Kept(account)
    with pytest.raises(LoginRefused) as refused:
        kept.login.open(name, password, code)
    with pytest.raises(LoginRefused) as usual:
        Kept().login.open("nobody", "nothing at all")
    assert str(refused.value) == str(usual.value)
    assert not kept.rows


def test_a_code_opens_once() -> None:
    kept = Kept(officer("boss", Role.SUPERVISOR, secret=SECRET))
    kept.login.open("boss", PASSWORD, code_at(START))
    with pytest.raises(LoginRefused):
        kept.login.open("boss", PASSWORD, code_at(START))
    kept.now += timedelta(seconds=30)
    assert kept.login.open("boss", PASSWORD, code_at(kept.now))


@pytest.mark.parametrize(
    ("seconds", "good"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_a_code_is_good_beside_its_step(seconds: int, good: bool) -> None:
    code = code_at(START + timedelta(seconds=seconds))
    assert (code_step(SECRET, code, START) is not None) is good


def test_five_wrong_tries_make_the_account_rest_longer_and_longer() -> None:
    kept = Kept(officer())
    rests = []
    for _ in range(7):
        with pytest.raises(LoginRefused):
            kept.login.open("li", "wrong horse battery")
        until = kept.accounts["li"].resting_until
        rests.append(0 if until is None else (until - kept.now).seconds)
        kept.now = until or kept.now
    assert rests == [0, 0, 0, 0, 60, 120, 240]
    assert kept.login.open("li", PASSWORD)
    assert kept.accounts["li"].failed == 0


@pytest.mark.parametrize(
    ("idle", "age", "lives"),
    [
        (IDLE, IDLE, True),
        (IDLE + timedelta(seconds=1), IDLE + timedelta(seconds=1), False),
        (timedelta(minutes=5), LONGEST, True),
        (timedelta(minutes=5), LONGEST + timedelta(seconds=1), False),
    ],
)
def test_a_session_ends_when_idle_or_old(idle: timedelta, age: timedelta, lives: bool) -> None:
    kept = Kept(officer())
    token = kept.login.open("li", PASSWORD)
    (digest,) = kept.rows
    kept.now = START + age
    kept.rows[digest] = replace(kept.rows[digest], seen_at=kept.now - idle)
    assert (kept.login.who(token) is not None) is lives


def test_disabling_an_account_ends_what_it_has_open() -> None:
    kept = Kept(officer())
    token = kept.login.open("li", PASSWORD)
    kept.accounts["li"] = replace(kept.accounts["li"], disabled=True)
    assert kept.login.who(token) is None


def test_a_changed_password_ends_the_other_sessions() -> None:
    kept = Kept(officer())
    here, there = kept.login.open("li", PASSWORD), kept.login.open("li", PASSWORD)
    kept.login.change_password(here, PASSWORD, "another horse battery")
    assert kept.login.who(there) is None
    session = kept.login.who(here)
    assert session is not None
    assert not session.must_change
    assert kept.login.open("li", "another horse battery")


@pytest.mark.parametrize("weak", ["short", "li li li li li li", "aaaaaaaaaaaaaaaa"])
def test_a_weak_password_is_refused(weak: str) -> None:
    with pytest.raises(UsageError):
        hash_password(weak, "li")


BAD_ACCOUNTS = [
    ("li", [Role.SYSTEM_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR], [""], "no one holds two"),
    ("li", [Role.CHILD_PROTECTION, Role.SUPERVISOR], [""], "role of its own"),
    ("li", [], [""], "without a role"),
    ("li", [Role.CLIENT], [""], "not a person"),
    ("li wang", [Role.DATA_OFFICER], [""], "an account's name"),
    ("li", [Role.DATA_OFFICER], ["41x"], "a division"),
]


@pytest.mark.parametrize(("name", "roles", "divisions", "said"), BAD_ACCOUNTS)
def test_an_account_that_cannot_be(
    name: str, roles: list[Role], divisions: list[str], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        check_account(name, roles, divisions)


def test_an_unknown_account_is_held_to_a_hash_of_the_same_costs() -> None:
    assert not passwords._HASHER.check_needs_rehash(passwords._NOBODY)
    assert not passwords.password_fits(None, "whatever was typed here")


def test_who_logs_in_and_out_and_in_vain_is_noted() -> None:
    """A try under a name that nobody has, or while the account rests, is not: it would fill the log."""
    kept = Kept(officer())
    token = kept.login.open("li", PASSWORD)
    kept.login.change_password(token, PASSWORD, "another horse battery")
    kept.login.close(token)
    kept.login.close(token)
    for name in ("nobody", *["li"] * 9):
        with pytest.raises(LoginRefused):
            kept.login.open(name, "wrong")
    wanted = ["session.open", "account.password", "session.close", *["session.refused"] * 5]
    assert kept.noted == [("li", action) for action in wanted]
