"""`ask` rolls: our population's identity numbers go out in sealed questions, their rows come back.

Nothing is learned of anybody else. Who was asked is frozen beside the answers, so that a missing row
tells something of a child that was asked, and nothing of one that was not.
"""

import hashlib
import hmac
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pyarrow as pa

from gateway.engine import Engine, Snapshot, load_step
from gateway.engine.snapshots import Frozen
from gateway.model.exchange import Answer, Delivery
from gateway.pipeline.chains import chain_of
from gateway.pipeline.fetched import KeptLine
from gateway.pipeline.plan import House, NightAsk, RollPlan

ROOM = "gateway.pipeline"
ASKED = "asked"
"""Where the asked numbers stand in the register of snapshots, beside the roll's own tables."""
BATCH = 1000
OLDEST = timedelta(days=19 * 366)
"""Members of assisted households who are older are nobody's business here."""
_ASKED = uuid.UUID("b6a5a0d4-5a58-4c55-9a2e-3b1f3f7c8a10")
_BASE = ("child", "assistance_member")
_COLUMNS = ("row_key", "id_type", "id_number", "birth_date")


def fetch_answers(
    house: House, ask: NightAsk, plan: RollPlan, line: KeptLine, kept: Delivery | None
) -> tuple[Delivery, tuple[str, ...]]:
    """Ask about everybody who was not asked in this period; the delivery and all who are asked now.

    An earlier delivery of the period stays part of the new one. Raises TransportError,
    ExchangeRefused; what was answered before it is not asked again.
    """
    with house.engine() as engine:
        wanted = population(house, engine, ask)
        before = asked_in(house, engine, ask, plan) if kept else set()
        wanted |= _other_forms(house, engine, ask, plan, wanted)
    new = sorted(wanted - before)
    for start in range(0, len(new), BATCH):
        numbers = new[start : start + BATCH]
        line.mark = _mark(house, numbers)
        subjects = [plan.adapter.subject(number) for number in numbers]
        plan.adapter.ask(subjects, line, period=ask.period)
    answers = [*line.answers, *(_again(plan, ask, kept) if kept else ())]
    delivery = line.close(plan.roll, ask.period, answers)
    if kept is not None:
        delivery = replace(delivery, replaces=kept.exchanges[0].exchange_id)
    return delivery, tuple(sorted(before | set(new)))


def anybody_new(house: House, ask: NightAsk, plan: RollPlan) -> bool:
    """Whether somebody of the population was not asked yet in this period."""
    with house.engine() as engine:
        return bool(population(house, engine, ask) - asked_in(house, engine, ask, plan))


def population(house: House, engine: Engine, ask: NightAsk) -> set[str]:
    """The resident identity numbers of registered children and of children in assisted households."""
    parts = []
    for table in _BASE:
        for plan in house.rolls:
            chain = chain_of(house, ask, (plan.source, plan.roll, table))
            if table in plan.mapping.tables and chain:
                name = f"base_{plan.source}_{plan.roll}_{table}"
                house.snapshots.scan(engine, chain, name, _COLUMNS)
                parts.append(f"SELECT '{table}' AS table_name, * FROM {name}")
    if not parts:
        return set()
    engine.run(f"CREATE OR REPLACE VIEW base_rows AS {' UNION ALL BY NAME '.join(parts)}")
    found = engine.fetch(load_step(ROOM, "population"), {"born_after": ask.as_of - OLDEST})
    engine.drop("base_rows")
    return {str(number) for number in found.column(0).to_pylist()}


def asked_in(house: House, engine: Engine, ask: NightAsk, plan: RollPlan) -> set[str]:
    """Who was asked in the night's period."""
    chain = chain_of(house, ask, (plan.source, plan.roll, ASKED))
    if not chain or chain[-1].period != ask.period:
        return set()
    house.snapshots.scan(engine, chain, "asked_before", ("row_key",))
    return {str(n) for n in engine.fetch("SELECT row_key FROM asked_before").column(0).to_pylist()}


def freeze_asked(
    house: House, engine: Engine, ask: NightAsk, plan: RollPlan, of: Delivery
) -> Snapshot:
    """Freeze the engine table `asked_rows` beside the answers of a delivery."""
    name = f"{of.exchanges[0].exchange_id if of.exchanges else ask.period}/{ASKED}"
    frozen = Frozen(
        str(uuid.uuid5(_ASKED, name)), plan.source, plan.roll, ASKED, ask.period, ask.known_at
    )
    chain = chain_of(house, ask, (plan.source, plan.roll, ASKED))
    return house.snapshots.freeze(engine, "asked_rows", frozen, chain)


def load_asked(engine: Engine, numbers: Sequence[str]) -> None:
    """The numbers as engine table `asked_rows`, shaped to be frozen."""
    digests = [hashlib.sha256(number.encode()).hexdigest() for number in numbers]
    engine.load("asked_rows", pa.table({
        "row_key": pa.array(numbers, pa.string()), "row_digest": pa.array(digests, pa.string()),
    }))  # fmt: skip


def load_not_asked(house: House, engine: Engine, ask: NightAsk) -> None:
    """Add to `undecided` who was not asked: of them a missing row tells nothing. After linking."""
    for plan in house.rolls:
        if plan.mode != "ask":
            continue
        chain = chain_of(house, ask, (plan.source, plan.roll, ASKED))
        if chain:
            house.snapshots.scan(engine, chain, "asked_now", ("row_key",))
        else:
            engine.run("CREATE OR REPLACE VIEW asked_now AS SELECT '' AS row_key WHERE FALSE")
        for table in plan.mapping.tables:
            names = {"source": plan.source, "roll": plan.roll, "table_name": table}
            engine.run(load_step(ROOM, "not_asked"), names)


def _other_forms(
    house: House, engine: Engine, ask: NightAsk, plan: RollPlan, wanted: set[str]
) -> set[str]:
    """The spellings under which the bureau's earlier rows had these numbers: it may look for them
    letter by letter."""
    found: set[str] = set()
    load_asked(engine, sorted(wanted))
    for table in plan.mapping.tables:
        chain = chain_of(house, ask, (plan.source, plan.roll, table))
        if chain:
            house.snapshots.scan(
                engine, chain, "forms_before", ("row_key", "id_number", "id_given")
            )
            rows = engine.fetch(load_step(ROOM, "other_forms"))
            found |= {str(form) for form in rows.column(0).to_pylist()}
    return found


def _again(plan: RollPlan, ask: NightAsk, kept: Delivery) -> list[Answer]:
    """The answers of the period's earlier delivery; the line reads their contracts itself."""
    return [Answer(r, plan.roll, ask.period, 1, True, 0, {}) for r in kept.exchanges]


def _mark(house: House, numbers: Sequence[str]) -> str:
    text = "\n".join(numbers).encode()
    return "ask " + hmac.new(bytes.fromhex(house.site_key), text, hashlib.sha256).hexdigest()
