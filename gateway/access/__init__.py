"""Who may do what (see README.md)."""

from gateway.access.accounts import Accounts, check_account, needs_code, user_of
from gateway.access.client_keys import certificate_thumbprint, read_certificate, read_keys
from gateway.access.clients import Client, Clients, check_client, client_of
from gateway.access.login import LogIn, Session, Sessions
from gateway.access.passwords import hash_password, new_password, new_secret, secret_uri
from gateway.access.permissions import PERMISSIONS, Act, Role, may
from gateway.access.purposes import LEGAL_BASIS, Purpose
from gateway.access.scopes import MEANING, ApiScope
from gateway.access.tokens import ClientDoor, Issued, Tokens
from gateway.access.values import Reader, Scope, User

__all__ = [
    "LEGAL_BASIS",
    "MEANING",
    "PERMISSIONS",
    "Accounts",
    "Act",
    "ApiScope",
    "Client",
    "ClientDoor",
    "Clients",
    "Issued",
    "LogIn",
    "Purpose",
    "Reader",
    "Role",
    "Scope",
    "Session",
    "Sessions",
    "Tokens",
    "User",
    "certificate_thumbprint",
    "check_account",
    "check_client",
    "client_of",
    "hash_password",
    "may",
    "needs_code",
    "new_password",
    "new_secret",
    "read_certificate",
    "read_keys",
    "secret_uri",
    "user_of",
]
