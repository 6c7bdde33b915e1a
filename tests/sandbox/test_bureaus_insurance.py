"""CWG00..03 against the JSON Schemas of the bureau's contract, without a network."""

import base64
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from bureaus_support import (
    INSURANCE_COLUMNS,
    PERIOD,
    Keys,
    insurance_content,
    insurance_request,
)

from sandbox.bureaus import education, messages
from sandbox.bureaus.desk import Desk
from sandbox.bureaus.faults import Faults
from sandbox.bureaus.insurance import INFNO, PREFIX, Insurance
from sandbox.bureaus.rolls import RollStore
from sandbox.bureaus.web import Reply, Request

SCHEMA = education.CONTRACT.parents[1] / "medical_insurance" / "contract" / "messages.schema.json"
DATA: dict[str, Any] = {
    "probe": None,
    "roll": {"period": PERIOD, "cursor": "", "page_size": "20"},
    "ask": [{"psn_cert_type": "01", "certno": "number-2"}],
    "deliver": {"document": base64.b64encode(b"letter").decode()},
}


def check(name: str, value: object) -> None:
    document = json.loads(SCHEMA.read_text("utf-8"))
    validator = jsonschema.Draft202012Validator(document)
    validator.evolve(schema={"$ref": f"#/$defs/{name}", "$defs": document["$defs"]}).validate(value)


@pytest.fixture
def bureau(bureau_keys: Keys, small_city: Path, tmp_path: Path) -> Insurance:
    faults = Faults(tmp_path)
    store = RollStore(small_city, tmp_path, faults)
    return Insurance(Desk(tmp_path, "coverage", bureau_keys.insurance, store, faults))


def call(bureau: Insurance, body: bytes, action: str) -> Reply:
    return bureau(Request("POST", PREFIX + action, "", body))


def answered(keys: Keys, reply: Reply) -> tuple[messages.Opened, dict[str, Any]]:
    assert reply.status == 200
    opened = messages.open_message(keys.gateway, reply.body)
    return opened, json.loads(opened.content)


@pytest.mark.parametrize("action", sorted(DATA))
def test_schemas(bureau: Insurance, bureau_keys: Keys, action: str) -> None:
    check(f"{INFNO[action]}.request", json.loads(insurance_content(action, DATA[action])))
    body = insurance_request(bureau_keys.gateway, action, DATA[action])
    opened, content = answered(bureau_keys, call(bureau, body, action))
    check(f"{INFNO[action]}.answer", content)
    assert opened.exchange.action == f"{action}.answer"
    assert content["infcode"] == "0"


def test_schema_lists_the_rolls_fields() -> None:
    document = json.loads(SCHEMA.read_text("utf-8"))
    assert list(document["$defs"]["psninsuinfo"]["properties"]) == INSURANCE_COLUMNS


def test_all_pages(bureau: Insurance, bureau_keys: Keys) -> None:
    cursor, rows, pages = "", [], []
    while True:
        data = DATA["roll"] | {"cursor": cursor}
        body = insurance_request(bureau_keys.gateway, "roll", data)
        opened, content = answered(bureau_keys, call(bureau, body, "roll"))
        pages.append(opened.exchange)
        rows += content["output"]["psninsuinfo"]
        cursor = content["output"]["cursor"]
        if not cursor:
            break
    assert [page.row_count for page in pages] == [20, 10]
    assert [page.last for page in pages] == [False, True]
    assert pages[-1].closing is not None
    assert pages[-1].closing.rows == len(rows) == 30
    assert rows[0]["paus_insu_date"] is None


def test_ask_answers_every_row_of_a_subject(bureau: Insurance, bureau_keys: Keys) -> None:
    body = insurance_request(bureau_keys.gateway, "ask", DATA["ask"])
    opened, content = answered(bureau_keys, call(bureau, body, "ask"))
    assert [row["certno"] for row in content["output"]["psninsuinfo"]] == ["number-2"] * 2
    assert opened.exchange.closing is None


def test_delivered_is_kept_once(bureau: Insurance, bureau_keys: Keys) -> None:
    body = insurance_request(bureau_keys.gateway, "deliver", DATA["deliver"])
    first, second = (call(bureau, body, "deliver") for _ in range(2))
    assert first.body == second.body
    kept = sorted(path.suffix for path in (bureau.desk.folder / "received").iterdir())
    assert kept == [".bin", ".json"]
    (document,) = (bureau.desk.folder / "received").glob("*.bin")
    assert document.read_bytes() == b"letter"


@pytest.mark.parametrize(
    ("action", "data", "message"),
    [
        ("roll", {"period": PERIOD, "cursor": "no.1", "page_size": "5"}, "cursor not known"),
        ("roll", {"period": PERIOD, "cursor": "", "page_size": 5}, "page_size"),
        ("roll", {"period": PERIOD, "cursor": "", "page_size": "0"}, "page size"),
        ("roll", {"period": PERIOD}, "required"),
        ("ask", [], "subjects"),
        ("deliver", {"document": "***"}, "base64"),
    ],
)
def test_business_refusals_are_sealed(
    bureau: Insurance, bureau_keys: Keys, action: str, data: Any, message: str
) -> None:
    body = insurance_request(bureau_keys.gateway, action, data)
    opened, content = answered(bureau_keys, call(bureau, body, action))
    assert content["infcode"] == "-1"
    assert message in content["err_msg"]
    check(f"{INFNO[action]}.answer", content)
    assert opened.exchange.row_count == 0


@pytest.mark.parametrize(
    ("action", "changes"),
    [
        ("roll", {"roll": "registry"}),
        ("roll", {"source": "education"}),
        ("roll", {"period": "2026-10"}),
        ("roll", {"action": "ask"}),
        ("ask", {"period": ""}),
        ("probe", {"created": "2020-01-01T00:00:00Z"}),
    ],
)
def test_refusals_are_generic(
    bureau: Insurance, bureau_keys: Keys, action: str, changes: dict[str, str]
) -> None:
    def sealed() -> bytes:
        body = messages.open_message(
            bureau_keys.insurance, insurance_request(bureau_keys.gateway, action, DATA[action])
        )
        values = body.exchange.as_json() | changes
        payload = json.dumps({"exchange": values, "content": body.content.decode()}).encode()
        token = messages.sign(bureau_keys.gateway, payload, "cwg")
        return messages.encrypt(bureau_keys.insurance.me, token, "cwg")

    reply = call(bureau, sealed(), action)
    assert (reply.status, reply.body) == (400, b'{"error":"refused"}\n')


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/fsi/api/roll", 404),
        ("POST", "/fsi/api/", 404),
        ("POST", "/fsi/api/other", 404),
        ("POST", "/roll", 404),
        ("POST", "roll", 404),
        ("POST", "/fsi/api/roll", 400),
    ],
)
def test_paths(bureau: Insurance, method: str, path: str, status: int) -> None:
    assert bureau(Request(method, path, "", b"x")).status == status


def test_preparing(bureau: Insurance, bureau_keys: Keys) -> None:
    (bureau.desk.folder / "faults.json").write_text('["late"]', "utf-8")
    for action in ("roll", "ask"):
        body = insurance_request(bureau_keys.gateway, action, DATA[action])
        opened, content = answered(bureau_keys, call(bureau, body, action))
        check(f"{INFNO[action]}.answer", content)
        assert content["output"]["status"] == "preparing"
        assert not opened.exchange.last
        assert opened.exchange.closing is None
