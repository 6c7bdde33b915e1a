"""Who is who, for one night: named SQL steps in a fixed order; Python only says which comes next."""

from datetime import date
from typing import Protocol

from gateway.engine import Engine, load_step
from gateway.linkage.report import Crowd, LinkReport, RollLinks
from gateway.linkage.sounds import char_sounds
from gateway.linkage.world import SCRATCH, complete_world
from gateway.model.tables import ASSISTANCE_MEMBER, CHILD, Table

ADULT, GROWN = 18, 25
"""Ages in years: who is no longer a minor, and whose birth date is no child's."""
CROWD, FEW = 250_000, 20
"""A block of more pairs than CROWD pairs nobody; blocks with up to FEW on a side are never counted."""

FEW_BEARERS, FEW_DAYMATES = 5, 1
"""Up to so many people of a roll with one name (of one surname and birthday) hold from another town."""


class PersonIds(Protocol):
    """Where new person ids come from; an id is never given twice."""

    def reserve(self, count: int) -> range:
        """That many ids in a row."""


def link(engine: Engine, *, as_of: date, ids: PersonIds) -> LinkReport:
    """Make `person`, `link`, `undecided`, `person_key` and `person_merge` from the night's world.

    Reads `child`, `enrolment`, `coverage`, `assistance_household`, `assistance_member`, their
    `_gone` tables, `quarantine` and `known_person`; a table that is not there counts as empty.
    """
    _prepare(engine, as_of)
    minted = _persons(engine, "base_registry", CHILD, ids)
    _run(engine, "rows_assistance", "exact")
    _match(engine)
    minted += _persons(engine, "base_assistance", ASSISTANCE_MEMBER, ids)
    _run(engine, "rows_rolls", "exact")
    _match(engine)
    _run(engine, "maybe_same", "persons_out", "person_key")
    report = _report(engine, minted)
    engine.drop(*SCRATCH)
    return report


def known_person_query() -> str:
    """The query that gives the next night's `known_person` from tonight's engine."""
    return "SELECT person_id, source, roll, row_key, id_number FROM person_key"


def _prepare(engine: Engine, as_of: date) -> None:
    engine.run(load_step("gateway.linkage", "macros_linkage"))
    complete_world(engine)
    engine.load("char_sound", char_sounds())
    dates = {
        "as_of": as_of,
        "month": f"{as_of:%Y-%m}",
        "adult_born_by": _years_before(as_of, ADULT),
        "grown_born_by": _years_before(as_of, GROWN),
    }
    engine.run(load_step("gateway.linkage", "night"), dates)


def _persons(engine: Engine, base: str, table: Table, ids: PersonIds) -> int:
    """Carry or mint the ids of one kind of base row; how many were minted."""
    engine.drop("base_row")
    _run(engine, base, "shared_rows", "carry")
    minted = engine.count("fresh")
    first = ids.reserve(minted).start if minted else 0
    values = {"first": first, "table_name": table.name, "registered": table is CHILD}
    engine.run(load_step("gateway.linkage", "persons"), values)
    return minted


def _match(engine: Engine) -> None:
    """Two passes of candidates, then one comparison and its decisions."""
    _run(engine, "loose_rows", "sides_loose_rows")
    _candidates(engine, "loose rows")
    _run(engine, "own_numbers", "pair_keys")
    seeking = engine.count("seeker") > 0
    if seeking:
        _run(engine, "sides_loose_persons")
        _candidates(engine, "loose persons")
        _run(engine, "pair_firm_rows")
    _run(engine, "compare", "decide")
    _run(engine, "link_sure", "link_named", "learn", "links", "elsewhere")
    if seeking:
        _run(engine, "learned_links")
    few = {"few_bearers": FEW_BEARERS, "few_daymates": FEW_DAYMATES}
    engine.run(load_step("gateway.linkage", "hold"), few)


def _candidates(engine: Engine, which: str) -> None:
    values = {"pass": which, "cap": CROWD, "few": FEW}
    engine.run(load_step("gateway.linkage", "crowded"), values)
    _run(engine, "candidates")


def _run(engine: Engine, *steps: str) -> None:
    for step in steps:
        engine.run(load_step("gateway.linkage", step))


def _report(engine: Engine, minted: int) -> LinkReport:
    rows = engine.fetch(load_step("gateway.linkage", "report")).to_pylist()
    crowds = engine.fetch(load_step("gateway.linkage", "report_crowds")).to_pylist()
    return LinkReport(
        tuple(RollLinks(r["source"], r["roll"], r["total"], r["linked"], r["held"]) for r in rows),
        persons=engine.count("person"),
        minted=minted,
        crowds=tuple(Crowd(c["kind"], c["blocks"], c["held_rows"]) for c in crowds),
    )


def _years_before(day: date, years: int) -> date:
    """The same day so many years earlier; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
