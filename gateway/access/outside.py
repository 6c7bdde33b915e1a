"""Who logs in elsewhere: a subject of a provider is one of our accounts, or nobody. None is made here."""

from dataclasses import dataclass, field
from typing import Protocol

from gateway.access.accounts import Accounts, needs_code
from gateway.access.login import LogIn
from gateway.model.errors import LoginRefused

OIDC, CAS = "oidc", "cas"
STRONG = frozenset({"mfa", "otp", "hwk", "sms", "pop"})
"""Values of `amr` (RFC 8176) that stand for a second factor at the provider."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one browser keeps while its person is at the provider; lost with the browser's cookie."""

    provider: str
    state: str
    nonce: str = ""
    verifier: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Known:
    """Who a provider says came back. `strong`: with a second factor, as far as it says."""

    provider: str
    subject: str
    strong: bool


class Provider(Protocol):
    """One place where people log in."""

    def begin(self) -> tuple[str, Attempt]:
        """Where to send the browser, and what it keeps. Raises LoginRefused when it cannot be reached."""

    def finish(self, attempt: Attempt, answer: dict[str, str]) -> Known:
        """Who came back. Raises LoginRefused for anything that is not exactly as begun."""


class Subjects(Protocol):
    """Which account a provider's subject is."""

    def account(self, provider: str, subject: str) -> str | None: ...


class OutsideLogIn:
    """Opens sessions for people whom a provider has identified."""

    def __init__(self, accounts: Accounts, subjects: Subjects, login: LogIn) -> None:
        self._accounts = accounts
        self._subjects = subjects
        self._login = login

    def enter(self, known: Known) -> str:
        """The token of a new session.

        Raises LoginRefused for a subject that nobody matched with an account, for an account that is
        disabled, and for a role that needs a second factor when the provider tells of none.
        """
        name = self._subjects.account(known.provider, known.subject)
        account = self._accounts.get(name) if name else None
        if account is None or account.disabled or (needs_code(account) and not known.strong):
            raise refused()
        return self._login.admit(account.name)


def refused() -> LoginRefused:
    """The same words whatever was wrong."""
    return LoginRefused(
        "the log-in was refused / 登录失败",
        mend="ask the security administrator to match your account / 请联系安全管理员绑定账号",
    )
