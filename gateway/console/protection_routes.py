"""Child protection: reports typed in, the duty page, a case opened with the role's key; and marks."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gateway.console.answers import Answers
from gateway.console.case_routes import back_of, case_of
from gateway.console.decisions import MAX_TEXT, day
from gateway.console.rooms import Rooms
from gateway.console.sessions import FormIn, check_form
from gateway.console.uploads import UploadIn
from gateway.desk import Reported
from gateway.harm import HarmStep
from gateway.model.errors import StoreError, UsageError

KEY_BYTES = 32
ANSWER_WITHIN = timedelta(minutes=30)


def routes(rooms: Rooms, answers: Answers) -> APIRouter:
    """The routes of this page."""
    router = APIRouter()

    @router.get("/report")
    def report(request: Request, said: str = "") -> Response:
        session = answers.session(request)
        values = {"said": said == "reported", "marks": rooms.reports.own_marks(session.user)}
        return answers.page(request, "report", values, session)

    @router.post("/report")
    def take_in(request: Request, form: FormIn) -> Response:
        session = answers.session(request)
        check_form(form, session)
        told = Reported(
            form.get("text")[:MAX_TEXT], form.get("name")[:64], form.get("number")[:32],
            day(form, "born"), form.get("place")[:200], form.get("reporter")[:200],
        )  # fmt: skip
        rooms.reports.report(session.user, told)
        return answers.on(request, "/report", said="reported")

    @router.post("/findings/{key}/mark")
    def mark(request: Request, key: str, form: FormIn) -> Response:
        session = answers.session(request)
        check_form(form, session)
        rooms.reports.mark(session.user, case_of(form)[0], form.get("mark"))
        return answers.on(request, back_of(key), said="done")

    @router.post("/marks/end")
    def end(request: Request, form: FormIn) -> Response:
        session = answers.session(request)
        check_form(form, session)
        rooms.reports.end_mark(session.user, number_of(form.get("mark")))
        return answers.on(request, "/report")

    @router.get("/protection")
    def duty(request: Request) -> Response:
        session = answers.session(request)
        files = rooms.protection.cases(session.user)
        return answers.page(request, "protection", {"files": files, **_shared()}, session)

    @router.post("/protection/open")
    def open_case(request: Request, form: UploadIn) -> Response:
        # The key comes with the form, opens this one page, and is nowhere kept.
        session = answers.session(request)
        check_form(form, session)
        number, private = number_of(form.get("case")), key_of(form.payload)
        try:
            opened = rooms.protection.case(session.user, number, private)
        except StoreError:
            raise UsageError("that key opens no such case", where="file") from None
        ready = rooms.protection.ready(session.user, number)
        values = {"opened": opened, "ready": ready, **_shared()}
        return answers.page(request, "protection_case", values, session)

    @router.post("/protection/step")
    def step(request: Request, form: FormIn) -> Response:
        session = answers.session(request)
        check_form(form, session)
        name = next((s for s in HarmStep if s.value == form.get("step")), None)
        if name is None:
            raise UsageError("that is not a step", where="step")
        number = number_of(form.get("case"))
        rooms.protection.record(session.user, number, name, form.get("note")[:MAX_TEXT])
        return answers.on(request, "/protection")

    def _shared() -> dict[str, object]:
        return {"acknowledge": HarmStep.ACKNOWLEDGED, "answer_by": rooms.clock() - ANSWER_WITHIN}

    return router


def key_of(payload: bytes) -> bytes:
    """The role's key of its file, 64 hex digits on one line. Raises UsageError."""
    try:
        key = bytes.fromhex(payload.decode("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise UsageError("that is not the role's key", where="file")
    return key


def number_of(text: str) -> int:
    """A number that a form carries. Raises UsageError."""
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise UsageError("that is not a number")
    return int(text)
