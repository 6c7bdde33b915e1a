"""What holds for any city: order says nothing, ids stay, the veto holds, a row has one person."""

import random
from datetime import date, timedelta

import pytest
from small_world import (
    Face,
    Ids,
    Row,
    household,
    known,
    night,
    number,
    quarantined,
    rows,
    table_row,
    world_of,
)

from gateway.engine import Engine
from gateway.model.identifiers import ResidentNumber

SEEDS = (1, 2, 3)
CHILDREN = 150
World = dict[str, list[Row]]


def face(luck: random.Random) -> Face:
    """A child of a town where names and birthdays collide on purpose."""
    born = date(2012, 1, 1) + timedelta(days=luck.randrange(40))
    face = Face(
        name="王李"[luck.randrange(2)] + "".join(luck.choices("子梓明铭浩", k=2)),
        number=number(born, luck.randrange(1, 999)),
        birth=born,
        sex=luck.choice("12"),
        division=luck.choice(["419901001001", "419901001002", "419902003000", "419902000000"]),
        guardian=luck.choice(["王一", "李二", "王三", "李四", None]),
    )
    return face.but(more={"address": home(face)})


def home(face: Face) -> str | None:
    """Where a child lives, as its number has it: one of a few doors, in one of two styles, or not told."""
    assert face.number is not None
    luck = int(face.number[14:17])
    door = f"张家村{luck % 4 + 1}组{luck % 3 + 1}号"
    return (f"安禾市石桥镇{door}", f"石桥镇张家村{luck % 3 + 1}号", None)[luck % 5 % 3]


def spoiled(luck: random.Random, own: Face, other: Face) -> Face:
    """The face as a roll has it, often wrong in one or two ways."""
    assert own.birth is not None and own.number is not None and own.name is not None
    slips: list[dict[str, object]] = [
        {}, {}, {"number": None}, {"number": other.number},
        {"number": own.number[:15] + str((int(own.number[15]) + 1) % 10) + own.number[16:]},
        {"name": own.name[:2] + "明"}, {"name": other.name}, {"birth": other.birth},
        {"birth": own.birth + timedelta(days=1)}, {"birth": None}, {"sex": "0"},
        {"guardian": other.guardian}, {"division": other.division},
        {"number": None, "own_number": "G" + own.number},
    ]  # fmt: skip
    for _ in range(luck.randrange(3)):
        own = own.but(**luck.choice(slips))
    return own


def city(seed: int) -> World:
    luck = random.Random(seed)
    faces = [face(luck) for _ in range(CHILDREN)]
    pairs: list[tuple[str, Row]] = [("assistance_household", household("F1"))]
    for which, own in enumerate(faces):
        for table in ("child", "enrolment", "coverage", "assistance_member"):
            if luck.random() < {"child": 0.7, "assistance_member": 0.3}.get(table, 0.85):
                seen = spoiled(luck, own, luck.choice(faces))
                row = table_row(table, seen, f"{table[0]}{which:03d}")
                if table == "assistance_member":
                    row["family_id"] = "F1"
                pairs.append((table, row))
        if luck.random() < 0.1:
            pairs.append(("quarantine", quarantined("enrolment", own, f"q{which:03d}")))
    return world_of(pairs)


def shuffled(world: World, seed: int) -> World:
    luck = random.Random(seed)
    return {table: luck.sample(rows_, len(rows_)) for table, rows_ in world.items()}


def outcome(engine: Engine) -> dict[str, list[Row]]:
    """All that a night says, in one order."""
    return {
        table: rows(engine, f"SELECT * FROM {table} ORDER BY ALL")
        for table in ("person", "link", "undecided", "person_key")
    }


def firm(row: Row) -> str | None:
    """The row's number when it is good and of the row's own birth date."""
    read = ResidentNumber.parse(row["id_number"])
    return read.value if read is not None and read.birth_date == row["birth_date"] else None


@pytest.mark.parametrize("seed", SEEDS)
def test_order_says_nothing_and_ids_stay(engine: Engine, seed: int) -> None:
    world = city(seed)
    night(engine, world)
    first, book = outcome(engine), known(engine)
    ids = Ids()
    ids.next = 1_000_000
    again = night(engine, {**shuffled(world, seed), "known_person": book}, ids)
    assert outcome(engine) == first
    assert again.minted == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_the_veto_holds_and_a_row_has_one_person(engine: Engine, seed: int) -> None:
    world = city(seed)
    night(engine, world)
    everything = [row for rows_ in world.values() for row in rows_]
    row_of = {r["row_ref"]: r for r in everything}
    # A number that two base rows carry under different names is nobody's.
    numbers = [row["id_number"] for row in world["child"]]
    base_of = {
        p["person_id"]: row_of[f"{table}#{p['base_row_key']}"]
        for p in rows(engine, "SELECT * FROM person")
        for table in ["child" if p["registered"] else "assistance_member"]
    }
    links = rows(engine, "SELECT * FROM link")
    assert len(links) == len({(r["table_name"], r["row_ref"]) for r in links})
    doubts = rows(engine, "SELECT * FROM undecided WHERE why <> 'same child?'")
    assert links and doubts
    found = [pair for pair in links if pair["method"] != "base"]
    for pair in found:
        one, other = firm(base_of[pair["person_id"]]), firm(row_of[pair["row_ref"]])
        if one and other and numbers.count(one) < 2:
            assert one == other, (pair["method"], pair["explanation"])
    linked = {(pair["table_name"], pair["row_ref"]) for pair in found}
    assert not linked & {(d["table_name"], d["row_ref"]) for d in doubts}


def edited(world: World, seed: int) -> World:
    """The next night's world: rows that changed, left and came, in another order."""
    luck, other = random.Random(seed), city(seed + 50)
    after: World = {}
    for table, now in world.items():
        fresh = other.get(table, [])
        kept = [row for row in now if luck.random() > 0.05]
        swapped = [
            row | {k: new[k] for k in ("name", "name_key", "id_number", "id_given", "birth_date")}
            if luck.random() < 0.1 and "birth_date" in row and table != "quarantine"
            else row
            for row, new in zip(kept, luck.choices(fresh or kept, k=len(kept)), strict=True)
        ]
        after[table] = swapped
    return shuffled(after, seed)


def base_rows(engine: Engine) -> dict[tuple[str, str, str], int]:
    found = rows(
        engine,
        "SELECT person_id, source, roll, row_key FROM link "
        "WHERE table_name IN ('child', 'assistance_member') AND current",
    )
    return {(r["source"], r["roll"], r["row_key"]): r["person_id"] for r in found}


@pytest.mark.parametrize("seed", SEEDS[:1])
def test_an_id_changes_only_by_a_merge_or_a_split_that_is_told(engine: Engine, seed: int) -> None:
    world, ids = city(seed), Ids()
    night(engine, world, ids)
    stood, book = base_rows(engine), known(engine)
    assert len(stood) > CHILDREN / 2
    night(engine, {**edited(world, seed), "known_person": book}, ids)
    told = {
        (r["person_id"], r["other"])
        for kind, other in (("merge", "into_id"), ("split", "other_id"))
        for r in rows(engine, f"SELECT person_id, {other} AS other FROM person_{kind}")
    }
    now = base_rows(engine)
    changed = {(stood[row], now[row]) for row in now if row in stood and stood[row] != now[row]}
    assert changed <= told
    # Nobody's number is given to two: one row key each, but for rows that are one child.
    registered = rows(engine, "SELECT person_id, id_number FROM person WHERE registered")
    assert len(registered) == len({r["person_id"] for r in registered})
