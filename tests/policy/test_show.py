"""The printed rules are the rules."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from gateway.engine import Engine
from gateway.policy import NO_PARAMETERS, Calendar, Rule
from gateway.policy.evaluation import make_facts
from gateway.policy.examples import load_world
from gateway.policy.show import citation, rule_line, rule_page, rules_page

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "rules.md"
FACTS: dict[str, str] = dict(
    re.findall(
        r"^\| `(\w+)` \| ((?:person_id|source), .+) \|$",
        PAGE.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
)


def test_the_page_is_fresh(rules: tuple[Rule, ...]) -> None:
    assert PAGE.read_text(encoding="utf-8") == rules_page(rules), (
        "run: python -m gateway.policy.show mappings/policy > docs/rules.md"
    )


def test_the_page_names_the_fact_tables() -> None:
    assert set(FACTS) >= {
        "subject", "enrolment_state", "coverage_state", "registry_state", "assistance_state",
        "category_now", "entitlement", "source_now",
    }  # fmt: skip


def test_the_columns_on_the_page_are_the_columns(engine: Engine, rules: tuple[Rule, ...]) -> None:
    load_world(engine, {})
    calendar = Calendar()
    make_facts(engine, rules, calendar, calendar.parameters(date(2026, 11, 16)), NO_PARAMETERS)
    for table, columns in FACTS.items():
        assert engine.fetch(f"SELECT * FROM {table}").column_names == columns.split(", "), table


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_lines_and_pages_are_plain_data(rules: tuple[Rule, ...], lang: str) -> None:
    for rule in rules:
        line, page = rule_line(rule, lang), rule_page(rule, lang)
        assert json.loads(json.dumps(page)) == page
        assert page.items() >= line.items()
        assert line["title"] == rule.file.title.of(lang)


def test_a_citation_names_title_number_clause_and_quote(rule_of: dict[str, Rule]) -> None:
    last = rule_of["EDU-01"].file.citations[-1]
    title = "《绍兴市适度普惠型儿童福利制度建设试点工作方案》"
    quote = "三（四）2：“进城务工就业农民子女100%入学”"
    assert citation(last) == f"{title} 民函〔2014〕105号 {quote}"
