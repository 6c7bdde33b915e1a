"""Why every rule ended as it did for one child, looked at again without changing anything."""

from gateway.engine import Engine, load_step
from gateway.linkage.levels import Face
from gateway.model.errors import NotAllowed, UsageError
from gateway.pipeline.identity import identify, look_up
from gateway.pipeline.look import outcomes
from gateway.pipeline.plan import House, NightAsk
from gateway.pipeline.world import ROOM
from gateway.policy import in_force
from gateway.policy.evaluation import make_facts
from gateway.policy.explain import Explained, explain
from gateway.store import Known


def explain_child(house: House, engine: Engine, ask: NightAsk, who: int | Face) -> Explained:
    """Judge the night's facts again and read one child's categories, months and outcomes.

    `who`: the person's number, or a description that leads to one person as surely as a link would.
    Raises UsageError when the night knows nobody like that, or several; NotAllowed for a child who is
    专人办理, whatever the reason.
    """
    identify(house, engine, ask)
    person_id = who if isinstance(who, int) else _described(house, engine, ask, who)
    _refuse_closed(house, engine, person_id)
    outcomes(house, engine, ask)
    rules = in_force(house.rules, ask.as_of)
    params = house.calendar.parameters(ask.as_of)
    make_facts(engine, rules, house.calendar, params, house.parameters)
    return explain(engine, person_id, rules, params, house.parameters)


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


def _refuse_closed(house: House, engine: Engine, person_id: int) -> None:
    rows = engine.fetch(load_step(ROOM, "known"), {"person_ids": [person_id]}).to_pylist()
    if not rows:
        raise UsageError(
            "未找到 · the night knows nobody of that number", mend="see `cwg link explain`"
        )
    if house.store.persons.shut([Known(**row) for row in rows]):
        raise NotAllowed("专人办理 · with a named officer", mend="ask your supervisor")
