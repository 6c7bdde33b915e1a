"""Whatever the rolls hold: every row is in the ledger, and every child × rule has one of five outcomes."""

import io
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from drawn_rolls import AS_OF, WORLDS, tables
from golden_rolls import COVERAGE, _coverage
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gateway.engine import Engine, EngineSettings
from gateway.linkage import link, load_weights
from gateway.linkage.world import world_schemas
from gateway.mapping import Page, RollMapping, apply_pages
from gateway.policy import Calendar, Rule, evaluate
from gateway.store import STATUS
from gateway.wiring_files import MAPPINGS, load_site_rules, read_mapping

KINDS = ("fires", "satisfied", "excused", "held", "not_applicable")
QUICK = settings(
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)

WEIGHTS = load_weights(MAPPINGS / "linkage" / "weights.v1.yaml")


class Numbers:
    """Person numbers that nobody keeps."""

    def __init__(self) -> None:
        self._next = 1

    def reserve(self, count: int) -> range:
        """The next so many."""
        first, self._next = self._next, self._next + count
        return range(first, self._next)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Engine(EngineSettings(tmp_path_factory.mktemp("spill"), "400MB", 1)) as made:
        yield made


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rule, ...]:
    return load_site_rules(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def mapping(tmp_path_factory: pytest.TempPathFactory) -> RollMapping:
    return read_mapping(tmp_path_factory.mktemp("site"), "medical_insurance/coverage.v1")


def test_every_child_and_rule_has_one_outcome(engine: Engine, rules: tuple[Rule, ...]) -> None:
    fired: Counter[str] = Counter()

    @settings(QUICK, max_examples=9)
    @given(WORLDS)
    def holds(drawn: Any) -> None:
        world = tables(drawn)
        schemas = world_schemas() | {"source_status": STATUS}
        for name, schema in schemas.items():
            engine.load(name, pa.Table.from_pylist(world.get(name, []), schema=schema))
        link(engine, as_of=AS_OF, ids=Numbers(), weights=WEIGHTS)
        counts = evaluate(
            engine, rules, Calendar(), as_of=AS_OF, known_at=datetime.now(UTC), site_key="00" * 32
        )
        check(engine, world, {count.rule: count for count in counts})
        fired.update({count.rule: count.fires for count in counts})

    holds()
    assert {rule for rule, times in fired.items() if times} >= {
        *("EDU-01", "EDU-02", "MED-01", "MED-02", "WEL-01", "WEL-02"),
        *("SRC-01", "SRC-02", "SRC-03"),
    }


def check(engine: Engine, world: dict[str, list[dict[str, Any]]], counts: dict[str, Any]) -> None:
    persons = engine.fetch("FROM person").to_pylist()
    outcomes = engine.fetch("FROM outcome").to_pylist()
    current = [row for row in world["child"] if row["exit_on"] is None or row["exit_on"] > AS_OF]
    base = {p["base_row_key"] for p in persons if p["registered"]}
    assert base <= {row["row_key"] for row in current}
    assert len(base) == len([p for p in persons if p["registered"]])
    universe = {
        **dict.fromkeys(("EDU-01", "EDU-02", "MED-01", "MED-02"), len(persons)),
        "WEL-02": len(base),
        **dict.fromkeys(("SRC-01", "SRC-02", "SRC-03"), 4 * 3),
    }
    for rule, count in counts.items():
        mine = [o for o in outcomes if o["rule"] == rule]
        sums = Counter(o["kind"] for o in mine)
        assert sums == +Counter({kind: getattr(count, kind) for kind in KINDS}), rule
        assert count.universe == len(mine) == universe.get(rule, count.universe), rule
        subjects = {
            (o["person_id"], o["source"], o["evidence_roll"] if o["source"] else "", o["scope"])
            for o in mine
        }
        assert len(subjects) == len(mine), rule
        assert all((o["finding_key"] is not None) == (o["kind"] == "fires") for o in mine), rule


CELLS = {
    "psn_insu_stas": st.sampled_from(("0", "1", "2", "9", "")),
    "brdy": st.sampled_from(("2016-03-05", "2016/3/5", "31.13.2016", "")),
    "gend": st.sampled_from(("1", "2", "男", "7")),
    "certno": st.sampled_from(
        ("", "419901201603050010", "４１９９０１２０１６０３０５００１０", "x")
    ),
    "insutype": st.sampled_from(("390", "310", "999")),
    "resd_loc_admdvs": st.sampled_from(("419901001001", "", "41")),
    "psn_insu_rlts_id": st.sampled_from(("R1", "R2", "R3", "")),
}
PAGES = st.lists(st.lists(st.fixed_dictionaries(CELLS), max_size=5), min_size=1, max_size=3)


def test_every_row_is_accepted_quarantined_or_superseded(
    mapping: RollMapping, tmp_path: Path
) -> None:
    seen: Counter[str] = Counter()
    usual = _coverage(next(iter(COVERAGE)))

    @settings(QUICK, max_examples=8)
    @given(PAGES)
    def holds(drawn: list[list[dict[str, str]]]) -> None:
        sheets = [[usual | cells for cells in rows] for rows in drawn]
        pages = [
            Page(
                f"drawn-{at}", "medical_insurance", "application/json",
                io.BytesIO(json.dumps({"output": {"psninsuinfo": rows}}).encode()), len(rows),
            )
            for at, rows in enumerate(sheets)
        ]  # fmt: skip
        with Engine(EngineSettings(tmp_path, "400MB", 1)) as engine:
            roll = apply_pages(engine, mapping, pages, spill_dir=tmp_path)
            accepted = engine.fetch("FROM mapped_coverage").to_pylist()
            refused = engine.fetch("SELECT DISTINCT row_ref FROM quarantine_rows").num_rows
        assert roll.received == sum(len(rows) for rows in sheets)
        assert roll.accepted + roll.quarantined + roll.superseded == roll.received
        assert (len(accepted), refused) == (roll.accepted, roll.quarantined)
        assert len({row["row_key"] for row in accepted}) == len(accepted)
        seen.update(
            accepted=roll.accepted, quarantined=roll.quarantined, superseded=roll.superseded
        )

    holds()
    assert min(seen.values()) > 0
