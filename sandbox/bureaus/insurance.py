"""What the medical insurance bureau answers: CWG00 to CWG03 (docs/exchange-format.md, section 3)."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Any

import orjson
import pyarrow as pa

from sandbox.bureaus import messages
from sandbox.bureaus.contract import Exchange, Terms
from sandbox.bureaus.desk import MAX_SUBJECTS, PREPARING, READY, Desk, log
from sandbox.bureaus.errors import BusinessRefusal, Refused
from sandbox.bureaus.forging import sealed_wrongly
from sandbox.bureaus.pages import Page
from sandbox.bureaus.referrals import ROLL as REPLIES
from sandbox.bureaus.rolls import rows_of
from sandbox.bureaus.rows import NO_ROWS, Tree, grow
from sandbox.bureaus.web import Reply, Request

ROLL = "coverage"
PREFIX = "/fsi/api/"
INFNO = {"probe": "CWG00", "roll": "CWG01", "ask": "CWG02", "deliver": "CWG03"}
REFUSED = Reply(400, "application/json", b'{"error":"refused"}\n')
_SUBJECT = ("psn_cert_type", "certno")
_CHINA = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Answer:
    """The `output` of an answer, its rows as signed, and the terms that they change."""

    terms: Terms
    output: Mapping[str, Any]
    rows: list[bytes] | None = None
    tree: Tree = NO_ROWS
    error: str = ""
    rows_at: str = "psninsuinfo"


@dataclass(frozen=True, slots=True)
class Insurance:
    """The HTTP application; everything that lasts is in its desk."""

    desk: Desk

    def __call__(self, request: Request) -> Reply:
        action = request.path.removeprefix(PREFIX)
        if request.method != "POST" or request.path != PREFIX + action or action not in INFNO:
            return Reply(404, "text/plain", b"not found\n")
        return self.desk.serve(lambda: self._serve(action, request.body), REFUSED)

    def _serve(self, action: str, body: bytes) -> Reply:
        opened = messages.open_message(self.desk.ring, body)
        exchange = opened.exchange
        self.desk.admit(exchange, action)
        content = messages.json_object(opened.content)
        sealed = self.desk.replies.answer(
            exchange.id, opened.signed_digest, lambda: self._seal(exchange, content)
        )
        log(self.desk.ring.me.name, f"answered {action} {exchange.id}")
        spoken = self.desk.spoken(exchange, sealed, _body)
        manner = self.desk.faults.manner(exchange.period, exchange.roll)
        return Reply(200, "application/jose", spoken, manner)

    def _seal(self, request: Exchange, content: dict[str, Any]) -> bytes:
        action, msgid = request.action, content.get("msgid")
        if content.get("infno") != INFNO[action] or not isinstance(msgid, str) or len(msgid) != 30:
            raise Refused("malformed", "content: infno or msgid")
        try:
            answer = self._answer(request, content.get("input"))
        except BusinessRefusal as error:
            answer = Answer(self.desk.terms(request), {}, error=str(error))
        output = dict(answer.output)
        if answer.rows is not None:
            output[answer.rows_at] = orjson.Fragment(b"[" + b",".join(answer.rows) + b"]")
        text = orjson.dumps(
            {
                "infcode": "-1" if answer.error else "0",
                "inf_refmsgid": msgid,
                "respond_time": datetime.now(_CHINA).strftime("%Y%m%d%H%M%S%f")[:17],
                "err_msg": answer.error,
                "output": output,
            }
        )
        return sealed_wrongly(
            self.desk.ring,
            answer.terms,
            self.desk.faults,
            lambda ring, terms: messages.seal(ring, terms, text, answer.tree),
        )

    def _answer(self, request: Exchange, given: object) -> Answer:
        data = given.get("data") if isinstance(given, dict) else None
        terms = self.desk.terms(request)
        if request.action == "probe":
            return Answer(terms, {"status": READY})
        if request.action == "deliver":
            self.desk.receive(request, _document(data))
            return Answer(terms, {"status": READY})
        if request.action == "ask":
            return self._ask(request, data)
        return self._roll(request, data)

    def _roll(self, request: Exchange, data: object) -> Answer:
        terms = self.desk.terms(request)
        period, cursor, page_rows = _roll_request(data)
        if period != request.period or request.roll not in (ROLL, REPLIES):
            raise Refused("malformed", "content: period, or contract: roll")
        scope = (period, request.roll)
        rows_at = REPLIES if request.roll == REPLIES else "psninsuinfo"
        page = self._page(scope, cursor, page_rows)
        if page is None:
            output: dict[str, Any] = {
                "total": "0",
                "cursor": "",
                "status": PREPARING,
                "psninsuinfo": [],
            }
            return Answer(replace(terms, last=False), output)
        rows = row_texts(page.table)
        tree = page.tree(rows)
        terms = replace(terms, page=page.number, last=page.last, closing=page.closing())
        total = str(page.delivery.roll.stated_rows)
        output = {"total": total, "cursor": page.cursor, "status": READY}
        if rows_at != "psninsuinfo":
            output["psninsuinfo"] = []
        return Answer(terms, output, rows, tree, rows_at=rows_at)

    def _page(self, scope: tuple[str, str], cursor: str, page_rows: int) -> Page | None:
        if cursor:
            return self.desk.deliveries.next(cursor, scope)
        roll = self.desk.roll_of(*scope)
        return self.desk.deliveries.first(roll, scope, page_rows) if roll else None

    def _ask(self, request: Exchange, data: object) -> Answer:
        terms = self.desk.terms(request)
        subjects = _subjects(data)
        roll = self.desk.rolls.find(request.period, ROLL)
        if roll is None:
            return Answer(replace(terms, last=False), {"status": PREPARING, "psninsuinfo": []})
        rows = row_texts(rows_of(roll.table, _SUBJECT, subjects))
        return Answer(terms, {"status": READY}, rows, grow(rows))


def _body(sealed: bytes) -> tuple[int, int]:
    """Where the encrypted content stands in a compact form."""
    end = sealed.rindex(b".")
    return end // 2, end


def row_texts(table: pa.Table) -> list[bytes]:
    """Each row as the JSON object that is sent and hashed."""
    names = sorted(table.column_names)
    columns = [table[name].to_pylist() for name in names]
    return [
        messages.canonical(dict(zip(names, row, strict=True))) for row in zip(*columns, strict=True)
    ]


def _roll_request(data: object) -> tuple[str, str, int]:
    values = data if isinstance(data, dict) else {}
    period, cursor, size = (values.get(name) for name in ("period", "cursor", "page_size"))
    if not isinstance(period, str) or not isinstance(cursor, str):
        raise BusinessRefusal("period and cursor are required")
    if not isinstance(size, str) or not size.isdecimal():
        raise BusinessRefusal("page_size must be a number in text")
    return period, cursor, int(size)


def _subjects(data: object) -> list[tuple[str, str]]:
    if not isinstance(data, list) or not 1 <= len(data) <= MAX_SUBJECTS:
        raise BusinessRefusal(f"1 to {MAX_SUBJECTS} subjects are required")
    try:
        return [(str(one["psn_cert_type"]), str(one["certno"])) for one in data]
    except (KeyError, TypeError) as error:
        raise BusinessRefusal("a subject has psn_cert_type and certno") from error


def _document(data: object) -> bytes:
    text = data.get("document") if isinstance(data, dict) else None
    try:
        return base64.b64decode(str(text), validate=True)
    except ValueError as error:
        raise BusinessRefusal("document must be base64") from error
