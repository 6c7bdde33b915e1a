"""The pages: the list, one finding, the night. Read-only, without a script."""

from collections.abc import Mapping
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from gateway.access import Purpose, Reader
from gateway.console.language import choose
from gateway.console.lists import Choice, fields, total
from gateway.console.pages import Pages, Place
from gateway.console.words import WORDS
from gateway.inquiry import Inquiry
from gateway.model.errors import GatewayError, UsageError, ViewMoved

PURPOSE = Purpose.CASEWORK
PAGE = 50


def create_console(
    inquiry: Inquiry, *, reader: Reader, time_zone: str = "Asia/Shanghai"
) -> FastAPI:
    """The pages as an application, to be mounted under the API's, whose guard it needs."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    pages = Pages(reader.name, time_zone)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
    _add_errors(app, pages)

    @app.get("/")
    def start(request: Request) -> Response:
        return RedirectResponse(_place(request, "").link("/findings"), 303)

    @app.get("/findings")
    def findings(
        request: Request, rule: str = "", county: str = "", state: str = "", cursor: str = ""
    ) -> Response:
        choice = Choice(rule, county, state)
        return _page(pages, request, "findings", _list(inquiry, reader, choice, cursor, request))

    @app.get("/findings/{key}")
    def finding(request: Request, key: str) -> Response:
        found = inquiry.finding(reader, PURPOSE, key)
        if found is None:
            raise HTTPException(404)
        return _page(pages, request, "finding", {"f": found})

    @app.get("/night")
    def night(request: Request) -> Response:
        return _page(pages, request, "night", {"night": inquiry.night(reader, PURPOSE)})

    return app


def _list(
    inquiry: Inquiry, reader: Reader, choice: Choice, cursor: str, request: Request
) -> Mapping[str, object]:
    try:
        filters = choice.filters()
    except ValueError:
        raise UsageError(
            "that is not a state", where="state", mend="choose one of the list"
        ) from None
    page = inquiry.findings(reader, PURPOSE, filters, cursor=cursor, limit=PAGE)
    tallies = inquiry.tallies(reader, PURPOSE)
    place = _place(request, "findings")
    return {
        "page": page,
        "total": total(choice, tallies),
        "fields": fields(choice, tallies, inquiry.titles(reader)),
        "begun": bool(cursor),
        "first_page": place.link("/findings", choice.query()),
        "next_page": place.link("/findings", {**choice.query(), "cursor": page.next_cursor}),
    }


def _page(pages: Pages, request: Request, name: str, values: Mapping[str, object]) -> HTMLResponse:
    return HTMLResponse(pages.render(name, _place(request, name), values))


def _place(request: Request, name: str) -> Place:
    accept = request.headers.get("accept-language", "")
    lang = choose(request.query_params.get("lang", ""), accept)
    return Place(name, request.url.path, tuple(request.query_params.multi_items()), lang)


def _add_errors(app: FastAPI, pages: Pages) -> None:
    def shown(request: Request, status: int) -> HTMLResponse:
        known = status if f"error_{status}" in WORDS else 500
        values = {"status": status, "message": WORDS[f"error_{known}"]}
        # The address that failed may hold anything: the page in the other language is the start.
        place = Place("error", "/findings", (), _place(request, "error").lang)
        return HTMLResponse(pages.render("error", place, values), status)

    @app.exception_handler(GatewayError)
    def _house(request: Request, error: GatewayError) -> HTMLResponse:
        kinds = ((UsageError, 400), (ViewMoved, 410))
        return shown(request, next((s for kind, s in kinds if isinstance(error, kind)), 503))

    @app.exception_handler(RequestValidationError)
    def _invalid(request: Request, error: RequestValidationError) -> HTMLResponse:
        return shown(request, 400)

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> HTMLResponse:
        return shown(request, 404 if error.status_code == 405 else error.status_code)

    @app.exception_handler(Exception)
    def _failed(request: Request, error: Exception) -> HTMLResponse:
        return shown(request, 500)
