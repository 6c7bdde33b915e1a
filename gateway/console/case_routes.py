"""The case page: what was found, what was decided, and the forms to decide."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from gateway.console.answers import Answers, purpose_of
from gateway.console.codes import OWNERS
from gateway.console.decisions import MAX_TEXT, SIMPLE, WITH_FIELDS, asked_of, day, shape
from gateway.console.rooms import Rooms
from gateway.console.sessions import Form, FormIn, check_form
from gateway.desk import CallResult
from gateway.model.errors import UsageError
from gateway.model.unmask import GlassReason

SAID = ("done", "proposed", "undone", "called", "agreed", "declined", "reviewed")
"""What a page may say after a form."""


def routes(rooms: Rooms, answers: Answers) -> APIRouter:
    """The routes of this page."""
    router = APIRouter()

    @router.get("/findings/{key}")
    def finding(request: Request, key: str, said: str = "") -> Response:
        session = answers.session(request)
        found = rooms.inquiry.finding(session.user.reader, purpose_of(session), key)
        if found is None:
            raise HTTPException(404)
        case = rooms.desk.case(session.user, found.case_id)
        values = {
            "f": found,
            "case": case,
            "household": rooms.inquiry.household(session.user.reader, purpose_of(session), key),
            "mine": session.user.holds(case.assigned_to),
            "said": said if said in SAID else "",
            "simple": [shape(e) for e in SIMPLE if e in case.can],
            "forms": [shape(e) for e in WITH_FIELDS if e in case.can],
            "owners": tuple(OWNERS),
            "results": tuple(CallResult),
            "glass": tuple(GlassReason),
            "today": rooms.today(),
        }
        return answers.page(request, "finding", values, session)

    @router.post("/findings/{key}/decide")
    def decide(request: Request, key: str, form: FormIn) -> Response:
        session = answers.session(request)
        check_form(form, session)
        case_id, version = case_of(form)
        asked = asked_of(form, SIMPLE + WITH_FIELDS)
        done = rooms.desk.decide(session.user, case_id, version, asked)
        return answers.on(request, back_of(key), said="proposed" if done.proposed else "done")

    @router.post("/findings/{key}/undo")
    def undo(request: Request, key: str, form: FormIn) -> Response:
        session = answers.session(request)
        check_form(form, session)
        rooms.desk.undo(session.user, *case_of(form))
        return answers.on(request, back_of(key), said="undone")

    @router.post("/findings/{key}/agree")
    def agree(request: Request, key: str, form: FormIn) -> Response:
        session = answers.session(request)
        check_form(form, session)
        yes = form.get("yes") == "yes"
        rooms.desk.agree(session.user, case_of(form)[0], yes=yes)
        return answers.on(request, back_of(key), said="agreed" if yes else "declined")

    @router.post("/findings/{key}/call")
    def call(request: Request, key: str, form: FormIn) -> Response:
        session = answers.session(request)
        check_form(form, session)
        try:
            result = CallResult(form.get("result"))
        except ValueError:
            raise UsageError("that is not a result", where="result") from None
        rooms.desk.call(
            session.user, case_of(form)[0], result, next_on=day(form, "next_on"),
            number=form.get("number")[:32], note=form.get("note")[:MAX_TEXT],
        )  # fmt: skip
        return answers.on(request, back_of(key), said="called")

    @router.post("/findings/{key}/identity")
    def identity(request: Request, key: str, form: FormIn) -> Response:
        # An answer to a form, never kept by the browser: a name stands in no address and no history.
        session = answers.session(request)
        check_form(form, session)
        given = form.get("reason")
        if given and given not in tuple(GlassReason):
            raise UsageError("that is not a reason", where="reason")
        reason = GlassReason(given) if given else None
        shown = rooms.unmasking.identity(session.user, key, reason)
        return answers.page(request, "identity", {"who": shown, "key": back_of(key)}, session)

    return router


def back_of(key: str) -> str:
    """The case page of a finding. Raises 404 for what is no key."""
    if not (len(key) == 64 and set(key) <= set("0123456789abcdef")):
        raise HTTPException(404)
    return f"/findings/{key}"


def case_of(form: Form) -> tuple[int, int]:
    """The case and the version that a form was made for. Raises UsageError."""
    case, version = form.get("case"), form.get("version")
    if not (case.isdigit() and version.isdigit()) or len(case) + len(version) > 32:
        raise UsageError("that is not a case", where="case")
    return int(case), int(version)
