"""`POST /token`: OAuth 2 client credentials with a signed assertion (RFC 6749, section 4.4; RFC 7523)."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse

from gateway.api.callers import TLS_CERTIFICATE
from gateway.api.problems import PROBLEM
from gateway.api.rooms import ApiRooms
from gateway.api.shapes import Shape
from gateway.model.errors import LoginRefused, UsageError

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


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
    made = APIRouter(tags=["clients"])
    errors = {400: {"model": TokenErrorOut}, 401: {"model": TokenErrorOut}, 503: PROBLEM}

    @made.post("/token", response_model=TokenOut, responses=errors)
    def token(
        request: Request,
        grant_type: Annotated[str, Form(max_length=64)] = "",
        client_assertion_type: Annotated[str, Form(max_length=128)] = "",
        client_assertion: Annotated[str, Form(max_length=8192)] = "",
        scope: Annotated[str, Form(max_length=512)] = "",
    ) -> Response:
        """A token against a JWT that the client signed with its registered key.

        `aud` is the site's name (`urn:cwg:site:<party>`), `iss` and `sub` the client's id, `exp` at
        most five minutes ahead, `jti` never the same twice.
        """
        if grant_type != "client_credentials":
            return _error(400, "unsupported_grant_type", "grant_type is client_credentials")
        if client_assertion_type != JWT_BEARER or not client_assertion:
            return _error(400, "invalid_request", "a client assertion is needed")
        bound = request.scope.get(TLS_CERTIFICATE, "")
        try:
            issued = rooms.door.issue(client_assertion, scope.split(), certificate=bound)
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


def _error(status: int, code: str, text: str) -> Response:
    return JSONResponse({"error": code, "error_description": text}, status)
