"""What the education bureau answers over SOAP (docs/exchange-format.md, section 4)."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from lxml import etree

import sandbox
from sandbox.bureaus import soap, soap_open
from sandbox.bureaus import soap_names as n
from sandbox.bureaus.bent import SPARE
from sandbox.bureaus.contract import Exchange, Terms
from sandbox.bureaus.desk import MAX_SUBJECTS, PREPARING, READY, Desk, log
from sandbox.bureaus.errors import BusinessRefusal, Refused, SandboxError
from sandbox.bureaus.forging import sealed_wrongly
from sandbox.bureaus.pages import Page
from sandbox.bureaus.referrals import FIELDS as REPLY_FIELDS
from sandbox.bureaus.referrals import ROLL as REPLIES
from sandbox.bureaus.rolls import rows_of
from sandbox.bureaus.rows import NO_ROWS, Tree, grow
from sandbox.bureaus.web import Reply, Request

ROLL = "enrolment"
ACTION = {"GetRoll": "roll", "AskStatus": "ask", "Deliver": "deliver", "Probe": "probe"}
CONTRACT = Path(sandbox.__file__).parent.parent / "adapters" / "education" / "contract"
WSDL = "student-record.wsdl"
FIELDS = (
    *("xsJbxxId", "grbsm", "xm", "xbm", "csrq", "sfzjlxm", "sfzjh", "mzm", "xxdm", "xxmc"),
    *("xxsszgjyxzdm", "xslbm", "njdm", "xsdqztm", "ztrq", "xxjsrq", "rxny", "jdfsm", "sbjdm"),
    *("cjlxm", "sfge", "sfdbm", "sflsetm", "jhrxm", "jhrzjh", "xzz", "byny"),
)
FAULT = Reply(
    400,
    "application/soap+xml; charset=utf-8",
    (
        f'<soap:Envelope xmlns:soap="{n.SOAP}"><soap:Body><soap:Fault><soap:Code>'
        "<soap:Value>soap:Sender</soap:Value></soap:Code><soap:Reason>"
        '<soap:Text xml:lang="en">refused</soap:Text></soap:Reason></soap:Fault>'
        "</soap:Body></soap:Envelope>"
    ).encode(),
)
_SUBJECT = ("sfzjlxm", "sfzjh")
_ILLEGAL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]"


@dataclass(frozen=True, slots=True)
class Answer:
    """The children of an answer's payload, its tree, and the terms that it changes."""

    terms: Terms
    inner: str
    tree: Tree = NO_ROWS


@dataclass(frozen=True, slots=True)
class Education:
    """The HTTP application; everything that lasts is in its desk."""

    desk: Desk

    def __call__(self, request: Request) -> Reply:
        if request.method == "GET":
            return _contract_file(request)
        if request.path != "/soap":
            return Reply(404, "text/plain", b"not found\n")
        return self.desk.serve(lambda: self._serve(request.body), FAULT)

    def _serve(self, body: bytes) -> Reply:
        opened = soap_open.open_message(self.desk.ring, body)
        exchange, operation = opened.exchange, opened.operation
        if opened.payload.tag != f"{{{n.EDUCATION}}}{operation}" or operation not in ACTION:
            raise Refused("malformed", "envelope: wsa:Action and payload")
        self.desk.admit(exchange, ACTION[operation])
        sealed = self.desk.replies.answer(
            exchange.id, opened.signed_digest, lambda: self._seal(opened)
        )
        log(self.desk.ring.me.name, f"answered {operation} {exchange.id}")
        spoken = self.desk.spoken(exchange, sealed, _body)
        manner = self.desk.faults.manner(exchange.period, exchange.roll)
        return replace(FAULT, status=200, body=spoken, manner=manner)

    def _seal(self, opened: soap_open.OpenedSoap) -> bytes:
        answers: dict[str, Callable[[Exchange, etree._Element], Answer]] = {
            "GetRoll": self._roll,
            "AskStatus": self._ask,
            "Deliver": self._deliver,
            "Probe": self._probe,
        }
        try:
            answer = answers[opened.operation](opened.exchange, opened.payload)
        except BusinessRefusal as error:
            raise Refused("not_allowed", str(error)) from error
        name = f"{opened.operation}Response"
        route = soap.Route(n.ANONYMOUS, name, opened.exchange.id)
        payload = soap.Payload(name, answer.inner)
        return sealed_wrongly(
            self.desk.ring,
            answer.terms,
            self.desk.faults,
            lambda ring, terms: soap.seal(ring, terms, route, payload, answer.tree),
        )

    def _roll(self, request: Exchange, payload: etree._Element) -> Answer:
        terms = self.desk.terms(request)
        if _child(payload, "period") != request.period or request.roll not in (ROLL, REPLIES):
            raise Refused("malformed", "payload: period, or contract: roll")
        size = _child(payload, "pageSize")
        if not size.isdecimal():
            raise BusinessRefusal("pageSize must be a number")
        page = self._page((request.period, request.roll), _child(payload, "cursor"), int(size))
        if page is None:
            inner = _elements({"status": PREPARING, "total": "0", "nextCursor": ""})
            return Answer(replace(terms, last=False), inner)
        replies = request.roll == REPLIES
        rows = reply_texts(page.table) if replies else row_texts(page.table)
        tree = page.tree(leaves(rows, "reply" if replies else "xsjbxx"))
        terms = replace(terms, page=page.number, last=page.last, closing=page.closing())
        total = str(page.delivery.roll.stated_rows)
        head = _elements({"status": READY, "total": total, "nextCursor": page.cursor})
        return Answer(terms, head + "".join(rows), tree)

    def _page(self, scope: tuple[str, str], cursor: str, page_rows: int) -> Page | None:
        if cursor:
            return self.desk.deliveries.next(cursor, scope)
        roll = self.desk.roll_of(*scope)
        return self.desk.deliveries.first(roll, scope, page_rows) if roll else None

    def _ask(self, request: Exchange, payload: etree._Element) -> Answer:
        terms = self.desk.terms(request)
        subjects = [
            (_child(node, "sfzjlxm"), _child(node, "sfzjh"))
            for node in payload.iter(f"{{{n.EDUCATION}}}subject")
        ]
        if not 1 <= len(subjects) <= MAX_SUBJECTS:
            raise BusinessRefusal(f"1 to {MAX_SUBJECTS} subjects are required")
        roll = self.desk.rolls.find(request.period, ROLL)
        if roll is None:
            return Answer(replace(terms, last=False), _elements({"status": PREPARING}))
        rows = row_texts(rows_of(roll.table, _SUBJECT, subjects))
        return Answer(terms, _elements({"status": READY}) + "".join(rows), grow(leaves(rows)))

    def _deliver(self, request: Exchange, payload: etree._Element) -> Answer:
        try:
            document = base64.b64decode(_child(payload, "document"), validate=True)
        except ValueError as error:
            raise BusinessRefusal("document must be base64") from error
        self.desk.receive(request, document)
        return Answer(self.desk.terms(request), _elements({"status": READY}))

    def _probe(self, request: Exchange, _payload: etree._Element) -> Answer:
        return Answer(self.desk.terms(request), _elements({"status": READY}))


def _body(sealed: bytes) -> tuple[int, int]:
    """Where the encrypted content stands in an envelope."""
    return sealed.rindex(b"<xenc:CipherValue>"), len(sealed) - 100


def row_texts(table: pa.Table) -> list[str]:
    """Each row as its canonical element without the namespace; a null field is left out."""
    unknown = set(table.column_names) - {*FIELDS, SPARE}
    if unknown:
        raise SandboxError(f"enrolment has columns that the contract lacks: {sorted(unknown)}")
    cells = [_cell(table[name], name) for name in (*FIELDS, SPARE) if name in table.column_names]
    joined = pc.binary_join_element_wise(
        "<xsjbxx>", *cells, "</xsjbxx>", "", null_handling="replace", null_replacement=""
    )
    return [str(text) for text in joined.to_pylist()]


def reply_texts(table: pa.Table) -> list[str]:
    """Each reply as its canonical element without the namespace, every field there."""
    rows = table.select(REPLY_FIELDS).to_pylist()
    return [f"<reply>{_elements(row)}</reply>" for row in rows]


def leaves(rows: list[str], name: str = "xsjbxx") -> list[bytes]:
    """The rows as they are hashed: each the apex of its own canonical form."""
    start, skipped = f'<{name} xmlns="{n.EDUCATION}">'.encode(), len(f"<{name}>")
    return [start + row[skipped:].encode() for row in rows]


def _cell(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    """`<name>value</name>` per row, null where the value is; escaped as C14N does."""
    if pc.any(pc.match_substring_regex(column, rf"[&<>\r]|{_ILLEGAL}")).as_py():
        for plain, escaped in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#xD;")):
            column = pc.replace_substring(column, plain, escaped)
        column = pc.replace_substring_regex(column, _ILLEGAL, "\ufffd")
    return pc.binary_join_element_wise(f"<{name}>", column, f"</{name}>", "")


def _elements(values: dict[str, str]) -> str:
    return "".join(f"<{name}>{soap.escape(text)}</{name}>" for name, text in values.items())


def _child(parent: etree._Element, name: str) -> str:
    return parent.findtext(f"{{{n.EDUCATION}}}{name}") or ""


def _contract_file(request: Request) -> Reply:
    """The WSDL at `/soap?wsdl`, the schemas that it imports beside it."""
    name = WSDL if request.path == "/soap" else request.path.removeprefix("/")
    path = CONTRACT / name
    if "/" in name or path.suffix not in (".wsdl", ".xsd") or not path.is_file():
        return Reply(404, "text/plain", b"not found\n")
    return Reply(200, "text/xml; charset=utf-8", path.read_bytes())
