"""One look-up among the children of a city: CPU milliseconds at p50, p95 and p99.

The index is SQLite in memory (gateway/linkage/lookup.py), of the persons of a whole linkage. Asked
for are rows of the education and insurance rolls as they stand there, with all their faults.
"""

import argparse
import time
from pathlib import Path
from typing import Any

from bench.linkage import measure
from bench.linkage.cities import AS_OF, make_city
from gateway.engine import load_step
from gateway.linkage.levels import Face
from gateway.linkage.linking import GROWN, years_before
from gateway.linkage.lookup import LookUp
from gateway.linkage.weights import load_weights

QUERIES = 5000
"""Of each of the two rolls."""
_ASKED = f"""
SELECT q.* EXCLUDE (row_key, id_given, id_state, own_number), p.person_id
FROM (
    SELECT
        table_name, row_key, name_key, birth_date, sex, id_number, id_given, id_state, division,
        guardian_name_key, guardian_id, address, own_number,
        number_read(id_number, id_given, id_state) AS number_given,
        number_fits(id_number, birth_date, CAST($grown_born_by AS DATE)) AS firm,
        CASE
            WHEN length(id_given) = 19 AND id_given LIKE 'G%' THEN substr(id_given, 2)
            WHEN own_number LIKE 'G%' THEN substr(own_number, 2)
        END AS hint
    FROM (
        SELECT
            'enrolment' AS table_name, row_key, name_key, birth_date, sex, id_number, id_given, id_state,
            division, guardian_name_key, guardian_id, address, student_number AS own_number
        FROM enrolment
        UNION ALL
        SELECT
            'coverage', row_key, name_key, birth_date, sex, id_number, id_given, id_state, division,
            NULL, NULL, NULL, person_number
        FROM coverage
    ) AS r
    QUALIFY row_number() OVER (PARTITION BY table_name ORDER BY hash('asked', row_key)) <= {QUERIES}
) AS q
JOIN roll_uid AS u ON u.table_name = q.table_name AND u.row_key = q.row_key
LEFT JOIN person_uid AS p ON p.uid = u.uid
"""


def main() -> None:
    """Link a city and look its rows up, one by one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--children", type=int, default=1_000_000)
    parser.add_argument("--faults", default="default")
    parser.add_argument("--seed", type=int, default=71)
    parser.add_argument("--keep", type=Path, default=Path("/dev/shm/cwg-linkage"))
    options = parser.parse_args()
    folder = options.keep / f"{options.faults}-{options.children}-{options.seed}"
    make_city(folder, options.children, options.seed, options.faults)
    engine, spill = measure.open_engine("4GB", 2)
    index = LookUp(load_weights(measure.WEIGHTS))
    with engine:
        measure.load_city(engine, folder)
        measure.link_once(engine)
        measure.load_truth(engine, folder)
        measure.accuracy(engine)
        grown = {"grown_born_by": years_before(AS_OF, GROWN)}
        began = time.perf_counter()
        index.add(engine.stream(load_step("gateway.linkage", "faces"), grown))
        print(f"{engine.count('person'):,} persons, indexed in {time.perf_counter() - began:.0f} s")
        asked = engine.fetch(_ASKED, grown).to_pylist()
    measure.forget(spill)
    with index:
        _report(index, asked)


def _report(index: LookUp, asked: list[dict[str, Any]]) -> None:
    """Times of all, and of those whose number leads to nobody: those are searched widely."""
    queries = [(row.pop("person_id"), row.pop("table_name"), Face(**row)) for row in asked]
    times: list[tuple[float, bool]] = []
    right = known = 0
    for person_id, _, query in queries:
        # The thread's own time: a machine that others use says nothing of the look-up.
        started = time.thread_time()
        found = index.look_up(query)
        took = (time.thread_time() - started) * 1000
        times.append((took, query.id_number is None))
        known += person_id is not None
        right += person_id is not None and bool(found) and found[0].person_id == person_id
    print(f"the right child first: {right / known:.4f} of {known:,}")
    for kind, some in (("all", times), ("without a good number", [t for t in times if t[1]])):
        took = sorted(ms for ms, _ in some)
        points = ", ".join(f"p{p} {took[len(took) * p // 100]:.2f} ms" for p in (50, 95, 99))
        print(f"{kind} ({len(took):,}): {points}, the slowest {took[-1]:.1f} ms")


if __name__ == "__main__":
    main()
