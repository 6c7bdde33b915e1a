"""Weights learned from a site's own rolls: a proposal and its report, never the reviewed file.

u comes from pairs drawn at random, m from two sessions of expectation and maximisation: pairs of
one number teach names, birth dates, sexes and homes; pairs of one name and birth date teach numbers.
Officers' words hold wherever a pair of the sample was judged. Only counts leave the engine.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import log, log2
from typing import Final

from gateway.engine import Engine, load_step
from gateway.linkage import linking
from gateway.linkage.em import Key, Learned, Pattern, learn
from gateway.linkage.judged import NOBODY, judged_pairs
from gateway.linkage.judgements import Judged
from gateway.linkage.matching import FEW, weigh
from gateway.linkage.weights import CONFLICT, LEVELS, Level, Weights
from gateway.linkage.world import SCRATCH
from gateway.model.tables import CHILD

SAMPLE: Final = 200_000
"""Rows that are drawn."""
TURNS, TURN = 20, 5
"""Each drawn row is held against so many persons at random, so many at a time."""
FEW_U, FEW_M = 50, 20
"""A level that was seen less often keeps its reviewed weight."""
FAR: Final = 2.0
"""A weight that moved by more bits than this is worth a second look."""

RANDOM: Final = "random"
SESSIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "train_by_number": ("name", "birth_date", "sex", "household"),
    "train_by_name": ("number", "sex", "household"),
}
"""How pairs are brought together, and what they teach: never what brought them together."""
KEPT: Final[Mapping[Key, str]] = {
    ("household", "guardian_of_twins"): "it depends on name and birth date; set by hand",
    ("number", "own"): "it is only seen beside other links; set by hand",
}
_TAUGHT: Final = ("number", "name", "birth_date", "sex", "household")
_SCRATCH: Final = ("train_row", "train_person", "train_draw", "train_pattern")


@dataclass(frozen=True, slots=True)
class LevelReport:
    """One level: what was, what is proposed, and what that rests on.

    `matched` are expected pairs of one child, `random` pairs of two at this level. `kept` says why the
    reviewed weight stays; empty where it was learned.
    """

    comparison: str
    level: str
    old_m: float
    old_u: float
    old_bits: float
    m: float
    u: float
    bits: float
    matched: float
    random: int
    kept: str = ""


@dataclass(frozen=True, slots=True)
class SessionReport:
    """One run of expectation and maximisation. `judged` pairs had an officer's word."""

    block: str
    pairs: int
    judged: int
    matches: float
    rounds: int
    converged: bool


@dataclass(frozen=True, slots=True)
class Trained:
    """A proposal and what it rests on."""

    weights: Weights
    levels: tuple[LevelReport, ...]
    sessions: tuple[SessionReport, ...]
    rows: int
    persons: int
    random_pairs: int
    seed: int
    warnings: tuple[str, ...]


class _Numbered:
    """Person ids for the length of a training."""

    def __init__(self) -> None:
        self._next = 1

    def reserve(self, count: int) -> range:
        """The next `count` ids."""
        self._next += count
        return range(self._next - count, self._next)


def train(
    engine: Engine,
    *,
    as_of: date,
    weights: Weights,
    judged: Judged[str] = NOBODY,
    seed: int = 1,
    sample: int = SAMPLE,
) -> Trained:
    """Propose weights from the night's world; reads what `link` reads and leaves nothing behind.

    The same rolls, seed and words give the same proposal.
    """
    # Every pair of the sample counts, however little it weighs.
    scale = linking.scale_of(weights) | {"floor": float("-inf")}
    linking.prepare(engine, as_of, weights)
    engine.load("judged_pair", judged_pairs(judged))
    linking.make_persons(engine, "base_registry", CHILD, _Numbered())
    _run(engine, "train_who", "match")
    for rolls in ("rows_assistance", "rows_rolls"):
        _run(engine, rolls, "train_rows", values={"seed": str(seed)})
    _run(engine, "train_sample", values={"seed": str(seed), "sample": sample})
    _run(engine, "row_homes", "row_letters")
    _run(engine, "strangers", "names_of_persons", "name_share", values=scale)
    persons = engine.count("train_person")
    for first in range(0, TURNS if persons else 0, TURN):
        turns = {"from_turn": first, "to_turn": first + TURN, "persons": persons}
        _run(engine, "train_random", values=turns)
        _count(engine, RANDOM, scale)
    for block in SESSIONS:
        _run(engine, block, values={"few": FEW})
        _count(engine, block, scale)
    found = engine.fetch(load_step("gateway.linkage", "train_patterns")).to_pylist()
    rows = engine.count("rest")
    engine.drop(*SCRATCH, *_SCRATCH)
    return propose(weights, _patterns(found), rows=rows, persons=persons, seed=seed)


def propose(
    weights: Weights,
    patterns: Mapping[str, Sequence[Pattern]],
    *,
    rows: int,
    persons: int,
    seed: int,
) -> Trained:
    """The proposal that counted patterns lead to: `random` ones, and those of each session."""
    chance, told = _seen_at_random(patterns.get(RANDOM, ()))
    u = {key: chance.get(key, 0) / told[key[0]] for key in _keys() if told.get(key[0])}
    fixed = {
        key: log(2) * weights.weight(*key)
        for key in _keys()
        if chance.get(key, 0) < FEW_U or key in KEPT
    }
    fixed["number", CONFLICT] = log(2) * weights.vetoes.number_conflict
    sessions: dict[str, Learned] = {}
    for block, taught in SESSIONS.items():
        start = {k: weights.comparisons[k[0]].levels[k[1]].m for k in _keys() if k[0] in taught}  # type: ignore[index]
        useful = [_only(p, taught) for p in patterns.get(block, ())]
        sessions[block] = learn(useful, start, u, fixed)
    levels = tuple(_level(weights, key, u, chance, sessions) for key in _keys())
    reports = tuple(
        SessionReport(
            block,
            sum(p.pairs for p in patterns.get(block, ())),
            sum(p.pairs for p in patterns.get(block, ()) if p.same is not None),
            done.matches,
            done.rounds,
            done.converged,
        )
        for block, done in sessions.items()
    )
    at_random = sum(p.pairs for p in patterns.get(RANDOM, ()))
    proposed = _proposed(weights, levels, seed)
    return Trained(
        proposed, levels, reports, rows, persons, at_random, seed, tuple(_warnings(levels, reports))
    )


def _count(engine: Engine, block: str, scale: Mapping[str, object]) -> None:
    weigh(engine, scale)
    _run(engine, "train_count", values={"block": block})


def _run(engine: Engine, *steps: str, values: Mapping[str, object] | None = None) -> None:
    for step in steps:
        engine.run(load_step("gateway.linkage", step), values)


def _patterns(rows: Sequence[Mapping[str, object]]) -> dict[str, list[Pattern]]:
    out: dict[str, list[Pattern]] = {}
    for row in rows:
        same = None if row["same"] is None else bool(row["same"])
        levels = tuple((c, str(row[c])) for c in _TAUGHT)
        out.setdefault(str(row["block"]), []).append(Pattern(levels, int(str(row["pairs"])), same))
    return out


def _only(pattern: Pattern, taught: Sequence[str]) -> Pattern:
    kept = tuple(key for key in pattern.levels if key[0] in taught)
    return Pattern(kept, pattern.pairs, pattern.same)


def _keys() -> list[Key]:
    return [(c, level) for c in _TAUGHT for level in LEVELS[c]]


def _seen_at_random(patterns: Sequence[Pattern]) -> tuple[dict[Key, int], dict[str, int]]:
    """Random pairs at each level, and random pairs that tell of each comparison, the veto included."""
    seen: dict[Key, int] = {}
    told: dict[str, int] = {}
    known = {*_keys(), ("number", CONFLICT)}
    for pattern in patterns:
        for key in known.intersection(pattern.levels):
            seen[key] = seen.get(key, 0) + pattern.pairs
            told[key[0]] = told.get(key[0], 0) + pattern.pairs
    return seen, told


def _level(
    weights: Weights,
    key: Key,
    u: Mapping[Key, float],
    chance: Mapping[Key, int],
    sessions: Mapping[str, Learned],
) -> LevelReport:
    comparison, level = key
    old = weights.comparisons[comparison].levels[level]  # type: ignore[index]
    of = [s for block, s in sessions.items() if comparison in SESSIONS[block]]
    matched = sum(s.seen[key] for s in of)
    told = sum(s.seen[k] for s in of for k in s.seen if k[0] == comparison)
    at_random = chance.get(key, 0)
    kept = KEPT.get(key, "")
    if not kept and at_random < FEW_U:
        kept = f"{at_random} of the random pairs"
    if not kept and matched < FEW_M:
        kept = f"{matched:.0f} pairs of one child"
    new = old if kept else Level(m=matched / told, u=u[key])
    return LevelReport(
        comparison, level, old.m, old.u, old.weight, new.m, new.u, new.weight, matched, at_random, kept
    )  # fmt: skip


def _proposed(weights: Weights, levels: Sequence[LevelReport], seed: int) -> Weights:
    comparisons = dict(weights.comparisons)
    for line in levels:
        compared = comparisons[line.comparison]  # type: ignore[index]
        changed = {**compared.levels, line.level: Level(m=line.m, u=line.u)}
        comparisons[line.comparison] = compared.model_copy(update={"levels": changed})  # type: ignore[index]
    return weights.model_copy(
        update={
            "version": f"{weights.version}.trained-{seed}",
            "basis": f"proposed by cwg link train from {weights.version}; not reviewed yet",
            "comparisons": comparisons,
        }
    )


def _warnings(levels: Sequence[LevelReport], sessions: Sequence[SessionReport]) -> Iterator[str]:
    for session in sessions:
        if not session.converged:
            yield f"{session.block}: no rest after {session.rounds} rounds; draw more rows"
        if session.matches < 1_000:
            yield f"{session.block}: only {session.matches:.0f} pairs of one child; draw more rows"
    best = {line.comparison: line.bits for line in levels if line.level == "same"}
    for line in levels:
        name = f"{line.comparison}={line.level}"
        if abs(line.bits - line.old_bits) > FAR:
            yield f"{name}: from {line.old_bits:.1f} to {line.bits:.1f} bits"
        if line.level == "differs" and line.bits >= 0:
            yield f"{name}: a difference would speak for one child ({line.bits:.1f} bits)"
        if line.bits > best.get(line.comparison, line.bits) + log2(1.1):
            yield f"{name}: weighs more than agreement"
