"""Linking only what changed gives the answer of linking everything: links, questions, waterfalls, ids."""

import os
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
import small_world
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from small_world import AS_OF, Ids, Row, known, night, table_row
from test_properties import World, city, face, outcome, shuffled, spoiled

from gateway.engine import Engine, EngineSettings
from gateway.linkage import Judged, Said, Verdict, judge, linking
from gateway.linkage.judged import NOBODY, is_file, row_name
from gateway.linkage.world import SCRATCH

NIGHTS = 2
EXAMPLES = int(os.environ.get("CWG_FUZZ", "1"))
FRESH = 500_000
"""Where the numbers of persons minted on the second night and later begin."""
ROLLS = ("child", "enrolment", "coverage", "assistance_member")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine that keeps nothing."""
    spill = tmp_path_factory.mktemp("whole")
    with Engine(EngineSettings(spill, memory_limit="500MB", threads=1)) as made:
        yield made


@dataclass
class Town:
    """A town as it stands, and the luck by which it goes on."""

    world: World
    luck: random.Random
    said: list[Said[str]]
    day: date = AS_OF

    def go_on(self) -> None:
        """Another day: a few rows altered, gone or new in every roll; officers' words said or taken back."""
        self.day += timedelta(days=1)
        for table in ROLLS:
            self.world[table] = [
                new for row in self.world[table] for new in self._after(table, row)
            ]
        aside = self.world.get("quarantine", [])
        self.world["quarantine"] = [row for row in aside if self.luck.random() > 0.1]
        self.said = [word for word in self.said if self.luck.random() > 0.3]
        for _ in range(self.luck.randrange(4)):
            one, other = (self._named() for _ in range(2))
            if one != other:
                self.said.append(Said(one, other, self.luck.choice(list(Verdict))))

    def judged(self) -> Judged[str]:
        return judge(self.said, is_file) if self.said else NOBODY

    def _named(self) -> str:
        row, table = next((self.luck.choice(self.world[t]), t) for t in [self.luck.choice(ROLLS)])
        return row_name(row["source"], row["roll"], table, row["row_key"])

    def _after(self, table: str, row: Row) -> list[Row]:
        turn = self.luck.random()
        if turn < 0.03:
            return []
        if turn < 0.06:
            return [row, self._row(table, f"{row['row_key']}n{self.day.day}")]
        if turn < 0.1:
            return [self._row(table, row["row_key"])]
        if turn < 0.13:
            other = self.luck.choice(self.world[table])
            name = self.luck.choice(
                [
                    "name_key",
                    "birth_date",
                    "division",
                    "sex",
                    "id_number",
                    "address",
                    "insured_division",
                ]
            )
            return [row | {name: other.get(name)}]
        return [row]

    def _row(self, table: str, key: str) -> Row:
        own, other = face(self.luck), face(self.luck)
        row = table_row(table, spoiled(self.luck, own, other), key)
        return row | {"family_id": "F1"} if table == "assistance_member" else row


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=(Phase.explicit, *((Phase.generate, Phase.shrink) if EXAMPLES > 1 else ())),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10**6))
@example(seed=4)  # fails, too, where rows that left are forgotten
def test_what_changed_alone_gives_the_answer_of_everything(
    engine: Engine, whole: Engine, seed: int
) -> None:
    town = Town(city(seed), random.Random(seed), [])
    night(engine, town.world)
    for turn in range(1, NIGHTS + 1):
        book = known(engine)
        town.go_on()
        told = {**shuffled(town.world, seed), "known_person": book}
        found = []
        for which, keep in ((whole, False), (engine, True)):
            ids = Ids()
            ids.next = turn * FRESH
            report = night(which, told, ids, town.day, town.judged(), keep=keep)
            found.append((report, outcome(which)))
        assert found[1] == found[0]
        assert engine.count("link") > 0


MOVED, HOME = "安禾市和平区石桥镇柳树村3号", "石桥镇柳树村2组7号"


def test_an_address_that_changes_is_noticed(engine: Engine, whole: Engine) -> None:
    world: World = {"child": [], "enrolment": []}
    for which in (3, 4):
        own = small_world.child(which).but(guardian=None, guardian_id=None, division=None)
        rolls = {"child": own, "enrolment": own.but(number=None)}
        for table, seen in rolls.items():
            world[table].append(table_row(table, seen, f"{which}") | {"address": HOME})
    world["child"][0]["address"] = world["enrolment"][1]["address"] = MOVED
    night(engine, world)
    assert not {"address"} & {word for row in outcome(engine)["link"] for word in levels(row)}
    for row in (world["child"][0], world["enrolment"][1]):
        row["address"] = HOME
    told = {**world, "known_person": known(engine)}
    night(whole, told)
    night(engine, told, keep=True)
    assert outcome(engine) == outcome(whole)
    assert [levels(r).count("address") for r in outcome(engine)["link"]].count(1) == 2


def test_an_insurance_place_that_changes_is_noticed(engine: Engine, whole: Engine) -> None:
    own = small_world.child(3).but(division="419902001001")
    assert own.birth is not None
    slipped = own.but(number=None, division="419905001001", birth=own.birth + timedelta(days=20))
    world: World = {"child": [], "coverage": []}
    for table, seen in {"child": own, "coverage": slipped}.items():
        world[table].append(table_row(table, seen, "3") | {"sex": "1"})
    world["coverage"][0]["insured_division"] = "419905"
    night(engine, world)
    assert "household=elsewhere" in outcome(engine)["undecided"][0]["why"]
    world["coverage"][0]["insured_division"] = "419902"
    told = {**world, "known_person": known(engine)}
    night(whole, told)
    night(engine, told, keep=True)
    assert outcome(engine) == outcome(whole)
    assert ["household=insured_county" in r["explanation"] for r in outcome(engine)["link"]].count(
        True
    ) == 1


def levels(link: Row) -> list[str]:
    """The levels of a link's waterfall."""
    return re.findall("=([a-z_]+)", link["explanation"])


def test_a_night_like_the_last_one_looks_for_nobody(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = city(4)
    night(engine, world)
    first, book = outcome(engine), known(engine)
    for module in (linking, small_world):
        monkeypatch.setattr(module, "SCRATCH", ())
    try:
        night(engine, {**shuffled(world, 9), "known_person": book}, keep=True)
        assert outcome(engine) == first
        assert engine.count("rest") > 50, "rows that are nobody's by number"
        assert engine.count("redo") == 0, "none of them is looked for anew"
    finally:
        engine.drop(*SCRATCH)
