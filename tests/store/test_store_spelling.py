"""Under which spellings a person is found again."""

from datetime import date

import pytest

from gateway.model.cases import CASE_PERSON
from gateway.store import Store
from gateway.store.persons import put_people
from gateway.store.spelling import asked_latin, latin

SAID = [
    ("张小明", "zhangxiaoming"), ("单雄信", "shanxiongxin"), ("曾子墨", "zengzimo"),
    ("尉迟恭", "yuchigong"), ("吕布", "lvbu"), ("𠮷田", "tian"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "said"), SAID)
def test_a_name_in_latin_letters(name: str, said: str) -> None:
    assert said in latin(name)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [("Zhang Xiao ming", "zhangxiaoming"), ("Lü Bu", "lvbu"), ("x", ""), ("张", ""), ("a1", "")],
)
def test_what_was_typed_is_pinyin_or_nothing(typed: str, asked: str) -> None:
    assert asked_latin(typed) == asked


def test_somebody_is_found_by_any_of_their_names(store: Store) -> None:
    import pyarrow as pa

    rows = [
        {"person_id": 1, "name": "张小明", "former_name": "张大山", "pet_name": "毛毛"},
        {"person_id": 2, "name": "毛毛", "birth_date": date(2015, 1, 1)},
    ]
    people = pa.Table.from_pylist(
        [dict.fromkeys(CASE_PERSON.names) | row for row in rows], schema=CASE_PERSON
    )
    with store._db.write() as c:
        put_people(c, store.keys, people)
        put_people(c, store.keys, people)
    assert store.persons.find_name("张大山") == (1,)
    assert store.persons.find_name("毛毛") == (1, 2)
    assert store.persons.find_name("Zhang Xiaoming") == (1,)
    assert store.persons.find_name("zhang da shan") == (1,)
    assert store.persons.find_name("zhang") == ()
