"""A roll that is not what it was: a column renamed, coded anew, or in another's place, said by name."""

import json
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from gateway.engine import Engine
from gateway.mapping.codes import lookup, spell
from gateway.mapping.contents import heading_text
from gateway.mapping.spec import RollMapping
from gateway.mapping.spec_models import FieldSpec
from gateway.mapping.sql_text import literal, name
from gateway.mapping.values import Reason, Signal, SignalKind
from gateway.model.errors import MappingFailed

_ALIKE, _MOST, _ENOUGH, _LOOKED_AT = 0.5, 0.5, 10, 500


def missing(
    column: str, where: str, known: Iterable[str], unknown: Sequence[str], *, twice: bool = False
) -> MappingFailed:
    """The complaint about a column that no heading stands for, or two do; names the likely mend.

    `known` are the headings that stand for the column, `unknown` those that stand for none.
    """
    if twice:
        mend = "take one of the two out, or have the bureau send the agreed form"
        return MappingFailed(
            f"列 {column!r} 出现两次 / the column {column!r} stands twice", where=where, mend=mend
        )
    mend = "ask the bureau for the agreed form, or declare the new heading under `also`"
    like = nearest(known, unknown)
    if like:
        mend = f"{like!r} is new and may be it: declare it under `also` of {column!r} if it is"
    elif unknown:
        mend += f" (new here: {', '.join(unknown[:5])})"
    return MappingFailed(
        f"缺少列 {column!r} / the column {column!r} is missing", where=where, mend=mend
    )


def nearest(known: Iterable[str], unknown: Sequence[str]) -> str:
    """The unknown heading that is most like a known one; empty when none is."""
    scored = [(_alike(heading_text(k), heading_text(u)), u) for k in known for u in unknown if u]
    best = max(scored, default=(0.0, ""))
    return best[1] if best[0] >= _ALIKE else ""


def drift_signals(engine: Engine, mapping: RollMapping, received: int) -> list[Signal]:
    """Columns most of whose values are not read any more, with the crosswalk that would read them.

    Reads `mapped_quarantine`. Raises MappingFailed when names and numbers stand in each other's
    place: each would be read, and nobody found.
    """
    _check_places(engine, mapping)
    if received < _ENOUGH:
        return []
    rows = engine.fetch(
        "SELECT column_name, count(*) AS row_count FROM mapped_quarantine WHERE reason IN "
        f"({literal(Reason.UNLISTED)}, {literal(Reason.UNREADABLE)}) "
        f"GROUP BY column_name HAVING count(*) > {int(received * _MOST)} ORDER BY column_name"
    ).to_pylist()
    return [
        Signal(SignalKind.RECODED, column, row["row_count"], _crosswalk(engine, mapping, column))
        for row in rows
        if (column := row["column_name"]) in mapping.spec.columns
    ]


def _alike(known: str, unknown: str) -> float:
    ratio = SequenceMatcher(None, known, unknown).ratio()
    shorter, longer = sorted((known, unknown), key=len)
    return max(ratio, 0.6 if len(shorter) > 1 and shorter in longer else 0.0)


def _check_places(engine: Engine, mapping: RollMapping) -> None:
    fields = mapping.main.fields
    names = {f.columns[0]: n for n, f in fields.items() if f.transform == "name"}
    if "name" in fields and "name_key" in fields:
        names[fields["name"].columns[0]] = "name_key"
    numbers = [f.columns[0] for f in fields.values() if f.transform in ("id_given", "id")]
    for column, field in names.items() if numbers else ():
        found = engine.fetch(
            "SELECT count(*) AS n, count(*) FILTER (WHERE regexp_full_match(said, "
            f"'[0-9]{{14,17}}[0-9Xx]')) AS numbers FROM (SELECT {name(field)} AS said FROM "
            f"mapped_{mapping.main.table} WHERE {name(field)} IS NOT NULL LIMIT {_LOOKED_AT})"
        ).to_pylist()[0]
        # One odd parent in a small roll is no swapped column.
        few = 1 if field in ("name", "name_key") else _ENOUGH
        if found["n"] >= few and found["numbers"] > found["n"] * _MOST:
            others = ", ".join(map(repr, dict.fromkeys(numbers)))
            raise MappingFailed(
                f"姓名列 {column!r} 里是号码 / the column {column!r} holds numbers",
                where=mapping.name,
                mend=f"它与 {others} 像是互换了，请对方改正表头 / it and {others} look swapped: have the "
                "bureau mend its heading",
            )


def _crosswalk(engine: Engine, mapping: RollMapping, column: str) -> str:
    """The crosswalk, or `own values`, under which nearly all refused values are listed."""
    fields = [f for f in mapping.main.fields.values() if column in f.columns and f.codes]
    if not fields:
        return ""
    rows = engine.fetch(
        "SELECT original_json FROM mapped_quarantine WHERE column_name = "
        f"{literal(column)} AND original_json IS NOT NULL LIMIT {_LOOKED_AT}"
    ).to_pylist()
    values = [json.loads(row["original_json"]).get(column) for row in rows]
    return _fitting(mapping, fields[0], [spell(v) for v in values if v])


def _fitting(mapping: RollMapping, field: FieldSpec, values: Sequence[str]) -> str:
    codes = mapping.codes[field.codes]
    for crosswalk in ("", *codes.crosswalks):
        words = lookup(codes, crosswalk)
        if values and sum(value in words for value in values) >= 0.9 * len(values):
            return f"crosswalk {crosswalk}" if crosswalk else "the list's own values"
    return ""
