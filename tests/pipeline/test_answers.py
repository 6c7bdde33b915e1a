"""What is answered between nights, held against the bureaus' own rolls as the invented city wrote them."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from night_kit import NIGHTS, Town, rows, run_night

from gateway.model.answers import TOKEN, Kept, Question, number_token, pack, read_lines
from gateway.model.identifiers import check_digit, clean_number, valid18
from gateway.wiring import open_site_store

PERIOD = f"{NIGHTS[-1]:%Y-%m}"
SiteAfter = Callable[[int], Path]
CODES = Path(__file__).parents[2] / "mappings" / "codes" / "student_status.yaml"
ENROLLED = {
    code["value"]
    for code in yaml.safe_load(CODES.read_text("utf-8"))["codes"]
    if code["class"] == "enrolled"
}
# question → roll file, its column of numbers, and what of a row is a yes
ROLLS: Mapping[Question, tuple[str, str, Callable[[Mapping[str, str]], bool]]] = {
    Question.IN_SCHOOL: ("enrolment", "sfzjh", lambda r: r["xsdqztm"] in ENROLLED),
    Question.INSURED: (
        "coverage", "certno",
        lambda r: r["psn_insu_stas"] == "1" and r["insutype"] in ("310", "380", "390", "391"),
    ),
    Question.RECEIVES_BENEFIT: (
        "registry", "身份证件号码", lambda r: r["末领年月"].replace("-", "") >= "202610" and not r["退出日期"]
    ),
}  # fmt: skip


def roll(town: Town, name: str) -> list[dict[str, str]]:
    return pq.read_table(town.city / "rolls" / PERIOD / f"{name}.parquet").to_pylist()


def number(text: str) -> str:
    """As typed, without the national student number's letter; one of 15 digits as one of 18."""
    bare = (clean_number(text) or "").removeprefix("G")
    if len(bare) != 15:
        return bare
    whole = f"{bare[:6]}20{bare[6:]}"
    return whole + check_digit(whole)


def said_of(site: Path) -> Callable[[str], str]:
    with open_site_store(site) as store:
        key = store.answers.index_key
    said = {token: one.said for kind, token, one in kept(site) if kind == "number"}
    return lambda number: said.get(number_token(key, number)[:TOKEN], "")


def kept(site: Path) -> list[tuple[str, str, Kept]]:
    """Every kept answer with its kind and as much of its token as is kept."""
    return [
        (row["kind"], row["bucket"] + rest, one)
        for row in rows(site, "SELECT * FROM answer")
        for rest, one in read_lines(row["lines"])
    ]


@pytest.mark.parametrize("question", Question)
def test_yes_and_no_are_what_the_bureau_wrote(town: Town, question: Question) -> None:
    name, column, is_yes = ROLLS[question]
    said, place = said_of(town.after[3]), list(Question).index(question)
    true = {number(r[column]) for r in roll(town, name) if is_yes(r)}
    registered = {clean_number(r["身份证件号码"]) or "" for r in roll(town, "registry")}
    letters = {n: said(n)[place] for n in registered if valid18(n) and said(n)}
    assert len(letters) > 200
    yes = {n for n, letter in letters.items() if letter == "y"}
    no = {n for n, letter in letters.items() if letter == "n"}
    assert len(yes) >= 5
    assert not no & true, "no is never said of a child who stands on the roll"
    assert not yes - true, "yes is never said without a row of the child's own"


def test_no_is_not_said_where_the_roll_does_not_see_far_enough(town: Town) -> None:
    """The insurer's roll covers the city only: who is not on it may be insured elsewhere."""
    letters = {one.said[1] for _, _, one in kept(town.after[3])}
    assert "n" not in letters and "o" in letters


def test_nobody_is_named_in_the_table(town: Town) -> None:
    found = rows(town.after[3], "SELECT * FROM answer")
    assert found and set(found[0]) == {"kind", "bucket", "digest", "lines"}
    for _, token, one in kept(town.after[3]):
        assert re.fullmatch("[0-9a-f]{32}", token)
        assert re.fullmatch("([0-9]{12})?", one.division) and re.fullmatch("[ynaho]{3}", one.said)


def test_the_nights_buckets_are_those_that_the_model_packs(town: Town) -> None:
    found = rows(town.after[3], "SELECT * FROM answer ORDER BY kind, bucket")
    packed = pack(kept(town.after[3])).to_pylist()
    assert len(found) > 200 and found == packed


def test_a_rolls_silence_is_held_while_it_is_late(
    town: Town, site_after: SiteAfter, bureaus_in_order: Town
) -> None:
    site = site_after(2)
    before = {one.person_id: one.said for _, _, one in kept(site)}
    town.bureaus.education.set_faults("late")
    run_night(site, NIGHTS[2])
    after = {one.person_id: one.said for _, _, one in kept(site)}
    assert {said[0] for said in after.values()} == {"h"}
    assert {said[1] for said in after.values()} >= {"y"}
    assert any(said != before.get(person) for person, said in after.items())
    ground = rows(site, "SELECT DISTINCT run_id FROM answer_ground")
    assert [r["run_id"] for r in ground] == [3]
