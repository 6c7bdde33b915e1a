"""Why every rule ended as it did for one child, looked at again without changing anything."""

from dataclasses import dataclass
from datetime import date

from gateway.casework.lifecycle_page import STATES
from gateway.engine import Engine, load_step
from gateway.linkage.levels import Face
from gateway.model.cases import CaseState
from gateway.model.errors import NotAllowed, UsageError
from gateway.model.queue import FindingFilter
from gateway.pipeline.identity import identify, look_up
from gateway.pipeline.look import outcomes
from gateway.pipeline.plan import House, NightAsk
from gateway.pipeline.world import ROOM
from gateway.policy import in_force
from gateway.policy.evaluation import make_facts
from gateway.policy.explain import Explained, explain
from gateway.store import FindingRow, Known

ORDINARY = ("ordinary",)
"""Findings of another class are named to nobody here, as rules of another class say nothing."""
_MOST = 200


@dataclass(frozen=True, slots=True)
class Told:
    """One finding of the child as it stands: which night said it last, and where its case stands.

    `as_of` is the day of that night, `said` the state in Chinese, then in English.
    """

    finding_key: str
    rule: str
    episode: date
    as_of: date
    state: CaseState
    said: tuple[str, str]


@dataclass(frozen=True)
class ChildPage:
    """What `cwg rule explain` shows: the child by tonight's rules, and the findings that there are.

    `in_rolls` is false for who stands in no roll of the night; then no rule asks, and only `findings`
    say something. `asked` is another number than the page's when the two turned out to be one person.
    """

    asked: int
    in_rolls: bool
    explained: Explained
    findings: tuple[Told, ...]


def explain_child(house: House, engine: Engine, ask: NightAsk, who: int | Face) -> ChildPage:
    """Judge the night's facts again and read one child's categories, months and outcomes.

    `who`: the person's number, or a description that leads to one person as surely as a link would.
    Raises UsageError when neither the night nor any finding knows somebody like that, or several are;
    NotAllowed for a child who is 专人办理, whatever the reason.
    """
    identify(house, engine, ask)
    asked = who if isinstance(who, int) else _described(house, engine, ask, who)
    person_id = _left(house, asked)
    in_rolls = _check_open(house, engine, person_id)
    findings = _findings(house, person_id)
    if not in_rolls:
        return ChildPage(asked, False, Explained(person_id, ask.as_of, (), (), ()), findings)
    outcomes(house, engine, ask)
    rules = in_force(house.rules, ask.as_of)
    params = house.calendar.parameters(ask.as_of)
    make_facts(engine, rules, house.calendar, params, house.parameters)
    found = explain(engine, person_id, rules, params, house.parameters)
    return ChildPage(asked, True, found, findings)


def _described(house: House, engine: Engine, ask: NightAsk, query: Face) -> int:
    found = look_up(house, engine, ask, query)
    if not found:
        raise UsageError(
            "未找到 · the night knows nobody like that", mend="give number, name and birth_date"
        )
    best = found[0].waterfall
    sure = best.weight is not None and best.weight >= house.weights.link
    apart = best.margin is None or best.margin >= house.weights.margin
    if not (sure and apart):
        several = ", ".join(str(one.person_id) for one in found)
        raise UsageError(
            f"不能确定是谁 · it is not sure who that is: {several}", mend="name the person's number"
        )
    return found[0].person_id


def _left(house: House, asked: int) -> int:
    """The number that is left where two turned out to be one person."""
    record = house.store.persons.person(asked)
    return asked if record is None or record.merged_into is None else record.merged_into


def _check_open(house: House, engine: Engine, person_id: int) -> bool:
    """Whether the night knows the person; refuses who is nobody, and who is 专人办理."""
    rows = engine.fetch(load_step(ROOM, "known"), {"person_ids": [person_id]}).to_pylist()
    record = house.store.persons.person(person_id)
    if not rows and record is None:
        raise UsageError(
            "未找到 · neither the night nor any finding knows that number",
            mend="see `cwg link explain`",
        )
    closed = record is not None and record.named_officer
    if closed or house.store.persons.shut([Known(**row) for row in rows]):
        raise NotAllowed("专人办理 · with a named officer", mend="ask your supervisor")
    return bool(rows)


def _findings(house: House, person_id: int) -> tuple[Told, ...]:
    wanted = FindingFilter(access=ORDINARY, divisions=("",), person_ids=(person_id,))
    rows = house.store.findings.page(wanted, limit=_MOST).rows
    return tuple(_told(house, row) for row in sorted(rows, key=lambda r: (r.rule, r.episode)))


def _told(house: House, row: FindingRow) -> Told:
    return Told(
        row.finding_key,
        row.rule,
        row.episode,
        house.store.runs.run(row.run_id).as_of,
        row.state,
        (STATES[row.state][0], row.state.value.replace("_", " ")),
    )
