"""The queue: its filter, its pages, search, and one decision about many cases."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gateway.access import Act, Scope, Session
from gateway.console.answers import Answers, purpose_of
from gateway.console.decisions import BULK, asked_of
from gateway.console.exports import as_csv, as_xlsx
from gateway.console.lists import Choice, fields, total
from gateway.console.rooms import Rooms
from gateway.console.sessions import Form, FormIn, check_form
from gateway.console.words import WORDS
from gateway.desk import Chosen
from gateway.inquiry import Filters
from gateway.model.errors import NotAllowed, UsageError

CHOICES = (
    "rule", "county", "state", "owner", "due", "mine", "severity", "answer", "held", "age",
)  # fmt: skip
FILES = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def routes(rooms: Rooms, answers: Answers) -> APIRouter:
    """The routes of this page."""
    router = APIRouter()

    @router.get("/findings")
    def findings(request: Request, cursor: str = "") -> Response:
        session = answers.session(request)
        choice = Choice(**{name: request.query_params.get(name, "") for name in CHOICES})
        values = _list(rooms, answers, request, session, choice, cursor)
        return answers.page(request, "findings", values, session)

    @router.post("/export")
    def export(request: Request, form: FormIn) -> Response:
        session = answers.session(request)
        check_form(form, session)
        reader = session.user.reader
        if not any(session.user.may(Act.EXPORT, Scope(d)) for d in reader.divisions):
            raise NotAllowed("your roles do not allow an export")
        choice = Choice(**{name: form.get(name) for name in CHOICES})
        filters = _filters(choice, session, rooms)
        lang = answers.place(request, "").lang
        found = rooms.inquiry.everything(reader, purpose_of(session), filters)
        mark = f"{WORDS['exported'].of(lang)} {reader.name} {rooms.today()}"
        kind = form.get("kind")
        if kind not in FILES:
            raise UsageError("that is not a kind of file", where="kind")
        made, media = FILES[kind]
        name = f"findings-{rooms.today()}.{kind}"
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(made(found, lang, mark), media_type=media, headers=headers)

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
    filters = _filters(choice, session, rooms)
    beside = choice.beside(own(session), rooms.today())
    page, tallies = rooms.inquiry.listing(reader, purpose, filters, beside, cursor=cursor)
    place = answers.place(request, "findings")
    return {
        "page": page,
        "today": rooms.today(),
        "total": total(choice, tallies),
        "fields": fields(choice, tallies, rooms.inquiry.titles(reader)),
        "bulk": BULK,
        "views": [(v, dict(parse_qsl(v.query))) for v in rooms.views.of(reader.name)],
        "choice": choice.query(),
        "exports": any(session.user.may(Act.EXPORT, Scope(d)) for d in reader.divisions),
        "begun": bool(cursor),
        "first_page": place.link("/findings", choice.query()),
        "next_page": place.link("/findings", {**choice.query(), "cursor": page.next_cursor}),
    }


def own(session: Session) -> tuple[str, ...]:
    """The accounts whose cases are this person's."""
    return (session.user.reader.name, *sorted(session.user.stands_in))


def _filters(choice: Choice, session: Session, rooms: Rooms) -> Filters:
    try:
        return choice.filters(own(session), rooms.today())
    except (ValueError, KeyError):
        raise UsageError(
            "that is not one of the choices", where="filter", mend="choose one of the list"
        ) from None


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
