"""Who is who, for one night: named SQL steps in a fixed order; Python only says which comes next."""

from datetime import date
from typing import Protocol

from gateway.engine import Engine, load_step
from gateway.linkage.judged import NOBODY, judged_pairs
from gateway.linkage.judgements import Judged
from gateway.linkage.kept import expect
from gateway.linkage.matching import FEW, Stage, match, run
from gateway.linkage.report import Crowd, LinkReport, RollLinks
from gateway.linkage.shapes import char_shapes
from gateway.linkage.sounds import char_sounds, surname_sounds
from gateway.linkage.weights import Weights, told
from gateway.linkage.world import SCRATCH, complete_world
from gateway.model.tables import ASSISTANCE_MEMBER, CHILD, Table

ADULT, GROWN = 18, 25
"""Ages in years: who is no longer a minor, and whose birth date is no child's."""
STRANGERS = 30_000
"""So many children outside the registry are always thought possible, however few a roll shows."""
SURE = ("number", "name")
"""What agrees in every link of the first pass."""


class PersonIds(Protocol):
    """Where new person ids come from; an id is never given twice."""

    def reserve(self, count: int) -> range:
        """That many ids in a row."""


def link(
    engine: Engine,
    *,
    as_of: date,
    ids: PersonIds,
    weights: Weights,
    judged: Judged[str] = NOBODY,
) -> LinkReport:
    """Make `person`, `link`, `undecided`, `person_key` and what became of persons from the night's world.

    `person_merge` and `person_split` say of which known numbers that is. Reads `child`, `enrolment`,
    `coverage`, `assistance_household`, `assistance_member`, the rolls with many rows of a child
    (world.RECORDS), `_gone` tables, `quarantine` and `known_person`; a table that is not there counts
    as empty. `judged` is what officers said; no weight overrides it. Where the tables `kept.KEPT` hold
    what an earlier night kept, only what changed is linked, with the same answer; they are made anew.
    """
    scale = scale_of(weights)
    expect(engine, weights)
    prepare(engine, as_of, weights)
    engine.load("judged_pair", judged_pairs(judged))
    minted = make_persons(engine, "base_registry", CHILD, ids)
    run(engine, "changed_persons", values={"registered": True})
    run(engine, "rows_assistance")
    match(engine, scale, Stage.ASSISTANCE)
    minted += make_persons(engine, "base_assistance", ASSISTANCE_MEMBER, ids)
    run(engine, "changed_persons", values={"registered": False})
    run(engine, "rows_rolls")
    # Who is on the roll for sure is not held by a row that is another's more likely than not.
    match(engine, scale | {"ask_second": weights.link}, Stage.ROLLS)
    run(engine, "rows_records")
    if engine.count("roll_row"):
        # Nobody stands lower on these rolls for having a row: another one is of another month.
        match(engine, scale | {"taken_row": 0.0}, Stage.RECORDS, ("schools",))
    run(engine, "maybe_same", "record_links", "persons_out", "person_key", "kept_done")
    report = _report(engine, minted)
    engine.drop(*SCRATCH)
    return report


def known_person_query() -> str:
    """The query that gives the next night's `known_person` from tonight's engine."""
    return "SELECT person_id, source, roll, row_key, id_number FROM person_key"


def prepare(engine: Engine, as_of: date, weights: Weights) -> None:
    """The macros, lists, weights and dates that every step reads, and the tables that they fill."""
    engine.run(load_step("gateway.linkage", "macros_linkage"))
    complete_world(engine)
    engine.load("char_sound", char_sounds())
    engine.load("surname_sound", surname_sounds())
    engine.load("char_shape", char_shapes())
    engine.load("level_weight", weights.table())
    dates = {
        "as_of": as_of,
        "month": f"{as_of:%Y-%m}",
        "adult_born_by": years_before(as_of, ADULT),
        "grown_born_by": years_before(as_of, GROWN),
    }
    engine.run(load_step("gateway.linkage", "night"), dates)


def make_persons(engine: Engine, base: str, table: Table, ids: PersonIds) -> int:
    """Carry or mint the ids of one kind of base row; how many were minted."""
    engine.drop("base_row")
    run(engine, base)
    run(engine, "shared_rows", values={"few": FEW})
    if engine.count("judged_pair"):
        run(engine, "judged_base")
    run(engine, "carry")
    minted = engine.count("fresh")
    first = ids.reserve(minted).start if minted else 0
    values = {"first": first, "table_name": table.name, "registered": table is CHILD}
    run(engine, "persons", values=values)
    return minted


def scale_of(weights: Weights) -> dict[str, object]:
    """What the steps need of the weights beside `level_weight`: their parameters by name."""
    name = weights.comparisons["name"]
    base = weights.prior_weight + weights.weight("number", "same") + weights.weight("name", "same")
    exact = {
        f"weight_{level}": base + weights.weight("birth_date", level)
        for level in ("same", "unknown", "differs")
    }
    prior = f"prior:{weights.prior_weight:.1f}"
    sure = ";".join((prior, *(told(c, "same", weights.weight(c, "same")) for c in SURE)))
    how = {
        f"told_{level}": f"{sure};{told('birth_date', level, weights.weight('birth_date', level))}"
        for level in ("same", "unknown", "differs")
    }
    return {
        **exact, **how,
        "prior": weights.prior_weight,
        "prior_share": weights.prior,
        "strangers": STRANGERS,
        "told_prior": prior,
        "u_name": name.levels["same"].u,
        "term_frequency": name.term_frequency,
        "link": weights.link,
        "ask": weights.ask,
        "ask_second": weights.ask,
        # Below, a pair is nobody's question and spoils no margin.
        "floor": min(weights.ask, weights.link - weights.margin),
        "margin": weights.margin,
        "second_row": weights.second_row,
        "taken_row": weights.second_row,
        "settled": weights.link + 2 * weights.margin,
    }  # fmt: skip


def _report(engine: Engine, minted: int) -> LinkReport:
    rows = engine.fetch(load_step("gateway.linkage", "report")).to_pylist()
    crowds = engine.fetch(load_step("gateway.linkage", "report_crowds")).to_pylist()
    return LinkReport(
        tuple(RollLinks(r["source"], r["roll"], r["total"], r["linked"], r["held"]) for r in rows),
        persons=engine.count("person"),
        minted=minted,
        crowds=tuple(Crowd(c["kind"], c["blocks"], c["held_rows"]) for c in crowds),
    )


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
