"""`/registry/sync/search`: what is asked, what is refused with which code, and the answer's envelope."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from gateway.access import ApiScope, Client, Purpose
from gateway.dci.envelope import Envelope, Reply
from gateway.dci.words import Words
from gateway.inquiry import Answer, Asked, check_asked
from gateway.model.answers import Question
from gateway.model.errors import NotAllowed, UsageError

SKEW = timedelta(minutes=5)
MOST = 200
_REFERENCE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:/-")


class Refused(Exception):
    """A status reason code of the standard, for the header or for one request."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(code)


class Answers(Protocol):
    """Inquiry, as far as the facade asks it."""

    def answer(self, asked: Sequence[tuple[Client, Asked]]) -> Sequence[Answer]: ...


UseOnce = Callable[[str, datetime], bool]
"""(a message's name, when it may be forgotten) → whether it is the first of that name, on any node."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One request that can be answered: its questions are asked together with the others'."""

    reference: str
    asked: tuple[Asked, ...]


class Facade:
    """Answers of a site whose party's name is `party`. `clock` gives aware times."""

    def __init__(
        self, party: str, words: Words, answers: Answers, once: UseOnce,
        clock: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self._party = party
        self._words = words
        self._answers = answers
        self._once = once
        self._clock = clock

    def search(self, client: Client, envelope: Envelope) -> Reply:
        """Answer a search of a client whose signature was verified.

        Raises NotAllowed for a client without the scope; whatever the standard has a code for is
        answered with it.
        """
        client.needs(ApiScope.CHECK)
        header = envelope.header
        try:
            self._check_header(client, header, "search")
            requests = _requests(envelope.message, header)
            if len(requests) > 1:
                client.needs(ApiScope.BULK)
        except Refused as why:
            return Reply(self._header(header, "on-search", 0, why), None)
        items = self._items(client, requests)
        done = sum(item["status"] == "succ" for item in items)
        message = {
            "transaction_id": envelope.message["transaction_id"],
            "correlation_id": uuid.uuid4().hex,
            "search_response": items,
        }
        return Reply(self._header(header, "on-search", len(requests), None, done), message)

    def _items(self, client: Client, requests: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        made: list[_Wanted | Refused] = []
        seen: set[str] = set()
        for one in requests:
            try:
                made.append(self._wanted(client, one, seen))
            except Refused as why:
                made.append(why)
        asked = [(client, a) for w in made if isinstance(w, _Wanted) for a in w.asked]
        answers = iter(self._answers.answer(asked) if asked else ())
        items = []
        for one, wanted in zip(requests, made, strict=True):
            item: dict[str, Any] = {
                "reference_id": str(one.get("reference_id", "")), "timestamp": self._now(),
            }  # fmt: skip
            if isinstance(wanted, Refused):
                reason = {
                    "status_reason_code": wanted.code,
                    "status_reason_message": wanted.message,
                }
                items.append(item | {"status": "rjct"} | reason)
            else:
                items.append(
                    item | {"status": "succ"} | self._data([next(answers) for _ in Question])
                )
        return items

    def _wanted(self, client: Client, one: Mapping[str, Any], seen: set[str]) -> _Wanted:
        reference = one.get("reference_id")
        if not isinstance(reference, str) or not 0 < len(reference) <= 64:
            raise Refused("rjct.reference_id.invalid", "1 to 64 characters")
        if not set(reference) <= _REFERENCE or _is_number(reference):
            raise Refused("rjct.reference_id.invalid", "letters, digits and ._:/-, no number")
        if reference in seen:
            raise Refused("rjct.reference_id.duplicate", "twice in one message")
        seen.add(reference)
        if _time(one.get("timestamp")) is None:
            raise Refused("rjct.timestamp.invalid", "ISO 8601 with an offset")
        criteria = one.get("search_criteria")
        if not isinstance(criteria, dict):
            raise _criteria("search_criteria is an object")
        _check_page(criteria.get("pagination"))
        if criteria.get("sort"):
            raise Refused("rjct.sort.invalid", "there is one record at most")
        if criteria.get("reg_type", self._words.reg_types[0]) not in self._words.reg_types:
            raise _criteria("another registry type")
        purpose = self._purpose(client, criteria)
        named = self._query(criteria.get("query_type"), criteria.get("query"))
        asked = tuple(Asked(question, purpose, reference, **named) for question in Question)
        try:
            check_asked(client, asked[0])
        except UsageError as error:
            raise _criteria(error.what) from None
        return _Wanted(reference, asked)

    def _purpose(self, client: Client, criteria: Mapping[str, Any]) -> Purpose:
        for name in ("authorize", "consent"):
            given = criteria.get(name)
            purpose = given.get("purpose") if isinstance(given, dict) else None
            code = purpose.get("code") if isinstance(purpose, dict) else None
            found = self._words.purposes.get(code) if isinstance(code, str) else None
            if found is not None:
                try:
                    return client.for_purpose(found)
                except NotAllowed as error:
                    raise _criteria(error.what) from None
        raise _criteria("a registered purpose is needed in authorize or consent")

    def _query(self, kind: object, query: object) -> dict[str, Any]:
        if kind == "idtype-value" and isinstance(query, dict):
            known = query.get("type") in self._words.identifier_types
            value = query.get("value")
            if known and isinstance(value, str) and 0 < len(value) <= 64:
                return {"number": value}
        if kind == "predicate" and isinstance(query, list):
            return self._predicates(query)
        raise _criteria("idtype-value, or a predicate of the attributes that are named")

    def _predicates(self, query: Sequence[object]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for step in query[:4]:
            if not isinstance(step, dict) or step.get("condition", "and") != "and":
                raise _criteria("predicates are joined by and")
            for name in ("expression1", "expression2"):
                if name in step:
                    found |= self._predicate(step[name])
        if set(found) != {"name", "born", "guardian"}:
            raise _criteria("a child is named by all of " + ", ".join(self._words.attributes))
        return found

    def _predicate(self, said: object) -> dict[str, Any]:
        if not isinstance(said, dict) or said.get("operator") != "eq":
            raise _criteria("attributes are compared by eq")
        ours = self._words.attributes.get(str(said.get("attribute_name")))
        value = said.get("attribute_value")
        if ours is None or not isinstance(value, str) or not 0 < len(value) <= 64:
            raise _criteria("that attribute is not queried")
        if ours != "born":
            return {ours: value}
        try:
            return {"born": date.fromisoformat(value[:10])}
        except ValueError:
            raise _criteria("birthdate is YYYY-MM-DD") from None

    def _data(self, answers: Sequence[Answer]) -> dict[str, Any]:
        record: dict[str, Any] = {"@type": self._words.record_type}
        for question, answer in zip(Question, answers, strict=True):
            record[question] = {
                "answer": answer.answer,
                "why": answer.why,
                "roll_as_of": answer.roll_as_of.isoformat() if answer.roll_as_of else None,
                "until": answer.until.isoformat() if answer.until else None,
            }
        data = {
            "version": "1.0.0", "reg_type": self._words.reg_types[0],
            "reg_record_type": self._words.record_type, "reg_records": record,
        }  # fmt: skip
        return {"data": data, "pagination": {"page_size": 1, "page_number": 1, "total_count": 1}}

    def _check_header(self, client: Client, header: Mapping[str, Any], action: str) -> None:
        if header.get("version", "1.0.0") != "1.0.0":
            raise Refused("rjct.version.invalid", "1.0.0")
        if header.get("action") != action:
            raise Refused("rjct.action.invalid", action)
        sent, now = _time(header.get("message_ts")), self._clock()
        if sent is None or abs(sent - now) > SKEW:
            raise Refused("rjct.message_ts.invalid", "within five minutes of our clock")
        if header.get("is_msg_encrypted", False) is not False:
            raise Refused("rjct.action.not_supported", "encrypted messages are not taken here")
        name = header.get("message_id")
        if not isinstance(name, str) or not 0 < len(name) <= 99:
            raise Refused("rjct.message_id.duplicate", "1 to 99 characters, never the same twice")
        if not self._once(f"dci|{client.client_id}|{name}", now + 3 * SKEW):
            raise Refused("rjct.message_id.duplicate", "it came before")

    def _header(
        self, asked: Mapping[str, Any], action: str, total: int, why: Refused | None, done: int = 0
    ) -> dict[str, Any]:
        made: dict[str, Any] = {
            "version": "1.0.0", "message_id": uuid.uuid4().hex, "message_ts": self._now(),
            "action": action, "status": "rjct" if why else "succ", "total_count": total,
            "completed_count": done, "sender_id": self._party,
            "receiver_id": str(asked.get("sender_id", "")), "is_msg_encrypted": False,
        }  # fmt: skip
        if why is not None:
            made |= {"status_reason_code": why.code, "status_reason_message": why.message}
        return made

    def _now(self) -> str:
        return self._clock().isoformat(timespec="seconds")


def _requests(message: Mapping[str, Any], header: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    found, transaction = message.get("search_request"), message.get("transaction_id")
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise UsageError("search_request is a list of requests")
    if not isinstance(transaction, str) or len(transaction) > 99:
        raise UsageError("transaction_id is a text of at most 99 characters")
    if header.get("total_count") != len(found):
        raise Refused("rjct.total_count.invalid", "total_count counts the requests")
    if not 0 < len(found) <= MOST:
        raise Refused("rjct.total_count.limit_exceeded", f"1 to {MOST} requests")
    return found


def _check_page(page: object) -> None:
    if page is None:
        return
    size = page.get("page_size") if isinstance(page, dict) else None
    number = page.get("page_number", 1) if isinstance(page, dict) else None
    if not isinstance(size, int) or size < 1 or number != 1:
        raise Refused("rjct.pagination.invalid", "there is one page")


def _time(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _criteria(message: str) -> Refused:
    return Refused("rjct.search_criteria.invalid", message)


def _is_number(text: str) -> bool:
    return len(text) in (15, 18) and text[:-1].isdigit()
