"""What children and guardians ask of their own data, handed in and answered for a named officer."""

from typing import Any, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from gateway.access import ApiScope, Client, Purpose
from gateway.api.callers import SCHEME, Callers, with_budget
from gateway.api.finding_routes import Key
from gateway.api.json_values import Json, time_of
from gateway.api.problems import problem, refusals
from gateway.api.replies import IdempotencyKey
from gateway.api.rooms import V1, ApiRooms
from gateway.api.shapes import Shape
from gateway.desk import Wish
from gateway.model.rights import RefusalReason, RightsKind, RightsRequest, RightsState, Seen

LARGEST = 2**31 - 1
Number = Path(ge=1, le=LARGEST, description="a request's number")


class WishIn(BaseModel):
    """What is asked. A correction or deletion names the bureaus that are asked to check what they hold;
    it disputes the case, and outreach rests until it is answered."""

    model_config = ConfigDict(extra="forbid")

    kind: RightsKind
    asked_by: Literal["child", "guardian"]
    on_behalf_of: str = Field(min_length=1, max_length=64, description="the officer who took it")
    text: str = Field(default="", max_length=2000, repr=False)
    bureaus: list[str] = Field(default=[], max_length=10)


class AnswerIn(BaseModel):
    """An officer's answer; with `refused` it is a refusal, whose words say why."""

    model_config = ConfigDict(extra="forbid")

    on_behalf_of: str = Field(min_length=1, max_length=64)
    text: str = Field(min_length=1, max_length=2000, repr=False)
    refused: RefusalReason | None = None


class RightsOut(Shape):
    """A request and how it stands; `answer` is what the family is to be told."""

    request: int
    kind: RightsKind
    asked_by: str
    asked_at: str
    due_on: str
    state: RightsState
    reason: str | None
    answered_at: str | None
    wish: str
    answer: str


class RightsListOut(Shape):
    """Requests of the child, oldest first."""

    requests: list[RightsOut]


class SeenOut(Shape):
    """One look; officers are told by their office only."""

    at: str
    who: str
    action: str
    purpose: str
    fields: list[str]


class WhoSawOut(Shape):
    """Who saw or was told of the child, oldest first; child protection is not in it."""

    seen: list[SeenOut]


def routes(rooms: ApiRooms, callers: Callers) -> APIRouter:
    """The routes of this file."""
    made = APIRouter(prefix=V1, tags=["rights"], dependencies=[SCHEME])
    refused = refusals(400, 401, 403, 404, 429, 503)
    writes: dict[int | str, dict[str, Any]] = refused | refusals(409, 412)

    def enter(request: Request, key: str) -> tuple[Client, int | None]:
        client = callers.client(request, ApiScope.RIGHTS)
        client.for_purpose(Purpose.RIGHTS_REQUEST)
        found = rooms.inquiry.finding(client.reader, Purpose.RIGHTS_REQUEST, key)
        return client, found.case_id if found else None

    @made.post(
        "/findings/{key}/rights-requests",
        status_code=201,
        response_model=RightsOut,
        responses=writes,
    )
    def ask(request: Request, key: Key, new: WishIn, once: IdempotencyKey = "") -> Response:
        """Hand in a request about the child of a finding, which the named officer takes."""
        client, case = enter(request, key)
        if case is None:
            return with_budget(request, problem(404, "not-found"))
        wish = Wish(new.kind, new.asked_by, new.text, tuple(new.bureaus))

        def act() -> Json:
            return _out(rooms.rights.request(client, case, new.on_behalf_of, wish))

        return with_budget(request, rooms.replies.once(request, client, once, new, act))

    @made.post(
        "/findings/{key}/rights-requests/{number}/answer",
        status_code=201,
        response_model=RightsOut,
        responses=writes,
    )
    def answer(
        request: Request, key: Key, new: AnswerIn, number: int = Number, once: IdempotencyKey = ""
    ) -> Response:
        """Hand on the answer of a named officer; 412 when it is answered already."""
        client, case = enter(request, key)
        known = () if case is None else rooms.rights.of_case(client, case)
        if case is None or number not in {one.request_id for one in known}:
            return with_budget(request, problem(404, "not-found"))

        def act() -> Json:
            said = (new.text, new.refused)
            return _out(rooms.rights.answer(client, case, number, new.on_behalf_of, said))

        return with_budget(request, rooms.replies.once(request, client, once, new, act))

    @made.get("/findings/{key}/rights-requests", response_model=RightsListOut, responses=refused)
    def listed(request: Request, key: Key) -> Response:
        """What was asked about the child of a finding, and what was answered."""
        client, case = enter(request, key)
        if case is None:
            return with_budget(request, problem(404, "not-found"))
        found = rooms.rights.of_case(client, case)
        return with_budget(request, JSONResponse({"requests": [_out(one) for one in found]}))

    @made.get("/findings/{key}/who-saw", response_model=WhoSawOut, responses=refused)
    def who_saw(request: Request, key: Key) -> Response:
        """Who saw or was told of the child, from the audit, as its family may be shown it."""
        client, case = enter(request, key)
        if case is None:
            return with_budget(request, problem(404, "not-found"))
        seen = [_seen(one) for one in rooms.rights.who_saw(client, case)]
        return with_budget(request, JSONResponse({"seen": seen}))

    return made


def _out(one: RightsRequest) -> Json:
    return {
        "request": one.request_id,
        "kind": one.kind,
        "asked_by": one.asked_by,
        "asked_at": time_of(one.asked_at),
        "due_on": one.due_on.isoformat(),
        "state": one.state,
        "reason": one.reason,
        "answered_at": time_of(one.answered_at) if one.answered_at else None,
        "wish": one.wish,
        "answer": one.answer,
    }


def _seen(one: Seen) -> Json:
    return {
        "at": time_of(one.at),
        "who": one.who,
        "action": one.action,
        "purpose": one.purpose,
        "fields": list(one.fields),
    }
