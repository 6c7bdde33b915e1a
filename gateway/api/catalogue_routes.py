"""Rules, code lists, nights, and rows that were set aside: nothing here names a child."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from gateway.access import ApiScope
from gateway.api.callers import SCHEME, Callers, with_budget
from gateway.api.json_values import Json, run_of
from gateway.api.problems import PROBLEM, problem, refusals
from gateway.api.rooms import V1, ApiRooms
from gateway.api.shapes import CitationOut, RunOut, Shape, TextOut
from gateway.inquiry import PastNight, RefusedRow
from gateway.model.codes import CodeList
from gateway.policy.rule import Rule

REFUSALS = refusals(400, 401, 403, 429, 503)
PAGE = 200
LARGEST = 2**31 - 1


class NeedOut(Shape):
    """A roll that the rule reads, the reach that it needs, and whether silence counts."""

    roll: str
    coverage: str
    reads_absence: bool


class RuleCardOut(Shape):
    """A rule in words, with the clauses that ask for it."""

    rule: str
    version: int
    title: TextOut
    sentence: TextOut
    first_action: TextOut
    owner: str
    severity: int
    due_days: int
    since: str
    to: str | None
    divisions: list[str]
    needs: list[NeedOut]
    citations: list[CitationOut]


class RulesOut(Shape):
    """Every rule, by id."""

    rules: list[RuleCardOut]


class CodeOut(Shape):
    """One code in both languages; `class` says what it means to a rule."""

    value: str
    zh: str
    en: str
    meaning: str


class CodeListOut(Shape):
    """A code list with its source and the day on which that was read: its version. `versions` are all that
    are kept; one alone says that there never was another here."""

    name: str
    zh: str
    source: str
    dated: str
    versions: list[str]
    codes: list[CodeOut]


class CodeListsOut(Shape):
    """Names of the code lists and their versions."""

    lists: dict[str, str]


class RunsOut(Shape):
    """Nights, newest first."""

    runs: list[RunOut]


class RowSumsOut(Shape):
    """What became of a roll's rows: the last three sum to `received`."""

    source: str
    roll: str
    period: str
    received: int
    accepted: int
    quarantined: int
    superseded: int


class SumsOut(Shape):
    """The five sums of a rule, which add up to its universe."""

    rule: str
    universe: int
    fires: int
    satisfied: int
    excused: int
    held: int
    not_applicable: int


class NightOut(Shape):
    """A night and its ledger."""

    run: RunOut
    rolls: list[RowSumsOut]
    rules: list[SumsOut]


class RefusedRowOut(Shape):
    """A row that was set aside: where it stood and why, never what it says."""

    number: int
    source: str
    roll: str
    period: str
    row_ref: str
    column: str
    reason: str
    division: str | None


class RefusedOut(Shape):
    """A page of them; ask on `after` the last number until none comes."""

    rows: list[RefusedRowOut]


def routes(rooms: ApiRooms, callers: Callers) -> APIRouter:
    """The routes of this file."""
    made = APIRouter(prefix=V1, tags=["catalogue"], responses=REFUSALS, dependencies=[SCHEME])
    catalogue = rooms.catalogue

    @made.get("/rules", response_model=RulesOut)
    def rules(request: Request) -> Response:
        """Every rule: what it looks for, in whose name, and by which clause."""
        callers.client(request)
        return _give(request, {"rules": [_rule(rule) for rule in catalogue.rules.values()]})

    @made.get("/rules/{rule}", response_model=RuleCardOut, responses={404: PROBLEM})
    def rule(request: Request, rule: Annotated[str, Path(max_length=16)]) -> Response:
        """One rule."""
        callers.client(request)
        found = catalogue.rules.get(rule)
        return _give(request, _rule(found) if found else None)

    @made.get("/codes", response_model=CodeListsOut)
    def codes(request: Request) -> Response:
        """The code lists and the day of each: what it was on another day is another version."""
        callers.client(request)
        return _give(request, {"lists": {n: one.dated for n, one in catalogue.codes.items()}})

    @made.get("/codes/{name}", response_model=CodeListOut, responses={404: PROBLEM})
    def code_list(
        request: Request,
        name: Annotated[str, Path(max_length=64)],
        dated: Annotated[str, Query(max_length=10, description="the version that is meant")] = "",
    ) -> Response:
        """One code list; with `dated` only if that is the version that is in force here."""
        callers.client(request)
        found = catalogue.codes.get(name)
        meant = found is not None and dated in ("", found.dated)
        return _give(request, _codes(found) if found and meant else None)

    @made.get("/runs", response_model=RunsOut)
    def runs(request: Request, limit: Annotated[int, Query(ge=1, le=PAGE)] = 50) -> Response:
        """The newest nights, newest first."""
        callers.client(request, ApiScope.NIGHT)
        return _give(request, {"runs": [run_of(run) for run in catalogue.nights(limit)]})

    @made.get("/runs/{run}", response_model=NightOut, responses={404: PROBLEM})
    def one_run(request: Request, run: Annotated[int, Path(ge=1, le=LARGEST)]) -> Response:
        """One night: what became of every row and every outcome."""
        callers.client(request, ApiScope.NIGHT)
        found = catalogue.night(run)
        return _give(request, _night(found) if found else None)

    @made.get("/quarantine", response_model=RefusedOut)
    def quarantine(
        request: Request,
        after: Annotated[int, Query(ge=0, le=LARGEST)] = 0,
        limit: Annotated[int, Query(ge=1, le=PAGE)] = PAGE,
    ) -> Response:
        """Rows of the client's own sources that were set aside, so that the bureau mends them."""
        client = callers.client(request, ApiScope.SUBMIT)
        rows = catalogue.refused(client, after, limit)
        return _give(request, refused_body(rows))

    return made


def refused_body(rows: Sequence[RefusedRow]) -> Json:
    """`RefusedOut`."""
    names = RefusedRowOut.model_fields
    return {"rows": [{n: getattr(row, n) for n in names} for row in rows]}


def _give(request: Request, body: Json | None) -> Response:
    answer = problem(404, "not-found") if body is None else JSONResponse(body)
    return with_budget(request, answer)


def _rule(rule: Rule) -> Json:
    file = rule.file
    text: dict[str, Any] = {
        name: {"zh": getattr(file, name).zh, "en": getattr(file, name).en}
        for name in ("title", "sentence", "first_action")
    }
    return text | {
        "rule": file.id,
        "version": file.version,
        "owner": file.owner,
        "severity": int(file.severity.default),
        "due_days": file.due_days,
        "since": file.effective.since.isoformat(),
        "to": file.effective.to.isoformat() if file.effective.to else None,
        "divisions": list(file.divisions),
        "needs": [
            {"roll": n.roll, "coverage": n.coverage, "reads_absence": n.reads_absence}
            for n in file.needs
        ],
        "citations": [
            {"title": c.title, "number": c.number, "clause": c.clause} for c in file.citations
        ],
    }


def _codes(codes: CodeList) -> Json:
    made = [{"value": c.value, "zh": c.zh, "en": c.en, "meaning": c.cls} for c in codes.codes]
    return {
        "name": codes.name,
        "zh": codes.zh,
        "source": codes.source,
        "dated": codes.dated,
        "versions": [codes.dated],
        "codes": made,
    }


def _night(night: PastNight) -> Json:
    rows = [{n: getattr(r, n) for n in RowSumsOut.model_fields} for r in night.rolls]
    sums = [{n: getattr(s, n) for n in SumsOut.model_fields} for s in night.rules]
    return {"run": run_of(night.run), "rolls": rows, "rules": sums}
