"""Splink over a residual that bench/linkage/residual.py wrote; run by a Python that has splink.

`python splink_run.py FOLDER` prints one JSON line. Knows nothing of the gateway: the model and the
macros are files beside the data. Of each row the highest pair counts, from `link` bits on, as a
Splink user would take it.
"""

import json
import logging
import resource
import sys
import time
import warnings
from pathlib import Path

import duckdb
from splink import DuckDBAPI, Linker

BEST = """
SELECT count(*) AS linked, count(*) FILTER (WHERE same) AS correct FROM (
    SELECT
        p.uid = r.uid AS same,
        row_number() OVER (PARTITION BY r.unique_id ORDER BY x.match_weight DESC, p.unique_id) AS place
    FROM {predicted} AS x
    JOIN rows AS r ON r.unique_id = x.unique_id_l
    JOIN persons AS p ON p.unique_id = x.unique_id_r
    WHERE x.match_weight >= {link}
) AS ranked WHERE place = 1
"""


def run(folder: Path) -> dict[str, object]:
    """Predict, take the best of each row, and count."""
    sure = json.loads((folder / "sure.json").read_text(encoding="utf-8"))
    db = duckdb.connect()
    db.execute("SET threads = 2")
    db.execute((folder / "macros.sql").read_text(encoding="utf-8"))
    for name in ("rows", "persons"):
        db.execute(f"CREATE TABLE {name} AS FROM read_parquet('{folder / name}.parquet')")
    started, cpu = time.perf_counter(), _cpu()
    api = DuckDBAPI(connection=db)
    # Splink orders the two sides by name: the row is `_l`, the person `_r`, as the model asks.
    tables = [
        api.register(name, dataset_display_name=shown)
        for name, shown in (("rows", "a_rows"), ("persons", "b_persons"))
    ]
    linker = Linker(tables, str(folder / "model.json"))
    found = linker.inference.predict(threshold_match_weight=sure["link"])
    wall = time.perf_counter() - started
    spent = _cpu() - cpu
    query = BEST.format(predicted=found.physical_name, link=sure["link"])
    linked, correct = db.execute(query).fetchall()[0]
    return {
        "residual_linked": linked, "residual_correct": correct, "wall": wall, "cpu": spent,
        "peak_gb": _peak_gb(),
        "linked": linked + sure["linked"], "correct": correct + sure["correct"],
        "f1": 2 * (correct + sure["correct"]) / (linked + sure["linked"] + sure["true_pairs"]),
    }  # fmt: skip


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _peak_gb() -> float:
    # Not ru_maxrss: that begins with what the process that started us held.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 2**20


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    print(json.dumps(run(Path(sys.argv[1]))))
