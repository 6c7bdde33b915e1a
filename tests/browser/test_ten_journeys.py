"""Ten journeys of an officer's day, in both languages, each ending with what the store holds; and an
eleventh over two roles. A day goes over one store and one server a language."""

import re
from collections.abc import Iterator

import pytest
from chromium import press
from online_seed import NAMES, key
from playwright.sync_api import Browser, Page, expect
from whole_site import Whole, fill_school_sheet, whole_site

from gateway.console.codes import code
from gateway.console.words import WORDS
from gateway.model.cases import CaseState, Resolution
from gateway.model.desk import CallResult
from gateway.model.reviews import ReviewPoint, Standing
from gateway.store.cases import CaseFile


@pytest.fixture(scope="module", params=["zh", "en"])
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def day(browser: Browser, lang: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    with whole_site(browser, tmp_path_factory.mktemp("day"), extra=12) as site:
        yield site


@pytest.fixture
def page(day: Whole) -> Page:
    return day.page()


def say(word: str, lang: str) -> re.Pattern[str]:
    return re.compile(re.escape(WORDS[word].of(lang)))


def case_of(day: Whole, name: str) -> CaseFile:
    found = day.store.findings.finding(key(name))
    assert found is not None
    return day.store.cases.case(found.case_id)


def open_case(page: Page, name: str, lang: str) -> None:
    page.goto(f"/findings/{key(name)}?lang={lang}")


def decide(page: Page, event: str, lang: str, **fields: str) -> None:
    """Send the form of a decision as an officer fills it, and read that it was recorded."""
    form = page.locator(f"form:has(input[name=event][value={event}])")
    if fields:
        page.locator("details.act", has=form).locator("summary").click()
    for name, value in fields.items():
        field = page.locator(f"#{event}-{name}")
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    form.get_by_role("button", name=re.compile(code("event", event).of(lang))).click()
    expect(page.locator(".said")).to_have_text(say("said_done", lang))
    assert (page.locator("html").get_attribute("lang") == "zh-Hans") is (lang == "zh")


def test_one_took_and_confirmed_by_a_key_each(day: Whole, page: Page, lang: str) -> None:
    open_case(page, "many-0", lang)
    press(page, "t")
    expect(page.locator(".tags")).to_contain_text(code("state", "in_review").of(lang))
    press(page, "c")
    expect(page.locator(".tags")).to_contain_text(code("state", "confirmed").of(lang))
    case = case_of(day, "many-0")
    assert case.state is CaseState.CONFIRMED and case.assigned_to == "officer"


def test_two_an_excuse_with_its_evidence_and_end(day: Whole, page: Page, lang: str) -> None:
    open_case(page, "edu-other-county", lang)
    decide(page, "take", lang)
    decide(page, "excuse", lang, reason="leave", until="2027-08-31", note="休学批准书已见")
    case = case_of(day, "edu-other-county")
    assert case.state is CaseState.EXCUSED and case.excuse_until is not None
    assert (str(case.excuse_until), case.events[-1].reason) == ("2027-08-31", "leave")


def test_three_a_false_alarm(day: Whole, page: Page, lang: str) -> None:
    open_case(page, "dropout", lang)
    decide(page, "take", lang)
    decide(page, "dismiss", lang, reason="wrong_person")
    assert case_of(day, "dropout").state is CaseState.FALSE_ALARM


def test_four_handed_over_as_not_mine(day: Whole, page: Page, lang: str) -> None:
    open_case(page, "nowhere", lang)
    decide(page, "hand_over", lang, owner="civil_affairs", reason="other_owner")
    assert case_of(day, "nowhere").state is CaseState.NOT_MINE


def test_five_waiting_for_somebody_until_a_day(day: Whole, page: Page, lang: str) -> None:
    open_case(page, "unverified", lang)
    decide(page, "take", lang)
    decide(page, "confirm", lang)
    decide(page, "wait", lang, on_whom="安禾第2小学", until="2026-12-01")
    case = case_of(day, "unverified")
    assert case.state is CaseState.WAITING and str(case.wait_until) == "2026-12-01"


def test_six_a_call_and_done_offline(day: Whole, page: Page, lang: str) -> None:
    open_case(page, "many-1", lang)
    decide(page, "take", lang)
    page.locator("summary", has_text=say("log_call", lang)).click()
    page.locator("#call-result").select_option("no_answer")
    page.locator("details[open] button").click()
    expect(page.locator(".said")).to_have_text(say("said_called", lang))
    decide(page, "settle", lang, reason="informed", note="已上门告知，家长签字")
    case = case_of(day, "many-1")
    assert case.state is CaseState.SETTLED and case.events[-1].reason == Resolution.INFORMED
    (call,) = day.store.case_notes.calls(case.case_id)
    assert call.result is CallResult.NO_ANSWER


def test_seven_a_decision_is_taken_back_and_stays_in_the_history(
    day: Whole, page: Page, lang: str
) -> None:
    open_case(page, "many-2", lang)
    decide(page, "take", lang)
    press(page, "u")
    expect(page.locator(".said")).to_have_text(say("said_undone", lang))
    case = case_of(day, "many-2")
    assert case.state is CaseState.OPEN and [e.event for e in case.events][:2] == ["found", "take"]
    assert len(case.events) == 3


def test_eight_many_at_once_after_a_preview(day: Whole, page: Page, lang: str) -> None:
    page.goto(f"/findings?rule=MED-02&state=open&lang={lang}")
    boxes = page.locator("tbody input[type=checkbox]").all()[:3]
    chosen = [int(box.get_attribute("value").split(".")[0]) for box in boxes]
    for box in boxes:
        box.check()
    page.get_by_role("button", name=say("preview", lang)).click()
    expect(page.locator(".sentence")).to_contain_text("3")
    expect(page.locator("main")).to_contain_text(", ".join(map(str, chosen)))
    assert {day.store.cases.case(n).state for n in chosen} == {CaseState.OPEN}
    page.locator("main button").click()
    expect(page.locator(".said")).to_contain_text("3")
    assert {day.store.cases.case(n).state for n in chosen} == {CaseState.IN_REVIEW}


def test_nine_a_visit_sheet_goes_out_and_comes_back(day: Whole, page: Page, lang: str) -> None:
    open_case(page, "edu", lang)
    decide(page, "take", lang)
    page.get_by_role("button", name=say("print_sheet", lang)).click()
    sheet = page.locator("article.sheet")
    expect(sheet).to_contain_text(NAMES[1])
    told = sheet.inner_text()
    for word in ("EDU", "入学", "学籍", "低保", "残疾", "4199", "辍学"):
        assert word not in told
    assert page.locator("svg.qr path").count() == 1
    serial = page.locator(".serial").inner_text()
    page.goto(f"/sheets?lang={lang}")
    page.locator("#serial").fill(serial)
    press(page, "Enter")
    page.locator("#visited-on").fill("2026-11-17")
    page.locator("#visited-by").fill("儿童主任甲")
    page.get_by_role("button", name=say("preview", lang)).click()
    page.get_by_role("button", name=say("take_in", lang)).click()
    page.wait_for_url("**/sheets?*")
    assert case_of(day, "edu").events[-1].reason == "visit_at_home"


def test_ten_a_school_sheet_and_the_review_made_of_the_childs_file(
    day: Whole, page: Page, lang: str
) -> None:
    page.goto(f"/school-sheets?lang={lang}")
    fill_school_sheet(page, day.folder / "sheet.xlsx", {NAMES[1]: "未见到"})
    expect(page.locator(".sentence")).to_contain_text("1")
    page.get_by_role("button", name=say("take_in", lang)).click()
    page.wait_for_url("**/school-sheets?*")
    assert case_of(day, "edu").events[-1].reason == "school_not_seen"
    open_case(page, "edu", lang)
    press(page, "f")
    page.get_by_role("button", name=say("child_file", lang)).click()
    expect(page.locator("h1")).to_contain_text(NAMES[1])
    assert NAMES[1] not in page.url
    pdf = page.pdf(format="A4")
    assert pdf.startswith(b"%PDF-") and len(pdf) > 5_000
    page.emulate_media(media="print")
    assert not page.locator("nav").first.is_visible()
    assert not page.locator("#made-on").is_visible()
    page.emulate_media(media="screen")
    page.locator("#point-schooling").select_option("help_needed")
    page.get_by_role("button", name=say("record_review", lang)).click()
    expect(page.locator(".said")).to_have_text(say("said_reviewed", lang))
    (review,) = day.store.child_files.reviews(1)
    assert review.points[ReviewPoint.SCHOOLING] is Standing.HELP_NEEDED


def test_eleven_a_report_reaches_the_duty_person_and_nobody_else(
    day: Whole, page: Page, lang: str
) -> None:
    page.goto(f"/report?lang={lang}")
    page.locator("#text").fill("邻居说夜里常有哭声")
    page.get_by_role("button", name=say("report_send", lang)).click()
    expect(page.locator(".said")).to_be_visible()
    duty = day.page("protection")
    duty.goto(f"/protection?lang={lang}")
    number = max(f.harm_id for f in day.store.harm.open_files())
    form = duty.locator(f"li:has(input[name=case][value='{number}'])")
    form.get_by_role("button", name=say("acknowledge", lang)).click()
    expect(duty.locator(f"#key-{number}")).to_be_visible()
    duty.locator(f"#key-{number}").set_input_files(day.folder / "keys" / "protection-role.key")
    form.get_by_role("button", name=say("open_case", lang)).click()
    expect(duty.locator("main")).to_contain_text("邻居说夜里常有哭声")
    expect(duty.locator("main")).to_contain_text(WORDS["sign_text"].of(lang))
    duty.get_by_role("button", name=say("record_step", lang)).click()
    duty.wait_for_url("**/protection?*")
    steps = [step for step, _ in day.store.harm.file(number).steps]
    assert steps[-2:] == ["acknowledged", "identity_checked"]
    assert "哭声" not in page.content()
