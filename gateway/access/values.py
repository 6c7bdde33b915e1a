"""People, clients and what they may see."""

from dataclasses import dataclass, field
from typing import Literal

from gateway.access.permissions import Act, Role, may
from gateway.model.outcomes import AccessScope

ORDINARY = frozenset({AccessScope.ORDINARY})


@dataclass(frozen=True, slots=True)
class Scope:
    """Where something lies: its division (empty = not known) and its access scope."""

    division: str
    access: AccessScope = AccessScope.ORDINARY


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: a name for the audit, a person or a client, and the reach of both kinds.

    `divisions` are prefixes of division codes (the empty one means everywhere, none means nowhere);
    `access` are the access scopes that may be seen at all.
    """

    name: str
    kind: Literal["person", "client"]
    divisions: tuple[str, ...]
    access: frozenset[AccessScope] = ORDINARY

    def reaches(self, scope: Scope) -> bool:
        """Whether something in that scope may be seen."""
        near = any(scope.division.startswith(prefix) for prefix in self.divisions)
        return near and scope.access in self.access


@dataclass(frozen=True, slots=True)
class User:
    """A person or client with roles; what they may do follows from PERMISSIONS. `stands_in` are the
    accounts whose cases are this person's too, for somebody's leave."""

    reader: Reader
    roles: frozenset[Role] = field(default_factory=frozenset)
    stands_in: frozenset[str] = frozenset()

    def holds(self, assigned_to: str | None) -> bool:
        """Whether a case assigned to that account is this person's to work on."""
        return bool(assigned_to) and (
            assigned_to == self.reader.name or assigned_to in self.stands_in
        )

    def may(self, act: Act, scope: Scope) -> bool:
        """Whether one of the roles permits the act and the scope is within reach."""
        return may(self.roles, act, scope.access) and self.reader.reaches(scope)
