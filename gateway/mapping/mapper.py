"""A roll's verified pages → canonical rows, quarantine, and a ledger that balances."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
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
_WARNING = pa.schema([("warning", pa.string()), ("row_count", pa.int64())])


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
        engine.drop("checked", "odd_row", "staged", "broken_row", "mapped_warning")


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
    differing: Counter[str] = Counter()
    for slab in reader.slabs(pages):
        received += slab.rows
        differing.update(_map_slab(engine, compiled, slab, source))
    signals = (*reader.signals(), *_warnings(engine), *_differences(differing))
    for other in others:
        supersede(engine, other, reader.pages)
    record = (source, mapping.spec.roll)
    supersede(engine, main, reader.pages, record=record, prefer=_preferred(mapping))
    check_rows(engine, mapping.tables, mapping.name)
    found = balance(engine, main, mapping.name, received)
    signals = (*signals, *drift_signals(engine, mapping, received))
    keep_ledger(engine)
    return MappedRoll(source, mapping.spec.roll, received, *found, mapping.tables, signals)


def _preferred(mapping: RollMapping) -> tuple[str, ...]:
    return tuple(
        f"{name(one.field)} IN ({', '.join(map(literal, one.among))})"
        for one in mapping.main.prefer
    )


def _open(engine: Engine, compiled: CompiledMapping) -> None:
    open_ledger(engine)
    engine.create("mapped_warning", _WARNING)
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


def _map_slab(engine: Engine, compiled: CompiledMapping, slab: Slab, source: str) -> dict[str, int]:
    """Map one slab; gives, per distinct output, how many keys had rows with other facts."""
    broken = slab.check(engine, lambda r: compiled.check(r, referenced=slab.referenced))
    if broken:
        rows = {of: [getattr(b, of) for b in broken] for of in ("row_ref", "original", "problem")}
        engine.load("broken_row", pa.table(rows))
        engine.run(compiled.mark_broken(slab.row_ref))
    for output in compiled.outputs:
        engine.run(compiled.insert(output, slab.row_ref))
    engine.run(compiled.quarantine(slab.row_ref), {"source": source})
    engine.run(load_step(_ROOM, "warnings"))
    distinct = (output for output in compiled.outputs if output.distinct)
    return {o.table: int(str(engine.value(compiled.differing(o)))) for o in distinct}


def _warnings(engine: Engine) -> list[Signal]:
    found = engine.fetch(
        "SELECT warning, CAST(sum(row_count) AS BIGINT) AS row_count FROM mapped_warning "
        "GROUP BY warning ORDER BY warning"
    ).to_pylist()
    parts = ((*row["warning"].rpartition(":"), row["row_count"]) for row in found)
    return [Signal(SignalKind.VALUE_NOT_TAKEN, column, n, why) for column, _, why, n in parts]


def _differences(differing: Mapping[str, int]) -> list[Signal]:
    return [Signal(SignalKind.FACTS_DIFFER, name, n) for name, n in differing.items() if n]


def _forget(engine: Engine, mapping: RollMapping) -> None:
    engine.drop("mapped_quarantine", "mapped_superseded", "repeated_row", "mapped_page")
    engine.drop(*(f"mapped_{name}" for name in mapping.tables))
