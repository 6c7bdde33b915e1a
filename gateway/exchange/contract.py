"""The contract of an exchange as JSON, read strictly (docs/exchange-format.md, section 1).

Every field is there, no other, each of its type and form. What is wrong is named by its field; a
field's value is never repeated in an error.
"""

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, NoReturn

import orjson

from gateway.model.errors import ExchangeRefused, Refusal
from gateway.model.exchange import Action, Closing, Header, ScopeCount

CONTENT_TYPES = (
    "application/xml",
    "application/json",
    "text/csv; charset=gb18030",
    "text/csv; charset=utf-8",
    "text/csv; charset=big5",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
_NAMES = tuple(field.name for field in fields(Header))
_VALUES = attrgetter(*_NAMES)
FIELDS = frozenset(_NAMES)
_HEX = r"[0-9a-f]{64}"
_UUID7 = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_NAME = r"[a-z][a-z0-9_-]{0,63}"
_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"
_FORMS = {
    "version": r"1",
    "id": _UUID7,
    "sender": _NAME,
    "recipient": _NAME,
    "action": "|".join(re.escape(action) for action in Action),
    "source": _NAME,
    "roll": f"({_NAME})?",
    "period": r"([0-9]{4}-(0[1-9]|1[0-2]))?",
    "created": _TIME,
    "expires": _TIME,
    "in_reply_to": f"({_UUID7})?",
    "content_type": "|".join(re.escape(kind) for kind in CONTENT_TYPES),
    "content_digest": f"sha-256:{_HEX}",
    "rows_salt": r"([A-Za-z0-9_-]{43})?",
    "rows_root": _HEX,
    "replaces": f"({_UUID7})?",
}
_TIME_FORM = re.compile(_TIME)
_COMPILED = {name: re.compile(form) for name, form in _FORMS.items()}
_COUNTY = re.compile(r"[0-9]{6}")
_CLOSING = {"rows", "pages", "pages_root", "scopes", "held_scopes"}
_MOST = 2**53


def header_from(values: object) -> Header:
    """The contract from its JSON object. Raises ExchangeRefused(malformed) naming the field."""
    if not isinstance(values, dict) or values.keys() != FIELDS:
        _malformed("its fields are not exactly those of version 1")
    for name, form in _COMPILED.items():
        value = values[name]
        if type(value) is not str or not form.fullmatch(value):
            _malformed(f"field `{name}`")
    times = {name: _time(values[name], name) for name in ("created", "expires")}
    header = Header(
        **{
            **values,
            **times,
            "action": Action(values["action"]),
            "row_count": _count(values["row_count"], "row_count"),
            "page": _count(values["page"], "page", least=1),
            "closing": _closing(values["closing"]),
        }
    )
    if type(header.last) is not bool:
        _malformed("field `last`")
    if header.closing is not None and not header.last:
        _malformed("a closing statement that is not on the last page")
    return header


def header_values(header: Header) -> dict[str, Any]:
    """The contract as the JSON object that is signed."""
    values = dict(zip(_NAMES, _VALUES(header), strict=True))
    values["action"] = header.action.value
    values["created"] = time_text(header.created)
    values["expires"] = time_text(header.expires)
    values["closing"] = None if header.closing is None else closing_values(header.closing)
    return values


def closing_values(closing: Closing) -> dict[str, Any]:
    """The closing statement as a JSON object."""
    return {
        "rows": closing.rows,
        "pages": closing.pages,
        "pages_root": closing.pages_root,
        "scopes": [{"division": s.division, "rows": s.rows} for s in closing.scopes],
        "held_scopes": list(closing.held_scopes),
    }


def signed_digest(header: Header) -> str:
    """`sha-256:` + hex over the canonical contract.

    It names the signed content whichever way it was signed and sealed again: the contract holds the
    digest and the root of everything else.
    """
    text = orjson.dumps(header_values(header), option=orjson.OPT_SORT_KEYS)
    return f"sha-256:{hashlib.sha256(text).hexdigest()}"


def pages_root(rows_roots: Sequence[str]) -> str:
    """SHA-256 over the raw roots of a delivery's pages, in order, as 64 hex digits."""
    return hashlib.sha256(b"".join(bytes.fromhex(root) for root in rows_roots)).hexdigest()


def time_text(moment: datetime) -> str:
    """An aware time as the contract writes it, in whole seconds of UTC."""
    return f"{moment.astimezone(UTC).isoformat()[:19]}Z"


def time_from(text: str) -> datetime:
    """The aware time of a contract's text. Raises ValueError."""
    if not _TIME_FORM.fullmatch(text):
        raise ValueError("not a time of the contract")
    return datetime.fromisoformat(text)


def new_id(now: datetime) -> str:
    """A UUIDv7 (RFC 9562): milliseconds of `now`, then 74 random bits."""
    millis = int(now.timestamp() * 1000)
    number = (millis << 80) | int.from_bytes(os.urandom(10), "big")
    number = number & ~(0xF << 76) | (0x7 << 76)
    number = number & ~(0x3 << 62) | (0x2 << 62)
    text = f"{number:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def _closing(value: object) -> Closing | None:
    if value is None:
        return None
    if not isinstance(value, dict) or value.keys() != _CLOSING:
        _malformed("field `closing`")
    root = value["pages_root"]
    if type(root) is not str or not re.fullmatch(_HEX, root):
        _malformed("field `closing.pages_root`")
    scopes = tuple(_scope(scope) for scope in _list(value["scopes"], "closing.scopes"))
    held = tuple(_county(county) for county in _list(value["held_scopes"], "closing.held_scopes"))
    if len({scope.division for scope in scopes}) < len(scopes) or len(set(held)) < len(held):
        _malformed("a county stands twice in `closing`")
    rows, pages = value["rows"], value["pages"]
    return Closing(
        _count(rows, "closing.rows"), _count(pages, "closing.pages", least=1), root, scopes, held
    )


def _scope(value: object) -> ScopeCount:
    if not isinstance(value, Mapping) or value.keys() != {"division", "rows"}:
        _malformed("field `closing.scopes`")
    return ScopeCount(_county(value["division"]), _count(value["rows"], "closing.scopes"))


def _county(value: object) -> str:
    if type(value) is not str or not _COUNTY.fullmatch(value):
        _malformed("a county of `closing`")
    return value


def _list(value: object, name: str) -> list[Any]:
    if not isinstance(value, list):
        _malformed(f"field `{name}`")
    return value


def _count(value: object, name: str, least: int = 0) -> int:
    if type(value) is not int or not least <= value <= _MOST:
        _malformed(f"field `{name}`")
    return value


def _time(text: str, name: str) -> datetime:
    try:
        return time_from(text)
    except ValueError:
        _malformed(f"field `{name}`")


def _malformed(what: str) -> NoReturn:
    raise ExchangeRefused(
        Refusal.MALFORMED,
        f"The contract does not have the form of version 1: {what}",
        mend="Show the sender docs/exchange-format.md, section 1.",
    )
