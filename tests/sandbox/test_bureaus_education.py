"""The four SOAP operations, without a network."""

import base64
from pathlib import Path

import pytest
from bureaus_support import (
    ODD_NAME,
    PERIOD,
    Keys,
    education_request,
    get_roll,
    refused,
    small_roll,
)
from lxml import etree

from sandbox.bureaus import education, soap_open
from sandbox.bureaus import soap_names as n
from sandbox.bureaus.desk import Desk
from sandbox.bureaus.education import Education
from sandbox.bureaus.errors import SandboxError
from sandbox.bureaus.faults import Faults
from sandbox.bureaus.rolls import RollStore
from sandbox.bureaus.rows import grow
from sandbox.bureaus.web import Reply, Request

SUBJECT = "<subject><sfzjlxm>1</sfzjlxm><sfzjh>{}</sfzjh></subject>"
SUBJECT_LEAF = f'<subject xmlns="{n.EDUCATION}">{SUBJECT[len("<subject>") :]}'


@pytest.fixture
def bureau(bureau_keys: Keys, small_city: Path, tmp_path: Path) -> Education:
    faults = Faults(tmp_path)
    store = RollStore(small_city, tmp_path, faults)
    return Education(Desk(tmp_path, "enrolment", bureau_keys.education, store, faults))


def call(bureau: Education, body: bytes) -> Reply:
    return bureau(Request("POST", "/soap", "", body))


def answered(keys: Keys, reply: Reply) -> soap_open.OpenedSoap:
    assert reply.status == 200
    assert reply.content_type.startswith("application/soap+xml")
    opened = soap_open.open_message(keys.gateway_rsa, reply.body)
    schema = etree.XMLSchema(etree.parse(education.CONTRACT / "student-record.xsd"))
    schema.assertValid(opened.payload)
    return opened


def text(opened: soap_open.OpenedSoap, name: str) -> str | None:
    return opened.payload.findtext(f"{{{n.EDUCATION}}}{name}")


def test_all_pages(bureau: Education, bureau_keys: Keys) -> None:
    cursor, pages, names = "", [], []
    while True:
        body = education_request(bureau_keys.gateway_rsa, "GetRoll", get_roll(cursor, 10))
        opened = answered(bureau_keys, call(bureau, body))
        pages.append(opened.exchange)
        names += [row.findtext(f"{{{n.EDUCATION}}}xm") for row in opened.payload[3:]]
        cursor = text(opened, "nextCursor") or ""
        if not cursor:
            break
    assert text(opened, "total") == "25"
    assert [page.row_count for page in pages] == [10, 10, 5]
    assert [page.page for page in pages] == [1, 2, 3]
    assert [page.last for page in pages] == [False, False, True]
    closing = pages[-1].closing
    assert closing is not None
    assert closing.rows == len(names) == 25
    assert names == [ODD_NAME] * 25


def test_ask(bureau: Education, bureau_keys: Keys) -> None:
    inner = SUBJECT.format("number-7") + SUBJECT.format("unknown")
    tree = grow([SUBJECT_LEAF.format(name).encode() for name in ("number-7", "unknown")])
    body = education_request(bureau_keys.gateway_rsa, "AskStatus", inner, tree=tree)
    opened = answered(bureau_keys, call(bureau, body))
    assert opened.exchange.row_count == 1
    assert opened.payload[1].findtext(f"{{{n.EDUCATION}}}sfzjh") == "number-7"


def test_deliver_and_probe(bureau: Education, bureau_keys: Keys) -> None:
    document = base64.b64encode(b"letter").decode()
    for operation, inner in (("Deliver", f"<document>{document}</document>"), ("Probe", "")):
        body = education_request(bureau_keys.gateway_rsa, operation, inner)
        opened = answered(bureau_keys, call(bureau, body))
        assert text(opened, "status") == "ready"
        assert opened.operation == f"{operation}Response"
    (kept,) = (bureau.desk.folder / "received").glob("*.bin")
    assert kept.read_bytes() == b"letter"


def test_preparing(bureau: Education, bureau_keys: Keys) -> None:
    (bureau.desk.folder / "faults.json").write_text('["late"]', "utf-8")
    body = education_request(bureau_keys.gateway_rsa, "GetRoll", get_roll())
    opened = answered(bureau_keys, call(bureau, body))
    assert text(opened, "status") == "preparing"
    assert (opened.exchange.last, opened.exchange.closing) == (False, None)


def test_altered_answers_are_refused_by_the_reader(bureau: Education, bureau_keys: Keys) -> None:
    (bureau.desk.folder / "faults.json").write_text('["altered"]', "utf-8")
    body = education_request(bureau_keys.gateway_rsa, "GetRoll", get_roll())
    reply = call(bureau, body)
    with refused("altered"):
        soap_open.open_message(bureau_keys.gateway_rsa, reply.body)
    (bureau.desk.folder / "faults.json").write_text("[]", "utf-8")
    answered(bureau_keys, call(bureau, body))


@pytest.mark.parametrize(
    ("operation", "inner", "more"),
    [
        ("GetRoll", get_roll(period="2026-10"), {}),
        ("GetRoll", get_roll(size=0), {}),
        ("GetRoll", get_roll(cursor="no.1"), {}),
        ("GetRoll", "", {}),
        ("GetRoll", get_roll(), {"roll": ""}),
        ("AskStatus", "", {}),
        ("Deliver", "<document>***</document>", {}),
    ],
)
def test_refusals_are_one_generic_fault(
    bureau: Education, bureau_keys: Keys, operation: str, inner: str, more: dict[str, str]
) -> None:
    if "roll" in more:
        route = education.soap.Route("http://127.0.0.1/soap", operation)
        terms = education.Terms("gateway", "education", "roll", "education", "", PERIOD)
        payload = education.soap.Payload(operation, inner)
        body = education.soap.seal(bureau_keys.gateway_rsa, terms, route, payload)
    else:
        body = education_request(bureau_keys.gateway_rsa, operation, inner)
    assert call(bureau, body) == education.FAULT


@pytest.mark.parametrize("body", [b"", b"<x/>", b"\xff\xfe"])
def test_nonsense_is_one_generic_fault(bureau: Education, body: bytes) -> None:
    assert call(bureau, body) == education.FAULT


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/soap", 200),
        ("/student-record.xsd", 200),
        ("/exchange.xsd", 200),
        ("/../exchange.xsd", 404),
        ("/other.xsd", 404),
        ("/", 404),
    ],
)
def test_contract_files(bureau: Education, path: str, status: int) -> None:
    assert bureau(Request("GET", path, "wsdl", b"")).status == status


def test_unknown_columns_are_not_dropped_silently() -> None:
    with pytest.raises(SandboxError, match="columns that the contract lacks"):
        education.row_texts(small_roll(("xm", "extra"), 1))
