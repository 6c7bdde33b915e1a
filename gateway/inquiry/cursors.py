"""Cursors that are good for one published run and one filter only."""

import base64
import binascii
import hashlib
from dataclasses import astuple

from gateway.model.errors import UsageError, ViewMoved
from gateway.model.queue import FindingFilter


def seal_cursor(place: str, run: int, wanted: FindingFilter) -> str:
    """The store's cursor together with what it is good for; empty stays empty."""
    if not place:
        return ""
    text = f"{run}.{_digest(wanted)}.{place}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def open_cursor(cursor: str, run: int, wanted: FindingFilter) -> str:
    """The store's cursor; empty stays empty.

    Raises ViewMoved when it is of another run, UsageError when it is of other filters or not ours.
    """
    if not cursor:
        return ""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        of_run, digest, place = text.split(".")
        pinned = int(of_run)
    except (binascii.Error, ValueError):
        raise _not_ours("the cursor is not one of ours") from None
    if digest != _digest(wanted):
        raise _not_ours("the cursor belongs to other filters")
    if pinned != run:
        raise ViewMoved(
            "another night was published since this list was begun",
            where="cursor",
            mend="start at the first page",
        )
    return place


def _digest(wanted: FindingFilter) -> str:
    return hashlib.sha256(repr(astuple(wanted)).encode()).hexdigest()[:16]


def _not_ours(what: str) -> UsageError:
    return UsageError(what, where="cursor", mend="start at the first page")
