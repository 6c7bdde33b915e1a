"""Systems that call the API: what they may ask, where, and for which registered purpose."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from gateway.access.client_keys import encryption_key
from gateway.access.purposes import Purpose
from gateway.access.scopes import ApiScope
from gateway.access.values import Reader
from gateway.model.clients import ClientRow
from gateway.model.errors import NotAllowed, UsageError

_ID = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?", re.ASCII)
_SOURCE = re.compile(r"[a-z0-9_]{1,64}", re.ASCII)
LEAST_BASIS = 6
"""Shorter than this no legal basis can be named."""


@dataclass(frozen=True, slots=True)
class Client:
    """A registered system as the rooms know one. `purposes` maps each to its registered legal basis."""

    client_id: str
    scopes: frozenset[ApiScope]
    divisions: tuple[str, ...]
    purposes: Mapping[Purpose, str]
    sources: tuple[str, ...] = ()
    sealed: bool = False

    @property
    def reader(self) -> Reader:
        """The client as a reader of ordinary things; no client ever sees a sealed one."""
        return Reader(self.client_id, "client", self.divisions)

    def needs(self, scope: ApiScope) -> None:
        """Raises NotAllowed unless the client (with its present token) has the scope."""
        if scope not in self.scopes:
            raise NotAllowed("the token does not carry the scope that this asks for", where=scope)

    def for_purpose(self, purpose: Purpose) -> Purpose:
        """The purpose, if it is registered for this client. Raises NotAllowed."""
        if purpose not in self.purposes:
            raise NotAllowed(
                "that purpose is not registered for this client",
                where=purpose,
                mend="have it registered with its legal basis, or ask for a registered one",
            )
        return purpose


class Clients(Protocol):
    """Where clients are kept; the store satisfies it by shape."""

    def get(self, client_id: str) -> ClientRow | None: ...
    def put(self, client: ClientRow) -> None: ...
    def all(self) -> tuple[ClientRow, ...]: ...


def client_of(row: ClientRow, scopes: Iterable[str] | None = None) -> Client:
    """The client of a row, with the scopes of its token (default: all that are registered).

    A scope that was taken from the registration after the token was issued is not given any more.
    """
    registered = frozenset(ApiScope(code) for code in row.scopes)
    asked = registered if scopes is None else frozenset(ApiScope(code) for code in scopes)
    purposes = {Purpose(code): basis for code, basis in row.purposes.items()}
    return Client(
        row.client_id, registered & asked, row.divisions, purposes, row.sources, row.sealed
    )


def check_client(row: ClientRow) -> None:
    """Raises UsageError for a registration that cannot be."""
    if _ID.fullmatch(row.client_id) is None:
        raise UsageError(
            "a client's id is 1 to 64 small letters, digits, dots, dashes", where="NAME"
        )
    if not row.title.strip():
        raise UsageError("a client has a title", mend="give the organisation and its system")
    _check_scopes(row)
    if row.sealed and encryption_key(row.jwks) is None:
        raise UsageError(
            "a client that is answered sealed gives a key to seal to",
            where="--key",
            mend="a JWKS with a key on P-256 whose use is `enc` beside the signing key",
        )
    if not all(d.isascii() and (d == "" or d.isdigit()) and len(d) <= 12 for d in row.divisions):
        raise UsageError("a division is a prefix of a code, in digits", mend="e.g. 410326")
    short = [p for p, basis in row.purposes.items() if len(basis.strip()) < LEAST_BASIS]
    if not row.purposes or short:
        raise UsageError(
            "each purpose is registered with its legal basis / 每项用途须登记法律依据",
            where=", ".join(short) or "--purpose",
            mend='e.g. --purpose "casework=未成年人保护法 第八十一条"',
        )


def _check_scopes(row: ClientRow) -> None:
    if not row.scopes:
        raise UsageError("a client without a scope may ask nothing", mend="give --scope")
    submits = ApiScope.SUBMIT in row.scopes
    if submits != bool(row.sources) or not all(map(_SOURCE.fullmatch, row.sources)):
        raise UsageError(
            f"--source goes with the scope {ApiScope.SUBMIT}, and the scope with it",
            where=row.client_id,
        )
