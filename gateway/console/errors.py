"""Errors as plain pages: what failed is told by its kind, never by its text."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from gateway.console.answers import Answers
from gateway.console.sessions import FormRefused, LogInFirst
from gateway.console.words import WORDS
from gateway.model.errors import GatewayError, NotAllowed, StaleCase, UsageError, ViewMoved

STATUS: tuple[tuple[type[GatewayError], int], ...] = (
    (FormRefused, 403),
    (NotAllowed, 404),
    (UsageError, 400),
    (StaleCase, 409),
    (ViewMoved, 410),
)
"""Not allowed is 404: nobody learns from a refusal that something is there."""


def add_errors(app: FastAPI, answers: Answers) -> None:
    """Answer every failure of the pages."""

    def shown(request: Request, status: int) -> HTMLResponse:
        known = status if f"error_{status}" in WORDS else 500
        return answers.error(
            request, {"status": status, "message": WORDS[f"error_{known}"]}, status
        )

    @app.exception_handler(LogInFirst)
    def _login(request: Request, error: LogInFirst) -> Response:
        return answers.on(request, error.path)

    @app.exception_handler(GatewayError)
    def _house(request: Request, error: GatewayError) -> HTMLResponse:
        return shown(request, next((s for kind, s in STATUS if isinstance(error, kind)), 503))

    @app.exception_handler(RequestValidationError)
    def _invalid(request: Request, error: RequestValidationError) -> HTMLResponse:
        return shown(request, 400)

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> HTMLResponse:
        return shown(request, 404 if error.status_code == 405 else error.status_code)

    @app.exception_handler(Exception)
    def _failed(request: Request, error: Exception) -> HTMLResponse:
        return shown(request, 500)
