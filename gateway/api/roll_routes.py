"""Rolls handed in over the API: declared, sent in pieces, verified at the door (docs/api/rolls.md)."""

import asyncio
from typing import Annotated, Any, Self

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.requests import ClientDisconnect

from gateway.access import ApiScope, Client
from gateway.api.callers import SCHEME, Callers, with_budget
from gateway.api.catalogue_routes import LARGEST, PAGE, RefusedOut, refused_body
from gateway.api.json_values import Json, time_of
from gateway.api.problems import problem, refusals
from gateway.api.replies import IdempotencyKey
from gateway.api.rooms import V1, ApiRooms
from gateway.api.shapes import Shape
from gateway.model.submissions import SubmissionKind, SubmissionState
from gateway.reception import Declared, Piece, Standing

BYTES = "application/octet-stream"
_BODY = {
    "requestBody": {
        "required": True,
        "content": {BYTES: {"schema": {"type": "string", "format": "binary"}}},
    }
}
Name = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,64}$")]
Number = Annotated[str, Path(pattern=r"^[0-9a-f-]{36}$", description="a submission's id")]
Offset = Annotated[
    int,
    Header(alias="Upload-Offset", ge=0, le=2**40, description="where this piece begins, in bytes"),
]


class DeclaredIn(BaseModel):
    """A sealed file (docs/exchange-format.md, section 5) that is to come: `size` in bytes and `digest` are
    the file's. A `correction` names the exchange that it `replaces`."""

    model_config = ConfigDict(extra="forbid")

    source: Name
    roll: Name
    period: str = Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")
    kind: SubmissionKind
    size: int = Field(ge=1, le=2**40)
    digest: str = Field(pattern=r"^sha-256:[0-9a-f]{64}$")
    replaces: str = Field(default="", max_length=64, pattern=r"^[0-9a-f-]*$")

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if (self.kind is SubmissionKind.CORRECTION) != bool(self.replaces):
            raise ValueError("a correction names what it replaces, nothing else does")
        return self


class RowsOut(Shape):
    """What became of the rows: the last three sum to `received`."""

    received: int
    accepted: int
    quarantined: int
    superseded: int


class SubmissionOut(Shape):
    """A submission. `offset` bytes are here. Accepted: `exchange_id`, the signed `receipt`, and `night`,
    the day of the night that reads it at the latest. `delivery` is what a night made of it: `current`,
    `superseded`, or `set_aside` for `reason`."""

    submission: str
    source: str
    roll: str
    period: str
    kind: SubmissionKind
    size: int
    offset: int
    state: SubmissionState
    declared_at: str
    ended_at: str | None
    night: str | None
    exchange_id: str
    receipt: str
    delivery: str
    reason: str
    rows: RowsOut | None


class SubmissionsOut(Shape):
    """The newest submissions of the client, the newest first."""

    submissions: list[SubmissionOut]


def routes(rooms: ApiRooms, callers: Callers) -> APIRouter:
    """The routes of this file."""
    refused = refusals(400, 401, 403, 429, 503)
    made = APIRouter(prefix=f"{V1}/roll-submissions", tags=["rolls"], dependencies=[SCHEME])
    found = refused | refusals(404)
    reception = rooms.reception

    @made.post(
        "", status_code=202, response_model=SubmissionOut, responses=refused | refusals(409, 507)
    )
    def declare(request: Request, new: DeclaredIn, once: IdempotencyKey = "") -> Response:
        """Say what will be handed in; the answer's id is where its bytes go."""
        client = callers.client(request, ApiScope.SUBMIT)
        said = Declared(
            new.source, new.roll, new.period, new.kind, new.size,
            new.digest.removeprefix("sha-256:"), new.replaces,
        )  # fmt: skip

        def act() -> Json:
            return _out(reception.declare(client, said))

        answer = rooms.replies.once(request, client, once, new, act, status=202)
        return with_budget(request, answer)

    @made.get("", response_model=SubmissionsOut, responses=refused)
    def listed(request: Request) -> Response:
        """The client's submissions and how they stand."""
        client = callers.client(request, ApiScope.SUBMIT)
        rows = [_out(one) for one in reception.all(client)]
        return with_budget(request, JSONResponse({"submissions": rows}))

    @made.get("/{number}", response_model=SubmissionOut, responses=found)
    def one(request: Request, number: Number) -> Response:
        """One submission; `offset` is where the next piece begins."""
        client = callers.client(request, ApiScope.SUBMIT)
        return _give(request, reception.one(client, number))

    @made.patch(
        "/{number}", status_code=202, response_model=SubmissionOut, openapi_extra=_BODY,
        responses=found | refusals(409),
    )  # fmt: skip
    async def send(request: Request, number: Number, offset: Offset) -> Response:
        """Send the next bytes. When the last one is here the file is verified, and the answer says so:
        `accepted` or `refused`. A piece that broke off is kept as far as it came."""
        client = await asyncio.to_thread(callers.client, request, ApiScope.SUBMIT)
        piece = await asyncio.to_thread(reception.piece, client, number, offset)
        if piece is None:
            return with_budget(request, problem(404, "not-found"))
        try:
            await _receive(request, piece)
        except ClientDisconnect:
            return problem(400, "usage")
        done = await asyncio.to_thread(reception.finish, client, number)
        return _give(request, done, 202)

    @made.delete("/{number}", status_code=204, responses=found | refusals(409))
    def cancel(request: Request, number: Number) -> Response:
        """Give an upload up that is not whole yet."""
        client = callers.client(request, ApiScope.SUBMIT)
        done = reception.cancel(client, number)
        return with_budget(
            request, Response(status_code=204) if done else problem(404, "not-found")
        )

    @made.get("/{number}/quarantine", response_model=RefusedOut, responses=found)
    def quarantine(
        request: Request,
        number: Number,
        after: Annotated[int, Query(ge=0, le=LARGEST)] = 0,
        limit: Annotated[int, Query(ge=1, le=PAGE)] = PAGE,
    ) -> Response:
        """Rows of a submission that the night set aside: reference, column and reason."""
        client: Client = callers.client(request, ApiScope.SUBMIT)
        standing = reception.one(client, number)
        if standing is None or not standing.row.exchange_id:
            return with_budget(request, problem(404, "not-found"))
        rows = rooms.catalogue.refused(client, after, limit, standing.row.exchange_id)
        return with_budget(request, JSONResponse(refused_body(rows)))

    return made


async def _receive(request: Request, piece: Piece) -> None:
    try:
        async for data in request.stream():
            await asyncio.to_thread(piece.write, data)
    finally:
        await asyncio.to_thread(piece.close)


def _give(request: Request, standing: Standing | None, status: int = 200) -> Response:
    if standing is None:
        return with_budget(request, problem(404, "not-found"))
    answer = JSONResponse(_out(standing), status)
    answer.headers["upload-offset"] = str(standing.offset)
    return with_budget(request, answer)


def _out(standing: Standing) -> Json:
    row, counts = standing.row, standing.counts
    values: dict[str, Any] = {
        name: getattr(row, name)
        for name in ("source", "roll", "period", "kind", "size", "state", "exchange_id", "receipt")
    }
    rows = {n: getattr(counts, n) for n in RowsOut.model_fields} if counts else None
    return values | {
        "submission": row.submission_id,
        "offset": standing.offset,
        "declared_at": time_of(row.created_at),
        "ended_at": time_of(row.ended_at) if row.ended_at else None,
        "night": standing.night.isoformat() if standing.night else None,
        "delivery": standing.taken,
        "reason": standing.reason,
        "rows": rows,
    }
