"""Statistics, receipts, policy parameters and divisions: nothing here names a child."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from gateway.access import ApiScope
from gateway.api.callers import SCHEME, Callers, with_budget
from gateway.api.json_values import Json, time_of
from gateway.api.problems import PROBLEM, problem, refusals
from gateway.api.rooms import V1, ApiRooms, County
from gateway.api.shapes import Shape, TextOut
from gateway.inquiry import Table
from gateway.policy import Parameters

Exchange = Annotated[str, Path(pattern=r"^[0-9a-f-]{36}$", description="an exchange's id")]


class LineOut(Shape):
    """One line of the table; null where a count is withheld."""

    rule: str
    counts: list[int | None]


class StatisticsOut(Shape):
    """Open findings by rule and county of one run. `*` is the total. Counts of 1 to 4 are withheld, and
    others with them, so that no sum gives one back; 0 is told."""

    run: int
    columns: list[str]
    lines: list[LineOut]


class ReceiptOut(Shape):
    """A signed receipt (docs/exchange-format.md, section 6)."""

    sender: str
    at: str
    receipt: str


class ReceiptsOut(Shape):
    """The receipts given for an exchange id, one for each sender that used it."""

    exchange_id: str
    receipts: list[ReceiptOut]


class KeyOut(Shape):
    """What a key of a topic means."""

    key: str
    title: TextOut


class ValueOut(Shape):
    """A value of a key in a division (`*`: everywhere) from `since` to `until`, with what sets it; null:
    none any more."""

    key: str
    division: str
    since: str
    until: str
    value: float | None
    reference: str


class TopicOut(Shape):
    """One topic of policy parameters."""

    topic: str
    title: TextOut
    unit: TextOut
    keys: list[KeyOut]
    values: list[ValueOut]


class ParametersOut(Shape):
    """Every policy parameter by effective date."""

    topics: list[TopicOut]


class DivisionOut(Shape):
    """A division's code and the days on which it holds; `became`: the code, or codes by comma, after it."""

    code: str
    since: str | None
    until: str | None
    became: str | None
    source: str


class DivisionsOut(Shape):
    """The site's counties, with the codes that they had before."""

    divisions: list[DivisionOut]


def routes(rooms: ApiRooms, callers: Callers) -> APIRouter:
    """The routes of this file."""
    refused = refusals(400, 401, 403, 429, 503)
    made = APIRouter(prefix=V1, tags=["reference"], responses=refused, dependencies=[SCHEME])

    @made.get("/statistics/findings", response_model=StatisticsOut, responses={404: PROBLEM})
    def statistics(request: Request) -> Response:
        """Open findings about children by rule and county, of the published run: the one fixed table."""
        client = callers.client(request, ApiScope.STATISTICS)
        found = rooms.statistics.findings(client)
        return _give(request, _table(*found) if found else None)

    @made.get("/receipts/{exchange}", response_model=ReceiptsOut, responses={404: PROBLEM})
    def receipts(request: Request, exchange: Exchange) -> Response:
        """What was received and when, signed: digests and the result, no row."""
        callers.client(request, ApiScope.NIGHT)
        given = [
            {"sender": one.sender, "at": time_of(one.at), "receipt": one.receipt}
            for one in rooms.receipts(exchange)
        ]
        return _give(request, {"exchange_id": exchange, "receipts": given} if given else None)

    @made.get("/parameters", response_model=ParametersOut)
    def parameters(request: Request) -> Response:
        """Benefit standards, age limits and the like: a value per day and division, with its reference."""
        callers.client(request)
        return _give(request, {"topics": _topics(rooms.parameters)})

    @made.get("/divisions", response_model=DivisionsOut)
    def divisions(
        request: Request,
        year: Annotated[int | None, Query(ge=1980, le=2200)] = None,
    ) -> Response:
        """The site's counties; with `year` the codes that held on some day of that year."""
        callers.client(request)
        return _give(request, {"divisions": [_county(c) for c in rooms.counties if _held(c, year)]})

    return made


def _give(request: Request, body: Json | None) -> Response:
    answer = problem(404, "not-found") if body is None else JSONResponse(body)
    return with_budget(request, answer)


def _table(run: int, table: Table) -> Json:
    lines = [
        {"rule": rule, "counts": list(counts)}
        for rule, counts in zip(table.lines, table.cells, strict=True)
    ]
    return {"run": run, "columns": list(table.columns), "lines": lines}


def _topics(parameters: Parameters) -> list[Json]:
    made: dict[str, Json] = {}
    for spec in parameters.files:
        # A site's own file adds values to a topic of ours; what the keys mean stands in ours.
        made.setdefault(
            spec.topic,
            {
                "topic": spec.topic,
                "title": {"zh": spec.title.zh, "en": spec.title.en},
                "unit": {"zh": spec.unit.zh, "en": spec.unit.en},
                "keys": [
                    {"key": k, "title": {"zh": t.zh, "en": t.en}} for k, t in spec.keys.items()
                ],
            },
        )
    return [made[topic] | {"values": _values(parameters, topic)} for topic in sorted(made)]


def _values(parameters: Parameters, topic: str) -> list[Json]:
    mine = [p for p in parameters.values if p.topic == topic]
    return [
        {
            "key": p.key,
            "division": p.division,
            "since": p.since.isoformat(),
            "until": p.until.isoformat(),
            "value": p.value,
            "reference": p.reference,
        }
        for p in sorted(mine, key=lambda p: (p.key, p.division, p.since))
    ]


def _held(county: County, year: int | None) -> bool:
    if year is None:
        return True
    after = county.since is not None and county.since.year > year
    before = county.until is not None and county.until.year < year
    return not (after or before)


def _county(county: County) -> Json:
    return {
        "code": county.code,
        "since": county.since.isoformat() if county.since else None,
        "until": county.until.isoformat() if county.until else None,
        "became": county.became or None,
        "source": county.source,
    }
