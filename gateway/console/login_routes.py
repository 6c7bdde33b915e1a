"""Log-in, log-out, and the first password that must be changed."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gateway.console.answers import Answers
from gateway.console.rooms import Rooms
from gateway.console.sessions import (
    FormIn,
    LogInFirst,
    check_form,
    forget,
    keep,
    session_of,
    token_of,
)
from gateway.model.errors import LoginRefused, UsageError


def routes(rooms: Rooms, answers: Answers) -> APIRouter:
    """The routes of this page."""
    router = APIRouter()

    @router.get("/login")
    def show(request: Request) -> Response:
        return answers.page(
            request, "login", {"refused": False, "providers": tuple(rooms.providers)}, None
        )

    @router.post("/login")
    def log_in(request: Request, form: FormIn) -> Response:
        try:
            token = rooms.login.open(form.get("name"), form.get("password"), form.get("code"))
        except LoginRefused:
            return answers.page(
                request, "login", {"refused": True, "providers": tuple(rooms.providers)}, None, 403
            )
        return keep(answers.on(request, "/findings"), token)

    @router.post("/logout")
    def log_out(request: Request, form: FormIn) -> Response:
        session = session_of(request, rooms.login)
        if session is not None:
            check_form(form, session)
            rooms.login.close(token_of(request))
        return forget(answers.on(request, "/login"))

    @router.get("/password")
    def password(request: Request) -> Response:
        session = session_of(request, rooms.login)
        if session is None:
            raise LogInFirst("/login")
        return answers.page(request, "password", {"refused": ""}, session)

    @router.post("/password")
    def change(request: Request, form: FormIn) -> Response:
        session = session_of(request, rooms.login)
        if session is None:
            raise LogInFirst("/login")
        check_form(form, session)
        new, again = form.get("new"), form.get("again")
        try:
            if new != again:
                return answers.page(request, "password", {"refused": "differ"}, session, 400)
            rooms.login.change_password(token_of(request), form.get("old"), new)
        except LoginRefused:
            return answers.page(request, "password", {"refused": "old"}, session, 403)
        except UsageError:
            return answers.page(request, "password", {"refused": "weak"}, session, 400)
        return answers.on(request, "/findings")

    return router
