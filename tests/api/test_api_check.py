"""`children:check`: what is answered, to whom, and that a refusal looks the same whatever is behind it."""

import json
import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest
from api_kit import BORN, bearer, question, site
from online_seed import number

from gateway.store import Store

CHECK = "/api/v1/children:check"
NOTHING = {
    "answer": "not_known", "why": "not_in_scope", "roll_as_of": None, "coverage": None, "run_id": 2,
    "until": None,
}  # fmt: skip
GROUND = {"roll_as_of": "2026-11-16", "coverage": "province", "run_id": 2, "until": "2026-12-10"}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, httpx.Client]]:
    county = {"divisions": ("419902",)}
    with site(tmp_path_factory.mktemp("check"), county=county) as made:
        yield made


@pytest.fixture(scope="module")
def http(opened: tuple[Store, httpx.Client]) -> httpx.Client:
    opened[1].headers.update(bearer(opened[1]))
    return opened[1]


SAID = [
    (1, "in_school", "yes", None), (1, "insured", "yes", None), (1, "receives_benefit", "yes", None),
    (3, "in_school", "no", None), (3, "insured", "not_known", "ambiguous"),
    (4, "in_school", "not_known", "held"), (4, "insured", "not_known", "out_of_coverage"),
    (5, "receives_benefit", "not_known", "held"),
]  # fmt: skip


@pytest.mark.parametrize(("person", "asked", "answer", "why"), SAID)
def test_an_answer_says_what_it_rests_on(
    http: httpx.Client, person: int, asked: str, answer: str, why: str | None
) -> None:
    got = http.post(CHECK, json=question(person, question=asked))
    assert (got.status_code, got.json()) == (200, {"answer": answer, "why": why} | GROUND)


@pytest.mark.parametrize(
    ("as_of", "answer"),
    [("2026-11-15", "not_known"), ("2026-11-16", "yes"), ("2026-12-10", "yes"),
     ("2026-12-11", "not_known")],
)  # fmt: skip
def test_a_roll_speaks_for_its_days_only(http: httpx.Client, as_of: str, answer: str) -> None:
    got = http.post(CHECK, json=question(1, as_of=as_of)).json()
    assert got["answer"] == answer and (got["why"] == "held") == (answer == "not_known")


def named(**changes: object) -> dict[str, object]:
    by_name = {"name": "某 某", "dob": BORN.isoformat(), "guardian": "赵一"}
    return question(None, idtype=None, value=None, **(by_name | changes))


def test_a_child_is_found_by_name_birth_date_and_guardian(http: httpx.Client) -> None:
    assert http.post(CHECK, json=named()).json()["answer"] == "no"
    for wrong in ({"name": "某"}, {"dob": "2016-03-05"}, {"guardian": "赵二"}):
        assert http.post(CHECK, json=named(**wrong)).json() == NOTHING


def test_refusals_are_byte_identical(opened: tuple[Store, httpx.Client]) -> None:
    store, http = opened
    everywhere, county = bearer(http), bearer(http, "county")
    store.harm.report({"id_number": number(5)}, "x", "y", store.runs.run(2).known_at)
    asked = {
        "unknown": (everywhere, question(20)),
        "sealed": (everywhere, question(7)),
        "named officer": (everywhere, question(5)),
        "two of one number": (everywhere, question(21)),
        "out of reach": (county, question(1)),
    }
    answers = {
        name: http.post(CHECK, json=body, headers=header) for name, (header, body) in asked.items()
    }
    assert {answer.content for answer in answers.values()} == {
        json.dumps(NOTHING, separators=(",", ":")).encode()
    }
    left = ("date", "ratelimit")
    heads = {tuple((k, v) for k, v in a.headers.items() if k not in left) for a in answers.values()}
    assert len(heads) == 1
    assert http.post(CHECK, json=question(2), headers=county).json()["answer"] == "yes"


def test_refusals_take_the_same_time(opened: tuple[Store, httpx.Client]) -> None:
    """Interleaved medians of the three kinds are within a tenth, or within twice what two halves of one
    and the same kind differ by. A busy machine may spoil a round; a difference spoils all three."""
    _, http = opened
    everywhere, county = bearer(http), bearer(http, "county")
    unknown = (everywhere, question(20))
    kinds = [unknown, (everywhere, question(7)), (county, question(1)), unknown]
    assert any(_equal(*_medians(http, kinds)) for _ in range(3))


def _equal(unknown: float, sealed: float, refused: float, again: float) -> bool:
    noise = max(0.1 * unknown, 2 * abs(unknown - again))
    return abs(sealed - unknown) <= noise and abs(refused - unknown) <= noise


def _medians(
    http: httpx.Client, kinds: Sequence[tuple[dict[str, str], dict[str, object]]]
) -> list[float]:
    spent: list[list[float]] = [[] for _ in kinds]
    for turn in range(40 * len(kinds)):
        place = turn % len(kinds)
        header, body = kinds[place]
        began = time.perf_counter()
        http.post(CHECK, json=body, headers=header)
        spent[place].append(time.perf_counter() - began)
    return [statistics.median(times) for times in spent]


WRONG = [
    {"value": "11010119900307803"}, {"value": "x"}, {"idtype": None}, {"idtype": "passport"},
    {"question": "guilty"}, {"purpose": "curiosity"}, {"case_ref": ""}, {"case_ref": "张"},
    {"case_ref": number(1)}, {"as_of": "soon"}, {"more": 1}, {"name": "某某"}, {"value": 1},
    {"value": None, "idtype": None}, {"value": None, "idtype": None, "name": "某某"},
]  # fmt: skip


@pytest.mark.parametrize("change", WRONG, ids=str)
def test_what_is_no_question_is_refused_without_repeating_it(
    http: httpx.Client, change: dict[str, object]
) -> None:
    got = http.post(CHECK, json=question(1, **change))
    assert (got.status_code, got.json()["code"]) == (400, "usage")
    assert number(1) not in got.text and "张" not in got.text


def test_a_purpose_is_registered_or_refused(http: httpx.Client) -> None:
    got = http.post(CHECK, json=question(1, purpose="supervision"))
    assert (got.status_code, got.json()["code"]) == (403, "not-allowed")


def test_a_scope_that_the_token_lacks_is_refused(http: httpx.Client) -> None:
    poor = bearer(http, scope="findings.read")
    assert http.post(CHECK, json=question(1), headers=poor).status_code == 403


def test_many_are_answered_in_their_order(http: httpx.Client) -> None:
    checks = [question(3), question(20), question(1)]
    got = http.post("/api/v1/children:check-many", json={"checks": checks}).json()["answers"]
    assert [one["answer"] for one in got] == ["no", "not_known", "yes"] and got[1] == NOTHING
    narrow = bearer(http, scope="children.check")
    again = http.post("/api/v1/children:check-many", json={"checks": checks}, headers=narrow)
    assert again.status_code == 403
    for count in (0, 201):
        many = {"checks": [question(1)] * count}
        assert http.post("/api/v1/children:check-many", json=many).status_code == 400


def test_every_question_is_audited_with_its_basis_and_nobodys_number(tmp_path: Path) -> None:
    with site(tmp_path) as (store, http):
        http.headers.update(bearer(http))
        http.post(CHECK, json=question(1, case_ref="C-1"))
        http.post(CHECK, json=question(20, case_ref="C-2"))
        kept = [e for e in store.audit.unchained() if e.action == "child.check"]
    assert [(e.actor, e.actor_kind, e.subject) for e in kept] == [
        ("cases", "client", "1"), ("cases", "client", "none")
    ]  # fmt: skip
    assert ["C-1" in kept[0].detail, "未成年人保护法" in kept[0].detail] == [True, True]
    assert not [e for e in kept if number(1) in e.detail or number(20) in e.detail]
