"""Who may do what (see README.md)."""

from gateway.access.permissions import PERMISSIONS, Act, Role, may
from gateway.access.purposes import LEGAL_BASIS, Purpose
from gateway.access.values import Reader, Scope, User

__all__ = [
    "LEGAL_BASIS",
    "PERMISSIONS",
    "Act",
    "Purpose",
    "Reader",
    "Role",
    "Scope",
    "User",
    "may",
]
