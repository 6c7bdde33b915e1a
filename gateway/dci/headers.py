"""Headers: what is asked of one that came, and one of ours."""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from gateway.access import Client
from gateway.dci.refusals import Refused, time_of

SKEW = timedelta(minutes=5)

UseOnce = Callable[[str, datetime], bool]
"""(a message's name, when it may be forgotten) → whether it is the first of that name, on any node."""


class Heads:
    """Headers of a site whose party's name is `party`. `clock` gives aware times."""

    def __init__(self, party: str, once: UseOnce, clock: Callable[[], datetime]) -> None:
        self._party = party
        self._once = once
        self._clock = clock

    def check(self, client: Client, header: Mapping[str, Any], action: str) -> None:
        """That a header is of this version and action, fresh, and never came before. Raises Refused."""
        if header.get("version", "1.0.0") != "1.0.0":
            raise Refused("rjct.version.invalid", "1.0.0")
        if header.get("action") != action:
            raise Refused("rjct.action.invalid", action)
        sent, now = time_of(header.get("message_ts")), self._clock()
        if sent is None or abs(sent - now) > SKEW:
            raise Refused("rjct.message_ts.invalid", "within five minutes of our clock")
        name = header.get("message_id")
        if not isinstance(name, str) or not 0 < len(name) <= 99:
            raise Refused("rjct.message_id.duplicate", "1 to 99 characters, never the same twice")
        if not self._once(f"dci|{client.client_id}|{name}", now + 3 * SKEW):
            raise Refused("rjct.message_id.duplicate", "it came before")

    def made(
        self, to: str, action: str, total: int, why: Refused | None = None, done: int = 0,
        message_id: str = "",
    ) -> dict[str, Any]:  # fmt: skip
        """A header of ours to a client; with `why` it says no."""
        made: dict[str, Any] = {
            "version": "1.0.0", "message_id": message_id or uuid.uuid4().hex,
            "message_ts": self.now(), "action": action, "status": "rjct" if why else "succ",
            "total_count": total, "completed_count": done, "sender_id": self._party,
            "receiver_id": to, "is_msg_encrypted": False,
        }  # fmt: skip
        if why is not None:
            made |= {"status_reason_code": why.code, "status_reason_message": why.message}
        return made

    def now(self) -> str:
        """This moment, as messages have it."""
        return self.moment().isoformat(timespec="seconds")

    def moment(self) -> datetime:
        """This moment."""
        return self._clock()
