"""The queue: its filter, its pages, search, and one decision about many cases."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gateway.access import Session
from gateway.console.answers import Answers, purpose_of
from gateway.console.decisions import BULK, asked_of
from gateway.console.lists import Choice, fields, total
from gateway.console.rooms import Rooms
from gateway.console.sessions import Form, FormIn, check_form
from gateway.desk import Chosen
from gateway.model.errors import UsageError

PAGE = 50


def routes(rooms: Rooms, answers: Answers) -> APIRouter:
    """The routes of this page."""
    router = APIRouter()

    @router.get("/findings")
    def findings(
        request: Request,
        rule: str = "", county: str = "", state: str = "", owner: str = "", due: str = "",
        mine: str = "", cursor: str = "",
    ) -> Response:  # fmt: skip
        session = answers.session(request)
        choice = Choice(rule, county, state, owner, due, mine)
        values = _list(rooms, answers, request, session, choice, cursor)
        return answers.page(request, "findings", values, session)

    @router.post("/search")
    def search(request: Request, form: FormIn) -> Response:
        # By POST: a name or a number stands in no address, history or log.
        session = answers.session(request)
        check_form(form, session)
        page = rooms.inquiry.search(session.user.reader, purpose_of(session), form.get("text"))
        if len(page.findings) == 1:
            return answers.on(request, f"/findings/{page.findings[0].key}")
        return answers.page(request, "search", {"page": page}, session)

    @router.post("/bulk")
    def bulk(request: Request, form: FormIn) -> Response:
        session = answers.session(request)
        check_form(form, session)
        chosen, asked = _chosen(form), asked_of(form, BULK)
        if form.get("sure") != "yes":
            preview = rooms.desk.preview(session.user, chosen, asked)
            return answers.page(request, "bulk", {"preview": preview, "asked": asked}, session)
        done = rooms.desk.decide_many(session.user, chosen, asked)
        return answers.page(request, "bulk_done", {"done": done, "asked": asked}, session)

    return router


def _list(
    rooms: Rooms, answers: Answers, request: Request, session: Session, choice: Choice, cursor: str
) -> Mapping[str, object]:
    reader, purpose = session.user.reader, purpose_of(session)
    try:
        filters = choice.filters(reader.name, rooms.today())
    except ValueError:
        raise UsageError(
            "that is not a state", where="state", mend="choose one of the list"
        ) from None
    page = rooms.inquiry.findings(reader, purpose, filters, cursor=cursor, limit=PAGE)
    tallies = rooms.inquiry.tallies(reader, purpose, choice.beside(reader.name, rooms.today()))
    place = answers.place(request, "findings")
    return {
        "page": page,
        "today": rooms.today(),
        "total": total(choice, tallies),
        "fields": fields(choice, tallies, rooms.inquiry.titles(reader)),
        "bulk": BULK,
        "begun": bool(cursor),
        "first_page": place.link("/findings", choice.query()),
        "next_page": place.link("/findings", {**choice.query(), "cursor": page.next_cursor}),
    }


def _chosen(form: Form) -> tuple[Chosen, ...]:
    found = []
    for text in form.all("case"):
        case, _, version = text.partition(".")
        if not (case.isdigit() and version.isdigit()) or len(text) > 32:
            raise UsageError("that is not a case", where="case")
        found.append(Chosen(int(case), int(version)))
    if not found:
        raise UsageError("no case is chosen", where="case")
    return tuple(found)
