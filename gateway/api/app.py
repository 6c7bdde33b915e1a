"""The application: health, version 1 of the API, and the console beneath."""

from collections.abc import Sequence

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp

from gateway.api import (
    bulk_routes,
    case_routes,
    catalogue_routes,
    check_routes,
    dci_routes,
    docs_routes,
    finding_routes,
    forms,
    harm_routes,
    reference_routes,
    rights_routes,
    roll_routes,
    token_routes,
    webhook_routes,
)
from gateway.api.callers import Callers
from gateway.api.guard import LOOPBACK_NAMES, Guard
from gateway.api.json_values import run_of
from gateway.api.problems import PROBLEM, add_handlers, problem
from gateway.api.proxy import ProxyCertificate
from gateway.api.rooms import ApiRooms
from gateway.api.sealed import SealedClients
from gateway.api.shapes import LiveOut, ReadyOut
from gateway.inquiry import Inquiry
from gateway.model.errors import GatewayError

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
VERSION = "1"


def create_app(
    rooms: ApiRooms,
    *,
    console: ASGIApp | None = None,
    hosts: Sequence[str] = (),
    proxy_secret: str = "",
) -> FastAPI:
    """The application. `console` answers every path that is not the API's; `hosts` are names that are
    served besides those of this machine; with `proxy_secret` the proxy that sends it is believed which
    certificate a client showed (proxy.py).

    Serve it with `serve`, which refuses any address but loopback.
    """
    app = FastAPI(
        title="child-welfare-gateway",
        version=VERSION,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=False,
    )
    callers = Callers(rooms)
    app.add_middleware(SealedClients, callers=callers, keys=rooms.jose)
    app.add_middleware(Guard, hosts=(*LOOPBACK_NAMES, *hosts))
    if proxy_secret:
        app.add_middleware(ProxyCertificate, secret=proxy_secret)
    add_handlers(app)
    # Routes are tried in this order: what is asked most stands first.
    app.include_router(check_routes.routes(rooms, callers))
    app.include_router(_health(rooms.inquiry))
    app.include_router(token_routes.routes(rooms))
    for part in (
        harm_routes, finding_routes, case_routes, rights_routes, catalogue_routes,
        webhook_routes, roll_routes, bulk_routes, reference_routes,
    ):  # fmt: skip
        app.include_router(part.routes(rooms, callers))
    app.include_router(docs_routes.routes())
    if rooms.dci is not None:
        app.include_router(dci_routes.routes(rooms.dci, callers, rooms.limits))
    if rooms.forms is not None:
        app.include_router(forms.routes(rooms.forms))
    _close(app)
    if console is not None:
        app.mount("/", console)
    return app


def _close(app: FastAPI) -> None:
    @app.api_route("/api/{rest:path}", methods=_METHODS, include_in_schema=False)
    def nothing(rest: str) -> object:
        """What the API does not have is answered here, not by the console."""
        return problem(404, "not-found")


def _health(inquiry: Inquiry) -> APIRouter:
    routes = APIRouter(prefix="/-/health", tags=["health"])

    @routes.get("/live", response_model=LiveOut)
    def live() -> dict[str, str]:
        """The process answers."""
        return {"status": "live"}

    @routes.get("/ready", response_model=ReadyOut, responses={503: PROBLEM})
    def ready() -> object:
        """The database answers, is of this version, and a run is published."""
        try:
            run = inquiry.ready()
        except GatewayError as error:
            return problem(503, "not-ready", f"{error.what}: {error.mend}")
        if run is None:
            return problem(503, "nothing-published", "`cwg run`")
        return {"status": "ready", "run": run_of(run)}

    return routes
