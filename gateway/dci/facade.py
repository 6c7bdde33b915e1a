"""What is asked about children: `search`, at once or with the answer to follow, and `sync/enrolled`."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeGuard

from gateway.access import ApiScope, Client
from gateway.dci.envelope import Envelope, Reply
from gateway.dci.headers import Heads
from gateway.dci.queries import Queries
from gateway.dci.refusals import (
    Refused,
    check_count,
    checked_reference,
    criteria_refused,
    list_of,
    transaction_of,
)
from gateway.dci.words import Words
from gateway.inquiry import Answer, Asked, check_asked
from gateway.model.answers import Question
from gateway.model.errors import UsageError

MOST = 200
_MISS = "not_in_scope"


class Answers(Protocol):
    """Inquiry, as far as the facade asks it."""

    def answer(self, asked: Sequence[tuple[Client, Asked]]) -> Sequence[Answer]: ...


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One request that can be answered: its questions are asked together with the others'. `page`: size and
    number; `total` children were named in all."""

    asked: tuple[Asked, ...]
    page: tuple[int, int]
    total: int
    listed: bool


class Facade:
    """Answers of a site. Raises NotAllowed for a client without the scope, and UsageError for what is no
    message; whatever the standard has a code for is answered with it."""

    def __init__(self, heads: Heads, words: Words, answers: Answers) -> None:
        self._heads = heads
        self._words = words
        self._answers = answers
        self._queries = Queries(words)

    def search(self, client: Client, envelope: Envelope) -> Reply:
        """Answer a search of a client whose signature was verified."""
        client.needs(ApiScope.CHECK)
        header, to = envelope.header, client.client_id
        requests = list_of(envelope.message, "search_request")
        transaction = transaction_of(envelope.message)
        try:
            self._heads.check(client, header, "search")
            check_count(header, len(requests), MOST)
        except Refused as why:
            return Reply(self._heads.made(to, "on-search", 0, why), None)
        if len(requests) > 1:
            client.needs(ApiScope.BULK)
        items, misses = self._items(client, requests)
        done = sum(item["status"] == "succ" for item in items)
        message = {
            "transaction_id": transaction, "correlation_id": uuid.uuid4().hex,
            "search_response": items,
        }  # fmt: skip
        head = self._heads.made(to, "on-search", len(requests), None, done)
        return Reply(head, message, misses)

    def enrolled(self, client: Client, envelope: Envelope) -> Reply:
        """Whether a child receives a benefit (`sync/enrolled`): one entry with yes or no, and none when
        that is not known, for the standard has no word for it (docs/decisions/0033)."""
        client.needs(ApiScope.CHECK)
        transaction, to = transaction_of(envelope.message), client.client_id
        criteria = envelope.message.get("enrolled_criteria")
        if not isinstance(criteria, dict):
            raise UsageError("enrolled_criteria is an object")
        try:
            self._heads.check(client, envelope.header, "search")
            check_count(envelope.header, 1, 1)
        except Refused as why:
            return Reply(self._heads.made(to, "on-search", 0, why), None)
        try:
            purpose = self._queries.purpose(client, criteria)
            named = self._queries.named(criteria.get("query_type"), criteria.get("query"))
            if named.listed:
                raise criteria_refused("one child")
            asked = Asked(Question.RECEIVES_BENEFIT, purpose, "enrolled", **named.children[0])
            check_asked(client, asked)
        except Refused as why:
            raise UsageError(why.message) from None
        (answer,) = self._answers.answer([(client, asked)])
        known = [answer] if answer.answer in ("yes", "no") else []
        message = {
            "transaction_id": transaction, "correlation_id": uuid.uuid4().hex,
            "enrolled_response": [
                {"reference_id": "1", "timestamp": self._heads.now(), "status": "succ",
                 "enrolled_status": str(one.answer)}
                for one in known
            ],
        }  # fmt: skip
        return Reply(
            self._heads.made(to, "on-search", 1, None, 1), message, int(answer.why == _MISS)
        )

    def _items(
        self, client: Client, requests: Sequence[Mapping[str, Any]]
    ) -> tuple[list[dict[str, Any]], int]:
        """The entries, and how many answers in them were about nobody whom the client may ask of."""
        made: list[_Wanted | Refused] = []
        seen: set[str] = set()
        room = MOST
        for one in requests:
            try:
                wanted = self._wanted(client, one, seen, room)
            except Refused as why:
                made.append(why)
            else:
                made.append(wanted)
                room -= len(wanted.asked) // len(Question)
        asked = [(client, a) for w in made if isinstance(w, _Wanted) for a in w.asked]
        answers = self._answers.answer(asked) if asked else ()
        given = iter(answers)
        items = [self._item(one, wanted, given) for one, wanted in zip(requests, made, strict=True)]
        return items, sum(one.why == _MISS for one in answers)

    def _item(
        self, one: Mapping[str, Any], wanted: _Wanted | Refused, answers: Iterator[Answer]
    ) -> dict[str, Any]:
        item: dict[str, Any] = {
            "reference_id": str(one.get("reference_id", "")), "timestamp": self._heads.now(),
        }  # fmt: skip
        if isinstance(wanted, Refused):
            reason = {"status_reason_code": wanted.code, "status_reason_message": wanted.message}
            return item | {"status": "rjct"} | reason
        return item | {"status": "succ"} | self._data(wanted, answers)

    def _wanted(self, client: Client, one: Mapping[str, Any], seen: set[str], room: int) -> _Wanted:
        reference = checked_reference(one, seen)
        criteria = one.get("search_criteria")
        if not isinstance(criteria, dict):
            raise criteria_refused("search_criteria is an object")
        if criteria.get("sort"):
            raise Refused("rjct.sort.invalid", "children come in the order in which they are named")
        if criteria.get("reg_type", self._words.reg_types[0]) not in self._words.reg_types:
            raise criteria_refused("another registry type")
        purpose = self._queries.purpose(client, criteria)
        named = self._queries.named(criteria.get("query_type"), criteria.get("query"))
        if named.listed:
            client.needs(ApiScope.BULK)
        size, number = _page(criteria.get("pagination"), len(named.children))
        some = named.children[(number - 1) * size : number * size]
        if len(some) > room:
            raise Refused("rjct.search.too_many_records_found", f"{MOST} children in a message")
        asked = tuple(Asked(q, purpose, reference, **child) for child in some for q in Question)
        try:
            for first in asked[:: len(Question)]:
                check_asked(client, first)
        except UsageError as error:
            raise criteria_refused(error.what) from None
        return _Wanted(asked, (size, number), len(named.children), named.listed)

    def _data(self, wanted: _Wanted, answers: Iterator[Answer]) -> dict[str, Any]:
        size, number = wanted.page
        records = [self._record(answers) for _ in range(len(wanted.asked) // len(Question))]
        listed = {
            "@type": self._words.record_list_type,
            "records": [
                {"position": place, **record}
                for place, record in enumerate(records, (number - 1) * size + 1)
            ],
        }
        data = {
            "version": "1.0.0", "reg_type": self._words.reg_types[0],
            "reg_record_type": self._words.record_type,
            "reg_records": listed if wanted.listed else records[0],
        }  # fmt: skip
        page = {"page_size": size, "page_number": number, "total_count": wanted.total}
        return {"data": data, "pagination": page}

    def _record(self, answers: Iterator[Answer]) -> dict[str, Any]:
        record: dict[str, Any] = {"@type": self._words.record_type}
        for question in Question:
            answer = next(answers)
            record[question] = {
                "answer": answer.answer,
                "why": answer.why,
                "roll_as_of": answer.roll_as_of.isoformat() if answer.roll_as_of else None,
                "until": answer.until.isoformat() if answer.until else None,
            }
        return record


def _page(page: object, total: int) -> tuple[int, int]:
    """(size, number) of the page that is meant, of a list of so many children."""
    if page is None:
        return min(total, MOST), 1
    size = page.get("page_size") if isinstance(page, dict) else None
    number = page.get("page_number", 1) if isinstance(page, dict) else None
    if not _counts(size) or not _counts(number) or (number - 1) * min(size, MOST) >= total:
        raise Refused("rjct.pagination.invalid", "there is no such page")
    return min(size, total, MOST), number


def _counts(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**31
