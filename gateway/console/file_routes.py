"""One child's file: shown to who has the case, to others with a reason; and the review made from it."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gateway.access import Session
from gateway.console.answers import Answers
from gateway.console.case_routes import back_of, case_of
from gateway.console.decisions import MAX_TEXT, day
from gateway.console.rooms import Rooms
from gateway.console.sessions import Form, FormIn, check_form
from gateway.model.errors import UsageError
from gateway.model.reviews import ReviewPoint, Standing
from gateway.model.unmask import GlassReason


def routes(rooms: Rooms, answers: Answers) -> APIRouter:
    """The routes of this page."""
    router = APIRouter()

    @router.post("/findings/{key}/file")
    def show(request: Request, key: str, form: FormIn) -> Response:
        # An answer to a form, never kept by the browser, as every page with a name on it.
        session = answers.session(request)
        check_form(form, session)
        given = form.get("reason")
        if given and given not in tuple(GlassReason):
            raise UsageError("that is not a reason", where="reason")
        return _page(request, session, key, GlassReason(given) if given else None)

    @router.post("/findings/{key}/review")
    def review(request: Request, key: str, form: FormIn) -> Response:
        session = answers.session(request)
        check_form(form, session)
        made_on = day(form, "made_on")
        if made_on is None:
            raise UsageError("the day of the review is missing", where="made_on")
        rooms.reviews.record(
            session.user, case_of(form)[0], made_on, _points(form), form.get("note")[:MAX_TEXT]
        )
        return answers.on(request, back_of(key), said="reviewed")

    def _page(request: Request, session: Session, key: str, reason: GlassReason | None) -> Response:
        file = rooms.files.open(session.user, key, reason)
        case = rooms.desk.case(session.user, file.case_id)
        values = {
            "file": file,
            "case": case,
            "back": back_of(key),
            "mine": session.user.holds(case.assigned_to),
            "points": tuple(ReviewPoint),
            "standings": tuple(Standing),
            "today": rooms.today(),
        }
        return answers.page(request, "child_file", values, session)

    return router


def _points(form: Form) -> dict[ReviewPoint, Standing]:
    found = {}
    for point in ReviewPoint:
        given = form.get(f"point_{point}")
        if given not in tuple(Standing):
            raise UsageError("a point of the review is missing", where=point)
        found[point] = Standing(given)
    return found
