"""A roll's verified pages → canonical rows, quarantine, and a ledger that balances."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import pyarrow as pa

from gateway.engine import Engine, load_step
from gateway.mapping.compiler import CompiledMapping, compile_mapping
from gateway.mapping.drift import drift_signals
from gateway.mapping.ledger import balance, check_rows, keep_ledger, open_ledger, supersede
from gateway.mapping.readers import RollReader, Slab
from gateway.mapping.spec import RollMapping
from gateway.mapping.sql_text import literal, name
from gateway.mapping.values import MappedRoll, Page, Signal, SignalKind
from gateway.model.errors import MappingFailed
from gateway.model.exchange import VerifiedExchange
from gateway.model.tables import table

_ROOM = "gateway.mapping"
ODD_ROWS = 200_000
"""Rows that are not plain, gathered over slabs before they go the long way together."""
_TEXT = pa.string()
_WARNING = pa.schema([("warning", _TEXT), ("row_count", pa.int64())])
_FACT = pa.schema([("table_name", _TEXT), ("row_key", _TEXT), ("row_digest", _TEXT)])
_ODD = pa.schema([("row_ref", _TEXT), ("cells", pa.list_(_TEXT))])
_BROKEN = pa.schema([("row_ref", _TEXT), ("original", _TEXT), ("problem", _TEXT)])
_MANY = 0.1


def apply(
    engine: Engine,
    mapping: RollMapping,
    exchanges: Iterable[VerifiedExchange],
    *,
    spill_dir: Path,
) -> MappedRoll:
    """Map the exchanges of one roll, in order.

    Makes engine tables `mapped_<table>` (schema of the canonical table) and appends to
    `quarantine_rows` and `superseded_rows`. Raises MappingFailed when the roll cannot be mapped at
    all and LedgerUnbalanced when a row would be lost; then nothing of it is left.
    """
    return apply_pages(engine, mapping, _pages(mapping, exchanges), spill_dir=spill_dir)


def apply_pages(
    engine: Engine, mapping: RollMapping, pages: Iterable[Page], *, spill_dir: Path
) -> MappedRoll:
    """The same for pages that need not come from an exchange: trials and golden twins."""
    try:
        return _map_roll(engine, mapping, pages, spill_dir)
    except Exception:
        _forget(engine, mapping)
        raise
    finally:
        engine.drop("short_row", "long_row", "said", "staged", "broken_place")
        engine.drop("odd_row", "broken_row", "mapped_warning", "mapped_fact")


def _pages(mapping: RollMapping, exchanges: Iterable[VerifiedExchange]) -> Iterable[Page]:
    for exchange in exchanges:
        if exchange.header.roll != mapping.spec.roll:
            raise MappingFailed(
                f"an exchange of roll {exchange.header.roll!r} cannot be mapped",
                where=mapping.name,
                mend="check which mapping the source names",
            )
        yield Page.of(exchange)


def _map_roll(
    engine: Engine, mapping: RollMapping, pages: Iterable[Page], spill_dir: Path
) -> MappedRoll:
    compiled = compile_mapping(mapping)
    main, *others = (output.table for output in compiled.outputs)
    _open(engine, compiled)
    source, pages = _source(mapping, pages)
    reader, received = RollReader(mapping, spill_dir), 0
    for slab in reader.slabs(pages):
        received += slab.rows
        _map_slab(engine, compiled, slab)
        if engine.count("odd_row") >= ODD_ROWS:
            _map_odd(engine, compiled, source)
    _map_odd(engine, compiled, source)
    signals = (*reader.signals(), *_warnings(engine), *_differences(engine))
    for other in others:
        supersede(engine, other, reader.pages)
    record = (source, mapping.spec.roll)
    supersede(engine, main, reader.pages, record=record, prefer=_preferred(mapping))
    check_rows(engine, mapping.tables, mapping.name)
    found = balance(engine, main, mapping.name, received)
    signals = (*signals, *drift_signals(engine, mapping, received), *_doubled(mapping, found))
    keep_ledger(engine)
    return MappedRoll(source, mapping.spec.roll, received, *found, mapping.tables, signals)


def _doubled(mapping: RollMapping, found: tuple[int, int, int]) -> list[Signal]:
    """Many rows whose key comes again, in a roll that is not known to have several rows to a key."""
    accepted, quarantined, superseded = found
    if mapping.main.prefer or superseded <= _MANY * (accepted + quarantined + superseded):
        return []
    key = "-".join(mapping.main.fields["row_key"].columns)
    return [Signal(SignalKind.DOUBLED, key, superseded)]


def _preferred(mapping: RollMapping) -> tuple[str, ...]:
    return tuple(
        f"{name(one.field)} IN ({', '.join(map(literal, one.among))})"
        for one in mapping.main.prefer
    )


def _open(engine: Engine, compiled: CompiledMapping) -> None:
    open_ledger(engine)
    engine.create("mapped_warning", _WARNING)
    engine.create("mapped_fact", _FACT)
    _await_odd(engine)
    for output in compiled.outputs:
        engine.create(f"mapped_{output.table}", table(output.table).schema)


def _source(mapping: RollMapping, pages: Iterable[Page]) -> tuple[str, Iterator[Page]]:
    """The source that all pages come from, and the pages."""
    rest = iter(pages)
    first = next(rest, None)
    if first is None:
        return mapping.spec.bureau, rest
    return first.source, (_same(page, first.source, mapping) for page in chain((first,), rest))


def _same(page: Page, source: str, mapping: RollMapping) -> Page:
    if page.source != source:
        raise MappingFailed(
            f"pages of {source!r} and {page.source!r} are no one roll",
            where=mapping.name,
            mend="map each source for itself",
        )
    return page


def _map_slab(engine: Engine, compiled: CompiledMapping, slab: Slab) -> None:
    """Map the plain rows of a slab; the others wait in `odd_row`."""
    broken = slab.check(
        engine, lambda rows, bad: compiled.take(rows, bad, referenced=slab.referenced)
    )
    for output in compiled.outputs:
        engine.run(compiled.insert_plain(output, slab.row_ref))
        if output.distinct:
            engine.run(compiled.facts(output, plain=True))
    engine.run(compiled.keep_odd(slab.row_ref))
    if broken:
        rows = {of: [getattr(b, of) for b in broken] for of in _BROKEN.names}
        engine.append("broken_row", pa.table(rows, _BROKEN))


def _map_odd(engine: Engine, compiled: CompiledMapping, source: str) -> None:
    """Map the rows that wait in `odd_row`, the long way."""
    if not engine.count("odd_row"):
        return
    engine.run(compiled.check())
    if engine.count("broken_row"):
        engine.run(compiled.mark_broken())
    for output in compiled.outputs:
        engine.run(compiled.insert_accepted(output))
        if output.distinct:
            engine.run(compiled.facts(output, plain=False))
    engine.run(compiled.quarantine(), {"source": source})
    engine.run(load_step(_ROOM, "warnings"))
    _await_odd(engine)


def _await_odd(engine: Engine) -> None:
    engine.create("odd_row", _ODD)
    engine.create("broken_row", _BROKEN)


def _warnings(engine: Engine) -> list[Signal]:
    found = engine.fetch(
        "SELECT warning, CAST(sum(row_count) AS BIGINT) AS row_count FROM mapped_warning "
        "GROUP BY warning ORDER BY warning"
    ).to_pylist()
    parts = ((*row["warning"].rpartition(":"), row["row_count"]) for row in found)
    return [Signal(SignalKind.VALUE_NOT_TAKEN, column, n, why) for column, _, why, n in parts]


def _differences(engine: Engine) -> list[Signal]:
    """Keys of a distinct output whose rows say different things of it."""
    found = engine.fetch(load_step(_ROOM, "differing")).to_pylist()
    return [Signal(SignalKind.FACTS_DIFFER, row["table_name"], row["keys"]) for row in found]


def _forget(engine: Engine, mapping: RollMapping) -> None:
    engine.drop("mapped_quarantine", "mapped_superseded", "repeated_row", "mapped_page")
    engine.drop(*(f"mapped_{name}" for name in mapping.tables))
