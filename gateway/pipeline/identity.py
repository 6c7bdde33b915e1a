"""Who is who, looked at by an officer: the pairs that are open, and why a row is a child's.

Nothing is written here. What an officer says goes to the store, and the next night reads it.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa

from gateway.engine import Engine, load_step
from gateway.linkage import LinkReport, link
from gateway.linkage.evaluation import Evaluation, read_bins, weighed_low
from gateway.linkage.explain import LinkShown, Waterfall, read_waterfall, shown
from gateway.linkage.judged import judged_pairs, row_name
from gateway.linkage.levels import Face
from gateway.linkage.linking import GROWN, PersonIds, years_before
from gateway.linkage.lookup import Candidate, LookUp
from gateway.linkage.training import Trained, train
from gateway.model.identifiers import mask_number
from gateway.model.names import mask_name
from gateway.pipeline.judged import judged_at, seen_mark
from gateway.pipeline.look import Borrowed
from gateway.pipeline.plan import House, NightAsk
from gateway.pipeline.world import ROOM, build_world

HANDLE = 12
"""Hex digits by which a pair is named on the command line."""


@dataclass(frozen=True, slots=True)
class Side:
    """One row of a pair as an officer sees it: masked, the birth date to the month."""

    source: str
    roll: str
    ref: str
    name: str
    number: str
    born: str
    sex: str
    division: str
    guardian: str


@dataclass(frozen=True, slots=True)
class OpenPair:
    """A pair that only an officer can join or part. `handle` is the same from night to night."""

    handle: str
    person_id: int
    one: Side
    other: Side
    waterfall: Waterfall
    rows: tuple[str, str] = field(repr=False)
    seen: tuple[str, str] = field(repr=False)


def identify(
    house: House, engine: Engine, ask: NightAsk, ids: PersonIds | None = None
) -> LinkReport:
    """Make the world and its links as a night would, without rules and cases."""
    build_world(house, engine, ask)
    return link(
        engine,
        as_of=ask.as_of,
        ids=ids or Borrowed(),
        weights=house.weights,
        judged=judged_at(house, ask.known_at, engine),
    )


def changed_persons(engine: Engine) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Persons of a linked world who turned out to be one (person, into), or two (person, the other)."""
    merged = engine.fetch("SELECT person_id, into_id FROM person_merge").to_pylist()
    split = engine.fetch("SELECT person_id, other_id FROM person_split").to_pylist()
    return (
        [(row["person_id"], row["into_id"]) for row in merged],
        [(row["person_id"], row["other_id"]) for row in split],
    )


def evaluate_links(
    house: House, engine: Engine, ask: NightAsk, truth: pa.Table | None = None
) -> Evaluation:
    """The machine's links, judgements left out, against labels.

    `truth` has child, roll, row_key (an invented city's); without it officers' judgements are the
    labels, and only pairs that they judged count.
    """
    build_world(house, engine, ask)
    link(engine, as_of=ask.as_of, ids=Borrowed(), weights=weighed_low(house.weights))
    if truth is None:
        engine.load("judged_label", judged_pairs(judged_at(house, ask.known_at, engine)))
        engine.run(load_step("gateway.linkage", "eval_judged"))
        unseen = 0
    else:
        engine.load("truth_key", truth)
        engine.run(load_step("gateway.linkage", "eval_truth"))
        unseen = int(str(engine.value(load_step("gateway.linkage", "eval_unseen"))))
    bins = engine.fetch(load_step("gateway.linkage", "eval_bins")).to_pylist()
    return Evaluation(read_bins(bins), unseen)


def train_links(house: House, engine: Engine, ask: NightAsk, *, seed: int, sample: int) -> Trained:
    """Weights proposed from the site's own rolls and its officers' judgements; nothing is kept."""
    build_world(house, engine, ask)
    return train(
        engine,
        as_of=ask.as_of,
        weights=house.weights,
        judged=judged_at(house, ask.known_at, engine),
        seed=seed,
        sample=sample,
    )


def open_pairs(house: House, engine: Engine) -> tuple[OpenPair, ...]:
    """Every pair of a linked world that waits for an officer, the likeliest first."""
    rows = engine.fetch(load_step(ROOM, "open_pairs")).to_pylist()
    return tuple(_pair(row, house.site_key) for row in rows)


def explain_person(engine: Engine, person_id: int) -> tuple[LinkShown, ...]:
    """Every link and open pair of one person, each with its waterfall."""
    step = load_step("gateway.linkage", "explain")
    return shown(engine.fetch(step, {"person_id": person_id}).to_pylist())


def look_up(house: House, engine: Engine, ask: NightAsk, query: Face) -> tuple[Candidate, ...]:
    """Whom a query could be among the persons of a linked world."""
    faces = load_step("gateway.linkage", "faces")
    with LookUp(house.weights) as index:
        index.add(engine.fetch(faces, {"grown_born_by": years_before(ask.as_of, GROWN)}))
        return index.look_up(query)


def _pair(row: Mapping[str, Any], site_key: str) -> OpenPair:
    own = row_name(row["own_source"], row["own_roll"], row["own_table"], row["own_key"])
    other = row_name(row["source"], row["roll"], row["table_name"], row["row_key"])
    text = "pair:" + "|".join(sorted((own, other)))
    digest = hmac.new(bytes.fromhex(site_key), text.encode(), "sha256").hexdigest()
    return OpenPair(
        digest[:HANDLE],
        row["person_id"],
        _side({k.removeprefix("own_"): v for k, v in row.items() if k.startswith("own_")}),
        _side(row),
        read_waterfall(row["why"], row["weight"]),
        (own, other),
        (
            seen_mark(site_key, row["own_name"], row["own_number"]),
            seen_mark(site_key, row["name"], row["number"]),
        ),
    )


def _side(row: Mapping[str, Any]) -> Side:
    ref = str(row.get("ref") or row.get("row_ref") or "")
    return Side(
        row["source"],
        row["roll"],
        ref,
        mask_name(row["name"]),
        mask_number(row["number"]),
        _month(row["born"]),
        row["sex"] or "",
        row["division"] or "",
        mask_name(row["guardian"]),
    )


def _month(day: date | None) -> str:
    return "" if day is None else f"{day:%Y-%m}"
