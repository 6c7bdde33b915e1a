"""Signs of harm: looked for when a roll arrives, before the night judges anything and whatever it holds."""

from collections.abc import Iterator

from gateway.engine import Engine, load_step
from gateway.harm import RawSign, Sign, find_signs
from gateway.mapping import RollMapping
from gateway.pipeline.plan import House, NightAsk, RollPlan

ROOM = "gateway.pipeline"

_CODES: dict[tuple[str, str], dict[str, Sign]] = {
    ("enrolment", "status"): {"15": Sign.STUDENT_MISSING},
    ("child", "category"): {
        "501": Sign.TRAFFICKED,
        "504": Sign.ABUSED,
        "505": Sign.ABANDONED,
    },
    ("child", "guardianship"): {"0": Sign.UNGUARDED},
    ("coverage", "scheme"): {"310": Sign.CHILD_EMPLOYED},
}
"""Canonical codes that are signs by themselves, by table and column."""


def watch(house: House, ask: NightAsk, run_id: int, plan: RollPlan, engine: Engine) -> None:
    """Keep the signs of the roll that was just mapped, each sealed for child protection.

    In a transaction of its own: what becomes of the roll afterwards does not matter to them.
    """
    found = find_signs(engine, plan.mapping.tables, raw_signs(plan.mapping), ask.as_of)
    house.store.harm.arrive(run_id, plan.source, plan.roll, found, ask.known_at)


def raw_signs(mapping: RollMapping) -> Iterator[RawSign]:
    """How a bureau writes the signs in its own columns."""
    for output in mapping.spec.outputs:
        for (table, column), signs in _CODES.items():
            field = output.fields.get(column) if table == output.table else None
            if field is None or not field.codes:
                continue
            for value, sign in signs.items():
                for text in _spellings(mapping, field.codes, field.crosswalk, value):
                    for name in field.columns:
                        yield RawSign(table, name, text, sign)


def shield(house: House, engine: Engine) -> None:
    """Say whose items are 专人办理: children of open cases, and who lives with them."""
    tokens = house.store.harm.open_tokens()
    if not tokens:
        house.store.harm.put_shields(())
        return
    engine.run(load_step(ROOM, "harm_tokens"), {"tokens": sorted(tokens)})
    rows = engine.fetch(load_step(ROOM, "harm_shield"), {"site_key": house.site_key})
    house.store.harm.put_shields(rows.column("person_id").to_pylist())
    engine.drop("harm_token")


def _spellings(mapping: RollMapping, codes: str, crosswalk: str, value: str) -> set[str]:
    of = mapping.codes[codes]
    code = of.code(value)
    if code is None:
        return set()
    theirs = {k for k, ours in of.crosswalks.get(crosswalk, {}).items() if ours == value}
    return {value, code.zh, *code.spellings, *theirs}
