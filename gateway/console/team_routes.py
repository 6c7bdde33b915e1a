"""The team's page: workload, deputies, overdue cases that went up, the baseline; and saved views."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gateway.access import Act, Role, Scope, Session
from gateway.console.answers import Answers, purpose_of
from gateway.console.decisions import day
from gateway.console.lists import WORKED_ON
from gateway.console.protection_routes import number_of
from gateway.console.queue_routes import CHOICES
from gateway.console.rooms import Rooms
from gateway.console.sessions import FormIn, check_form
from gateway.inquiry import Filters
from gateway.model.errors import UsageError

BATCH = 200
SHOWN = 50


def routes(rooms: Rooms, answers: Answers) -> APIRouter:
    """The routes of this page."""
    router = APIRouter()

    @router.get("/team")
    def team(request: Request, said: str = "", count: str = "") -> Response:
        session = answers.session(request)
        leads = Role.SUPERVISOR in session.user.roles
        values = {
            "leads": leads,
            "deputies": rooms.team.deputies(session.user),
            "today": rooms.today(),
            "said": said if said in ("done", "released") else "",
            "count": count if count.isdigit() and len(count) < 6 else "",
            **(_of_supervisor(session) if leads else {}),
        }
        return answers.page(request, "team", values, session)

    @router.post("/team/deputy")
    def deputy(request: Request, form: FormIn) -> Response:
        session = answers.session(request)
        check_form(form, session)
        since, until = day(form, "since"), day(form, "until")
        if since is None or until is None:
            raise UsageError("a day is missing", where="since")
        account = form.get("account")[:64] or session.user.reader.name
        rooms.team.stand_in(session.user, account, form.get("deputy")[:64], since, until)
        return answers.on(request, "/team", said="done")

    @router.post("/team/deputy/end")
    def end(request: Request, form: FormIn) -> Response:
        session = answers.session(request)
        check_form(form, session)
        rooms.team.end(session.user, number_of(form.get("deputy")))
        return answers.on(request, "/team", said="done")

    @router.post("/team/seen")
    def seen(request: Request, form: FormIn) -> Response:
        session = answers.session(request)
        check_form(form, session)
        rooms.team.seen(session.user, number_of(form.get("case")))
        return answers.on(request, "/team", said="done")

    @router.post("/team/release")
    def release(request: Request, form: FormIn) -> Response:
        session = answers.session(request)
        check_form(form, session)
        due_on, township = day(form, "due_on"), form.get("township")
        if due_on is None or not (township.isdigit() and len(township) == 9):
            raise UsageError("a township or a due day is missing", where="township")
        done = rooms.team.release(session.user, township, form.get("rule")[:16], due_on, BATCH)
        return answers.on(request, "/team", said="released", count=str(len(done.done)))

    @router.post("/views")
    def save(request: Request, form: FormIn) -> Response:
        session = answers.session(request)
        check_form(form, session)
        name = form.get("name")[:64]
        if not name:
            raise UsageError("the view has no name", where="name")
        chosen = [(n, v) for n in CHOICES if (v := form.get(n)[:64])]
        rooms.views.put(session.user.reader.name, name, urlencode(chosen))
        return answers.on(request, "/findings", **dict(chosen))

    @router.post("/views/drop")
    def drop(request: Request, form: FormIn) -> Response:
        session = answers.session(request)
        check_form(form, session)
        rooms.views.drop(session.user.reader.name, number_of(form.get("view")))
        return answers.on(request, "/findings")

    def _of_supervisor(session: Session) -> dict[str, object]:
        reader, purpose = session.user.reader, purpose_of(session)
        late = Filters(states=WORKED_ON, due_before=rooms.overdue_since(), unseen=True)
        batches = rooms.oversight.baseline(reader, purpose)
        return {
            "loads": rooms.oversight.workload(reader, purpose, rooms.today()),
            "late": rooms.inquiry.findings(reader, purpose, late, limit=SHOWN),
            "batches": [b for b in batches if _releases(session, b.township)],
            "titles": rooms.inquiry.titles(reader),
            "batch": BATCH,
        }

    def _releases(session: Session, township: str) -> bool:
        return session.user.may(Act.ASSIGN_CASE, Scope(township))

    return router
