"""How names sound and look: surnames are read as surnames, classes of look-alikes are apart."""

import csv
from collections import Counter
from importlib.resources import files

import pytest

from gateway.linkage.shapes import char_shapes, name_shape, shape_classes
from gateway.linkage.sounds import SURNAMES, char_sounds, name_sound, surname_sounds

SOUNDS = [
    ("单雨晨", "shan/yu/chen//"),
    ("解单", "xie/dan///"),
    ("单", "dan///" + "/"),
    ("仇查", "qiu/cha///"),
    ("查任", "zha/ren///"),
    ("区曾", "ou/ceng///"),
    ("曾区", "zeng/qu///"),
    ("欧阳文", "ou/yang/wen//"),
    ("尉迟单", "yu/chi/dan//"),
    ("单于明", "chan/yu/ming//"),
    ("尉明", "wei/ming///"),
    ("吕绿", "lü/lü///"),
    ("阿依努尔古丽", "a/yi/nu/er/古丽"),
    ("ANNA", "A/N/N/A/"),
]


@pytest.mark.parametrize(("key", "sound"), SOUNDS)
def test_a_name_as_heard(key: str, sound: str) -> None:
    assert name_sound(key) == sound


def test_the_tables_for_the_steps_say_the_same() -> None:
    letters = dict(zip(*char_sounds().to_pydict().values(), strict=True))
    assert len(letters) > 20_000
    surnames = surname_sounds().to_pylist()
    assert {row["surname"] for row in surnames} == set(SURNAMES)
    assert all((row["second"] is not None) == (len(row["surname"]) == 2) for row in surnames)
    # A listed single surname says something that the first reading does not, or confirms it on purpose.
    read_otherwise = [s for s in SURNAMES if len(s) == 1 and SURNAMES[s] != letters[s]]
    assert {"单", "解", "仇", "查", "区", "曾"} <= set(read_otherwise)


@pytest.mark.parametrize(
    "pair", ["未末", "己已", "已巳", "日曰", "土士", "戊戌", "晴睛", "侯候", "炎焱"]
)
def test_look_alikes_have_one_shape(pair: str) -> None:
    one, other = pair
    assert name_shape(f"李{one}明") == name_shape(f"李{other}明")


def test_no_character_is_in_two_classes() -> None:
    text = (files("gateway.linkage") / "shapes.csv").read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(line for line in text if not line.startswith("#")))
    count = Counter(letter for row in rows for letter in row["letters"])
    assert max(count.values()) == 1
    assert all(2 <= len(row["letters"]) <= 4 for row in rows)
    assert char_shapes().num_rows == len(count) == len(shape_classes())
    assert name_shape("张伟") != name_shape("张炜明")
