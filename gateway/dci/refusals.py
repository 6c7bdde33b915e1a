"""What the standard has a code for, and the small values that its messages are made of."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gateway.model.errors import UsageError

_REFERENCE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:/-")


class Refused(Exception):
    """A status reason code of the standard, for the header or for one request."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(code)


def criteria_refused(message: str) -> Refused:
    """The refusal of what is searched by."""
    return Refused("rjct.search_criteria.invalid", message)


def time_of(text: object) -> datetime | None:
    """A time with an offset, or None."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def checked_reference(one: Mapping[str, Any], seen: set[str]) -> str:
    """The caller's name of one request, new in its message, with a time. Raises Refused."""
    reference = one.get("reference_id")
    if not isinstance(reference, str) or not 0 < len(reference) <= 64:
        raise Refused("rjct.reference_id.invalid", "1 to 64 characters")
    if not set(reference) <= _REFERENCE or _is_number(reference):
        raise Refused("rjct.reference_id.invalid", "letters, digits and ._:/-, no number")
    if reference in seen:
        raise Refused("rjct.reference_id.duplicate", "twice in one message")
    seen.add(reference)
    if time_of(one.get("timestamp")) is None:
        raise Refused("rjct.timestamp.invalid", "ISO 8601 with an offset")
    return reference


def transaction_of(message: Mapping[str, Any]) -> str:
    """The transaction's name. Raises UsageError."""
    transaction = message.get("transaction_id")
    if not isinstance(transaction, str) or len(transaction) > 99 or _is_number(transaction):
        raise UsageError("transaction_id is a text of at most 99 characters, and no number")
    return transaction


def list_of(message: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The requests of a message. Raises UsageError."""
    found = message.get(name)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise UsageError(f"{name} is a list of requests")
    return found


def check_count(header: Mapping[str, Any], count: int, most: int) -> None:
    """That the header counts the requests. Raises Refused."""
    if header.get("total_count") != count:
        raise Refused("rjct.total_count.invalid", "total_count counts the requests")
    if not 0 < count <= most:
        raise Refused("rjct.total_count.limit_exceeded", f"1 to {most} requests")


def _is_number(text: str) -> bool:
    return len(text) in (15, 18) and text[:-1].isdigit()
