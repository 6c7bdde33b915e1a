"""Failures as problem answers (RFC 9457), in two languages. Nothing that was sent in is repeated."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from gateway.api.shapes import ProblemOut
from gateway.model.errors import (
    Busy,
    GatewayError,
    KeyUnavailable,
    LoginRefused,
    NoRoom,
    NotAllowed,
    StaleCase,
    StoreError,
    UsageError,
    ViewMoved,
    WrongOffset,
)

PROBLEM: dict[str, Any] = {"content": {"application/problem+json": {}}, "model": ProblemOut}
"""How a route declares that it may answer with a problem."""


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route declares for the statuses that it refuses with."""
    return dict.fromkeys(statuses, PROBLEM)


CODES: dict[str, tuple[str, str]] = {
    "usage": ("请求不符合接口说明", "the request is not as documented"),
    "log-in": ("需要登录或有效令牌", "a log-in or a good token is needed"),
    "not-allowed": ("该客户端无权进行此操作", "this client may not do that"),
    "not-found": ("此处没有内容", "there is nothing here"),
    "method": ("此处不支持该方法", "that method is not for here"),
    "stale": ("对象已被他人更改", "somebody else changed it first"),
    "key-reused": ("幂等键已用于另一请求", "the idempotency key came with another request"),
    "offset": ("续传位置不符", "the file does not go on there"),
    "no-room": ("暂无存储空间", "there is no room for it now"),
    "view-moved": ("已发布新一夜的结果", "another night was published"),
    "too-many": ("调用次数已达上限", "the budget of calls is used up"),
    "not-ready": ("服务尚未就绪", "the service is not ready"),
    "nothing-published": ("尚未发布任何一夜的结果", "no night has been published yet"),
    "store-unavailable": ("暂时无法答复", "the request could not be answered now"),
    "key-unavailable": ("暂时无法答复", "the request could not be answered now"),
    "failed": ("请求处理失败", "the request could not be answered"),
}
"""Every code, in Chinese and English. A code never changes its meaning (docs/api/problems.md)."""

STATUS: tuple[tuple[type[GatewayError], int, str], ...] = (
    (WrongOffset, 409, "offset"),
    (UsageError, 400, "usage"),
    (LoginRefused, 401, "log-in"),
    (NotAllowed, 403, "not-allowed"),
    (StaleCase, 412, "stale"),
    (ViewMoved, 410, "view-moved"),
    (Busy, 429, "too-many"),
    (NoRoom, 507, "no-room"),
    (StoreError, 503, "store-unavailable"),
    (KeyUnavailable, 503, "key-unavailable"),
    (GatewayError, 500, "failed"),
)
"""The first line that fits decides."""


def problem(status: int, code: str, detail: str = "") -> JSONResponse:
    """A problem answer; `detail` says what to do about it."""
    zh, en = CODES[code]
    body = {
        "type": f"urn:cwg:problem:{code}",
        "title": f"{zh} / {en}",
        "status": status,
        "code": code,
    }
    if detail:
        body["detail"] = detail
    return JSONResponse(body, status, media_type="application/problem+json")


def of_error(error: GatewayError) -> JSONResponse:
    """A failure of the house as a problem; of a failure inside only its kind is told."""
    status, code = next((s, c) for kind, s, c in STATUS if isinstance(error, kind))
    inside = status >= 500 and not isinstance(error, NoRoom)
    told = "" if inside else ": ".join(filter(None, (error.what, error.mend)))
    answer = problem(status, code, told)
    if isinstance(error, Busy):
        answer.headers["retry-after"] = str(max(1, int(error.after_seconds)))
    if status == 401:
        answer.headers["www-authenticate"] = "Bearer"
    return answer


def add_handlers(app: FastAPI) -> None:
    """Let the application answer every failure with a problem."""

    @app.exception_handler(GatewayError)
    def _house(_: Request, error: GatewayError) -> JSONResponse:
        return of_error(error)

    @app.exception_handler(RequestValidationError)
    def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        # Our own names only: an unknown parameter's name is the caller's words too.
        ours = (e for e in error.errors() if e["type"] not in ("extra_forbidden", "json_invalid"))
        named = {str(part) for e in ours for part in e["loc"][1:2]}
        return problem(400, "usage", ", ".join(sorted(named)))

    @app.exception_handler(HTTPException)
    def _http(_: Request, error: HTTPException) -> JSONResponse:
        code = {404: "not-found", 405: "method"}.get(error.status_code, "usage")
        return problem(error.status_code, code)
