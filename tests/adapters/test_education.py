"""The SOAP requests: built from the pinned contract, valid against it, and never from the network."""

import base64
from pathlib import Path

import pytest
from lxml import etree
from rigs import PERIOD, EducationRig

from adapters.education import adapter as education
from gateway.model.errors import PeerRefused, UsageError
from gateway.model.exchange import Action

BODY = "{http://www.w3.org/2003/05/soap-envelope}Body"
NS = {"e": education.NAMESPACE}


@pytest.fixture
def rig(tmp_path: Path) -> EducationRig:
    return EducationRig(tmp_path)


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(education.WSDL.parent / "student-record.xsd")))


def payload(document: bytes) -> etree._Element:
    body = etree.fromstring(document).find(BODY)
    assert body is not None
    (element,) = body
    return element


def talk(rig: EducationRig) -> dict[Action, etree._Element]:
    """One request of each kind."""
    rig.line.script += [rig.page(1)] * 4
    rig.adapter.collect("enrolment", PERIOD, rig.line)
    rig.adapter.ask([{"sfzjlxm": "1", "sfzjh": "x"}], rig.line, period=PERIOD)
    rig.adapter.deliver(b"\x00\xffdocument", rig.line, roll="enrolment", period=PERIOD)
    rig.adapter.probe(rig.line)
    return {call.action: payload(call.document) for call in rig.line.calls}


def test_every_request_fits_the_contract(rig: EducationRig, schema: etree.XMLSchema) -> None:
    requests = talk(rig)
    assert set(requests) == {Action.ROLL, Action.ASK, Action.DELIVER, Action.PROBE}
    for element in requests.values():
        schema.assertValid(etree.ElementTree(element))


def test_requests_go_to_the_service_with_their_action(rig: EducationRig) -> None:
    talk(rig)
    kinds = [content_type.partition('action="')[2] for _, _, content_type in rig.post.sent]
    base = education.NAMESPACE
    assert kinds == [f'{base}/{name}"' for name in ("GetRoll", "AskStatus", "Deliver", "Probe")]
    assert {path for path, _, _ in rig.post.sent} == {"/soap"}


def test_a_document_is_encoded_once(rig: EducationRig) -> None:
    element = talk(rig)[Action.DELIVER]
    text = element.findtext("e:document", namespaces=NS) or ""
    assert base64.b64decode(text, validate=True) == b"\x00\xffdocument"


def test_pages_follow_the_cursor(rig: EducationRig) -> None:
    rig.line.script += [
        rig.page(1, last=False, cursor="c2"), rig.page(2, last=False, cursor="c3"), rig.page(3),
    ]  # fmt: skip
    rig.adapter.collect("enrolment", PERIOD, rig.line)
    cursors = [
        payload(call.document).findtext("e:cursor", namespaces=NS) for call in rig.line.calls
    ]
    assert [c or "" for c in cursors] == ["", "c2", "c3"]
    assert rig.told == [(3, 6)] * 3


@pytest.mark.parametrize("count", [0, 2001])
def test_a_question_names_some_people_and_not_too_many(rig: EducationRig, count: int) -> None:
    with pytest.raises(UsageError):
        rig.adapter.ask([{"sfzjlxm": "1", "sfzjh": "x"}] * count, rig.line, period=PERIOD)
    assert rig.line.calls == []


@pytest.mark.parametrize("subject", [{"sfzjlxm": "1"}, {"sfzjlxm": "1", "certno": "secret"}])
def test_what_does_not_fit_the_contract_is_refused_without_being_shown(
    rig: EducationRig, subject: dict[str, str]
) -> None:
    with pytest.raises(UsageError) as refused:
        rig.adapter.ask([subject | {"sfzjlxm": "secret"}], rig.line, period=PERIOD)
    assert "secret" not in str(refused.value)
    assert rig.line.calls == []


def test_the_contract_is_read_from_its_own_folder_only(tmp_path: Path) -> None:
    elsewhere = tmp_path / "other.xsd"
    elsewhere.write_text("<x/>")
    transport = education._NoNetwork()
    for url in (str(elsewhere), f"file://{elsewhere}", "http://127.0.0.1:9/x.xsd"):
        with pytest.raises(PeerRefused):
            transport.load(url)
    assert transport.load(str(education.WSDL)).startswith(b"<?xml")
