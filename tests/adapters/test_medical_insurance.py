"""The JSON messages: in the health-insurance shape, valid against the local schema."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from rigs import PERIOD, MedicalInsuranceRig

from adapters.medical_insurance import adapter as insurance
from gateway.model.errors import PeerRefused, UsageError


@pytest.fixture
def rig(tmp_path: Path) -> MedicalInsuranceRig:
    return MedicalInsuranceRig(tmp_path)


def messages(rig: MedicalInsuranceRig) -> list[dict[str, Any]]:
    return [json.loads(call.document) for call in rig.line.calls]


def talk(rig: MedicalInsuranceRig) -> list[dict[str, Any]]:
    """One message of each kind."""
    rig.line.script += [rig.page(1)] * 4
    rig.adapter.collect("coverage", PERIOD, rig.line)
    rig.adapter.ask([{"psn_cert_type": "01", "certno": "x"}], rig.line, period=PERIOD)
    rig.adapter.deliver(b"\x00\xff", rig.line, roll="coverage", period=PERIOD)
    rig.adapter.probe(rig.line)
    return messages(rig)


def test_each_message_goes_to_its_path(rig: MedicalInsuranceRig) -> None:
    kinds = [message["infno"] for message in talk(rig)]
    assert kinds == ["CWG01", "CWG02", "CWG03", "CWG00"]
    assert [path for path, _, _ in rig.post.sent] == [
        "/fsi/api/roll", "/fsi/api/ask", "/fsi/api/deliver", "/fsi/api/probe",
    ]  # fmt: skip
    assert {content_type for _, _, content_type in rig.post.sent} == {"application/jose"}


def test_message_ids_are_of_the_form_and_differ(rig: MedicalInsuranceRig) -> None:
    ids = [message["msgid"] for message in talk(rig)]
    assert len(set(ids)) == 4
    assert all(len(i) == 30 and i.startswith("CWG00000000120261116010203") for i in ids)


def test_the_sequence_starts_again_after_four_digits(
    rig: MedicalInsuranceRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(insurance, "SEQUENCE", 3)
    ids = [message["msgid"][-4:] for message in talk(rig)]
    assert ids == ["0001", "0002", "0000", "0001"]


def test_a_document_is_encoded_once(rig: MedicalInsuranceRig) -> None:
    document = talk(rig)[2]["input"]["data"]["document"]
    assert base64.b64decode(document, validate=True) == b"\x00\xff"


def test_pages_follow_the_cursor(rig: MedicalInsuranceRig) -> None:
    rig.line.script += [rig.page(1, last=False, cursor="c2"), rig.page(2)]
    rig.adapter.collect("coverage", PERIOD, rig.line)
    data = [message["input"]["data"] for message in messages(rig)]
    assert [d["cursor"] for d in data] == ["", "c2"]
    assert {(d["period"], d["page_size"]) for d in data} == {(PERIOD, "1000")}
    assert rig.told == [(3, 6)] * 2


@pytest.mark.parametrize("infcode", ["-1", "", "1"])
def test_a_business_refusal_is_a_refusal(rig: MedicalInsuranceRig, infcode: str) -> None:
    rig.line.script.append(rig.page(1, infcode=infcode))
    with pytest.raises(PeerRefused):
        rig.adapter.collect("coverage", PERIOD, rig.line)
    assert rig.line.closed == []


@pytest.mark.parametrize(
    ("period", "subjects"),
    [
        ("2026-13", None),
        (PERIOD, []),
        (PERIOD, [{"psn_cert_type": "01"}]),
        (PERIOD, [{"psn_cert_type": "01", "certno": "secret", "name": "secret"}]),
        (PERIOD, [{"psn_cert_type": "01", "certno": "x"}] * 2001),
    ],
    ids=["no such month", "nobody", "field missing", "field too many", "too many people"],
)
def test_a_message_outside_the_schema_is_never_sent(
    rig: MedicalInsuranceRig, period: str, subjects: list[dict[str, str]] | None
) -> None:
    rig.line.script.append(rig.page(1))
    with pytest.raises(UsageError) as refused:
        if subjects is None:
            rig.adapter.collect("coverage", period, rig.line)
        else:
            rig.adapter.ask(subjects, rig.line, period=period)
    assert "secret" not in str(refused.value)
    assert rig.line.calls == []


def test_an_organisation_code_has_twelve_characters() -> None:
    with pytest.raises(UsageError):
        insurance.Settings(organisation="CWG1")
