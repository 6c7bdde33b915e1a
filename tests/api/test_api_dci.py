"""The DCI registry interface against its published document, both ways: requests as a client of the
standard writes them, and every answer of ours."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from api_kit import ANSWERS, BORN
from dci_kit import PATH, STRANGER, VECTORS, dci_site, items, now, one, send, signed, verified
from online_seed import number


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with dci_site(tmp_path_factory.mktemp("dci")) as (_, served):
        yield served


PUBLISHED = {
    "registry_core_api_v1.0.0.yaml": (
        "e78dd6aa2a1e481e714f123b0152cbb3db29ace9c50cc59d87db448d9f2e06e8"
    ),
    "ibr_api_v1.0.0.yaml": "31755d331229bde70022b2cf789c71160cc764bfb6c56d04669f264f8699cee6",
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_document_is_the_published_one(name: str) -> None:
    assert hashlib.sha256((VECTORS / name).read_bytes()).hexdigest() == PUBLISHED[name]


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
    verified(text)
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


def expression(asked: object, kind: str = "ns:org:QueryType:NoSql") -> dict[str, Any]:
    """A query of that type."""
    return {"type": kind, "value": {"expression": {"collection": "Child", "query": asked}}}


EXPRESSIONS: list[tuple[str, object, str]] = [
    ("another language", {"UIN": {"$eq": number(1)}}, "ns:org:QueryType:Sql"),
    ("no attribute of ours", {"$and": [{"age": {"$lt": 18}}]}, "ns:org:QueryType:NoSql"),
    ("a part of a name", {"name": {"$regex": "某"}}, "ns:org:QueryType:NoSql"),
    ("only a name", {"name": {"$eq": "某某"}}, "ns:org:QueryType:NoSql"),
    ("or", {"$or": [{"UIN": {"$eq": number(1)}}]}, "ns:org:QueryType:NoSql"),
    ("everybody", {}, "ns:org:QueryType:NoSql"),
    ("a list", {"$and": {}}, "ns:org:QueryType:NoSql"),
    ("a list of names", {"name": {"$in": ["某某"]}}, "ns:org:QueryType:NoSql"),
    ("a list of nobody", {"UIN": {"$in": []}}, "ns:org:QueryType:NoSql"),
    ("one twice", {"UIN": {"$in": [number(1), number(1)]}}, "ns:org:QueryType:NoSql"),
    ("a list that is none", {"UIN": {"$in": number(1)}}, "ns:org:QueryType:NoSql"),
    (
        "a list and more",
        {"UIN": {"$in": [number(1)]}, "name": {"$eq": "某某"}},
        "ns:org:QueryType:NoSql",
    ),
]


def test_an_expression_names_a_child_too(http: httpx.Client) -> None:
    named = {"$and": [
        {"name": {"$eq": "某某"}}, {"birthdate": {"$eq": BORN.isoformat()}},
        {"guardian_name": {"$eq": "赵一"}},
    ]}  # fmt: skip
    for asked, said in ((named, "no"), ({"UIN": {"$eq": number(1)}}, "yes")):
        query = expression(asked)
        (item,) = items(send(http, signed([one(query_type="expression", query=query)])))
        assert item["data"]["reg_records"]["in_school"]["answer"] == said


def listing(people: tuple[int, ...], how: str) -> dict[str, Any]:
    """A query for several children, in the two ways."""
    values = [number(n) for n in people]
    if how == "expression":
        return {"query_type": how, "query": expression({"UIN": {"$in": values}})}
    said = {"attribute_name": "UIN", "operator": "in", "attribute_value": ",".join(values)}
    return {"query_type": how, "query": [{"expression1": said}]}


@pytest.mark.parametrize("how", ["expression", "predicate"])
def test_a_list_is_of_children_who_are_named_and_comes_in_pages(
    http: httpx.Client, how: str
) -> None:
    people = (1, 99, 2, 4)
    single = []
    for person in people:
        query = {"type": "UIN", "value": number(person)}
        (item,) = items(send(http, signed([one(query=query)])))
        single.append(item["data"]["reg_records"])
    asked = listing(people, how)
    told: list[Any] = []
    for page, count in ((1, 3), (2, 1)):
        place = {"page_size": 3, "page_number": page}
        (item,) = items(send(http, signed([one(**asked, pagination=place)])))
        records = item["data"]["reg_records"]["records"]
        assert item["pagination"] == place | {"total_count": 4} and len(records) == count
        told += records
    assert [record.pop("position") for record in told] == [1, 2, 3, 4]
    assert told == single
    (whole,) = items(send(http, signed([one(**asked)])))
    assert len(whole["data"]["reg_records"]["records"]) == 4
    assert not [n for n in people if number(n) in json.dumps(whole)]
    (beyond,) = items(send(http, signed([one(**asked, pagination=place | {"page_number": 3})])))
    assert beyond["status_reason_code"] == "rjct.pagination.invalid"


def test_a_list_needs_the_scope_for_many_even_when_it_is_of_one(http: httpx.Client) -> None:
    for how in ("expression", "predicate"):
        refused = send(http, signed([one(**listing((1,), how))], client="county"), "county")
        assert refused.status_code == 403
    (item,) = items(send(http, signed([one(**listing((1,), "expression"))])))
    assert len(item["data"]["reg_records"]["records"]) == 1


def test_no_message_is_about_more_children_than_may_be(http: httpx.Client) -> None:
    many = listing(tuple(range(1000, 1300)), "expression")
    (first,) = items(send(http, signed([one(**many)])))
    assert first["pagination"] == {"page_size": 200, "page_number": 1, "total_count": 300}
    (last,) = items(
        send(http, signed([one(**many, pagination={"page_size": 999, "page_number": 2})]))
    )
    assert len(last["data"]["reg_records"]["records"]) == 100
    some = {"page_size": 120}
    one_page, other = items(
        send(http, signed([one("A", **many, pagination=some), one("B", **many, pagination=some)]))
    )
    assert (one_page["status"], other["status_reason_code"]) == (
        "succ", "rjct.search.too_many_records_found"
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
    ("an expression in another form", {"query_type": "expression", "query": [
        {"expression1": {"attribute_name": "age", "operator": "lt", "attribute_value": "18"}}]},
     "rjct.search_criteria.invalid"),
    *((f"an expression: {name}", {"query_type": "expression", "query": expression(asked, kind)},
       "rjct.search_criteria.invalid") for name, asked, kind in EXPRESSIONS),
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
