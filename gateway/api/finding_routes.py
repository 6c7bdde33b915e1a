"""Findings, masked, and the ledger of the published night: for clients and for officers alike."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from gateway.access import ApiScope, Purpose, Reader
from gateway.api.callers import KNOWN_CLIENT, SCHEME, Callers, with_budget
from gateway.api.json_values import latest_of, page_of
from gateway.api.problems import PROBLEM, problem, refusals
from gateway.api.rooms import V1, ApiRooms
from gateway.api.shapes import FindingOut, FindingsOut, LatestRunOut
from gateway.inquiry import Filters, export_rows
from gateway.model.cases import CaseState

MAX_LIMIT = 200
EVIDENCE = "application/jose"
"""A signed token (docs/evidence-format.md)."""

REFUSALS = refusals(400, 401, 403, 410, 429, 503)
Key = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="a finding's key")]


class FindingsAsked(BaseModel):
    """What a caller asks of the list; a parameter that is not one of these is refused."""

    model_config = ConfigDict(extra="forbid")

    rule: list[Annotated[str, Field(pattern=r"^[A-Z]{3}-[0-9]{2}$")]] = Field(
        default=[], max_length=50
    )
    county: list[Annotated[str, Field(pattern=r"^[0-9]{6}$")]] = Field(default=[], max_length=200)
    state: list[CaseState] = Field(default=[], max_length=50)
    limit: int = Field(default=50, ge=1, le=MAX_LIMIT)
    cursor: str = Field(default="", max_length=200)
    purpose: Purpose = Purpose.CASEWORK


def routes(rooms: ApiRooms, callers: Callers) -> APIRouter:
    """The routes of this file."""
    made = APIRouter(prefix=V1, tags=["findings"], responses=REFUSALS, dependencies=[SCHEME])

    def reader(request: Request, scope: ApiScope, purpose: Purpose) -> Reader:
        if "authorization" not in request.headers and KNOWN_CLIENT not in request.scope:
            return rooms.reader_of(request)
        client = callers.client(request, scope)
        client.for_purpose(purpose)
        return client.reader

    @made.get("/findings", response_model=FindingsOut)
    def findings(request: Request, asked: Annotated[FindingsAsked, Query()]) -> Response:
        """Findings of the published run, by severity, then case number.

        `next` goes on where this page ends; it is refused with 410 once another run is published.
        """
        filters = Filters(tuple(asked.rule), tuple(asked.county), tuple(asked.state))
        who = reader(request, ApiScope.FINDINGS, asked.purpose)
        page = rooms.inquiry.findings(
            who, asked.purpose, filters, cursor=asked.cursor, limit=asked.limit
        )
        return with_budget(request, JSONResponse(page_of(page)))

    @made.get("/findings/{key}", response_model=FindingOut, responses={404: PROBLEM})
    def finding(request: Request, key: Key, purpose: Purpose = Purpose.CASEWORK) -> Response:
        """One finding; its `ETag` is the version that a decision hands back in `If-Match`."""
        who = reader(request, ApiScope.FINDINGS, purpose)
        found = rooms.inquiry.finding(who, purpose, key)
        if found is None:
            return with_budget(request, problem(404, "not-found"))
        answer = JSONResponse(export_rows((found,))[0])
        answer.headers["etag"] = f'"{found.version}"'
        return with_budget(request, answer)

    @made.get(
        "/findings/{key}/evidence",
        response_class=Response,
        responses={
            200: {"content": {EVIDENCE: {"schema": {"type": "string"}}}, "description": "the file"},
            404: PROBLEM,
        },
    )
    def evidence(request: Request, key: Key, purpose: Purpose = Purpose.SUPERVISION) -> Response:
        """The file that proves a finding offline, with the rows of its child in the clear.

        One of a child whose items are with a named officer is not there, as one that is nobody's.
        """
        client = callers.client(request, ApiScope.EVIDENCE, cost=10)
        client.for_purpose(purpose)
        made = rooms.evidence(client.reader, purpose, key)
        if made is None:
            return with_budget(request, problem(404, "not-found"))
        return with_budget(request, Response(made, media_type=EVIDENCE))

    @made.get("/runs/latest", response_model=LatestRunOut)
    def latest_run(request: Request, purpose: Purpose = Purpose.CASEWORK) -> Response:
        """The ledger of the published night: what became of every row and every outcome."""
        who = reader(request, ApiScope.NIGHT, purpose)
        return with_budget(request, JSONResponse(latest_of(rooms.inquiry.night(who, purpose))))

    return made
