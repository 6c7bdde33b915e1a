"""`POST /harm-reports`: a sign of harm goes before everything else, and straight to child protection."""

from datetime import date
from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from gateway.access import ApiScope
from gateway.api.callers import SCHEME, Callers, with_budget
from gateway.api.json_values import time_of
from gateway.api.problems import refusals
from gateway.api.replies import IdempotencyKey
from gateway.api.rooms import V1, ApiRooms
from gateway.api.shapes import Shape
from gateway.inquiry import Report


class HarmIn(BaseModel):
    """A report. A number, a name or a place tells which child is meant; the reporter is told the result."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=4000, repr=False)
    reporter: str = Field(min_length=1, max_length=200, repr=False)
    number: str = Field(default="", max_length=32, repr=False)
    name: str = Field(default="", max_length=64, repr=False)
    dob: date | None = Field(default=None, repr=False)
    place: str = Field(default="", max_length=200, repr=False)


class HarmOut(Shape):
    """The report is kept. Nothing more is told, whoever is meant."""

    state: Literal["received"]
    at: str


def routes(rooms: ApiRooms, callers: Callers) -> APIRouter:
    """The route of this file."""
    made = APIRouter(prefix=V1, tags=["harm"], dependencies=[SCHEME])

    @made.post(
        "/harm-reports",
        status_code=201,
        response_model=HarmOut,
        responses=refusals(400, 401, 403, 409, 429, 503),
    )
    def report(request: Request, new: HarmIn, key: IdempotencyKey = "") -> Response:
        """Report a sign of harm. It is sealed for child protection at once; the duty person is paged."""
        client = callers.client(request, ApiScope.HARM)

        def act() -> dict[str, object]:
            report = Report(new.text, new.reporter, new.number, new.name, new.dob, new.place)
            at = rooms.harm.report(client, report)
            return {"state": "received", "at": time_of(at)}

        return with_budget(request, rooms.replies.once(request, client, key, new, act))

    return made
