"""Age and replay of requests, in the memory of one bureau process."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sandbox.bureaus.contract import FILE_LIFE, MESSAGE_LIFE, TIME_FORMAT, Exchange
from sandbox.bureaus.errors import Refused

SKEW = timedelta(minutes=5)
REMEMBERED_ANSWERS = 16
REMEMBERED_IDS = 100_000


def check_age(exchange: Exchange, now: datetime) -> None:
    """The exchange is neither expired nor from the future, and lives no longer than it may."""
    try:
        created, expires = (
            datetime.strptime(text, TIME_FORMAT).replace(tzinfo=UTC)
            for text in (exchange.created, exchange.expires)
        )
    except ValueError as error:
        raise Refused("malformed", "contract: times") from error
    life = FILE_LIFE if exchange.content_type.startswith("text/csv") else MESSAGE_LIFE
    if not timedelta(0) < expires - created <= life:
        raise Refused("malformed", "contract: life")
    if created > now + SKEW:
        raise Refused("future_dated", "contract: created")
    if expires < now - SKEW:
        raise Refused("expired", "contract: expires")


class Replies:
    """Each request id is served once; an honest resend gets the same answer again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: OrderedDict[str, str] = OrderedDict()
        self._answers: OrderedDict[str, bytes] = OrderedDict()

    def answer(self, request_id: str, signed_digest: str, make: Callable[[], bytes]) -> bytes:
        """The answer to a request, made once.

        The same id with other signed content is Refused("id_reused"); a resend whose answer is
        no longer held is Refused("replayed"). When `make` fails the id stays unused.
        """
        with self._lock:
            known = self._seen.get(request_id)
            if known is None:
                answer = make()
                self._remember(request_id, signed_digest, answer)
                return answer
            if known != signed_digest:
                raise Refused("id_reused", "contract: id")
            if request_id not in self._answers:
                raise Refused("replayed", "contract: id")
            return self._answers[request_id]

    def earlier(self, request_id: str) -> bytes | None:
        """The oldest answer that is held to another request; None when there is none."""
        return next((said for known, said in self._answers.items() if known != request_id), None)

    def _remember(self, request_id: str, signed_digest: str, answer: bytes) -> None:
        self._seen[request_id] = signed_digest
        self._answers[request_id] = answer
        while len(self._seen) > REMEMBERED_IDS:
            self._seen.popitem(last=False)
        while len(self._answers) > REMEMBERED_ANSWERS:
            self._answers.popitem(last=False)
