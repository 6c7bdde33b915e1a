"""What is given out in bulk or in sums: whole, masked, within the client's divisions, nothing solvable."""

import json
from collections.abc import Iterator

import httpx
import pyarrow as pa
import pytest
from api_kit import bearer, site
from online_seed import number

from gateway.access import ApiScope
from gateway.model.errors import ViewMoved

ALL = "/api/v1/findings:all"
COUNTS = "/api/v1/statistics/findings"


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    county, far = {"divisions": ("419901",)}, {"divisions": ("419902",)}
    few = {"scopes": (str(ApiScope.FINDINGS),)}
    folder = tmp_path_factory.mktemp("bulk")
    with site(folder, county=county, far=far, few=few) as (store, opened):
        store.exchanges.first_seen("e" * 36, "education", "x", "y", store.runs.run(2).known_at)
        opened.headers.update(bearer(opened))
        yield opened


def lines(answer: httpx.Response) -> list[dict[str, object]]:
    return [json.loads(line) for line in answer.text.splitlines()]


def test_lines_and_arrow_give_what_the_pages_give(http: httpx.Client) -> None:
    paged = http.get("/api/v1/findings", params={"limit": 200}).json()["findings"]
    answer = http.get(ALL)
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert lines(answer) == paged and len(paged) > 5
    got = http.get(ALL, params={"format": "arrow"})
    assert got.headers["content-type"] == "application/vnd.apache.arrow.stream"
    table = pa.ipc.open_stream(got.content).read_all()
    assert table["key"].to_pylist() == [row["key"] for row in paged]
    assert [json.loads(c) for c in table["child"].to_pylist()] == [row["child"] for row in paged]
    assert number(1) not in answer.text and number(1).encode() not in got.content


def test_filters_and_divisions_narrow_it(http: httpx.Client) -> None:
    mine = lines(http.get(ALL, headers=bearer(http, "county")))
    assert mine and {str(row["division"])[:6] for row in mine} == {"419901"}
    some = lines(http.get(ALL, params={"rule": "EDU-02"}))
    assert {row["rule"] for row in some} == {"EDU-02"}
    none = http.get(ALL, params={"rule": "WEL-03", "format": "arrow"})
    assert pa.ipc.open_stream(none.content).read_all().num_rows == 0


def test_bulk_needs_its_scope(http: httpx.Client) -> None:
    answer = http.get(ALL, headers=bearer(http, "few"))
    assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
    assert http.get(ALL, params={"purpose": "supervision"}).status_code == 403
    assert http.get(ALL, params={"format": "csv"}).status_code == 400


def test_a_night_that_comes_between_breaks_the_transfer(
    http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list that is not whole must not look whole."""
    from gateway.inquiry import Inquiry

    plain = Inquiry.export

    def moved(*args: object, **more: object) -> Iterator[object]:
        yield next(iter(plain(*args, **more)))  # type: ignore[arg-type]
        raise ViewMoved("another night was published meanwhile")

    monkeypatch.setattr(Inquiry, "export", moved)
    with pytest.raises(httpx.RemoteProtocolError):
        http.get(ALL)


def test_statistics_are_of_open_findings_of_children_small_ones_withheld(
    http: httpx.Client,
) -> None:
    told = http.get(COUNTS).json()
    assert told["columns"] == ["419901", "419902", "unknown", "*"]
    by_rule = {line["rule"]: line["counts"] for line in told["lines"]}
    assert not [rule for rule in by_rule if rule.startswith(("SRC", "HRM"))]
    assert by_rule["EDU-01"][0] is None and by_rule["EDU-01"][3] is None, "three of them: small"
    assert by_rule["WEL-02"] == [0, 0, 0, 0], "resolved: open no more; a zero is told"


def test_a_county_sees_its_column_of_the_one_table(http: httpx.Client) -> None:
    """Computed for the whole site: what two counties see adds up to nothing that the whole withholds."""
    whole = http.get(COUNTS).json()
    for name, place in (("county", 0), ("far", 1)):
        mine = http.get(COUNTS, headers=bearer(http, name)).json()
        assert mine["columns"] == [whole["columns"][place]]
        assert [line["counts"] for line in mine["lines"]] == [
            [line["counts"][place]] for line in whole["lines"]
        ]


def test_divisions_by_year(http: httpx.Client) -> None:
    def codes(**asked: int) -> list[str]:
        found = http.get("/api/v1/divisions", params=asked).json()["divisions"]
        return [one["code"] for one in found]

    assert codes() == ["419901", "419902", "419971"]
    assert codes(year=2025) == ["419901", "419971"]
    assert codes(year=2027) == ["419901", "419902"]
    one = http.get("/api/v1/divisions").json()["divisions"][2]
    assert (one["until"], one["became"]) == ("2026-09-30", "419902")


def test_parameters_name_what_sets_each(http: httpx.Client) -> None:
    topics = http.get("/api/v1/parameters").json()["topics"]
    values = [value for topic in topics for value in topic["values"]]
    assert topics and values and all(value["reference"] for value in values)
    for topic in topics:
        assert {v["key"] for v in topic["values"]} <= {k["key"] for k in topic["keys"]}


def test_an_exchange_without_a_receipt_is_not_there(http: httpx.Client) -> None:
    assert http.get(f"/api/v1/receipts/{'e' * 36}").status_code == 404
