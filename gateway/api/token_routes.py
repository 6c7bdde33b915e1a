"""`POST /token`: OAuth 2 client credentials with a signed assertion (RFC 6749, section 4.4; RFC 7523)."""

import asyncio
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from gateway.api.callers import TLS_CERTIFICATE
from gateway.api.problems import PROBLEM
from gateway.api.rooms import V1, ApiRooms
from gateway.api.shapes import Shape
from gateway.model.errors import LoginRefused, UsageError

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

FORM = "application/x-www-form-urlencoded"
MAX_FORM = 16 * 1024
_TEXT = {"type": "string"}
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["grant_type", "client_assertion_type", "client_assertion"],
                    "properties": {
                        "grant_type": {"type": "string", "enum": ["client_credentials"]},
                        "client_assertion_type": {"type": "string", "enum": [JWT_BEARER]},
                        "client_assertion": _TEXT,
                        "scope": _TEXT,
                    },
                }
            }
        },
    }
}


class TokenOut(Shape):
    """A token, its life in seconds, and the scopes that it carries (RFC 6749, section 5.1)."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    scope: str


class TokenErrorOut(Shape):
    """Why there is none (RFC 6749, section 5.2)."""

    error: Literal["invalid_request", "invalid_client", "unsupported_grant_type", "invalid_scope"]
    error_description: str


def routes(rooms: ApiRooms) -> APIRouter:
    """The route of this file."""
    made = APIRouter(prefix=V1, tags=["clients"])
    errors: dict[int | str, dict[str, Any]] = {
        400: {"model": TokenErrorOut},
        401: {"model": TokenErrorOut},
        503: PROBLEM,
    }

    @made.post("/token", response_model=TokenOut, responses=errors, openapi_extra=_FORM)
    async def token(request: Request) -> Response:
        """A token against a JWT that the client signed with its registered key.

        `aud` is the site's name (`urn:cwg:site:<party>`), `iss` and `sub` the client's id, `exp` at
        most five minutes ahead, `jti` never the same twice.
        """
        form = await _read(request)
        if form is None:
            return _error(400, "invalid_request", "that is not the form that is asked for")
        return await asyncio.to_thread(answer, form, request.scope.get(TLS_CERTIFICATE, ""))

    def answer(form: Mapping[str, str], certificate: str) -> Response:
        if form.get("grant_type") != "client_credentials":
            return _error(400, "unsupported_grant_type", "grant_type is client_credentials")
        assertion = form.get("client_assertion", "")
        if form.get("client_assertion_type") != JWT_BEARER or not assertion:
            return _error(400, "invalid_request", "a client assertion is needed")
        try:
            scopes = form.get("scope", "").split()
            issued = rooms.door.issue(assertion, scopes, certificate=certificate)
        except LoginRefused as error:
            return _error(401, "invalid_client", error.what)
        except UsageError as error:
            return _error(400, "invalid_scope", error.what)
        return JSONResponse(
            {
                "access_token": issued.token,
                "token_type": "Bearer",
                "expires_in": int(issued.lives.total_seconds()),
                "scope": " ".join(issued.scopes),
            }
        )

    return made


async def _read(request: Request) -> Mapping[str, str] | None:
    """The fields of the form, each at most once; None for anything else."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MAX_FORM:
            return None
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=20)
    except ValueError:
        return None
    fields = dict(pairs)
    return fields if kind == FORM and len(fields) == len(pairs) else None


def _error(status: int, code: str, text: str) -> Response:
    return JSONResponse({"error": code, "error_description": text}, status)
