"""What is kept of people who log in: rows that access reads and the store keeps."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One person's account.

    `roles` are codes of gateway.access.Role; `divisions` prefixes of division codes, `""` for the
    whole site. `secret` is the TOTP secret (empty: none), `last_step` the time step of the last code
    used, since a code is good once. `failed` counts wrong tries in a row; the account rests until
    `resting_until`.
    """

    name: str
    roles: tuple[str, ...]
    divisions: tuple[str, ...]
    created_by: str
    created_at: datetime
    password_hash: str = field(repr=False)
    secret: str = field(default="", repr=False)
    last_step: int = 0
    must_change: bool = True
    disabled: bool = False
    failed: int = 0
    resting_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session. `digest` is SHA-256 (64 hex) of the token that the browser holds."""

    digest: str
    account: str
    created_at: datetime
    seen_at: datetime
