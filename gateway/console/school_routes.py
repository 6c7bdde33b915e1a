"""School sheets: made for a school, read back with a preview, or noted as destroyed."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gateway.console.answers import Answers
from gateway.console.rooms import Rooms
from gateway.console.school_files import as_workbook, read_workbook
from gateway.console.sessions import Form, FormIn, check_form
from gateway.console.uploads import UploadIn
from gateway.model.errors import UsageError
from gateway.model.school_sheets import SchoolAnswer

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_TEXT = 64


def routes(rooms: Rooms, answers: Answers) -> APIRouter:
    """The routes of this page."""
    router = APIRouter()

    @router.get("/school-sheets")
    def show(request: Request) -> Response:
        session = answers.session(request)
        values = {
            "schools": rooms.school_sheets.schools(session.user),
            "out": rooms.school_sheets.out(session.user),
            "found": None,
        }
        return answers.page(request, "school_sheets", values, session)

    @router.post("/school-sheets/make")
    def make(request: Request, form: FormIn) -> Response:
        session = answers.session(request)
        check_form(form, session)
        made = rooms.school_sheets.make(session.user, form.get("school"))
        # The name of the file says nothing: it will lie in somebody's downloads.
        headers = {"content-disposition": f'attachment; filename="{made.serial}.xlsx"'}
        return Response(as_workbook(made), media_type=XLSX, headers=headers)

    @router.post("/school-sheets/read")
    def read(request: Request, form: UploadIn) -> Response:
        session = answers.session(request)
        check_form(form, session)
        serial, rows = read_workbook(form.payload)
        found = rooms.school_sheets.read_back(session.user, serial, rows)
        lines = [(n, name, found.answers[n]) for n, (name, _) in rows.items() if n in found.answers]
        values = {"schools": {}, "out": (), "found": found, "lines": lines}
        return answers.page(request, "school_sheets", values, session)

    @router.post("/school-sheets/take-in")
    def take_in(request: Request, form: FormIn) -> Response:
        session = answers.session(request)
        check_form(form, session)
        found = rooms.school_sheets.read_back(session.user, form.get("serial"), _lines(form))
        rooms.school_sheets.take_in(session.user, found)
        return answers.on(request, "/school-sheets")

    @router.post("/school-sheets/destroy")
    def destroy(request: Request, form: FormIn) -> Response:
        session = answers.session(request)
        check_form(form, session)
        rooms.school_sheets.destroy(session.user, form.get("serial"))
        return answers.on(request, "/school-sheets")

    return router


def _lines(form: Form) -> dict[int, tuple[str, SchoolAnswer]]:
    found = {}
    for text in form.all("line"):
        number, answer, name = (*text.split(" ", 2), "", "")[:3]
        if not number.isdigit() or answer not in tuple(SchoolAnswer) or len(number) > 6:
            raise UsageError("that is not a line of a sheet", where="line")
        found[int(number)] = (name[:MOST_TEXT], SchoolAnswer(answer))
    return found
