"""Nights that ask about our own population only: what is sent, what comes back, and what it proves."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from night_kit import NIGHTS, Town, ask_night, judged_night, rows, run_night

from adapters.education import EducationAdapter
from gateway.model.errors import Unreachable
from gateway.pipeline import NightAsk, NightReport, asking
from gateway.pipeline.asking import population
from gateway.wiring import OpenSite, open_house

AS_OF = NIGHTS[2]
PERIOD = f"{AS_OF:%Y-%m}"


def ask_only(site: Path, *names: str) -> None:
    """Let the site ask these sources instead of taking their rolls."""
    for name in names:
        path = site / "sources" / f"{name}.yaml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("rolls:\n", "offers: [roll, ask]\nrolls:\n", 1), "utf-8")


@pytest.fixture
def asking_site(site_after: Callable[[int], Path], bureaus_in_order: Town) -> Path:
    site = site_after(2)
    ask_only(site, "education", "medical_insurance")
    return site


def counted(opened: OpenSite) -> tuple[list[int], Any]:
    """How many people each question named; the patch that counts them."""
    named: list[int] = []
    real = EducationAdapter.ask

    def ask(self: EducationAdapter, subjects: Any, line: Any, **more: Any) -> Any:
        named.append(len(subjects))
        return real(self, subjects, line, **more)

    return named, mock.patch.object(EducationAdapter, "ask", ask)


def by(report: NightReport) -> dict[str, Any]:
    return {c.roll: c for c in report.collected}


def test_the_default_asks_where_the_bureau_offers_it(asking_site: Path) -> None:
    with open_house(asking_site) as opened:
        modes = {roll.roll: roll.mode for roll in opened.house.rolls}
    assert modes == {
        "enrolment": "ask", "coverage": "ask", "registry": "roll", "assistance": "roll",
    }  # fmt: skip


def test_only_our_population_is_named_and_only_its_rows_come(
    asking_site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "BATCH", 100)
    with open_house(asking_site) as opened:
        named, watching = counted(opened)
        with watching:
            report = ask_night(opened, AS_OF)
        with opened.house.engine() as engine:
            ours = population(opened.house, engine, NightAsk(AS_OF, datetime.now(UTC)))
    assert sum(named) == len(ours) > 200
    assert max(named) == 100
    whole = rows(asking_site, "SELECT received FROM ledger WHERE roll = 'enrolment' AND run_id = 1")
    assert 0 < by(report)["enrolment"].received < whole[0]["received"]


def test_a_night_of_questions_says_no_more_than_a_night_of_rolls(
    asking_site: Path, site_after: Callable[[int], Path]
) -> None:
    """A bureau that is asked by number misses rows whose number it wrote wrongly: what is not found
    is *not found locally*, and everything that is found is found as in the whole roll."""
    asked = judged_night(asking_site, AS_OF)
    whole = judged_night(site_after(3), AS_OF)
    local = 0
    for rule in ("EDU-01", "EDU-02", "MED-01", "MED-02"):
        ours, theirs = (
            {o["person_id"]: o for o in judged.of_rule(rule)} for judged in (asked, whole)
        )
        for person, outcome in ours.items():
            there = theirs[person]
            if outcome["kind"] == "fires" and outcome["answer"] == "no":
                assert there["kind"] in ("fires", "held"), (rule, person)
            local += outcome["answer"] == "not_found_locally"
            # A row whose number the bureau wrote wrongly only this month is missed for one roll: its
            # child is absent for the first time, and the next absence fires.
            later = outcome["reason"] == "first_absence"
            if there["kind"] == "fires" and not later:
                assert outcome["kind"] in ("fires", "held"), (rule, person)
            assert not later or rule == "EDU-02"
    assert local
    assert any(o["kind"] == "fires" for o in asked.of_rule("EDU-02"))


def test_a_child_that_was_not_asked_is_held_not_accused(asking_site: Path) -> None:
    """Half the children are left out of the questions: none of them is said to be missing."""
    left_out: set[str] = set()
    real = asking.population

    def half(*args: Any) -> set[str]:
        everybody = sorted(real(*args))
        left_out.update(everybody[::2])
        return set(everybody[1::2])

    with mock.patch.object(asking, "population", half):
        judged = judged_night(asking_site, AS_OF)
    numbers = {p["person_id"]: p["id_number"] for p in judged.persons.to_pylist()}
    for rule in ("EDU-01", "EDU-02", "MED-01"):
        accused = {numbers[o["person_id"]] for o in judged.of_rule(rule) if o["kind"] == "fires"}
        reads_absence = accused & left_out
        if rule != "EDU-02":
            assert not reads_absence, rule
    reasons = {o["reason"] for o in judged.of_rule("MED-01") if numbers[o["person_id"]] in left_out}
    assert "not_asked" in reasons


def test_who_came_meanwhile_is_asked_the_next_night(asking_site: Path) -> None:
    real = asking.population

    def without_some(*args: Any) -> set[str]:
        return set(sorted(real(*args))[:-7])

    with mock.patch.object(asking, "population", without_some):
        first = run_night(asking_site, AS_OF)
    with open_house(asking_site) as opened:
        named, watching = counted(opened)
        with watching:
            second = ask_night(opened, AS_OF)
    assert named == [7]
    assert by(second)["enrolment"].received >= by(first)["enrolment"].received
    with open_house(asking_site) as opened:
        named, watching = counted(opened)
        with watching:
            ask_night(opened, AS_OF)
    assert named == []
    (sums,) = rows(
        asking_site,
        "SELECT received, accepted, quarantined, superseded FROM ledger WHERE roll = 'enrolment' "
        "ORDER BY run_id DESC LIMIT 1",
    )
    assert sums["received"] == sums["accepted"] + sums["quarantined"] + sums["superseded"]


def test_a_question_that_was_answered_is_not_asked_again_after_a_cut(
    asking_site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "BATCH", 100)
    real, asked = EducationAdapter._call, []

    def breaks_off(self: EducationAdapter, line: Any, action: Any, *args: Any) -> Any:
        if action == "ask":
            asked.append(1)
            if len(asked) == 3:
                raise Unreachable("the line is cut")
        return real(self, line, action, *args)

    with mock.patch.object(EducationAdapter, "_call", breaks_off):
        cut = run_night(asking_site, AS_OF)
    assert by(cut)["enrolment"].state in ("late", "expected")
    assert len(rows(asking_site, "SELECT * FROM fetched_page WHERE roll = 'enrolment'")) == 2
    carried: list[int] = []
    with open_house(asking_site) as opened:
        plans = []
        for plan in opened.house.rolls:
            if plan.source == "education":
                post = plan.adapter._post  # type: ignore[attr-defined]
                send = post.send
                object.__setattr__(
                    plan.adapter, "_post",
                    mock.Mock(send=lambda *a, send=send: carried.append(1) or send(*a)),
                )  # fmt: skip
            plans.append(plan)
        report = ask_night(replace_rolls(opened, plans), AS_OF)
    with open_house(asking_site) as opened, opened.house.engine() as engine:
        ours = population(opened.house, engine, NightAsk(AS_OF, datetime.now(UTC)))
    assert by(report)["enrolment"].state == "verified"
    assert len(carried) == -(-len(ours) // 100) - 2
    assert rows(asking_site, "SELECT * FROM fetched_page") == []


def replace_rolls(opened: OpenSite, plans: list[Any]) -> OpenSite:
    return replace(opened, house=replace(opened.house, rolls=tuple(plans)))


def test_nothing_personal_is_left_in_the_marks(asking_site: Path) -> None:
    """A mark is a keyed digest; the kept answer has references only."""
    real = EducationAdapter._call

    def last_fails(self: EducationAdapter, line: Any, action: Any, *args: Any) -> Any:
        answer = real(self, line, action, *args)
        if action == "ask":
            raise Unreachable("cut after the answer was verified")
        return answer

    with mock.patch.object(EducationAdapter, "_call", last_fails):
        run_night(asking_site, AS_OF)
    kept = rows(asking_site, "SELECT mark, answer FROM fetched_page WHERE roll = 'enrolment'")
    assert kept
    for row in kept:
        assert row["mark"].startswith("ask ")
        assert set(json.loads(row["answer"])) == {
            "ref", "roll", "period", "page", "last", "row_count", "controls",
        }  # fmt: skip


def test_a_roll_goes_on_at_the_page_where_it_was_cut(
    site_after: Callable[[int], Path], bureaus_in_order: Town
) -> None:
    site = site_after(2)
    real, pages = EducationAdapter._call, []

    def small(self: EducationAdapter, line: Any, action: Any, *args: Any) -> Any:
        pages.append(action)
        if pages.count("roll") == 4:
            raise Unreachable("the line is cut")
        return real(self, line, action, *args)

    def settings(self: EducationAdapter, *args: Any, **more: Any) -> None:
        made(self, *args, **more)
        self._settings = replace(self._settings, page_size=100)

    made = EducationAdapter.__init__
    with mock.patch.object(EducationAdapter, "__init__", settings):
        with mock.patch.object(EducationAdapter, "_call", small):
            cut = run_night(site, AS_OF)
        assert by(cut)["enrolment"].state in ("late", "expected")
        assert len(rows(site, "SELECT * FROM fetched_page")) == 3
        sent: list[int] = []
        carry = EducationAdapter._carry

        def counting(self: EducationAdapter, operation: str) -> Any:
            inner = carry(self, operation)
            return lambda sealed: sent.append(1) or inner(sealed)

        with mock.patch.object(EducationAdapter, "_carry", counting):
            report = run_night(site, AS_OF)
    collected = by(report)["enrolment"]
    assert collected.state == "verified"
    assert len(sent) == -(-collected.received // 100) - 3


def test_a_cursor_that_the_bureau_forgot_begins_the_roll_anew(
    site_after: Callable[[int], Path], bureaus_in_order: Town
) -> None:
    site = site_after(2)
    real, calls = EducationAdapter._call, []

    def cut_at_two(self: EducationAdapter, line: Any, action: Any, *args: Any) -> Any:
        calls.append(action)
        if calls.count("roll") == 2:
            raise Unreachable("the line is cut")
        return real(self, line, action, *args)

    made = EducationAdapter.__init__

    def settings(self: EducationAdapter, *args: Any, **more: Any) -> None:
        made(self, *args, **more)
        self._settings = replace(self._settings, page_size=300)

    with mock.patch.object(EducationAdapter, "__init__", settings):
        with mock.patch.object(EducationAdapter, "_call", cut_at_two):
            run_night(site, AS_OF)
        spoil(site)
        report = run_night(site, AS_OF)
    assert by(report)["enrolment"].state == "verified"


def spoil(site: Path) -> None:
    """The bureau restarts: the cursor that was kept means nothing to it any more."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(site / "var" / "gateway.db")) as c:
        (text,) = c.execute("SELECT answer FROM fetched_page").fetchone()
        values = json.loads(text)
        values["controls"]["cursor"] = "00000000-0000-7000-8000-000000000000.2"
        c.execute("UPDATE fetched_page SET answer = ?", (json.dumps(values),))
        c.commit()
