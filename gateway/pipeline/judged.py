"""What officers said of who is who, as linkage reads it.

A word is about the child that a row told of when it was judged. Where the bureau has given the row's
key to another child since, nobody has said anything of that one: the pair is held and asked anew.
"""

import hmac
from collections.abc import Iterator
from datetime import datetime
from typing import Final

import pyarrow as pa

from gateway.engine import Engine, load_step
from gateway.linkage import Judged, Said, Verdict, judge
from gateway.linkage.judged import is_file
from gateway.pipeline.plan import House
from gateway.pipeline.world import ROOM
from gateway.store import Judgement
from gateway.store import Side as JudgedSide

_MARK = 16
_PARTS: Final = ("source", "roll", "table_name", "row_key")


def judged_at(house: House, known_at: datetime, engine: Engine | None = None) -> Judged[str]:
    """What follows from all judgements that stood at a time.

    With the `engine` of a night's world, words about rows that tell of somebody else by now count as
    *unsure*.
    """
    standing = house.store.judgements.standing(known_at)
    rows = [j for j in standing if (j.left.kind, j.right.kind) == ("row", "row")]
    moved = frozenset(_moved(house.site_key, engine, rows)) if engine is not None else frozenset()
    return judge((_said(j, moved) for j in rows), is_file)


def is_followed(known: Judged[str], word: Judgement) -> bool:
    """Whether a night does what a standing judgement says; not where words contradict one another."""
    found = known.verdict(word.left.ref, word.right.ref)
    return word.verdict.value in (found, Verdict.UNSURE)


def seen_mark(site_key: str, name_key: str | None, number: str | None) -> str:
    """What a row says of its child, as two keyed marks: `name/number`; empty for what it does not tell."""
    return f"{_mark(site_key, name_key)}/{_mark(site_key, number)}"


def tells_of_another(before: str, now: str) -> bool:
    """Whether neither name nor number is what it was. A corrected one of the two is the same child."""
    pairs = list(zip(before.split("/"), now.split("/"), strict=True))
    return not any(one and one == other for one, other in pairs) and any(one for one, _ in pairs)


def _said(word: Judgement, moved: frozenset[str]) -> Said[str]:
    other = {word.left.ref, word.right.ref} & moved
    verdict = Verdict.UNSURE if other else Verdict(word.verdict)
    return Said(word.left.ref, word.right.ref, verdict)


def _moved(site_key: str, engine: Engine, words: list[Judgement]) -> Iterator[str]:
    sides = [side for word in words for side in (word.left, word.right) if side.seen]
    if not sides:
        return
    engine.load("judged_seen", _refs(sides))
    found = engine.fetch(load_step(ROOM, "judged_seen")).to_pylist()
    engine.drop("judged_seen")
    now = {
        "/".join(row[p] for p in _PARTS): seen_mark(site_key, row["name_key"], row["id_given"])
        for row in found
    }
    for side in sides:
        if side.ref in now and tells_of_another(side.seen, now[side.ref]):
            yield side.ref


def _refs(sides: list[JudgedSide]) -> pa.Table:
    refs = sorted({side.ref for side in sides})
    columns = zip(*(ref.split("/", 3) for ref in refs), strict=True)
    return pa.table({p: pa.array(c, pa.string()) for p, c in zip(_PARTS, columns, strict=True)})


def _mark(site_key: str, text: str | None) -> str:
    if text is None:
        return ""
    return hmac.new(bytes.fromhex(site_key), f"seen:{text}".encode(), "sha256").hexdigest()[:_MARK]
