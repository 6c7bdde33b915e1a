"""An old ledger of handled cases: read once, linked to children, kept as excuses that have an end.

What a ledger says of a child excuses it from the rules of that matter until the end named, or until the
end of the matter's own period. Nothing is decided for good by it: its proofs are not ours. Signs
of harm, identities and late rolls are never excused by it (gateway.policy.rule.MATTERS).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from gateway.engine import Engine, load_step
from gateway.linkage.levels import Face
from gateway.linkage.linking import GROWN, years_before
from gateway.linkage.lookup import Candidate, LookUp
from gateway.linkage.weights import Weights
from gateway.mapping import RollMapping
from gateway.mapping.trial import Trial, map_file
from gateway.pipeline.identity import identify
from gateway.pipeline.look import STRANGERS
from gateway.pipeline.plan import House, NightAsk
from gateway.pipeline.told import IMPORTED, code_of
from gateway.store import Excuse

_FACE = (
    "name_key", "birth_date", "sex", "id_number", "division", "guardian_name_key", "guardian_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OldCase:
    """One accepted line of a ledger. `row` counts as the file's own rows do; `code` is the reason
    that excused outcomes give; it is said of a child from `handled_on` to `until`."""

    row: int
    matter: str
    result: str
    code: str
    handled_on: date
    until: date
    proof: str = field(repr=False)
    face: Face = field(repr=False)


@dataclass(frozen=True, slots=True)
class Linked:
    """A line and its child. `why` it is not taken: nobody, doubtful, not_numbered, over, ahead, known;
    empty when it is new."""

    case: OldCase
    person_id: int | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Ledger:
    """A file as it was read, and each accepted line with its child."""

    trial: Trial
    lines: tuple[Linked, ...]

    @property
    def new(self) -> tuple[Linked, ...]:
        """The lines that an import would keep."""
        return tuple(line for line in self.lines if not line.why)


def read_ledger(
    house: House, ask: NightAsk, mapping: RollMapping, path: Path, content_type: str = ""
) -> Ledger:
    """Read a ledger and say of each line whose it is; nothing is written.

    Raises UsageError and MappingFailed as a trial does.
    """
    with house.engine() as engine:
        trial = map_file(engine, mapping, path, content_type)
        rows = engine.fetch(load_step("gateway.pipeline", "handled_rows")).to_pylist()
        engine.drop("mapped_handled")
        identify(house, engine, ask)
        cases = [_case(row) for row in rows]
        found = _link(house, engine, ask, cases)
    known = {_same(e) for e in house.store.excuses.in_force(ask.as_of, ask.known_at)}
    return Ledger(trial, tuple(_judged(line, ask.as_of, known) for line in found))


def keep_ledger(house: House, ask: NightAsk, ledger: Ledger, by: str, said: str) -> int:
    """Keep the new lines as excuses, all or none; how many. `said` names the file and its letter."""
    with house.store.transaction():
        for line in ledger.new:
            case = line.case
            assert line.person_id is not None  # noqa: S101 (a new line has its child)
            proof = {"ledger": said, "row": case.row, "proof": case.proof}
            new = Excuse(
                line.person_id, case.result, json.dumps(proof, ensure_ascii=False),
                case.handled_on, case.until, IMPORTED, by, axis=case.matter,
            )  # fmt: skip
            house.store.excuses.add(new, ask.known_at)
    return len(ledger.new)


def _case(row: dict[str, Any]) -> OldCase:
    until = row["until"] or _end(row["matter"], row["handled_on"])
    face = Face(**{name: row[name] for name in _FACE}, number_given=row["id_given"])
    return OldCase(
        row["number"], row["matter"], row["result"], code_of(row["result"]), row["handled_on"],
        until, row["proof"] or "", face,
    )  # fmt: skip


def _end(matter: str, handled_on: date) -> date:
    """The end of the period in which something was handled: school year, insurance year, or a year."""
    if matter == "education":
        return date(handled_on.year + (handled_on.month > 8), 8, 31)
    if matter == "insurance":
        return date(handled_on.year, 12, 31)
    return years_before(handled_on, -1)


def _link(house: House, engine: Engine, ask: NightAsk, cases: Sequence[OldCase]) -> list[Linked]:
    faces = load_step("gateway.linkage", "faces")
    with LookUp(house.weights) as index:
        index.add(engine.fetch(faces, {"grown_born_by": years_before(ask.as_of, GROWN)}))
        return [_whose(case, index.look_up(case.face), house.weights) for case in cases]


def _whose(case: OldCase, found: Sequence[Candidate], weights: Weights) -> Linked:
    if not found:
        return Linked(case, None, "nobody")
    best = found[0].waterfall
    weight, second = best.weight or 0.0, best.second_weight
    if weight < weights.link or (second is not None and weight - second < weights.margin):
        return Linked(case, None, "doubtful")
    person_id = found[0].person_id
    return Linked(case, person_id, "not_numbered" if person_id >= STRANGERS else "")


def _judged(line: Linked, today: date, known: set[tuple[object, ...]]) -> Linked:
    case = line.case
    why = line.why
    if case.handled_on > today:
        why = "ahead"
    elif case.until < max(today, case.handled_on):
        why = "over"
    elif not why and (line.person_id, case.matter, case.result, case.handled_on) in known:
        why = "known"
    return Linked(case, line.person_id, why)


def _same(excuse: Excuse) -> tuple[object, ...]:
    return excuse.person_id, excuse.axis, excuse.kind, excuse.valid_from
