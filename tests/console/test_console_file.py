"""One child, one file: who may open it, what stands in it, and the review made from it."""

from datetime import date

import pytest
from console_site import Site
from lxml import html
from markup import select, text
from online_seed import FIRST, NAMES, SECOND, Seed, exchange, key, open_night

from gateway.model.cases import CaseState
from gateway.model.child_files import FACTS, RECORD, UNIT
from gateway.model.reviews import ReviewPoint

PATH = f"/findings/{key('edu')}"
CHILD = 1


def line(
    table: str, ref: str, weight: str = "", current: str = "1", why: str = "", **values: str
) -> str:
    told = [values.get(name, "") for name in FACTS[table]]
    source, roll = {
        "child": ("national_welfare_system", "registry"),
        "guardian": ("national_welfare_system", "registry"),
        "enrolment": ("education", "enrolment"),
        "aid": ("national_welfare_system", "assistance"),
    }[table]
    return UNIT.join(
        (table, source, roll, ref, "score", weight, "3.1" if why else "", why, current, *told)
    )


REGISTRY = line("child", exchange(4, FIRST) + "#17", category="303", recognised_on="2025-03-01")
AT_SCHOOL = line(
    "enrolment", exchange(1, SECOND) + "#5", "12.5", why="prior:-19.9;name=same:14.7;sex=differs:-6.5",
    school_name="安禾第二小学", grade="4",
    status="01", status_on="2026-09-01",
)  # fmt: skip
PAID = line(
    "aid", exchange(3, SECOND) + "#2", "8.0", month="2026-10", kind="low_income", amount="300.00"
)  # fmt: skip
SEALED = line("guardian", exchange(4, FIRST) + "#18", role="father", state="prison")


@pytest.fixture
def filed(site: Site) -> Site:
    """The child of `edu` has a file: the second night saw the school and lost nothing."""
    first, second = 1, 2
    files = site.store.child_files
    files.put(first, [_file("1", REGISTRY, SEALED)])
    files.put(second, [_file("2", RECORD.join((REGISTRY, AT_SCHOOL, PAID)), SEALED)])
    return site


def _file(digest: str, facts: str, sealed: str) -> dict[str, object]:
    return {"person_id": CHILD, "digest": digest * 64, "facts": facts, "sealed_facts": sealed}


def opened(site: Site, **fields: str) -> tuple[int, str]:
    form = site.form(site.page(PATH), "/file")
    answer = site.post(f"{PATH}/file", form | fields)
    return answer.status_code, answer.text


def test_the_file_of_anothers_case_is_opened_with_a_reason_and_counted(filed: Site) -> None:
    assert opened(filed)[0] == 400
    status, page = opened(filed, reason="urgent_contact")
    assert status == 200 and NAMES[CHILD] in page
    assert len(filed.store.glass.waiting()) == 1
    assert filed.client.get(f"{PATH}/file").status_code == 404


def test_each_fact_stands_with_its_source_and_its_night(filed: Site) -> None:
    filed.decide("edu", event="take")
    _, body = opened(filed)
    page = html.document_fromstring(body)
    school = text(page, "section[aria-labelledby=t-enrolment]")
    assert "安禾第二小学" in school and "在读" not in text(page, "section[aria-labelledby=t-child]")
    assert "教育" in school and f"得知 {SECOND}" in school and "权重 12.5" in school
    assert f"得知 {FIRST}" in text(page, "section[aria-labelledby=t-child]")
    assert "低保家庭儿童" in text(page, "section[aria-labelledby=t-child]")
    told = [li.text_content() for li in select(page, "ol.timeline li")]
    assert len(told) >= 5 and any("领取" in one for one in told)
    days = [one.split()[0] for one in told]
    assert days == sorted(days, reverse=True)
    assert [e.action for e in filed.store.audit.unchained()].count("file.show") == 1


def test_each_link_says_why(filed: Site) -> None:
    filed.decide("edu", event="take")
    page = html.document_fromstring(opened(filed)[1])
    (school,) = select(page, "section[aria-labelledby=t-enrolment] details.why-linked")
    told = school.text_content()
    assert "姓名：相同" in told and "+14.7" in told and "其次相近者的权重 3.1" in told
    against = [li.text_content() for li in select(school, "li.against")]
    assert len(against) == 1 and "性别：不同" in against[0] and "-6.5" in against[0]
    # The child's own row is linked by nothing.
    assert not select(page, "section[aria-labelledby=t-child] details.why-linked")


def test_a_row_that_left_is_said_to_have_gone(filed: Site) -> None:
    third = open_night(filed.store, date(2026, 11, 20), ())
    filed.store.child_files.put(third, [_file("3", RECORD.join((REGISTRY, PAID)), SEALED)])
    filed.decide("edu", event="take")
    _, body = opened(filed)
    gone = text(html.document_fromstring(body), "section[aria-labelledby=t-enrolment] li.past")
    assert "名册已无 2026-11-20" in gone


def test_what_only_class_3_may_tell_is_not_opened_for_others(filed: Site) -> None:
    filed.decide("edu", event="take")
    _, body = opened(filed)
    assert "按规定保障" in body and "服刑" not in body and 'id="t-guardian"' not in body


def test_a_child_with_a_named_officer_has_no_file_to_show(filed: Site) -> None:
    filed.decide("edu", event="take")
    filed.store.harm.mark(CHILD, "named_officer", "tests", filed.store.runs.run(1).known_at)
    _, body = opened(filed)
    assert "专人办理" in body and NAMES[CHILD] not in body and "安禾第二小学" not in body
    form = filed.form(filed.page(PATH), "/decide")
    points = {f"point_{p}": "as_on_file" for p in ReviewPoint}
    answer = filed.post(f"{PATH}/review", form | points | {"made_on": "2026-11-17"})
    assert answer.status_code == 404


def test_a_review_is_recorded_and_settles_what_asked_for_it(filed: Site) -> None:
    open_night(filed.store, date(2026, 11, 17), [Seed("review", "REG-01", CHILD)])
    for name in ("edu", "review"):
        filed.decide(name, event="take")
    _, body = opened(filed)
    form = filed.form(html.document_fromstring(body), "/review")
    points = {f"point_{p}": "as_on_file" for p in ReviewPoint}
    late = filed.post(f"{PATH}/review", form | points | {"made_on": "2026-11-18"})
    assert late.status_code == 400
    some = {k: v for k, v in points.items() if k != "point_health"}
    assert filed.post(f"{PATH}/review", form | some | {"made_on": "2026-11-16"}).status_code == 400
    answer = filed.post(
        f"{PATH}/review",
        form | points | {"made_on": "2026-11-16", "point_schooling": "help_needed"},
    )
    assert answer.status_code == 303
    (review,) = filed.store.child_files.reviews(CHILD)
    assert review.quarter == "2026Q4" and review.points[ReviewPoint.SCHOOLING] == "help_needed"
    assert filed.state("review") is CaseState.SETTLED
    assert filed.state("edu") is CaseState.IN_REVIEW
    assert "就学 需要帮助" in opened(filed)[1]


def test_nobody_reviews_anothers_case(filed: Site) -> None:
    form = filed.form(filed.page(PATH), "/decide")
    points = {f"point_{p}": "as_on_file" for p in ReviewPoint}
    answer = filed.post(f"{PATH}/review", form | points | {"made_on": "2026-11-17"})
    assert answer.status_code == 404
    assert filed.store.child_files.reviews(CHILD) == ()
