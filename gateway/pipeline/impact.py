"""What other rules or parameters would do to the published night, before they are switched on."""

from dataclasses import dataclass

from gateway.engine import load_step
from gateway.model.errors import UsageError
from gateway.pipeline.look import judge, outcomes
from gateway.pipeline.plan import House, NightAsk
from gateway.pipeline.world import ROOM


@dataclass(frozen=True, slots=True)
class Impact:
    """One rule: how many subjects fire now, would fire, begin to, cease to, and change their held."""

    rule: str
    fires_now: int
    would_fire: int
    newly_firing: int
    no_longer_firing: int
    newly_held: int
    no_longer_held: int


def impact(house: House, changed: House) -> tuple[Impact, ...]:
    """Judge the published night's facts by both houses' rules; counts alone, and nothing is kept.

    Raises UsageError before the first night.
    """
    shown = house.store.runs.published()
    if shown is None:
        raise UsageError("no night has been published yet", mend="`cwg run`")
    ask = NightAsk(shown.as_of, shown.known_at)
    with house.engine() as engine:
        judge(house, engine, ask)
        engine.run("CREATE OR REPLACE TABLE outcome_now AS FROM outcome")
        outcomes(changed, engine, ask)
        rows = engine.fetch(load_step(ROOM, "impact")).to_pylist()
    return tuple(Impact(**row) for row in rows)
