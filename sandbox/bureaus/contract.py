"""The exchange object: what every sealed message and file says inside its signed part.

Fields and meanings are those of docs/exchange-format.md, section 1.
"""

import base64
import os
import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.bureaus.errors import Refused
from sandbox.bureaus.rows import EMPTY_ROOT, NO_ROWS, Tree, rows_root

MESSAGE_LIFE = timedelta(minutes=5)
FILE_LIFE = timedelta(days=7)
REQUESTS = ("roll", "ask", "deliver", "probe")
ACTIONS = (*REQUESTS, *(f"{action}.answer" for action in REQUESTS))
TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"

_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\Z")
_PATTERNS = {
    "version": re.compile(r"1\Z"),
    "id": _UUID7,
    "period": re.compile(r"(\d{4}-(0[1-9]|1[0-2]))?\Z"),
    "created": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z"),
    "expires": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z"),
    "content_digest": re.compile(r"sha-256:[0-9a-f]{64}\Z"),
    "rows_salt": re.compile(r"([A-Za-z0-9_-]{43})?\Z"),
    "rows_root": re.compile(r"[0-9a-f]{64}\Z"),
}


@dataclass(frozen=True, slots=True)
class Closing:
    """The closing statement of a roll. `scopes` pairs each county (six digits) with its rows."""

    rows: int
    pages: int
    pages_root: str
    scopes: tuple[tuple[str, int], ...]
    held_scopes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The statement as the page writes it."""
        scopes = [{"division": division, "rows": rows} for division, rows in self.scopes]
        return asdict(self) | {"scopes": scopes, "held_scopes": list(self.held_scopes)}


@dataclass(frozen=True, slots=True)
class Exchange:
    """The contract of one exchange. Times are UTC text, `2026-11-16T01:02:03Z`."""

    version: str
    id: str
    sender: str
    recipient: str
    action: str
    source: str
    roll: str
    period: str
    created: str
    expires: str
    in_reply_to: str
    content_type: str
    row_count: int
    content_digest: str
    rows_salt: str
    rows_root: str
    page: int
    last: bool
    closing: Closing | None
    replaces: str

    def as_json(self) -> dict[str, Any]:
        """The contract as a JSON object, fields in the page's order."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return values | {"closing": self.closing.as_json() if self.closing else None}


FIELDS = tuple(field.name for field in fields(Exchange))


@dataclass(frozen=True, slots=True)
class Terms:
    """What the sender decides about an exchange before its content is known.

    `ahead` is how far the sender's clock is wrong.
    """

    sender: str
    recipient: str
    action: str
    source: str
    roll: str = ""
    period: str = ""
    in_reply_to: str = ""
    page: int = 1
    last: bool = True
    closing: Closing | None = None
    replaces: str = ""
    life: timedelta = MESSAGE_LIFE
    ahead: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Content:
    """What an exchange says of its content. `digest` is hex; a heading line is no row."""

    content_type: str
    digest: str
    row_count: int = 0
    tree: Tree = NO_ROWS


def complete(terms: Terms, content: Content) -> Exchange:
    """Draw up the contract: a new id, created now, expiring after `terms.life`."""
    now = datetime.now(UTC) + terms.ahead
    own = ("life", "ahead")
    given = {f.name: getattr(terms, f.name) for f in fields(terms) if f.name not in own}
    return Exchange(
        version="1",
        id=new_id(),
        created=now.strftime(TIME_FORMAT),
        expires=(now + terms.life).strftime(TIME_FORMAT),
        content_type=content.content_type,
        row_count=content.row_count,
        content_digest=f"sha-256:{content.digest}",
        rows_salt=base64url(content.tree.salt),
        rows_root=content.tree.root,
        **given,
    )


def new_id() -> str:
    """A UUIDv7 (RFC 9562): 48 bits of milliseconds, then random bits."""
    raw = bytearray(int(time.time() * 1000).to_bytes(6, "big") + os.urandom(10))
    raw[6] = 0x70 | raw[6] & 0x0F
    raw[8] = 0x80 | raw[8] & 0x3F
    text = raw.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def parse(values: Mapping[str, Any]) -> Exchange:
    """Read a contract strictly: every field, no other, each of its type and form.

    Raises Refused("malformed").
    """
    if set(values) != set(FIELDS):
        raise Refused("malformed", "contract: fields missing or unknown")
    for name, value in values.items():
        _check_type(name, value)
    for name, pattern in _PATTERNS.items():
        if not pattern.match(values[name]):
            raise Refused("malformed", f"contract: {name}")
    if values["action"] not in ACTIONS or values["row_count"] < 0 or values["page"] < 1:
        raise Refused("malformed", "contract: action, row_count or page")
    return Exchange(**{**values, "closing": _parse_closing(values["closing"])})


def check_rows(exchange: Exchange, rows: list[bytes], row_count: int) -> None:
    """The rows found are those that the contract signed; else Refused("rows_mismatch")."""
    if rows and not exchange.rows_salt:
        raise Refused("rows_mismatch", "contract: rows without a salt")
    root = rows_root(from_base64url(exchange.rows_salt), rows) if rows else EMPTY_ROOT
    if root != exchange.rows_root or row_count != exchange.row_count:
        raise Refused("rows_mismatch", "contract: rows_root or row_count")


def base64url(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """Decode base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _check_type(name: str, value: object) -> None:
    wanted: type = {"row_count": int, "page": int, "last": bool}.get(name, str)
    if name != "closing" and type(value) is not wanted:
        raise Refused("malformed", f"contract: {name}")


def _parse_closing(value: object) -> Closing | None:
    if value is None:
        return None
    try:
        if not isinstance(value, dict):
            raise TypeError
        scopes = tuple((str(scope["division"]), int(scope["rows"])) for scope in value["scopes"])
        return Closing(**{**value, "scopes": scopes, "held_scopes": tuple(value["held_scopes"])})
    except (KeyError, TypeError, ValueError) as error:
        raise Refused("malformed", "contract: closing") from error
