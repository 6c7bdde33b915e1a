"""Passwords and one-time codes: argon2id hashes (RFC 9106) and TOTP (RFC 6238)."""

import secrets
from datetime import datetime

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from gateway.model.errors import UsageError

MIN_LENGTH = 12
_STEP = 30
# RFC 9106's second recommended choice: 64 MiB, three passes; about 60 ms here.
_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
_NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=1$7HUqijV/xaz+Qkq0O+KDW"
    "w$xZ7SIzXLros2pBOZ9tOzgvrv5n6DwvDAG50zBSEH7gg"
)
"""The hash of 128 random bits that nobody kept, at the same costs: unknown accounts are held to it."""


def new_password() -> str:
    """A password for the first log-in: 80 random bits, without letters that look alike."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(4))


def hash_password(password: str, name: str) -> str:
    """The argon2id hash of a password. Raises UsageError when it is too short or too easy."""
    easy = name.casefold() in password.casefold() or len(set(password)) < 5
    if len(password) < MIN_LENGTH or easy:
        raise UsageError(
            "the password is too easy / 密码过于简单",
            mend=f"use at least {MIN_LENGTH} characters, without the account's name"
            f" / 至少 {MIN_LENGTH} 个字符，不含账号名",
        )
    return _HASHER.hash(password)


def password_fits(stored: str | None, password: str) -> bool:
    """Whether a password is the stored one. As slow for an unknown account (`None`) as for a known one."""
    try:
        return _HASHER.verify(stored or _NOBODY, password) and stored is not None
    except (Argon2Error, InvalidHashError):
        return False


def new_secret() -> str:
    """A new TOTP secret, base32."""
    return pyotp.random_base32()


def secret_uri(secret: str, name: str, issuer: str) -> str:
    """The `otpauth://` address that an authenticator takes in."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def code_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step that a code is good for: this one, or one beside it; None when it is not."""
    if not (len(code) == 6 and code.isascii() and code.isdigit()):
        return None
    step = int(now.timestamp()) // _STEP
    totp = pyotp.TOTP(secret)
    near = (step, step - 1, step + 1)
    return next((n for n in near if secrets.compare_digest(totp.at(n * _STEP), code)), None)
