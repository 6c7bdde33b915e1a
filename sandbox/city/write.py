"""Write a city: rolls by period, truth by period, row keys, everybody's names and numbers."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from sandbox.city import faces, oracle, rolls, text
from sandbox.city.days import to_date
from sandbox.city.model import City

_BLOCK = 50_000


def write_city(city: City, folder: Path, nights: Sequence[date]) -> dict[str, dict[str, int]]:
    """Write everything below a folder; gives rows per roll and findings per rule, by period.

    city.json, rolls/<period>/<roll>.parquet, truth/<period>.parquet (what fires),
    truth/<period>.outcomes.parquet (every outcome), truth/keys.parquet and
    people.parquet (kind name|number, value: every true name and number, to search outputs for).
    A period is the month of its night. Raises ValueError when two nights fall into one month.
    """
    order = sorted(nights)
    periods = [f"{night:%Y-%m}" for night in order]
    if len(set(periods)) < len(periods):
        raise ValueError("two nights in one month; a period has one roll")
    (folder / "truth").mkdir(parents=True, exist_ok=True)
    counts: dict[str, dict[str, int]] = {}
    for at, (night, period) in enumerate(zip(order, periods, strict=True)):
        shelf = folder / "rolls" / period
        shelf.mkdir(parents=True, exist_ok=True)
        every = oracle.outcomes(city, night, order[:at])
        found = oracle.findings(every)
        pq.write_table(every, folder / "truth" / f"{period}.outcomes.parquet")
        pq.write_table(found, folder / "truth" / f"{period}.parquet")
        counts[period] = {}
        for roll, table in rolls.project(city, night).items():
            pq.write_table(table, shelf / f"{roll}.parquet")
            counts[period][roll] = table.num_rows
        tally = pc.value_counts(found["rule"]).to_pylist()
        counts[period] |= {str(item["values"]): int(item["counts"]) for item in tally}
    pq.write_table(oracle.keys(city), folder / "truth" / "keys.parquet")
    pq.write_table(people(city), folder / "people.parquet")
    (folder / "city.json").write_text(_description(city, order, counts), "utf-8")
    return counts


def people(city: City) -> pa.Table:
    """Every true name and number in the city, children and grown-ups: kind, value; no repeats."""
    who = np.arange(len(city.people.birth))
    parts = []
    for kind, column in (("name", faces.names_of(city, who)),
                         ("number", faces.numbers_of(city, who))):  # fmt: skip
        values = pc.unique(column)
        parts.append(pa.table({"kind": text.same(kind, len(values)), "value": values}))
    return pa.concat_tables(parts)


def _description(city: City, nights: list[date], counts: dict[str, dict[str, int]]) -> str:
    return json.dumps(
        {
            "city": "安禾市",
            "division": "419900000000",
            "children": len(city),
            "seed": city.seed,
            "start": to_date(city.span.start).isoformat(),
            "nights": [night.isoformat() for night in nights],
            "faults": city.faults.name,
            "rates": {fault: list(rates) for fault, rates in city.faults.rates.items()},
            "counts": counts,
        },
        ensure_ascii=False,
        indent=1,
    )


def write_csv(table: pa.Table, path: Path, encoding: str = "utf-8") -> None:
    """Write a table of texts as CSV: heading line, comma, double quotes, LF.

    `encoding` is utf-8 or gb18030; raises ValueError for another.
    """
    if encoding not in ("utf-8", "gb18030"):
        raise ValueError(f"no encoding {encoding!r} here; take utf-8 or gb18030")
    if encoding == "utf-8":
        pa_csv.write_csv(table, path)
        return
    with path.open("wb") as file:
        for at in range(0, max(table.num_rows, 1), _BLOCK):
            block = pa.BufferOutputStream()
            options = pa_csv.WriteOptions(include_header=at == 0)
            pa_csv.write_csv(table.slice(at, _BLOCK), block, options)
            file.write(block.getvalue().to_pybytes().decode("utf-8").encode(encoding))
