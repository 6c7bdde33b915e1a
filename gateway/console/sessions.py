"""The session of a request: its cookie, its form token, and what is asked of a form."""

import secrets
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from fastapi import Depends, Request, Response

from gateway.access import LogIn, Session
from gateway.model.errors import GatewayError, LoginRefused, UsageError

COOKIE = "__Host-cwg"
"""The `__Host-` prefix lets a browser take it only over a safe connection, for this host, for `/`."""

MAX_FORM = 64 * 1024
MAX_FIELDS = 1000


class LogInFirst(LoginRefused):
    """Nobody is logged in, or a first password must be changed: the page of `path` comes first."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__("log in first")


class FormRefused(GatewayError):
    """A form came from another page than ours, or from a session that has ended."""


def token_of(request: Request) -> str:
    """The session's token, as the browser sent it."""
    return request.cookies.get(COOKIE, "")


def keep(response: Response, token: str) -> Response:
    """Give the browser its token; no script can read it and no other site makes the browser send it."""
    response.set_cookie(COOKIE, token, secure=True, httponly=True, samesite="strict", path="/")
    return response


def forget(response: Response) -> Response:
    """Take the token from the browser."""
    response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="strict", path="/")
    return response


def session_of(request: Request, login: LogIn) -> Session | None:
    """Who is here, or None."""
    token = token_of(request)
    return login.who(token) if token else None


def needed(request: Request, login: LogIn) -> Session:
    """Who is here. Raises LogInFirst."""
    session = session_of(request, login)
    if session is None:
        raise LogInFirst("/login")
    if session.must_change:
        raise LogInFirst("/password")
    return session


class Form:
    """The fields of a posted form, each one at most once but those read by `all`."""

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        self._fields = fields

    def get(self, name: str) -> str:
        """A field, trimmed; empty when it is not there. Raises UsageError when it stands twice."""
        found = self.all(name)
        if len(found) > 1:
            raise UsageError("a field stands twice in the form", where=name)
        return found[0].strip() if found else ""

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a field, in order."""
        return tuple(value for key, value in self._fields if key == name)


async def read_form(request: Request) -> Form:
    """The form of a request. Raises FormRefused for another origin, UsageError for what is no form."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise FormRefused("the form is not from here")
    kind = request.headers.get("content-type", "").partition(";")[0]
    if kind != "application/x-www-form-urlencoded":
        raise UsageError("that is not a form")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MAX_FORM:
            raise UsageError("the form is too large")
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, strict_parsing=bool(body),
            max_num_fields=MAX_FIELDS, errors="strict",
        )  # fmt: skip
    except ValueError:
        raise UsageError("that is not a form") from None
    return Form(pairs)


FormIn = Annotated[Form, Depends(read_form)]


def check_form(form: Form, session: Session) -> None:
    """Raises FormRefused unless the form carries this session's token."""
    if not secrets.compare_digest(form.get("form").encode(), session.form_token.encode()):
        raise FormRefused("the form is not of this session")
