"""School sheets over HTTP: what leaves, what comes back, and who never stands on one."""

import io
from datetime import date

import openpyxl
import pytest
from console_site import Site, as_another
from lxml import html
from markup import text
from online_seed import NAMES, key

from gateway.model.cases import CaseState

SCHOOL = "安禾第2小学"


@pytest.fixture
def mine(site: Site) -> Site:
    """The officer has the cases of persons 1 and 4, both at `SCHOOL`."""
    for name in ("edu", "local", "missed"):
        site.decide(name, event="take")
    return site


def make(site: Site, school: str = SCHOOL) -> bytes:
    form = site.form(site.page("/school-sheets"), "/make")
    answer = site.post("/school-sheets/make", form | {"school": school})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    return answer.content


def filled(book: bytes, answers: dict[str, str]) -> bytes:
    """The workbook as a school sends it back, saved by another program."""
    opened = openpyxl.load_workbook(io.BytesIO(book))
    page = opened.active
    for row in page.iter_rows(min_row=5):
        row[3].value = answers.get(row[1].value, "在校")
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


def send(site: Site, book: bytes) -> object:
    form = site.form(site.page("/school-sheets"), "/read")
    files = {"file": ("x.xlsx", book, "application/octet-stream")}
    return site.client.post("/school-sheets/read", data=form, files=files)


def test_a_sheet_hides_whom_it_asks_about(mine: Site) -> None:
    page = openpyxl.load_workbook(io.BytesIO(make(mine))).active
    rows = [[c.value for c in row] for row in page.iter_rows(min_row=5)]
    names = [row[1] for row in rows]
    assert {NAMES[1], NAMES[4]} <= set(names) and len(names) == 10
    assert names != sorted(names, key=lambda n: n.startswith("同学"))
    assert all(row[2] in ("4", "5") for row in rows)
    told = " ".join(str(c.value) for row in page.iter_rows() for c in row if c.value)
    for word in ("EDU", "MED", "WEL", "低保", "辍学", "419901", "登记", "困境"):
        assert word not in told
    (rule,) = page.data_validations.dataValidation
    assert "在校" in rule.formula1 and "未见到" in rule.formula1


def test_what_comes_back_is_previewed_and_noted_on_its_cases(mine: Site) -> None:
    answer = send(mine, filled(make(mine), {NAMES[1]: "未见到"}))
    page = html.document_fromstring(answer.text)
    assert text(page, ".sentence").startswith("2 ") and "8 " in text(page, ".sentence")
    before = mine.store.cases.case(_case(mine, "edu"))
    hidden = mine.form(page, "/take-in") | {"line": page.xpath("//input[@name='line']/@value")}
    assert mine.post("/school-sheets/take-in", hidden).status_code == 303
    after = mine.store.cases.case(_case(mine, "edu"))
    assert (after.events[-1].reason, after.state) == ("school_not_seen", CaseState.IN_REVIEW)
    assert len(after.events) == len(before.events) + 1
    assert mine.store.cases.case(_case(mine, "missed")).events[-1].reason == "school_here"
    assert mine.post("/school-sheets/take-in", hidden).status_code == 409


def test_a_line_that_was_changed_is_left_and_a_word_that_is_none_refused(mine: Site) -> None:
    book = make(mine)
    opened = openpyxl.load_workbook(io.BytesIO(filled(book, {})))
    opened.active.cell(row=5, column=2).value = "另一人"
    out = io.BytesIO()
    opened.save(out)
    page = html.document_fromstring(send(mine, out.getvalue()).text)
    assert text(page, ".bad").endswith(" 1")
    assert send(mine, filled(book, {NAMES[1]: "不知道"})).status_code == 400
    assert send(mine, b"PK no workbook").status_code == 400
    assert send(mine, b"x" * (1024 * 1024 + 1)).status_code == 400


def test_too_few_others_is_no_sheet(mine: Site) -> None:
    mine.decide("dropout", event="take")
    form = mine.form(mine.page("/school-sheets"), "/make")
    assert "安禾第1小学" in text(mine.page("/school-sheets"), "ul.found")
    assert mine.post("/school-sheets/make", form | {"school": "安禾第1小学"}).status_code == 400


def test_a_child_with_a_named_officer_is_never_on_a_sheet(mine: Site) -> None:
    mine.store.harm.mark(1, "named_officer", "tests", mine.store.runs.run(1).known_at)
    page = openpyxl.load_workbook(io.BytesIO(make(mine))).active
    names = [row[1].value for row in page.iter_rows(min_row=5)]
    assert NAMES[1] not in names and NAMES[4] in names


def test_a_pupil_in_danger_is_not_among_the_others(mine: Site) -> None:
    born = date(2015, 3, 1)
    when = mine.store.runs.run(1).known_at
    for n in range(0, 40, 4):
        told = {"name": f"同学{n}", "name_key": f"同学{n}", "birth_date": born}
        mine.store.harm.report(told, "", "", when)
    page = openpyxl.load_workbook(io.BytesIO(make(mine))).active
    others = {row[1].value for row in page.iter_rows(min_row=5)} - {NAMES[1], NAMES[4]}
    assert others and all(int(name.removeprefix("同学")) % 4 for name in others)


def test_anothers_sheet_is_nobodys(mine: Site) -> None:
    book = filled(make(mine), {})
    as_another(mine, "other")
    assert send(mine, book).status_code == 404


def _case(site: Site, name: str) -> int:
    found = site.store.findings.finding(key(name))
    assert found is not None
    return found.case_id
