"""What makes the pages usable by everybody: structure, labels, contrast, nothing from elsewhere."""

import re
from pathlib import Path

import httpx
import pytest
from lxml import html
from markup import select
from online_seed import RULES, key

import gateway.console
from gateway.casework import Event
from gateway.console.codes import CASE_STATES, CODES, OWNERS
from gateway.console.decisions import REASONS
from gateway.console.words import WORDS
from gateway.desk import CallResult
from gateway.desk.desk import UNDONE
from gateway.model.cases import CaseState
from gateway.model.exchange import Grade
from gateway.model.outcomes import AnswerStrength, Severity, SourceState
from gateway.model.school_sheets import SchoolAnswer
from gateway.model.sheets import Seen
from gateway.model.unmask import GlassReason
from gateway.policy.rule_file import Reach, RuleFile

PAGES = [
    "/findings?lang=zh", "/findings?lang=en", "/night?lang=zh", f"/findings/{key('edu')}?lang=en",
    f"/findings/{key('late')}", "/findings?county=510100", "/none",
]  # fmt: skip
CSS = (Path(gateway.console.__file__).parent / "static" / "console.css").read_text("utf-8")


@pytest.mark.parametrize("path", PAGES)
def test_structure(client: httpx.Client, path: str) -> None:
    page = html.document_fromstring(client.get(path).text)
    assert page.get("lang") in ("zh-Hans", "en") and page.findtext(".//title")
    assert len(select(page, "h1")) == 1 and len(select(page, "main")) == 1
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert select(page, "a.skip")[0].get("href") == "#content"
    named = {label.get("for") for label in select(page, "label")}
    typed = "//select | //textarea | //input[@type!='hidden' and @type!='checkbox'] | //input[not(@type)]"
    assert {field.get("id") for field in page.xpath(typed)} == named
    assert all(box.get("aria-label") for box in page.xpath("//input[@type='checkbox']"))
    assert all(select(table, "caption") for table in select(page, "table"))
    assert all(th.get("scope") in ("col", "row") for th in select(page, "th"))
    assert set(page.xpath("//section/@aria-labelledby")) <= set(ids)
    assert not [a for a in select(page, "a") if not a.text_content().strip()]


@pytest.mark.parametrize("path", PAGES)
def test_every_cell_has_its_label_for_narrow_screens(client: httpx.Client, path: str) -> None:
    page = html.document_fromstring(client.get(path).text)
    for table in select(page, "table"):
        heads = [select(th, "span")[0].text for th in select(table, "thead th")]
        for row in select(table, "tbody tr"):
            assert [cell.get("data-label") for cell in row] == heads


@pytest.mark.parametrize("path", PAGES)
def test_pages_have_one_script_of_ours_and_nothing_from_elsewhere(
    client: httpx.Client, path: str
) -> None:
    page = html.document_fromstring(client.get(path).text)
    assert page.xpath("//script/@src") == ["/static/console.js"]
    assert not page.xpath("//script/text() | //style | //iframe | //object | //img")
    assert not page.xpath("//@style | //@*[starts-with(name(), 'on')]")
    assert all(re.match(r"[/#]", link) for link in page.xpath("//@href | //@src | //@action"))


def test_the_style_sheet_is_ours(client: httpx.Client) -> None:
    answer = client.get("/static/console.css")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/css")
    assert answer.text == CSS
    assert not re.search(r"url\(|@import|https?:", CSS)
    assert "@media print" in CSS and len(CSS) < 16_000


def test_no_file_outside_the_static_folder_is_given(client: httpx.Client) -> None:
    assert client.get("/static/%2e%2e/app.py").status_code == 404
    assert client.get("/static/../words.py").status_code == 404


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def colour(name: str) -> str:
    found = re.search(rf"--{name}: (#[0-9a-f]+);", CSS)
    return found.group(1) if found else name


@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        ("ink", "paper"), ("ink", "ground"), ("soft", "paper"), ("soft", "ground"),
        ("soft", "#eef2f3"), ("accent", "paper"), ("accent", "ground"), ("accent", "accent-soft"),
        ("#fff", "accent"), ("#fff", "s1"), ("s2", "paper"), ("s3", "paper"), ("s4", "paper"),
        ("s1", "paper"), ("#6b4500", "ground"), ("#43555c", "accent-soft"), ("ink", "#e9eef0"),
    ],
)  # fmt: skip
def test_contrast(ink: str, paper: str) -> None:
    assert ink in CSS and paper in CSS
    first, second = sorted((luminance(colour(ink)), luminance(colour(paper))), reverse=True)
    assert (first + 0.05) / (second + 0.05) >= 4.5


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("state", list(CaseState)),
        ("severity", list(Severity)),
        ("answer", list(AnswerStrength)),
        ("grade", list(Grade)),
        ("roll_state", list(SourceState)),
        ("coverage", list(Reach)),
        ("event", list(Event)),
        ("call", list(CallResult)),
        ("glass", list(GlassReason)),
        ("seen", list(Seen)),
        (
            "reason",
            [
                *{r for rs in REASONS.values() for r in rs},
                UNDONE,
                *(f"visit_{s}" for s in Seen),
                *(f"school_{a}" for a in SchoolAnswer),
            ],
        ),
        ("owner", list(RuleFile.model_fields["owner"].annotation.__args__)),  # type: ignore[union-attr]
    ],
)
def test_every_code_has_words_in_both_languages(kind: str, codes: list[str]) -> None:
    assert {str(code) for code in codes} == set(CODES[kind])


def test_every_word_is_used() -> None:
    room = Path(gateway.console.__file__).parent
    templates = "".join(path.read_text("utf-8") for path in room.glob("templates/*.html"))
    code = "".join(
        p.read_text("utf-8") for p in room.glob("*.py") if not p.name.startswith("words")
    )
    spoken = {w for w in WORDS if re.search(rf"w\.{w}\b|[\"']{w}[\"']", templates + code)}
    by_parts = (
        "error_", "kind_", "said_", "f_", "password_", "key_", "sign_", "step_", "run_step_", "login_",
    )  # fmt: skip
    assert set(WORDS) - spoken <= {w for w in WORDS if w.startswith(by_parts)}


def test_owners_are_those_of_the_rules() -> None:
    assert {rule.file.owner for rule in RULES} <= set(OWNERS)


def test_words_are_not_empty_and_states_are_told_apart() -> None:
    assert all(text.zh and text.en for text in WORDS.values())
    assert len({text.zh for text in CASE_STATES.values()}) == len(CaseState)
