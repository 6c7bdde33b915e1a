"""Failures as problem answers (RFC 9457). Nothing that was sent in is repeated."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from gateway.model.errors import (
    GatewayError,
    KeyUnavailable,
    LoginRefused,
    StoreError,
    UsageError,
    ViewMoved,
)

STATUS: tuple[tuple[type[GatewayError], int, str], ...] = (
    (UsageError, 400, "usage"),
    (LoginRefused, 401, "log-in"),
    (ViewMoved, 410, "view-moved"),
    (StoreError, 503, "store-unavailable"),
    (KeyUnavailable, 503, "key-unavailable"),
    (GatewayError, 500, "failed"),
)
"""The first line that fits decides."""


def problem(status: int, code: str, title: str, detail: str = "") -> JSONResponse:
    """A problem answer; `detail` says what to do about it."""
    body = {"type": f"urn:cwg:problem:{code}", "title": title, "status": status}
    if detail:
        body["detail"] = detail
    return JSONResponse(body, status, media_type="application/problem+json")


def of_error(error: GatewayError) -> JSONResponse:
    """A failure of the house as a problem; of a failure inside only its kind is told."""
    status, code = next((s, c) for kind, s, c in STATUS if isinstance(error, kind))
    title = error.what if status < 500 else "the request could not be answered now"
    return problem(status, code, title, error.mend if status < 500 else "")


def add_handlers(app: FastAPI) -> None:
    """Let the application answer every failure with a problem."""

    @app.exception_handler(GatewayError)
    def _house(_: Request, error: GatewayError) -> JSONResponse:
        return of_error(error)

    @app.exception_handler(RequestValidationError)
    def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        # Our own names only: an unknown parameter's name is the caller's words too.
        ours = (e for e in error.errors() if e["type"] != "extra_forbidden")
        named = {str(part) for e in ours for part in e["loc"][1:2]}
        return problem(400, "usage", "a parameter is not as documented", ", ".join(sorted(named)))

    @app.exception_handler(HTTPException)
    def _http(_: Request, error: HTTPException) -> JSONResponse:
        return problem(
            error.status_code, f"http-{error.status_code}", "there is nothing here to give"
        )
