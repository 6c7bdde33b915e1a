"""What the API gives: the same as inquiry, in documented shapes, page by page."""

from typing import Any

import httpx
import pytest
from api_kit import bearer
from client_kit import client_row
from online_seed import HIDDEN, NAMES, city_reader, key, make_inquiry, number

from gateway.access import Purpose
from gateway.api.shapes import FindingOut
from gateway.inquiry import FIELDS
from gateway.store import Store


def all_pages(client: httpx.Client, query: dict[str, Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    cursor = ""
    while True:
        body = client.get("/api/v1/findings", params={**query, "cursor": cursor}).json()
        rows += body["findings"]
        cursor = body["next"]
        if not cursor:
            return rows


def test_pages_give_what_inquiry_gives(client: httpx.Client, store: Store) -> None:
    wanted = list(make_inquiry(store).export(city_reader(), Purpose.CASEWORK))
    assert all_pages(client, {"limit": 17}) == wanted
    assert len(wanted) == 100


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"rule": "EDU-01"}, 4),
        ({"rule": ["EDU-01", "EDU-02"]}, 5),
        ({"rule": "EDU-01", "county": "419902"}, 1),
        ({"state": "resolved"}, 1),
        ({"state": ["resolved", "open"], "limit": 200}, 100),
        ({"county": "510100"}, 0),
    ],
)
def test_filters(client: httpx.Client, query: dict[str, Any], count: int) -> None:
    answer = client.get("/api/v1/findings", params=query)
    assert answer.status_code == 200
    assert len(answer.json()["findings"]) == count


def test_shapes_are_the_documented_fields(client: httpx.Client) -> None:
    assert tuple(FindingOut.model_fields) == FIELDS
    schemas = client.get("/api/v1/openapi.json").json()["components"]["schemas"]
    assert tuple(schemas["FindingOut"]["properties"]) == FIELDS


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_no_page_loads_from_elsewhere(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_latest_run(client: httpx.Client) -> None:
    body = client.get("/api/v1/runs/latest").json()
    assert body["run"] == {
        "run": 2, "as_of": "2026-11-16", "known_at": "2026-11-17T02:30:00+08:00", "period": "2026-11",
        "state": "held", "baseline": False,
    }  # fmt: skip
    enrolment = next(r for r in body["rolls"] if r["roll"] == "enrolment")
    assert (enrolment["received"], enrolment["accepted"], enrolment["quarantined"]) == (
        1000,
        988,
        12,
    )
    assert (enrolment["linked"], enrolment["held_counties"]) == (970, ["419902"])
    rules = {r["rule"]: r for r in body["rules"]}
    assert set(rules) == {"EDU-01", "MED-01"}
    parts = ("fires", "satisfied", "excused", "held", "not_applicable")
    assert all(r["universe"] == sum(r[part] for part in parts) for r in rules.values())


@pytest.mark.parametrize("path", ["/api/v1/findings?limit=200", "/api/v1/runs/latest"])
def test_nothing_hidden_and_nobody_unmasked(client: httpx.Client, path: str) -> None:
    text = client.get(path).text
    hidden = ["HRM", *(key(seed.name) for seed in HIDDEN)]
    people = [*NAMES, *(number(n) for n in range(1, 200))]
    assert not [word for word in (*hidden, *people) if word in text]


def test_before_the_first_night(empty_client: httpx.Client) -> None:
    assert empty_client.get("/api/v1/findings").json() == {"run": None, "findings": [], "next": ""}
    assert empty_client.get("/api/v1/runs/latest").json() == {"run": None, "rolls": [], "rules": []}


def test_a_code_list_is_asked_for_by_its_version(client: httpx.Client, store: Store) -> None:
    store.clients.put(client_row("codes"))
    header = bearer(client, "codes")
    (name, dated), *_ = client.get("/api/v1/codes", headers=header).json()["lists"].items()
    for version, status in ((dated, 200), ("1999-01-01", 404)):
        path = f"/api/v1/codes/{name}?dated={version}"
        assert client.get(path, headers=header).status_code == status
