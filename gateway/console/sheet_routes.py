"""Visit sheets: one to print, one to take in with a preview, and those that are not back."""

import segno
from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup

from gateway.console.answers import Answers
from gateway.console.decisions import MAX_TEXT, day
from gateway.console.rooms import Rooms
from gateway.console.sessions import Form, FormIn, check_form
from gateway.desk import Returned
from gateway.model.errors import UsageError
from gateway.model.sheets import Seen


def routes(rooms: Rooms, answers: Answers) -> APIRouter:
    """The routes of this page."""
    router = APIRouter()

    @router.get("/sheets")
    def show(request: Request) -> Response:
        session = answers.session(request)
        values = {"late": rooms.sheets.overdue(session.user), "sheet": None, "seen": tuple(Seen)}
        return answers.page(request, "sheets", values, session)

    @router.post("/sheets/print")
    def print_one(request: Request, form: FormIn) -> Response:
        session = answers.session(request)
        check_form(form, session)
        case = form.get("case")
        if not case.isdigit() or len(case) > 15:
            raise UsageError("that is not a case", where="case")
        sheet = rooms.sheets.print(session.user, int(case))
        values = {"sheet": sheet, "qr": qr_path(sheet.serial), "seen": tuple(Seen)}
        return answers.page(request, "sheet", values, session)

    @router.post("/sheets/find")
    def find(request: Request, form: FormIn) -> Response:
        session = answers.session(request)
        check_form(form, session)
        sheet = rooms.sheets.find(session.user, form.get("serial"))
        values = {"late": (), "sheet": sheet, "seen": tuple(Seen), "today": rooms.today()}
        return answers.page(request, "sheets", values, session)

    @router.post("/sheets/take-in")
    def take_in(request: Request, form: FormIn) -> Response:
        session = answers.session(request)
        check_form(form, session)
        found = _returned(form)
        sheet = rooms.sheets.find(session.user, form.get("serial"))
        if form.get("sure") != "yes":
            values = {"sheet": sheet, "found": found}
            return answers.page(request, "sheet_preview", values, session)
        rooms.sheets.take_in(session.user, sheet.serial, found)
        return answers.on(request, "/sheets")

    @router.post("/sheets/destroy")
    def destroy(request: Request, form: FormIn) -> Response:
        session = answers.session(request)
        check_form(form, session)
        rooms.sheets.destroy(session.user, form.get("serial"))
        return answers.on(request, "/sheets")

    return router


def qr_path(text: str) -> Markup:
    """The dark squares of a QR code as the path of an SVG whose unit is one square."""
    rows = segno.make(text, error="m", micro=False).matrix
    parts = (
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    size = len(rows)
    return Markup(
        '<svg class="qr" viewBox="-2 -2 {0} {0}" aria-hidden="true"><path d="{1}"/></svg>'
    ).format(size + 4, "".join(parts))


def _returned(form: Form) -> Returned:
    seen = next((s for s in Seen if s.value == form.get("seen")), None)
    visited = day(form, "visited_on")
    if seen is None or visited is None:
        raise UsageError("what was seen, or when, is missing", where="seen")
    return Returned(
        seen, form.get("needs_help") == "yes", visited, form.get("visited_by")[:64],
        form.get("note")[:MAX_TEXT],
    )  # fmt: skip
