"""What other rules or parameters would do to the published night, before they are switched on."""

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from gateway.engine import Engine, load_step
from gateway.model.errors import UsageError
from gateway.pipeline.look import judge, outcomes
from gateway.pipeline.plan import House, NightAsk
from gateway.pipeline.world import ROOM
from gateway.store import Known


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

    @property
    def moves(self) -> bool:
        """Whether anybody's outcome would change."""
        return any((self.newly_firing, self.no_longer_firing, self.newly_held, self.no_longer_held))


@dataclass(frozen=True, slots=True)
class ImpactPlace:
    """One rule in one county ('' = not known): findings that would come, and go."""

    rule: str
    division: str
    newly_firing: int
    no_longer_firing: int


@dataclass(frozen=True, slots=True)
class ImpactChild:
    """A child whose finding would come or go. `person_id` is None for a child who is 专人办理."""

    rule: str
    division: str
    person_id: int | None
    was: str
    becomes: str
    reason_was: str
    reason_becomes: str


@dataclass(frozen=True)
class ImpactReport:
    """Sums by rule, and by rule and county where something changes; children when they were asked for."""

    rules: tuple[Impact, ...]
    places: tuple[ImpactPlace, ...]
    children: tuple[ImpactChild, ...]


def impact(house: House, changed: House, listed: bool = False) -> ImpactReport:
    """Judge the published night's facts by both houses' rules; nothing is kept.

    `listed`: also whose finding would change. Raises UsageError before the first night.
    """
    shown = house.store.runs.published()
    if shown is None:
        raise UsageError("no night has been published yet", mend="`cwg run`")
    ask = NightAsk(shown.as_of, shown.known_at)
    with house.engine() as engine:
        judge(house, engine, ask)
        engine.run("CREATE OR REPLACE TABLE outcome_now AS FROM outcome")
        outcomes(changed, engine, ask)
        engine.run(load_step(ROOM, "impact_said"))
        return ImpactReport(
            tuple(Impact(**row) for row in _rows(engine, "impact")),
            tuple(ImpactPlace(**row) for row in _rows(engine, "impact_places")),
            _children(house, engine) if listed else (),
        )


def _rows(engine: Engine, step: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = engine.fetch(load_step(ROOM, step)).to_pylist()
    return found


def _children(house: House, engine: Engine) -> tuple[ImpactChild, ...]:
    rows: pa.Table = engine.fetch(load_step(ROOM, "impact_list"))
    ids = {"person_ids": rows.column("person_id").unique().to_pylist()}
    known = engine.fetch(load_step(ROOM, "known"), ids).to_pylist()
    closed = house.store.persons.shut([Known(**row) for row in known])
    return tuple(
        ImpactChild(
            **{**row, "person_id": None if row["person_id"] in closed else row["person_id"]}
        )
        for row in rows.to_pylist()
    )
