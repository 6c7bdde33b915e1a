"""Who may do what (see README.md)."""

from gateway.access.accounts import Accounts, check_account, needs_code, user_of
from gateway.access.login import LogIn, Session, Sessions
from gateway.access.passwords import hash_password, new_password, new_secret, secret_uri
from gateway.access.permissions import PERMISSIONS, Act, Role, may
from gateway.access.purposes import LEGAL_BASIS, Purpose
from gateway.access.values import Reader, Scope, User

__all__ = [
    "LEGAL_BASIS",
    "PERMISSIONS",
    "Accounts",
    "Act",
    "LogIn",
    "Purpose",
    "Reader",
    "Role",
    "Scope",
    "Session",
    "Sessions",
    "User",
    "check_account",
    "hash_password",
    "may",
    "needs_code",
    "new_password",
    "new_secret",
    "secret_uri",
    "user_of",
]
