"""A client's webhooks: made, listed, replayed and ended by the client itself (docs/webhooks.md)."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from gateway.access import ApiScope
from gateway.api.callers import SCHEME, Callers, with_budget
from gateway.api.json_values import Json, time_of
from gateway.api.problems import PROBLEM, problem, refusals
from gateway.api.replies import IdempotencyKey
from gateway.api.rooms import V1, ApiRooms
from gateway.api.shapes import Shape
from gateway.casework import Event
from gateway.dispatch import Narrowed
from gateway.model.hooks import HookRow

LARGEST = 2**31 - 1
EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
Number = Annotated[int, Path(ge=1, le=LARGEST, description="a webhook's number")]
Rule = Annotated[str, Field(pattern=r"^[A-Z]{3}-[0-9]{2}$")]


class HookIn(BaseModel):
    """Where to tell, and of what: without `rules` and `events` of every change within the divisions.

    `ed25519`: signed with a key of ours whose public part is told, not with a shared secret.
    """

    model_config = ConfigDict(extra="forbid")

    url: str = Field(min_length=1, max_length=512)
    rules: list[Rule] = Field(default=[], max_length=100)
    events: list[Event] = Field(default=[], max_length=100)
    ed25519: bool = False


class ReplayIn(BaseModel):
    """From when on events are sent again, with an offset (+08:00)."""

    model_config = ConfigDict(extra="forbid")

    since: AwareDatetime = Field(ge=EARLIEST)


class HookOut(Shape):
    """A webhook; `given_up` events wait for a replay."""

    webhook: int
    url: str
    rules: list[str]
    events: list[str]
    created_at: str
    ended_at: str | None
    waiting: int
    given_up: int


class NewHookOut(Shape):
    """A new webhook. `secret` is what the receiver verifies with (`whsec_…`, or `whpk_…`): told once."""

    webhook: int
    url: str
    rules: list[str]
    events: list[str]
    created_at: str
    secret: str


class HooksOut(Shape):
    """The client's webhooks, ended ones too."""

    webhooks: list[HookOut]


class ReplayedOut(Shape):
    """How many events go out again."""

    count: int


def routes(rooms: ApiRooms, callers: Callers) -> APIRouter:
    """The routes of this file."""
    refused = refusals(400, 401, 403, 409, 429, 503)
    made = APIRouter(prefix=V1, tags=["webhooks"], responses=refused, dependencies=[SCHEME])

    @made.post("/webhooks", status_code=201, response_model=NewHookOut)
    def add(request: Request, new: HookIn, once: IdempotencyKey = "") -> Response:
        """Be told of changed cases within the client's divisions: ids only, to an https address."""
        client = callers.client(request, ApiScope.EVENTS)
        narrowed = Narrowed(tuple(new.rules), tuple(e.value for e in new.events))

        def act() -> Json:
            hook, secret = rooms.hooks.add(client, new.url, narrowed, own_key=new.ed25519)
            return _hook(hook) | {"secret": secret}

        return with_budget(request, rooms.replies.once(request, client, once, new, act))

    @made.get("/webhooks", response_model=HooksOut)
    def listed(request: Request) -> Response:
        """The client's webhooks, and how much waits or was given up."""
        client = callers.client(request, ApiScope.EVENTS)
        hooks = [
            _hook(one.hook)
            | {
                "ended_at": _time(one.hook.ended_at),
                "waiting": one.waiting,
                "given_up": one.given_up,
            }
            for one in rooms.hooks.all(client)
        ]
        return with_budget(request, JSONResponse({"webhooks": hooks}))

    @made.post(
        "/webhooks/{number}/replays",
        status_code=201,
        response_model=ReplayedOut,
        responses={404: PROBLEM},
    )
    def replay(
        request: Request, number: Number, new: ReplayIn, once: IdempotencyKey = ""
    ) -> Response:
        """Send what happened since a time again, under the same ids."""
        client = callers.client(request, ApiScope.EVENTS)
        if not any(h.hook.webhook_id == number for h in rooms.hooks.all(client)):
            return with_budget(request, problem(404, "not-found"))

        def act() -> Json:
            return {"count": rooms.hooks.replay(client, number, new.since) or 0}

        return with_budget(request, rooms.replies.once(request, client, once, new, act))

    @made.delete("/webhooks/{number}", status_code=204, responses={404: PROBLEM})
    def end(request: Request, number: Number) -> Response:
        """End a webhook, and what was still to go to it."""
        client = callers.client(request, ApiScope.EVENTS)
        done = rooms.hooks.end(client, number)
        return with_budget(
            request, Response(status_code=204) if done else problem(404, "not-found")
        )

    return made


def _hook(hook: HookRow) -> Json:
    return {
        "webhook": hook.webhook_id,
        "url": hook.url,
        "rules": list(hook.rules),
        "events": list(hook.events),
        "created_at": time_of(hook.created_at),
    }


def _time(at: datetime | None) -> str | None:
    return time_of(at) if at else None
