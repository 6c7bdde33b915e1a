"""The DCI registry interface against its published document, both ways: requests as a client of the
standard writes them, and every answer of ours."""

import base64
import hashlib
import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
import yaml
from api_kit import ANSWERS, BORN, bearer, seed_answers
from client_kit import KEY, client_row
from joserfc import jws
from joserfc.jwk import ECKey
from online_fixtures import app_of
from online_seed import make_store, number
from online_server import serving

from gateway.access import ApiScope
from gateway.dci import detached, load_words
from gateway.wiring_api import Dci

ROOT = Path(__file__).parents[2]
FILE = ROOT / "tests" / "vectors" / "dci" / "registry_core_api_v1.0.0.yaml"
DOCUMENT: dict[str, Any] = yaml.load(FILE.read_bytes(), yaml.CSafeLoader)
ROUTE = DOCUMENT["paths"]["/registry/sync/search"]["post"]
PATH = "/dci/v1.0.0/registry/sync/search"
OURS = ECKey.generate_key("P-256")
STRANGER = ECKey.generate_key("P-256")
FORMATS = jsonschema.FormatChecker()


def conforms(value: object, schema: dict[str, Any]) -> None:
    """Raises when a value is not as the published document has it."""
    whole = {**schema, "components": DOCUMENT["components"]}
    jsonschema.Draft4Validator(whole, format_checker=FORMATS).validate(value)


def asked_schema() -> dict[str, Any]:
    found: dict[str, Any] = ROUTE["requestBody"]["content"]["application/json"]["schema"]
    return found


def answer_schema(status: int) -> dict[str, Any]:
    found = ROUTE["responses"].get(str(status), ROUTE["responses"]["default"])
    if "$ref" in found:
        found = DOCUMENT["components"]["responses"][found["$ref"].rpartition("/")[2]]
    schema: dict[str, Any] = found["content"]["application/json"]["schema"]
    return schema


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    words = load_words(ROOT / "mappings" / "dci" / "children.v1.yaml")
    dci = Dci(
        "/dci/v1.0.0", words, lambda payload: jws.serialize_compact({"alg": "ES256"}, payload, OURS)
    )
    few = {"scopes": (str(ApiScope.CHECK),)}
    with make_store(tmp_path_factory.mktemp("dci")) as store:
        seed_answers(store)
        store.clients.put(client_row())
        store.clients.put(client_row("county", divisions=("419901",), **few))
        store.clients.put(client_row("findings", scopes=(str(ApiScope.FINDINGS),)))
        with serving(app_of(store, dci=dci)) as served:
            tokens = {name: bearer(served, name) for name in ("cases", "county", "findings")}
            served.tokens = tokens  # type: ignore[attr-defined]
            yield served


def criteria(**changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "version": "1.0.0", "reg_type": "ns:cwg:RegistryType:ChildWelfare",
        "query_type": "idtype-value", "query": {"type": "UIN", "value": number(1)},
        "authorize": {"ts": now(), "purpose": {"code": "casework", "text": "个案办理"}},
    }  # fmt: skip
    return {name: value for name, value in (given | changes).items() if value is not None}


def one(reference: str = "R-1", **changes: Any) -> dict[str, Any]:
    return {"reference_id": reference, "timestamp": now(), "search_criteria": criteria(**changes)}


def now(**ago: float) -> str:
    return (datetime.now(UTC) - timedelta(**ago)).isoformat(timespec="seconds")


def signed(requests: list[Any], key: ECKey = KEY, client: str = "cases", **header: Any) -> bytes:
    """A message as a client sends it: its own spacing and order, signed as the bytes stand."""
    head: dict[str, Any] = {
        "version": "1.0.0", "message_id": uuid.uuid4().hex, "message_ts": now(), "action": "search",
        "sender_id": client, "receiver_id": "gateway", "total_count": len(requests),
        "is_msg_encrypted": False,
    }  # fmt: skip
    message = {"transaction_id": "T-1", "search_request": requests}
    parts = [json.dumps(head | header, indent=1), json.dumps(message, ensure_ascii=False)]
    conforms({"signature": "x", "header": head, "message": message}, asked_schema())
    token = jws.serialize_compact({"alg": "ES256"}, "".join(parts).encode(), key)
    return (
        f'{{ "signature" : "{detached(token)}" ,\n "header":{parts[0]}, "message" : {parts[1]} }}'
    ).encode()


def send(http: httpx.Client, body: bytes, client: str = "cases") -> httpx.Response:
    answer = http.post(PATH, content=body, headers=http.tokens[client])  # type: ignore[attr-defined]
    conforms(answer.json(), answer_schema(answer.status_code))
    return answer


def items(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["message"]["search_response"]
    return found


def test_the_document_is_the_published_one() -> None:
    assert hashlib.sha256(FILE.read_bytes()).hexdigest() == (
        "e78dd6aa2a1e481e714f123b0152cbb3db29ace9c50cc59d87db448d9f2e06e8"
    )


def test_a_child_is_asked_about_by_number_and_the_answer_is_signed(http: httpx.Client) -> None:
    answer = send(http, signed([one()]))
    said = answer.json()
    (item,) = items(answer)
    record = item["data"]["reg_records"]
    assert [record[q]["answer"] for q in ("in_school", "insured", "receives_benefit")] == [
        "yes"
    ] * 3
    assert (said["header"]["status"], said["header"]["completed_count"]) == ("succ", 1)
    assert (item["reference_id"], item["status"]) == ("R-1", "succ")
    text = answer.text
    header = text[text.index('"header":') + 9 : text.index(',"message":')]
    message = text[text.index('"message":') + 10 : -1]
    head, _, last = said["signature"].split(".")
    middle = base64.urlsafe_b64encode((header + message).encode()).rstrip(b"=").decode()
    jws.deserialize_compact(f"{head}.{middle}.{last}", OURS, algorithms=["ES256"])
    assert number(1) not in text


def test_a_child_is_asked_about_by_name_birth_date_and_guardian(http: httpx.Client) -> None:
    def said(name: str, value: str) -> dict[str, str]:
        return {"attribute_name": name, "operator": "eq", "attribute_value": value}

    query = [
        {"seq_num": 1, "expression1": said("name", "某某"), "condition": "and",
         "expression2": said("birthdate", BORN.isoformat())},
        {"seq_num": 2, "expression1": said("guardian_name", "赵一")},
    ]  # fmt: skip
    (item,) = items(send(http, signed([one(query_type="predicate", query=query)])))
    letters = ANSWERS[5][1]
    assert item["data"]["reg_records"]["in_school"]["answer"] == {"n": "no"}[letters[0]]
    (few,) = items(send(http, signed([one(query_type="predicate", query=query[1:])])))
    assert few["status_reason_code"] == "rjct.search_criteria.invalid"


def test_many_are_answered_in_order_each_with_its_own_refusal(http: httpx.Client) -> None:
    asked = [one("A"), one("B", authorize=None), one("C"), one("A"), one("D D")]
    found = items(send(http, signed(asked)))
    assert [(i["reference_id"], i.get("status_reason_code")) for i in found] == [
        ("A", None), ("B", "rjct.search_criteria.invalid"), ("C", None),
        ("A", "rjct.reference_id.duplicate"), ("D D", "rjct.reference_id.invalid"),
    ]  # fmt: skip
    refused = send(http, signed([one("A"), one("B")], client="county"), "county")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (
        403, "err.request.forbidden"
    )  # fmt: skip


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("no purpose", {"authorize": None}, "rjct.search_criteria.invalid"),
    ("a purpose that is not registered", {"authorize": {"purpose": {"code": "supervision"}}},
     "rjct.search_criteria.invalid"),
    ("a purpose that is none", {"authorize": {"purpose": {"code": "curiosity"}}},
     "rjct.search_criteria.invalid"),
    ("another identifier", {"query": {"type": "MOBILE", "value": "1"}},
     "rjct.search_criteria.invalid"),
    ("a number that is none", {"query": {"type": "UIN", "value": "12"}},
     "rjct.search_criteria.invalid"),
    ("an expression", {"query_type": "expression", "query": [
        {"expression1": {"attribute_name": "age", "operator": "lt", "attribute_value": "18"}}]},
     "rjct.search_criteria.invalid"),
    ("another registry", {"reg_type": "ns:org:RegistryType:Civil"}, "rjct.search_criteria.invalid"),
    ("an order", {"sort": [{"attribute_name": "x", "sort_order": "asc"}]}, "rjct.sort.invalid"),
    ("a second page", {"pagination": {"page_size": 10, "page_number": 2}},
     "rjct.pagination.invalid"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "code"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_what_is_not_answered_has_the_standards_code(
    http: httpx.Client, changes: dict[str, Any], code: str
) -> None:
    (item,) = items(send(http, signed([one(**changes)])))
    assert (item["status"], item["status_reason_code"]) == ("rjct", code)
    assert "data" not in item


def test_consent_names_a_purpose_too(http: httpx.Client) -> None:
    consent = {"purpose": {"code": "casework"}}
    (item,) = items(send(http, signed([one(authorize=None, consent=consent)])))
    assert item["status"] == "succ"


HEADERS: list[tuple[dict[str, Any], str]] = [
    ({"version": "2.0.0"}, "rjct.version.invalid"),
    ({"action": "subscribe"}, "rjct.action.invalid"),
    ({"message_ts": now(minutes=6)}, "rjct.message_ts.invalid"),
    ({"message_ts": "yesterday"}, "rjct.message_ts.invalid"),
    ({"total_count": 2}, "rjct.total_count.invalid"),
    ({"is_msg_encrypted": True}, "rjct.action.not_supported"),
]


@pytest.mark.parametrize(("changes", "code"), HEADERS, ids=[str(n) for n in range(len(HEADERS))])
def test_a_header_that_is_wrong(http: httpx.Client, changes: dict[str, Any], code: str) -> None:
    said = send(http, signed([one()], **changes)).json()
    assert (said["header"]["status"], said["header"]["status_reason_code"]) == ("rjct", code)
    assert "message" not in said


def test_a_message_that_comes_twice_is_answered_once(http: httpx.Client) -> None:
    body = signed([one()])
    assert items(send(http, body))[0]["status"] == "succ"
    again = send(http, body).json()["header"]
    assert again["status_reason_code"] == "rjct.message_id.duplicate"


def altered(body: bytes) -> bytes:
    return body.replace(b'"R-1"', b'"R-2"')


def reformatted(body: bytes) -> bytes:
    return json.dumps(json.loads(body)).encode()


BROKEN: list[tuple[str, bytes]] = [
    ("altered", altered(signed([one()]))),
    ("the same JSON in other bytes", reformatted(signed([one()]))),
    ("another key", signed([one()], STRANGER)),
    ("another sender", signed([one()], client="county")),
    ("unsigned", json.dumps({"header": {"sender_id": "cases"}, "message": {}}).encode()),
]


@pytest.mark.parametrize("body", [b[1] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_what_is_not_signed_by_its_sender_as_it_stands_is_refused(
    http: httpx.Client, body: bytes
) -> None:
    answer = send(http, body)
    assert answer.status_code == 401
    assert answer.json() == {"errors": [
        {"code": "err.request.unauthorized", "message": answer.json()["errors"][0]["message"]}
    ]}  # fmt: skip


NO_ENVELOPE = [
    b"", b"[]", b"{}", b"\xff", b'{"header":{},"message":[]}', b'{"header":1,"message":{}}',
    b'{"header":{},"header":{},"message":{}}', b'{"header":{},"message":{},"more":1}',
    b'{"header":' + b"[" * 40 + b"]" * 40 + b',"message":{}}', b" " * 70_000,
]  # fmt: skip


@pytest.mark.parametrize("body", NO_ENVELOPE, ids=[str(n) for n in range(len(NO_ENVELOPE))])
def test_what_is_no_envelope_is_a_bad_request(http: httpx.Client, body: bytes) -> None:
    answer = send(http, body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "err.request.bad")


def test_unknown_sealed_and_far_away_children_read_alike(http: httpx.Client) -> None:
    """2 lives in another county, 7 is sealed, 99 is nobody."""
    records = []
    for person in (2, 7, 99):
        query = {"type": "UIN", "value": number(person)}
        (item,) = items(send(http, signed([one(query=query)], client="county"), "county"))
        records.append(item["data"])
    assert records[0] == records[1] == records[2]
    assert records[0]["reg_records"]["insured"]["why"] == "not_in_scope"


def test_a_token_and_its_scope_are_needed_besides_the_signature(http: httpx.Client) -> None:
    nobody = http.post(PATH, content=signed([one()]))
    assert nobody.status_code == 401
    assert send(http, signed([one()], client="findings"), "findings").status_code == 403
