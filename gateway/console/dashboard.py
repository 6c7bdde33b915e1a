"""The overview: how many are open and overdue, by rule and county, and how the rolls stand."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gateway.access import Session
from gateway.console.answers import Answers, purpose_of
from gateway.console.charts import Chart, Line
from gateway.console.lists import IN_PROGRESS
from gateway.console.rooms import Rooms
from gateway.console.sessions import FormIn, check_form
from gateway.inquiry import Filters, Tally
from gateway.model.cases import CaseState
from gateway.model.errors import UsageError
from gateway.model.teams import DayCount

DAILY = ("open", "overdue", "found", "resolved")


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a chart: `share` is the bar's length in per cent of the longest."""

    name: str
    open: int
    overdue: int
    share: int


def routes(rooms: Rooms, answers: Answers) -> APIRouter:
    """The routes of this page."""
    router = APIRouter()

    @router.get("/overview")
    def overview(request: Request) -> Response:
        session = answers.session(request)
        reader, purpose = session.user.reader, purpose_of(session)
        live = rooms.inquiry.tallies(reader, purpose, Filters(states=IN_PROGRESS))
        late = rooms.inquiry.tallies(
            reader, purpose, Filters(states=IN_PROGRESS, due_before=rooms.today())
        )
        waiting = CaseState.BASELINE_PENDING
        values = {
            "by_rule": bars(live, late, "rule"),
            "by_county": bars(live, late, "county"),
            "open": sum(t.count for t in live if t.state is not waiting),
            "baseline": sum(t.count for t in live if t.state is waiting),
            "overdue": sum(t.count for t in late),
            "titles": rooms.inquiry.titles(reader),
            "night": rooms.inquiry.night(reader, purpose),
            **over_time(rooms, session),
        }
        return answers.page(request, "overview", values, session)

    @router.get("/night")
    def night(request: Request) -> Response:
        session = answers.session(request)
        view = rooms.inquiry.night(session.user.reader, purpose_of(session))
        return answers.page(request, "night", {"night": view}, session)

    @router.get("/approvals")
    def approvals(request: Request) -> Response:
        session = answers.session(request)
        waiting = rooms.unmasking.waiting(session.user)
        return answers.page(request, "approvals", {"waiting": waiting}, session)

    @router.post("/approvals")
    def approve(request: Request, form: FormIn) -> Response:
        session = answers.session(request)
        check_form(form, session)
        number = form.get("glass")
        if not number.isdigit() or len(number) > 15:
            raise UsageError("that is not a look", where="glass")
        rooms.unmasking.answer(session.user, int(number), approved=form.get("approved") == "yes")
        return answers.on(request, "/approvals")

    return router


def over_time(rooms: Rooms, session: Session) -> dict[str, object]:
    """The charts over time, and the numbers that stand beside them."""
    found = rooms.oversight.over_time(
        session.user.reader, purpose_of(session), rooms.clock(), rooms.today()
    )
    days = tuple(sorted({count.as_of for count in found.days}))
    sums = {name: _by_day(found.days, days, name) for name in DAILY}
    return {
        "days": [(day, {name: sums[name][n] for name in DAILY}) for n, day in enumerate(days)],
        "charts": [
            Chart(days, tuple(Line(name, sums[name]) for name in pair)) if len(days) > 1 else None
            for pair in (("open", "overdue"), ("found", "resolved"))
        ],
        "judged": found.judged,
    }


def _by_day(counts: Iterable[DayCount], days: Sequence[date], name: str) -> tuple[int, ...]:
    sums: Counter[date] = Counter()
    for count in counts:
        sums[count.as_of] += getattr(count, name)
    return tuple(sums[day] for day in days)


def bars(live: tuple[Tally, ...], late: tuple[Tally, ...], by: str) -> tuple[Bar, ...]:
    """Findings in progress by `rule` or `county`, longest first."""
    open_, overdue = _sums(live, by), _sums(late, by)
    longest = max(open_.values(), default=1)
    ordered = sorted(open_.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Bar(name, n, overdue[name], round(100 * n / longest)) for name, n in ordered)


def _sums(tallies: tuple[Tally, ...], by: str) -> Counter[str]:
    sums: Counter[str] = Counter()
    for tally in tallies:
        sums[getattr(tally, by)] += tally.count
    return sums
