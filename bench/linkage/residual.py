"""What Splink is given: the rows that our deterministic pass leaves, and every person, as Parquet."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bench.linkage import measure
from bench.linkage.cities import AS_OF
from gateway.engine import Engine, load_step
from gateway.linkage import linking
from gateway.linkage.judged import NOBODY, judged_pairs
from gateway.linkage.shapes import name_shape
from gateway.linkage.sounds import name_sound
from gateway.linkage.splink import to_splink
from gateway.linkage.weights import load_weights
from gateway.model.tables import CHILD

_SQL = Path(__file__).with_name("residual.sql")
_SURE = """
SELECT count(*) AS linked, count(*) FILTER (WHERE a.uid = b.uid) AS correct
FROM link AS l
JOIN who AS w ON w.person_id = l.person_id
LEFT JOIN uid_of AS a ON a.row_key = l.row_key AND a.table_name = l.table_name
LEFT JOIN uid_of AS b ON b.row_key = w.base_row_key AND b.table_name = 'child'
WHERE l.method = 'number' AND l.current
"""
_TRUE = """
SELECT count(*) FROM (SELECT row_key, table_name FROM roll_row WHERE current AND NOT quarantined) AS r
JOIN uid_of AS u ON u.row_key = r.row_key AND u.table_name = r.table_name
WHERE u.uid IN (SELECT uid FROM splink_person)
"""


def write_residual(engine: Engine, folder: Path) -> None:
    """Write rows.parquet, persons.parquet, model.json and sure.json for bench/linkage/splink_run.py."""
    weights = load_weights(measure.WEIGHTS)
    linking.prepare(engine, AS_OF, weights)
    engine.load("judged_pair", judged_pairs(NOBODY))
    linking.make_persons(engine, "base_registry", CHILD, measure.Ids())
    values = linking.scale_of(weights)
    measure.load_truth(engine, folder.parent)
    clock = measure.Clock()
    for step in ("rows_rolls", "exact", "judged_links", "match", "loose_rows", "judged_rest"):
        engine.run(load_step("gateway.linkage", step), values)
    engine.run(load_step("gateway.linkage", "row_homes"))
    sure_wall = clock.spent().wall
    keys = engine.fetch(
        "SELECT DISTINCT name_key FROM who WHERE name_key IS NOT NULL "
        "UNION SELECT name_key FROM rest WHERE name_key IS NOT NULL"
    )["name_key"].to_pylist()
    looks = {
        "name_key": keys,
        "sound": [name_sound(k) for k in keys],
        "shape": [name_shape(k[:4]) + k[4:] for k in keys],
    }
    engine.load("name_look", pa.table(looks))
    engine.run(_SQL.read_text(encoding="utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    for table, name in (("splink_row", "rows"), ("splink_person", "persons")):
        pq.write_table(engine.fetch(f"SELECT * FROM {table}"), folder / f"{name}.parquet")
    (folder / "model.json").write_text(json.dumps(to_splink(weights)), encoding="utf-8")
    macros = load_step("gateway.linkage", "macros_linkage").sql
    (folder / "macros.sql").write_text(macros, encoding="utf-8")
    sure = engine.fetch(_SURE).to_pylist()[0] | {
        "true_pairs": engine.value(_TRUE), "link": weights.link, "wall": sure_wall,
    }  # fmt: skip
    (folder / "sure.json").write_text(json.dumps(sure), encoding="utf-8")
