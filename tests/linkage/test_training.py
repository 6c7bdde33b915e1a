"""Weights come back from a town whose clerks err at known rates, and officers' words move them."""

import random
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from small_world import AS_OF, SOURCES, WEIGHTS, Face, Row, number, rows, table_row, world_of

from gateway.engine import Engine
from gateway.linkage.em import Key
from gateway.linkage.judged import NOBODY, row_name
from gateway.linkage.judgements import Judged, Said, Verdict, judge
from gateway.linkage.proposal import notes_of, write_weights
from gateway.linkage.training import Trained, train
from gateway.linkage.weights import load_weights
from gateway.linkage.world import SCRATCH, world_schemas
from gateway.model.errors import UsageError

CHILDREN = 1500
SLIPS: dict[Key, float] = {
    ("birth_date", "day"): 0.06, ("sex", "differs"): 0.04, ("name", "one_character"): 0.08,
    ("household", "elsewhere"): 0.12,
}  # fmt: skip
"""How often the town's clerks err, by the level that the slip leaves."""
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗"
LETTERS = "子浩宇轩文博思佳嘉晨辰彦航翔天阳宏志成云明安宁和平远清川江河"


def face(luck: random.Random) -> Face:
    born = date(2010, 1, 1) + timedelta(days=luck.randrange(1500))
    sex = luck.choice("12")
    return Face(
        name=luck.choice(SURNAMES) + "".join(luck.sample(LETTERS, 2)),
        number=number(born, luck.randrange(499) * 2 + int(sex)),
        birth=born,
        sex=sex,
        division=f"41990{luck.randrange(1, 6)}00{luck.randrange(1, 5)}00{luck.randrange(1, 5)}",
    )


def spoiled(luck: random.Random, own: Face) -> Face:
    assert own.birth is not None and own.name is not None
    if luck.random() < SLIPS["birth_date", "day"]:
        own = own.but(birth=own.birth + timedelta(days=1))
    if luck.random() < SLIPS["sex", "differs"]:
        own = own.but(sex="2" if own.sex == "1" else "1")
    if luck.random() < SLIPS["name", "one_character"]:
        own = own.but(name=own.name[:2] + "强")
    if luck.random() < SLIPS["household", "elsewhere"]:
        own = own.but(division="419977001001")
    return own


@pytest.fixture(scope="module")
def town() -> dict[str, list[Row]]:
    luck = random.Random(11)
    pairs: list[tuple[str, Row]] = []
    for which in range(CHILDREN):
        own = face(luck)
        pairs.append(("child", table_row("child", own, f"c{which:04d}")))
        pairs += [
            (table, table_row(table, spoiled(luck, own), f"{table[0]}{which:04d}"))
            for table in ("enrolment", "coverage")
        ]
    return world_of(pairs)


def trained(engine: Engine, town: dict[str, list[Row]], judged: Judged[str] = NOBODY) -> Trained:
    for name, schema in world_schemas().items():
        engine.load(name, pa.Table.from_pylist(town.get(name, []), schema=schema))
    return train(engine, as_of=AS_OF, weights=WEIGHTS, judged=judged, seed=7)


@pytest.fixture(scope="module")
def learned(engine: Engine, town: dict[str, list[Row]]) -> Trained:
    return trained(engine, town)


def test_known_error_rates_come_back(learned: Trained) -> None:
    found = {(line.comparison, line.level): line for line in learned.levels}
    for key, rate in SLIPS.items():
        assert not found[key].kept
        assert found[key].m == pytest.approx(rate, abs=0.012), key
    assert found["sex", "same"].u == pytest.approx(0.5, abs=0.02)
    # Twenty surnames, uniform: of two children one in twenty shares the surname.
    with_surname = sum(found["name", level].random for level in ("surname", "one_character"))
    assert with_surname / learned.random_pairs == pytest.approx(1 / 20, abs=0.006)
    # One of eighty villages.
    assert found["household", "village"].u == pytest.approx(1 / 80 * 0.88, abs=0.003)
    assert all(session.converged for session in learned.sessions)
    assert (learned.rows, learned.persons) == (2 * CHILDREN, CHILDREN)


def test_what_is_rare_or_hand_set_keeps_its_reviewed_weight(learned: Trained) -> None:
    for line in learned.levels:
        if line.kept:
            assert line.bits == line.old_bits
    kept = {(line.comparison, line.level) for line in learned.levels if line.kept}
    assert {("number", "same"), ("household", "guardian_of_twins"), ("birth_date", "lunar")} <= kept
    assert learned.weights.vetoes == WEIGHTS.vetoes
    assert learned.weights.link == WEIGHTS.link


def test_the_same_rolls_and_seed_give_the_same_whatever_their_order(
    engine: Engine, town: dict[str, list[Row]], learned: Trained
) -> None:
    turned = {name: found[::-1] for name, found in town.items()}
    assert trained(engine, turned) == learned
    assert not any(engine.exists(name) for name in (*SCRATCH, "train_row", "train_pattern"))


def test_officers_words_move_what_is_learned(
    engine: Engine, town: dict[str, list[Row]], learned: Trained
) -> None:
    """Of 150 pairs of one number of which one side moved, an officer says they are two children."""
    home = {row["id_number"]: row for row in town["child"]}
    moved = [r for r in town["enrolment"] if r["division"] == "419977001001"][:150]
    said = [
        Said(_ref("child", home[r["id_number"]]), _ref("enrolment", r), Verdict.NOT_SAME)
        for r in moved
    ]
    after = trained(engine, town, judge(said))
    before = next(x for x in learned.levels if x.level == "elsewhere")
    now = next(x for x in after.levels if x.level == "elsewhere")
    # Each pair stands in both sessions unless its name or birth date slipped too.
    assert now.m < before.m - 0.03
    assert {s.block: s.judged for s in after.sessions}["train_by_number"] == len(moved)
    assert after.weights != learned.weights


def test_a_proposal_is_read_back_and_never_written_over(tmp_path: Path, learned: Trained) -> None:
    path = tmp_path / "linkage" / "weights.proposed.yaml"
    write_weights(path, learned.weights, notes_of(learned))
    again = load_weights(path)
    assert again.table().equals(learned.weights.table())
    assert replace(learned, weights=again) == learned
    before = path.read_bytes()
    with pytest.raises(UsageError, match="no weights file is overwritten"):
        write_weights(path, WEIGHTS)
    assert path.read_bytes() == before


def _ref(table: str, row: Row) -> str:
    return row_name(*SOURCES[table], table, row["row_key"])


def test_nothing_to_learn_from_is_no_fault(engine: Engine) -> None:
    empty = trained(engine, {})
    assert all(line.kept for line in empty.levels)
    assert any("only 0 pairs" in warning for warning in empty.warnings)
    assert rows(engine, "SELECT count(*) AS n FROM child") == [{"n": 0}]
