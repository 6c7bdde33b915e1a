"""One look-up among a million children: CPU milliseconds at p50, p95 and p99. `make bench-lookup`.

The index is SQLite in memory (gateway/linkage/lookup.py). Queries are children of the index as a
clerk types them: whole, without a number, with a slip in the number, in the birth date, with another name.
"""

import random
import sys
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa

from gateway.linkage.levels import Face
from gateway.linkage.lookup import LookUp
from gateway.linkage.weights import load_weights
from gateway.model.identifiers import check_digit

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹曾彭萧"
GIVEN = "子浩宇轩文博思佳嘉晨辰彦航翔天阳宏志成云海东建国辉龙峰明安宁和平远清川江河湖"
QUERIES = 4000
WEIGHTS = Path(__file__).parents[1] / "mappings" / "linkage" / "weights.v1.yaml"


def face(luck: random.Random) -> Face:
    """A child of a city of 12 counties; surnames are skewed as they are in life."""
    born = date(2009, 1, 1) + timedelta(days=luck.randrange(6200))
    first = f"41{luck.randrange(9901, 9913):04d}{born:%Y%m%d}{luck.randrange(1, 999):03d}"
    surname = SURNAMES[int(len(SURNAMES) * luck.random() ** 2.2)]
    given = "".join(luck.choices(GIVEN, k=1 if luck.random() < 0.1 else 2))
    number = first + check_digit(first)
    return Face(
        name_key=surname + given,
        birth_date=born,
        sex=luck.choice("12"),
        id_number=number,
        number_given=number,
        firm=True,
        division=f"{first[:6]}{luck.randrange(1, 20):03d}{luck.randrange(1, 30):03d}",
        guardian_name_key=surname + "".join(luck.choices(GIVEN, k=2)),
        guardian_id=f"{first[:6]}19{luck.randrange(10**9):010d}",
    )


def slipped(luck: random.Random, own: Face) -> Face:
    """The child as a clerk types it."""
    none = {"id_number": None, "number_given": None, "firm": False}
    number = own.number_given or ""
    wrong = number[:16] + str((int(number[16]) + 1) % 10) + number[17:]
    born = (own.birth_date or date(2010, 1, 1)) + timedelta(days=30)
    slips = (
        {}, {}, none, {**none, "guardian_id": None}, {**none, "number_given": wrong},
        {**none, "birth_date": born}, {"name_key": (own.name_key or "")[:1] + "明"},
        {**none, "birth_date": None},
    )  # fmt: skip
    return replace(own, **luck.choice(slips))


def main(children: int) -> None:
    """Build the index and look children up."""
    luck = random.Random(20261122)
    weights = load_weights(WEIGHTS)
    names = [f for f in Face.__dataclass_fields__ if f != "hint"]
    asked: list[tuple[int, Face]] = []
    with LookUp(weights) as index:
        began = time.perf_counter()
        index.add(pa.RecordBatchReader.from_batches(*batches(luck, children, names, asked)))
        print(f"children {children:,}; index built in {time.perf_counter() - began:.0f} s")
        took, right = [], 0
        for person_id, own in asked:
            query = slipped(luck, own)
            # The thread's own time: a machine that others use says nothing of the look-up.
            started = time.thread_time()
            found = index.look_up(query)
            took.append((time.thread_time() - started) * 1000)
            right += bool(found) and found[0].person_id == person_id
    took.sort()
    points = {p: took[int(len(took) * p / 100)] for p in (50, 95, 99)}
    print(
        ", ".join(f"p{p} {ms:.2f} ms" for p, ms in points.items()),
        f"; first is right {right / len(asked):.4f}",
    )


def batches(luck, children, names, asked):  # type: ignore[no-untyped-def]
    """Arrow batches of faces, some of them kept to be asked for."""
    kinds = {"birth_date": pa.date32(), "firm": pa.bool_()}
    fields = [("person_id", pa.int64()), *((n, kinds.get(n, pa.string())) for n in names)]
    schema = pa.schema(fields)

    def made():  # type: ignore[no-untyped-def]
        for first in range(0, children, 50_000):
            rows = []
            for person_id in range(first, min(first + 50_000, children)):
                own = face(luck)
                rows.append({"person_id": person_id, **{n: getattr(own, n) for n in names}})
                if luck.random() < QUERIES / children:
                    asked.append((person_id, own))
            yield pa.RecordBatch.from_pylist(rows, schema=schema)

    return schema, made()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
