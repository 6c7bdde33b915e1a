"""Administrators' pages: runs, the site's sources and keys, users, audit; each for its own role."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gateway.access import Act, may
from gateway.console.answers import Answers
from gateway.console.rooms import Rooms
from gateway.console.sessions import FormIn, check_form


def routes(rooms: Rooms, answers: Answers) -> APIRouter:
    """The routes of this page."""
    router = APIRouter()

    @router.get("/runs")
    def runs(request: Request, run: str = "") -> Response:
        session = answers.session(request)
        found = rooms.admin.runs(session.user)
        chosen = next((r for r in found if str(r.run_id) == run), found[0] if found else None)
        shown = rooms.admin.progress(session.user, chosen) if chosen else None
        running = shown is not None and shown.run.state == "running" and not shown.stopped
        values = {"runs": found, "shown": shown, "running": running}
        return answers.page(request, "runs", values, session)

    @router.get("/site")
    def site(request: Request) -> Response:
        session = answers.session(request)
        values = {
            "steps": rooms.admin.first_steps(session.user),
            "sources": rooms.admin.sources(session.user),
            "keys": rooms.admin.keys(session.user),
            "pauses": may(session.user.roles, Act.PAUSE_SOURCE),
            "today": rooms.today(),
        }
        return answers.page(request, "site", values, session)

    @router.post("/site/pause")
    def pause(request: Request, form: FormIn) -> Response:
        session = answers.session(request)
        check_form(form, session)
        paused = form.get("paused") == "yes"
        rooms.admin.pause(session.user, form.get("source")[:64], paused=paused)
        return answers.on(request, "/site")

    @router.get("/users")
    def users(request: Request) -> Response:
        session = answers.session(request)
        accounts = rooms.admin.accounts(session.user)
        return answers.page(request, "users", {"accounts": accounts}, session)

    @router.post("/users/disable")
    def disable(request: Request, form: FormIn) -> Response:
        session = answers.session(request)
        check_form(form, session)
        disabled = form.get("disabled") == "yes"
        rooms.admin.disable(session.user, form.get("account")[:64], disabled=disabled)
        return answers.on(request, "/users")

    @router.get("/audit")
    def audit(request: Request) -> Response:
        session = answers.session(request)
        entries = rooms.admin.audit(session.user, rooms.clock())
        return answers.page(request, "audit", {"entries": entries}, session)

    return router
