"""One night: collect, open, map, freeze, link, evaluate, plan, publish.

Every step is persisted when it is done; a night that was cut off goes on with `resume`. What a roll
leaves behind is registered in one transaction, what the rules found in another; between them only
snapshots are written, under names that follow from their content's origin.
"""

import gc
import json
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import timedelta

from gateway.casework import people
from gateway.casework import plan as plan_cases
from gateway.engine import Engine, load_step
from gateway.engine.snapshots import Frozen
from gateway.linkage import LinkReport, link
from gateway.linkage.kept import BASIS, KEPT
from gateway.model.errors import StaleCase, StoreError, UsageError
from gateway.model.outcomes import OutcomeCount
from gateway.pipeline.ahead import collect_in_order
from gateway.pipeline.answers import keep_answers
from gateway.pipeline.chains import as_chain
from gateway.pipeline.child_files import keep_child_files
from gateway.pipeline.collect import Collected
from gateway.pipeline.harm import shield
from gateway.pipeline.identity import changed_persons
from gateway.pipeline.judged import judged_at
from gateway.pipeline.look import outcomes
from gateway.pipeline.plan import House, NightAsk
from gateway.pipeline.world import PEOPLE, ROOM, build_world
from gateway.policy import dump_rulebook
from gateway.store import NIGHTS, Applied, NightLock, Run

LEASE = timedelta(minutes=30)
PLANS = 5
"""How often cases are planned anew when officers move them meanwhile."""
_LINKS = uuid.UUID("1c0c9a4e-2a3b-4f0e-8a55-4d2f5f6b7c21")


@dataclass(frozen=True, slots=True)
class NightReport:
    """What a night did: per roll, per link, per rule, and what changed in the store.

    `restricted` is all that a night says of signs of harm: how many came with it.
    """

    run: Run
    collected: tuple[Collected, ...]
    links: LinkReport
    outcomes: tuple[OutcomeCount, ...]
    applied: Applied
    restricted: int = 0

    @property
    def held(self) -> bool:
        """Whether a rule was held for a whole source, or a roll exceeded its budget (exit code 3)."""
        return self.run.state == "held"


def night(house: House, ask: NightAsk) -> NightReport:
    """Run one night and say what it did.

    Raises UsageError for a day before the published night's, RunLocked when another node holds the
    night, LedgerUnbalanced when rows or outcomes do not add up, StaleCase when officers keep moving
    cases while it plans, StoreError when the store refuses. A bureau that is late or sends something
    unacceptable raises nothing: its roll is set aside and the rules that need it are held.
    """
    with house.store.hold_lock(house.node, house.clock(), LEASE) as lock, _few_collections():
        run = _begin(house, ask)
        book = dump_rulebook(house.rules, house.calendar, house.parameters)
        house.store.rulebooks.keep(run.run_id, book)
        _sweep(house)
        collected = tuple(_collect_all(house, ask, run, lock))
        with house.engine() as engine:
            house.progress.begin("world")
            build_world(house, engine, ask)
            house.store.runs.step_done(run.run_id, "world", "")
            house.progress.end()
            links = _link(house, engine, ask, run)
            house.progress.begin("shield")
            shield(house, engine)
            house.progress.end()
            counts, applied = _judge(house, engine, ask, run)
            house.progress.begin("files")
            files = keep_child_files(house, engine, run)
            house.store.day_counts.put(run)
            house.progress.end(files)
            held = engine.value(load_step(ROOM, "held_by_source")) or any(
                not _in_order(house, c) for c in collected
            )
        run = house.store.runs.finish_run(run.run_id, "held" if held else "done", house.clock())
    restricted = house.store.harm.restricted(run.run_id)
    return NightReport(run, collected, links, counts, applied, restricted)


@contextmanager
def _few_collections() -> Iterator[None]:
    # Rows on their way to the store are many and in no cycle: looking for cycles costs more than they.
    kept = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*kept)
        gc.unfreeze()


def _begin(house: House, ask: NightAsk) -> Run:
    inputs = f"{ask.period}/{ask.only or 'all'}"
    _refuse_going_back(house, ask)
    if ask.resume:
        cut_off = house.store.runs.unfinished_run(ask.as_of, inputs)
        if cut_off is None:
            raise StoreError(
                "there is no night to resume", where=f"{ask.as_of}", mend="run without --resume"
            )
        return house.store.runs.resume_run(cut_off.run_id, ask.known_at)
    # The lock is ours, so no other night is running: what was cut off is not resumed any more.
    for run in house.store.runs.runs(kinds=NIGHTS):
        if run.state == "running":
            house.store.runs.finish_run(run.run_id, "abandoned", house.clock())
    kind = "partial" if ask.only else "night"
    return house.store.runs.begin_run(
        ask.as_of, ask.known_at, kind, ask.baseline, inputs, house.clock()
    )


def _sweep(house: House) -> None:
    # A night that was killed between a file and its entry leaves rows on disk that nothing leads to.
    swept = house.snapshots.sweep(house.store.snapshots.paths())
    if swept:
        house.progress.note(f"{swept} snapshot files of a night that was cut off were removed")


def _refuse_going_back(house: House, ask: NightAsk) -> None:
    # Rolls are kept as one chain of nights: an older one would meet, and follow, newer rows.
    shown = house.store.runs.published()
    if shown is not None and ask.as_of < shown.as_of:
        raise UsageError(
            f"a night for {ask.as_of} cannot follow the one for {shown.as_of}",
            where="--as-of",
            mend=f"run for {shown.as_of} or a later day; look back with --known-at",
        )


def _collect_all(house: House, ask: NightAsk, run: Run, lock: NightLock) -> list[Collected]:
    rolls = [roll for roll in house.rolls if ask.only in ("", roll.source)]
    done = []
    # Whom to ask about, the rolls of this night say: questions come last, one by one.
    batches = [[r for r in rolls if r.mode == "roll"], *([r] for r in rolls if r.mode == "ask")]
    for batch in batches:
        with closing(collect_in_order(house, ask, run.run_id, batch)) as results:
            for roll in batch:
                house.progress.begin(roll.name)
                result = next(results)
                house.progress.end(result.received)
                for line in filter(None, (result.note, *result.signals)):
                    house.progress.note(line)
                done.append(result)
                house.store.runs.step_done(run.run_id, f"roll:{roll.name}"[:64], "")
                lock.renew(house.clock())
    return done


def _link(house: House, engine: Engine, ask: NightAsk, run: Run) -> LinkReport:
    house.progress.begin("link")
    house.snapshots.recall(engine, (BASIS, *KEPT))
    report = link(
        engine,
        as_of=ask.as_of,
        ids=house.store.persons.ids(run.run_id),
        weights=house.weights,
        judged=judged_at(house, ask.known_at, engine),
    )
    engine.run(load_step(ROOM, "person_key"))
    chain = house.store.snapshots.chain(*PEOPLE, ask.known_at)
    # A resumed night may know more than its first attempt (a roll came meanwhile): an id of its own.
    name = f"{run.run_id}/{ask.known_at.isoformat()}"
    of = Frozen(str(uuid.uuid5(_LINKS, name)), *PEOPLE, ask.period, ask.known_at)
    earlier = [s for s in as_chain(chain) if s.id != of.id]
    house.store.snapshots.add(house.snapshots.freeze(engine, "person_rows", of, earlier))
    house.snapshots.remember(engine, (BASIS, *KEPT), uuid.uuid4().hex)
    engine.drop(BASIS, *KEPT)
    house.store.identities.keep(run.run_id, *changed_persons(engine))
    _keep_counts(house, run, report)
    house.progress.end(sum(part.rows for part in report.per_roll))
    return report


def _keep_counts(house: House, run: Run, report: LinkReport) -> None:
    """For the page of the night. A resumed night keeps the counts of its first attempt."""
    done = house.store.runs.steps(run.run_id)
    for step, counts in (("link", report.per_roll), ("crowds", report.crowds)):
        if step not in done:
            told = json.dumps([asdict(one) for one in counts])
            house.store.runs.step_done(run.run_id, step, told)


def _judge(
    house: House, engine: Engine, ask: NightAsk, run: Run
) -> tuple[tuple[OutcomeCount, ...], Applied]:
    for _ in range(PLANS - 1):
        # An officer moved a case after it was read: that decision stands, the night judges again.
        with suppress(StaleCase):
            return _judge_and_apply(house, engine, ask, run)
    return _judge_and_apply(house, engine, ask, run)


def _judge_and_apply(
    house: House, engine: Engine, ask: NightAsk, run: Run
) -> tuple[tuple[OutcomeCount, ...], Applied]:
    # Judged and planned by one reading of the cases: the rules tell of whom cases are.
    cases = house.store.cases.open_cases()
    house.progress.begin("rules")
    counts = outcomes(house, engine, ask, followed=cases)
    house.progress.end(sum(count.universe for count in counts))
    house.progress.begin("cases")
    transitions = plan_cases(
        engine, cases, as_of=run.as_of, baseline=run.baseline, settings=house.cases
    )
    with house.store.transaction():
        applied = house.store.night.apply_transitions(
            run.run_id, transitions, people(engine), counts
        )
        house.progress.end(transitions.num_rows)
        house.progress.begin("answers")
        keep_answers(house, engine, run)
    house.progress.end()
    return counts, applied


def _in_order(house: House, collected: Collected) -> bool:
    # A roll that is not due yet is in order; when a rule waits for it, `held_by_source` says so.
    budget = next(
        r.error_budget
        for r in house.rolls
        if (r.source, r.roll) == (collected.source, collected.roll)
    )
    within = collected.quarantined <= budget * max(collected.received, 1)
    return collected.state in ("verified", "expected") and within
