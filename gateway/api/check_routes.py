"""`POST /children:check`: yes, no or not known about a child, one at a time or many together."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal, Self

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from gateway.access import ApiScope, Purpose
from gateway.api.callers import SCHEME, Callers, with_budget
from gateway.api.gather import Gathered
from gateway.api.problems import refusals
from gateway.api.rooms import V1, ApiRooms
from gateway.api.shapes import Shape
from gateway.inquiry import Answer, Asked, WhyUnknown
from gateway.model.answers import Question
from gateway.model.identifiers import clean_number, valid18

MOST_AT_ONCE = 200
Said = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class CheckIn(BaseModel):
    """A question about one child, named by `idtype` and `value`, or by `name`, `dob` and `guardian`.

    `case_ref` is the caller's own reference (letters, digits, `. _ : / -`; never a person's number).
    Without `as_of` the question is about the day of the published night.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "idtype": "resident_number", "value": "11010119900307803X",
                    "question": "in_school", "purpose": "casework", "case_ref": "C-2026-17",
                }
            ]
        },
    )  # fmt: skip

    idtype: Literal["resident_number"] | None = None
    value: Said | None = Field(default=None, repr=False)
    name: Said | None = Field(default=None, repr=False)
    dob: date | None = Field(default=None, repr=False)
    guardian: Said | None = Field(default=None, repr=False)
    question: Question
    as_of: date | None = None
    purpose: Purpose
    case_ref: str = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:/-]+$")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        by_number = self.idtype is not None and self.value is not None
        parts = (self.name, self.dob, self.guardian)
        if by_number == all(part is not None for part in parts):
            raise ValueError("by idtype and value, or by name, dob and guardian")
        if (self.idtype is None) != (self.value is None):
            raise ValueError("idtype and value go together")
        if by_number and any(part is not None for part in parts):
            raise ValueError("one way only")
        if valid18(clean_number(self.case_ref)):
            raise ValueError("case_ref is a person's number")
        return self

    def asked(self) -> Asked:
        """The question as inquiry takes it."""
        return Asked(
            self.question, self.purpose, self.case_ref, self.value or "", self.name or "",
            self.dob, self.guardian or "", self.as_of,
        )  # fmt: skip


class CheckOut(Shape):
    """`answer`, and for *not known* `why`; what it rests on, and the last day on which it is good."""

    answer: Literal["yes", "no", "not_known"]
    why: WhyUnknown | None
    roll_as_of: date | None
    coverage: Literal["county", "city", "province", "national"] | None
    run_id: int | None
    until: date | None


class ManyIn(BaseModel):
    """Several questions, answered in their order."""

    model_config = ConfigDict(extra="forbid")

    checks: list[CheckIn] = Field(min_length=1, max_length=MOST_AT_ONCE)


class ManyOut(Shape):
    """The answers, in the order of the questions."""

    answers: list[CheckOut]


def routes(rooms: ApiRooms, callers: Callers) -> APIRouter:
    """The routes of this file."""
    made = APIRouter(prefix=V1, tags=["children"])
    gathered = Gathered(rooms.checks)
    refused = refusals(400, 401, 403, 429, 503)

    # Said to the document only: `callers` reads the header, a dependency would read it once more.
    needs: dict[str, Any] = {"security": [{"client": []}]}

    @made.post("/children:check", response_model=CheckOut, responses=refused, openapi_extra=needs)
    async def check(request: Request, asked: CheckIn) -> Response:
        """Ask one thing about one child.

        Whoever is unknown, sealed, or out of the client's divisions gives the same answer,
        `not_known` and `not_in_scope`, in the same time. `no` comes from a verified roll that sees
        far enough, and from nothing else.
        """
        client = callers.client(request, ApiScope.CHECK)
        answer = await gathered.answer(client, asked.asked())
        rooms.limits.missed(client.client_id, answer.why is WhyUnknown.NOT_IN_SCOPE)
        return with_budget(request, _json(_of(answer)))

    @made.post(
        "/children:check-many", response_model=ManyOut, responses=refused, dependencies=[SCHEME]
    )
    def check_many(request: Request, asked: ManyIn) -> Response:
        """Ask several things at once; needs the scope `bulk` too, and costs one call each."""
        client = callers.client(request, ApiScope.CHECK, cost=len(asked.checks))
        client.needs(ApiScope.BULK)
        answers = rooms.checks.answer([(client, one.asked()) for one in asked.checks])
        rooms.limits.missed(client.client_id, _misses(answers))
        return with_budget(request, _json({"answers": [_of(one) for one in answers]}))

    return made


def _misses(answers: Sequence[Answer]) -> int:
    return sum(one.why is WhyUnknown.NOT_IN_SCOPE for one in answers)


def _of(answer: Answer) -> dict[str, object]:
    return {
        "answer": answer.answer,
        "why": answer.why,
        "roll_as_of": answer.roll_as_of,
        "coverage": answer.coverage,
        "run_id": answer.run_id,
        "until": answer.until,
    }


def _json(value: object) -> Response:
    return Response(orjson.dumps(value), media_type="application/json")
