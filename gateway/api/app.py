"""The application: health, version 1 of the read API, and the console beneath."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.types import ASGIApp

from gateway.access import Purpose, Reader
from gateway.api.guard import LOOPBACK_NAMES, Guard
from gateway.api.json_values import latest_of, page_of, run_of
from gateway.api.problems import add_handlers, problem
from gateway.api.shapes import FindingsOut, LatestRunOut, LiveOut, ProblemOut, ReadyOut
from gateway.inquiry import Filters, Inquiry
from gateway.model.cases import CaseState
from gateway.model.errors import GatewayError

MAX_LIMIT = 200
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
_PROBLEM: dict[str, Any] = {"content": {"application/problem+json": {}}, "model": ProblemOut}


class FindingsAsked(BaseModel):
    """What a caller asks of the list; a parameter that is not one of these is refused."""

    model_config = ConfigDict(extra="forbid")

    rule: list[str] = Field(default=[], max_length=50)
    county: list[str] = Field(default=[], max_length=200)
    state: list[CaseState] = []
    limit: int = Field(default=50, ge=1, le=MAX_LIMIT)
    cursor: str = Field(default="", max_length=200)
    purpose: Purpose = Purpose.CASEWORK


ReaderOf = Callable[[Request], Reader]
"""Who sends a request. Raises LoginRefused when nobody is known by it."""


def create_app(
    inquiry: Inquiry,
    *,
    reader_of: ReaderOf,
    console: ASGIApp | None = None,
    hosts: Sequence[str] = (),
) -> FastAPI:
    """The application. `console` answers every path that is not the API's; `hosts` are names that are
    served besides those of this machine.

    Serve it with `serve`, which refuses any address but loopback.
    """
    app = FastAPI(
        title="child-welfare-gateway",
        version="1",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.add_middleware(Guard, hosts=(*LOOPBACK_NAMES, *hosts))
    add_handlers(app)
    app.include_router(_health(inquiry))
    app.include_router(_version_1(inquiry, reader_of))
    _close(app)
    if console is not None:
        app.mount("/", console)
    return app


def _close(app: FastAPI) -> None:
    @app.api_route("/api/{rest:path}", methods=_METHODS, include_in_schema=False)
    def nothing(rest: str) -> object:
        """What the API does not have is answered here, not by the console."""
        return problem(404, "not-found", "there is nothing here")


def _health(inquiry: Inquiry) -> APIRouter:
    routes = APIRouter(prefix="/-/health", tags=["health"])

    @routes.get("/live", response_model=LiveOut)
    def live() -> dict[str, str]:
        """The process answers."""
        return {"status": "live"}

    @routes.get("/ready", response_model=ReadyOut, responses={503: _PROBLEM})
    def ready() -> object:
        """The database answers, is of this version, and a run is published."""
        try:
            run = inquiry.ready()
        except GatewayError as error:
            return problem(503, "not-ready", error.what, error.mend)
        if run is None:
            return problem(503, "nothing-published", "no night has been published yet", "`cwg run`")
        return {"status": "ready", "run": run_of(run)}

    return routes


def _version_1(inquiry: Inquiry, reader_of: ReaderOf) -> APIRouter:
    refusals: dict[int | str, dict[str, Any]] = {
        400: _PROBLEM,
        401: _PROBLEM,
        410: _PROBLEM,
        503: _PROBLEM,
    }
    routes = APIRouter(prefix="/api/v1", tags=["v1"], responses=refusals)

    @routes.get("/findings", response_model=FindingsOut)
    def findings(request: Request, asked: Annotated[FindingsAsked, Query()]) -> object:
        """Findings of the published run, by severity, then case number.

        `next` goes on where this page ends; it is refused with 410 once another run is published.
        """
        filters = Filters(tuple(asked.rule), tuple(asked.county), tuple(asked.state))
        page = inquiry.findings(
            reader_of(request), asked.purpose, filters, cursor=asked.cursor, limit=asked.limit
        )
        return page_of(page)

    @routes.get("/runs/latest", response_model=LatestRunOut)
    def latest_run(request: Request, purpose: Purpose = Purpose.CASEWORK) -> object:
        """The ledger of the published night: what became of every row and every outcome."""
        return latest_of(inquiry.night(reader_of(request), purpose))

    return routes
