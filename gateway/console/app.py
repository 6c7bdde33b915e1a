"""The pages as an application: log-in, queue, case, dashboard, night."""

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.staticfiles import StaticFiles

from gateway.console import (
    admin_routes,
    case_routes,
    dashboard,
    file_routes,
    login_routes,
    outside_routes,
    protection_routes,
    queue_routes,
    school_routes,
    sheet_routes,
    team_routes,
)
from gateway.console.answers import Answers
from gateway.console.errors import add_errors
from gateway.console.rooms import Rooms


def create_console(rooms: Rooms) -> FastAPI:
    """The pages, to be mounted under the API's application, whose guard they need."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    answers = Answers(rooms)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
    add_errors(app, answers)

    @app.get("/")
    def start(request: Request) -> Response:
        return RedirectResponse(answers.place(request, "").link("/findings"), 303)

    for routes in (
        login_routes,
        outside_routes,
        queue_routes,
        case_routes,
        file_routes,
        sheet_routes,
        school_routes,
        protection_routes,
        team_routes,
        admin_routes,
        dashboard,
    ):
        app.include_router(routes.routes(rooms, answers))
    return app
