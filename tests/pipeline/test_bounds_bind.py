"""Bounds learned from past rolls: shown, then in force; a roll outside them is held, not trusted."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from night_kit import NIGHTS, Town, rows
from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.pipeline import Collected, NightAsk
from gateway.pipeline import bounds as learning
from gateway.pipeline.bounds import (
    CodeBound,
    ColumnBound,
    outside,
    phase_bound,
    phase_of,
)
from gateway.pipeline.collect import collect
from gateway.pipeline.profile import Profile
from gateway.wiring import open_house
from gateway.wiring_files import bounds_file, load_bounds

RUN = CliRunner()
SOURCE, PERIOD = "medical_insurance", f"{NIGHTS[2]:%Y-%m}"
PAST = [
    Profile(100, {"name": 0.0, "sex": 0.1}, {("status", "1"): 0.9, ("status", "2"): 0.1}),
    Profile(110, {"name": 0.0, "sex": 0.2}, {("status", "1"): 1.0}),
]
BOUND = phase_bound(learning.Bound("coverage", "autumn", 2, 90, 121, 0.0, ""), PAST)
CASES = [
    # blanks, codes, what is said
    ({"name": 0.05, "sex": 0.25}, {("status", "1"): 0.85, ("status", "2"): 0.15}, ""),
    ({"name": 0.06, "sex": 0.0}, {("status", "1"): 1.0}, "6% of column 'name' are blank"),
    ({"sex": 0.0}, {("status", "1"): 1.0}, "100% of column 'name' are blank"),
    (
        {"name": 0.0},
        {("status", "1"): 0.84, ("status", "2"): 0.14},
        "84% of the rows have code '1'",
    ),
    ({"name": 0.0}, {("status", "1"): 0.85, ("status", "4"): 0.15}, ""),
    (
        {"name": 0.0},
        {("status", "1"): 0.85, ("status", "4"): 0.16},
        "16% of the rows have code '4'",
    ),
]


@pytest.mark.parametrize(("blanks", "codes", "said"), CASES)
def test_shares_are_held_against_those_of_past_rolls(
    blanks: dict[str, float], codes: dict[tuple[str, str], float], said: str
) -> None:
    blanks = {"name": 1.0, "sex": 0.0} | blanks
    found = outside(BOUND, Profile(100, blanks, codes))
    assert found.startswith(said)
    assert bool(found) == bool(said)


def test_what_is_learned_is_the_range_with_a_margin() -> None:
    assert BOUND.columns == (
        ColumnBound(column="name", most_blank=0.05), ColumnBound(column="sex", most_blank=0.25),
    )  # fmt: skip
    assert BOUND.codes == (
        CodeBound(column="status", code="1", least=0.85, most=1.0),
        CodeBound(column="status", code="2", least=0.0, most=0.15),
    )


def take(site: Path) -> Collected:
    """The coverage roll of the month, as a night takes it."""
    ask = NightAsk(NIGHTS[2], datetime.now(UTC))
    with open_house(site) as opened:
        house = opened.house
        plan = next(p for p in house.rolls if p.source == SOURCE)
        run = house.store.runs.begin_run(
            ask.as_of, ask.known_at, "partial", False, "test", house.clock()
        )
        return collect(house, ask, run.run_id, plan)


def test_bounds_are_shown_then_bind_then_hold(
    site_after: Callable[[int], Path], bureaus_in_order: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "FEWEST_PERIODS", 2)
    site = site_after(2)
    settings = site / "site.toml"
    text = settings.read_text("utf-8").replace("[site]\n", f"[site]\nas_of = {NIGHTS[2]}\n", 1)
    settings.write_text(text, "utf-8")
    shown = RUN.invoke(app, ["source", "bounds", SOURCE, "--site", str(site)])
    assert shown.exit_code == 0, shown.output
    assert "--bind" in shown.output
    path = bounds_file(site, SOURCE)
    assert not path.exists(), "shown before they bind"
    done = RUN.invoke(app, ["source", "bounds", SOURCE, "--bind", "--site", str(site)])
    assert done.exit_code == 0, done.output
    (bound,) = load_bounds(site, SOURCE)
    counts = rows(site, "SELECT received FROM ledger WHERE roll = 'coverage' ORDER BY run_id")
    assert (bound.roll, bound.phase, bound.periods) == ("coverage", phase_of(PERIOD), 2)
    received = [row["received"] for row in counts]
    assert bound.low < min(received) <= max(received) < bound.high
    status = {c.code: c for c in bound.codes if c.column == "status"}
    assert status["1"].least > 0.5

    written = path.read_text("utf-8")
    path.write_text(re.sub(r"low: .*", f"low: {max(received) * 2}", written), "utf-8")
    few = take(site)
    assert few.state == "odd"
    assert few.note.startswith(f"{SOURCE}/coverage: ")
    assert "outside its bounds" in few.note
    assert f"bounds/{SOURCE}.yaml" in few.note

    # Its numbers are in order now; the roll is judged again from the archive, by its codes too.
    path.write_text(re.sub(r'(code: "1", least: )[0-9.]+', r"\g<1>1.0000", written), "utf-8")
    recoded = take(site)
    assert (recoded.state, "have code '1'" in recoded.note) == ("odd", True)
    assert "Mend: " in recoded.note
    path.write_text(written, "utf-8")
    whole = take(site)
    assert (whole.state, whole.note) == ("verified", "")
    (row,) = rows(
        site, "SELECT low, high, state FROM source_status WHERE roll = 'coverage' "
        "AND scope = '*' AND period = ?", PERIOD,
    )  # fmt: skip
    assert (row["low"], row["high"], row["state"]) == (bound.low, bound.high, "verified")
    with open_house(site) as opened:
        plan = next(p for p in opened.house.rolls if p.source == SOURCE)
    assert plan.limits(PERIOD) == (bound.low, bound.high)
    assert plan.limits("2027-03") == (plan.low, plan.high), "a bound is of its phase only"
