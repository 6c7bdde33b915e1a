"""Log-in at a provider: sent there with a state of the browser's own, taken back only with it."""

import base64
import binascii
import json

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from gateway.access.outside import CAS, OIDC, Attempt, Provider
from gateway.console.answers import Answers
from gateway.console.rooms import Rooms
from gateway.console.sessions import keep
from gateway.model.errors import LoginRefused

TRY = "__Host-cwg-try"
TRY_SECONDS = 600


def routes(rooms: Rooms, answers: Answers) -> APIRouter:
    """The routes of this page."""
    router = APIRouter()

    @router.get("/login/{provider}")
    def begin(request: Request, provider: str) -> Response:
        try:
            place, attempt = _provider(provider).begin()
        except LoginRefused:
            return _refused(request)
        answer = RedirectResponse(place, 303)
        # Lax: the way back is a navigation from the provider's page, which a strict cookie would miss.
        answer.set_cookie(
            TRY, _packed(attempt), max_age=TRY_SECONDS, secure=True, httponly=True,
            samesite="lax", path="/",
        )  # fmt: skip
        return answer

    @router.get("/login/{provider}/back")
    def back(request: Request, provider: str) -> Response:
        said = dict(request.query_params.multi_items())
        once = len(said) == len(request.query_params.multi_items())
        attempt = _unpacked(request.cookies.get(TRY, ""))
        try:
            if attempt is None or not once:
                raise LoginRefused("not as begun")
            token = rooms.outside.enter(_provider(provider).finish(attempt, said))
        except LoginRefused:
            return _forgotten(_refused(request))
        # A page, not a redirect: the browser takes our strict cookie along only from a page of ours.
        return _forgotten(keep(answers.page(request, "entered", {}, None), token))

    def _provider(name: str) -> Provider:
        found = rooms.providers.get(name) if name in (OIDC, CAS) else None
        if found is None:
            raise HTTPException(404)
        return found

    def _refused(request: Request) -> Response:
        values = {"refused": True, "providers": tuple(rooms.providers)}
        return answers.page(request, "login", values, None, 403)

    return router


def _packed(attempt: Attempt) -> str:
    parts = [attempt.provider, attempt.state, attempt.nonce, attempt.verifier]
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def _unpacked(text: str) -> Attempt | None:
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        parts = json.loads(raw) if len(text) < 1000 else None
    except (binascii.Error, ValueError):
        return None
    if not isinstance(parts, list) or len(parts) != 4 or not all(isinstance(p, str) for p in parts):
        return None
    return Attempt(*parts) if parts[1] else None


def _forgotten(answer: Response) -> Response:
    answer.delete_cookie(TRY, path="/", secure=True, httponly=True, samesite="lax")
    return answer
