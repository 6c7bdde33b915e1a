"""Cases: their history, comments by systems, and decisions that a system hands on for an officer."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from gateway.access import ApiScope, Client, Purpose
from gateway.api.callers import SCHEME, Callers, with_budget
from gateway.api.finding_routes import Key
from gateway.api.json_values import time_of
from gateway.api.problems import problem, refusals
from gateway.api.replies import IdempotencyKey
from gateway.api.rooms import V1, ApiRooms
from gateway.api.shapes import Shape
from gateway.casework import Event
from gateway.desk import Asked, Done

IfMatch = Annotated[
    str,
    Header(
        alias="If-Match",
        pattern=r'^"[0-9]{1,9}"$',
        description="The case's version as it was read: the ETag of the finding or its history.",
    ),
]


class HistoryLineOut(Shape):
    """One line; what people wrote stays at the desk."""

    version: int
    event: str
    state: str
    by: str
    at: str
    reason: str
    until: str | None


class HistoryOut(Shape):
    """Where a case stands, and how it came there, oldest first."""

    version: int
    state: str
    due: str | None
    lines: list[HistoryLineOut]


class CommentIn(BaseModel):
    """A comment or reply of a system."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=2000, repr=False)


class DecisionIn(BaseModel):
    """An officer's decision. `excuse` needs reason, until and note; `dismiss` a reason; `settle` a reason
    (handled_offline, informed, declined, not_found, away) and a note."""

    model_config = ConfigDict(extra="forbid")

    event: Literal["confirm", "excuse", "dismiss", "settle"]
    on_behalf_of: str = Field(min_length=1, max_length=64)
    reason: str = Field(default="", max_length=64)
    until: date | None = None
    note: str = Field(default="", max_length=2000, repr=False)


class DoneOut(Shape):
    """The case's new version and state; `proposed`: a second person is asked first."""

    version: int
    state: str
    proposed: bool


def routes(rooms: ApiRooms, callers: Callers) -> APIRouter:
    """The routes of this file."""
    made = APIRouter(prefix=V1, tags=["cases"], dependencies=[SCHEME])
    refused = refusals(400, 401, 403, 404, 429, 503)
    writes: dict[int | str, dict[str, Any]] = refused | refusals(409, 412)

    def case_of(client: Client, key: str) -> int | None:
        found = rooms.inquiry.finding(client.reader, Purpose.CASEWORK, key)
        return found.case_id if found else None

    @made.get("/findings/{key}/history", response_model=HistoryOut, responses=refused)
    def history(request: Request, key: Key) -> Response:
        """The history of a finding's case, without what people wrote."""
        client = callers.client(request, ApiScope.FINDINGS)
        number = case_of(client, key)
        if number is None:
            return with_budget(request, problem(404, "not-found"))
        case = rooms.machines.case(client, number)
        lines = [
            {
                "version": line.version, "event": line.event, "state": line.to_state, "by": line.by,
                "at": time_of(line.at), "reason": line.reason,
                "until": line.until.isoformat() if line.until else None,
            }
            for line in case.history
        ]  # fmt: skip
        due = case.due_on.isoformat() if case.due_on else None
        body = {"version": case.version, "state": case.state, "due": due, "lines": lines}
        answer = JSONResponse(body, headers={"etag": f'"{case.version}"'})
        return with_budget(request, answer)

    @made.post(
        "/findings/{key}/comments", status_code=201, response_model=DoneOut, responses=writes
    )
    def comment(
        request: Request, key: Key, new: CommentIn, match: IfMatch, once: IdempotencyKey = ""
    ) -> Response:
        """Comment or reply in the system's own name; the case stays where it is."""
        client = callers.client(request, ApiScope.CASES)
        number = case_of(client, key)
        if number is None:
            return with_budget(request, problem(404, "not-found"))
        version = int(match.strip('"'))

        def act() -> dict[str, object]:
            return _done(rooms.machines.annotate(client, number, version, new.text))

        return with_budget(request, rooms.replies.once(request, client, once, new, act))

    @made.post(
        "/findings/{key}/decisions", status_code=201, response_model=DoneOut, responses=writes
    )
    def decide(
        request: Request, key: Key, new: DecisionIn, match: IfMatch, once: IdempotencyKey = ""
    ) -> Response:
        """Hand on the decision of a named officer, with that officer's rights and nothing more."""
        client = callers.client(request, ApiScope.DECIDE)
        number = case_of(client, key)
        if number is None:
            return with_budget(request, problem(404, "not-found"))
        version = int(match.strip('"'))
        asked = Asked(Event(new.event), new.reason, new.until, note=new.note)

        def act() -> dict[str, object]:
            done = rooms.machines.decide(client, number, version, new.on_behalf_of, asked)
            return _done(done)

        return with_budget(request, rooms.replies.once(request, client, once, new, act))

    return made


def _done(done: Done) -> dict[str, object]:
    return {"version": done.version, "state": done.state, "proposed": done.proposed}
