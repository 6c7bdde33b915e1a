"""Lives: deterministic, orderly, with the people and households that were asked for."""

import hashlib
import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import fields
from datetime import date

import numpy as np
import pytest
from city_support import LAST, city

from sandbox.city import days, numbers, places, rolls, state
from sandbox.city.codes import Kind
from sandbox.city.faces import names_of, numbers_of
from sandbox.city.lives import live
from sandbox.city.model import City

DIGEST = """
import hashlib
from datetime import date
from sandbox.city import rolls
from sandbox.city.lives import live
tables = rolls.project(live(1500, 3), date(2026, 11, 16))
text = "".join(str(table.to_pylist()) for table in tables.values())
print(hashlib.sha256(text.encode()).hexdigest())
"""


def _same(one: City, other: City) -> bool:
    return all(
        np.array_equal(getattr(getattr(one, log), f.name), getattr(getattr(other, log), f.name))
        for log in ("school", "cover", "welfare", "life", "aid", "people")
        for f in fields(getattr(one, log))
    )


def test_the_seed_decides_everything() -> None:
    assert _same(live(1500, 3), live(1500, 3))
    assert not _same(live(1500, 3), live(1500, 4))


def test_the_order_of_hashes_decides_nothing() -> None:
    digests = set()
    for salt in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": salt, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(
            [sys.executable, "-c", DIGEST], env=env, capture_output=True, text=True, check=True
        )
        digests.add(done.stdout)
    tables = rolls.project(live(1500, 3), date(2026, 11, 16))
    text = "".join(str(table.to_pylist()) for table in tables.values())
    assert digests == {hashlib.sha256(text.encode()).hexdigest() + "\n"}


def test_the_fault_profile_does_not_change_lives() -> None:
    assert _same(live(1500, 3), live(1500, 3, faults="hard"))


REFUSED = [
    ({"children": 999}, "at least 1000"),
    ({"faults": "some"}, "no fault profile"),
    ({"nights": ()}, "a year before"),
    ({"start": date(2026, 1, 1)}, "a year before"),
]


@pytest.mark.parametrize(("wrong", "message"), REFUSED)
def test_cities_that_cannot_be_are_refused(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        live(**{"children": 1000, "seed": 1, **wrong})  # type: ignore[arg-type]


@pytest.mark.parametrize(("share", "low", "high"), [(0.03, 580, 600), (0.2, 3850, 4000),
                                                    (1.0, 19_700, 20_000)])  # fmt: skip
def test_registry_share(share: float, low: int, high: int) -> None:
    of = city(20_000, 7, share=share)
    assert low <= np.count_nonzero(of.welfare.kind == Kind.ENTRY) <= high


def test_households_twins_and_lookalikes() -> None:
    of = city(20_000)
    kids = of.children
    sizes = Counter(np.bincount(kids.household).tolist())
    total = sum(sizes.values())
    for size, share in ((1, 0.56), (2, 0.35), (3, 0.075), (4, 0.015)):
        assert abs(sizes[size] / total - share) < 0.02
    second = np.flatnonzero(kids.second_twin)
    assert 0.02 < len(second) / (sizes[2] + sizes[3] + sizes[4]) < 0.05
    assert (kids.birth[second] == kids.birth[second - 1]).all()
    apart = of.people.first_17[second] - of.people.first_17[second - 1]
    assert set(apart.tolist()) <= {1, 2, 3}
    same_sex = kids.male[second] == kids.male[second - 1]
    assert (apart[same_sex] == 2).all()
    assert 0.5 < same_sex.mean() < 0.8
    faces = Counter(zip(names_of(of, np.arange(len(of))).to_pylist(), kids.birth.tolist(),
                        strict=True))  # fmt: skip
    assert sum(count > 1 for count in faces.values()) >= 5


def test_names_are_skewed_and_a_tenth_has_one_given_character() -> None:
    names = names_of(city(20_000), np.arange(20_000)).to_pylist()
    plain = [name for name in names if "·" not in name]
    assert 0.08 < sum(len(name) == 2 for name in plain) / len(plain) < 0.12
    surnames = Counter(name[0] for name in plain).most_common()
    assert surnames[0][1] / len(plain) > 0.04
    assert len(surnames) > 80
    assert 20 < len(names) - len(plain) < 200


def test_everybody_has_a_number_of_their_own() -> None:
    of = city(20_000)
    texts = numbers_of(of, np.arange(len(of.people.birth))).to_pylist()
    assert len(set(texts)) == len(texts) > 50_000
    assert all(map(numbers.valid, texts))
    assert {text[:6] for text in texts} == {f"41990{n}" for n in range(1, 7)}
    born = [f"{days.to_date(day):%Y%m%d}" for day in of.people.birth]
    assert all(text[6:14] == day for text, day in zip(texts, born, strict=True))
    assert all(int(t[16]) % 2 == male for t, male in zip(texts, of.people.male, strict=True))


def test_number_vectors() -> None:
    assert numbers.valid("11010519491231002X")
    assert not numbers.valid("110105194912310021")
    assert not numbers.valid("11010519491231002x")


def test_events_are_in_order_and_after_birth() -> None:
    of = city(5000)
    for log in (of.school, of.cover, of.welfare):
        key = log.subject.astype(np.int64) << 32 | log.day
        assert (np.diff(key) >= 0).all()
        assert (log.day <= of.span.last).all()
        assert (log.day >= of.children.birth[log.subject]).all()


def test_school_careers_go_up_and_one_record_at_a_time() -> None:
    of = city(20_000)
    rows = state.pupils(of, of.span.last)
    active = np.isin(rows.status, (1, 5))
    assert max(Counter(rows.child[active].tolist()).values()) == 1
    events = of.school
    grades = np.isin(events.kind, (Kind.JOIN, Kind.GRADE)) & (events.b > 0)
    child, grade = events.subject[grades], events.b[grades]
    step = np.diff(grade.astype(int))[np.diff(child) == 0]
    assert set(step.tolist()) <= {0, 1, 2, 3, 4, 5}
    age = days.school_year(of.span.last) - days.entry_years(of.children.birth[rows.child]) + 1
    usual = np.where(active & (rows.grade > 0), age - rows.grade, 0)
    assert set(usual.tolist()) <= {0, 1}
    assert (usual == 1).mean() < 0.01


def test_ordinary_children_of_school_age_are_enrolled_and_insured() -> None:
    of = city(20_000)
    grade = days.school_year(of.span.last) - days.entry_years(of.children.birth) + 1
    pupils = np.zeros(len(of), np.bool_)
    pupils[state.pupils(of, of.span.last).child] = True
    assert 0.985 < pupils[(grade >= 1) & (grade <= 9)].mean() < 0.999
    covers = state.covers(of, of.span.last)
    insured = np.zeros(len(of), np.bool_)
    insured[covers.child[covers.state == 1]] = True
    settled = (of.span.last - of.children.birth > 90) & (
        days.add_years(of.children.birth, 18) > of.span.last
    )
    assert 0.94 < insured[settled].mean() < 0.99


def test_households_come_and_go() -> None:
    of = city(60_000, 5)
    moves = of.life.where(of.life.kind == Kind.MOVE)
    away, within = np.unique(moves.subject[moves.a < 0]), moves.subject[moves.a >= 0]
    assert 0.006 < len(away) / len(of) < 0.014
    assert 0.015 < len(within) / len(of) < 0.035
    rows = state.pupils(of, of.span.last)
    left = rows.child[rows.status == 10]
    assert np.isin(away, left).mean() > 0.5
    registered = state.registered(of, of.span.last)
    gone = np.isin(registered.child, away)
    assert gone.sum() > 5
    assert (registered.exit[gone] < days.FAR).mean() > 0.7
    newcomers = of.cover.subject[(of.cover.kind == Kind.OPEN) & (of.cover.b == places.OUTSIDE)]
    assert len(newcomers) > 0.01 * len(of)


def test_new_entrants_are_on_the_roll_by_october() -> None:
    of = city(20_000)
    entrants = days.entry_years(of.children.birth) == 2026
    share = []
    for night in (date(2026, 9, 15), date(2026, 10, 15), LAST):
        rows = state.pupils(of, days.number(night))
        first = np.unique(rows.child[rows.grade == 1])
        share.append(entrants[first].sum() / entrants.sum())
    assert share[0] < 0.95 < 0.97 < share[1]
    # Only children who moved to the city come later.
    assert share[2] - share[1] < 0.008


def test_living_and_writing_rolls_keeps_pace_with_plain_numpy() -> None:
    count = 200_000
    plain = min(_timed(_plain_work) for _ in range(3))
    both = _timed(lambda: rolls.project(live(count, 5), LAST))
    # Seen: 12 to 20 times. A Python object per child would cost hundreds.
    assert both < 80 * plain


def _plain_work() -> None:
    """A sort, a shuffle and some arithmetic over a million numbers."""
    values = np.random.default_rng(1).integers(0, 1 << 40, 1_000_000)
    order = np.argsort(values, kind="stable")
    np.cumsum(values[order] % 1000)


def _timed(work: object) -> float:
    began = time.process_time()
    work()  # type: ignore[operator]
    return time.process_time() - began
