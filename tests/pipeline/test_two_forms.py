"""A bureau changed its form on a date: every roll goes through the mapping of its own time."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from night_kit import NIGHTS, Town

from gateway.model.errors import SpecError
from gateway.pipeline import Collected, NightAsk
from gateway.pipeline.collect import collect, read_again
from gateway.wiring import open_house
from gateway.wiring_files import find_mapping

WELFARE, NAME = "national_welfare_system", "national_welfare_system/registry"


def new_form(site: Path) -> None:
    """The site's own second mapping of the registry, whose form heads the name otherwise."""
    text = find_mapping(site, f"{NAME}.v1").read_text("utf-8")
    own = site / "mappings" / f"{NAME}.v2.yaml"
    own.parent.mkdir(parents=True, exist_ok=True)
    text = text.replace("version: 1", "version: 2").replace("  姓名:", "  儿童姓名:")
    own.write_text(text.replace("from: 姓名,", "from: 儿童姓名,"), "utf-8")


def until(site: Path, month: str, then: str = f"{NAME}.v1") -> None:
    path = site / "sources" / f"{WELFARE}.yaml"
    text = path.read_text("utf-8").partition(f"    mapping: {NAME}")
    rest = text[2].partition("\n")[2]
    if rest.startswith("    earlier:"):
        rest = rest.partition("\n")[2]
    new = f"    mapping: {NAME}.v2\n    earlier: [{{until: {month}, mapping: {then}}}]\n"
    path.write_text(text[0] + new + rest, "utf-8")


def take(site: Path, day: date, *, again: bool = False) -> Collected:
    ask = NightAsk(day, datetime.now(UTC))
    with open_house(site) as opened:
        house = opened.house
        plan = next(p for p in house.rolls if p.roll == "registry")
        run = house.store.runs.begin_run(
            ask.as_of, ask.known_at, "partial", False, "test", house.clock()
        )
        return (read_again if again else collect)(house, ask, run.run_id, plan)


def test_each_period_goes_through_the_mapping_of_its_time(
    site_after: Callable[[int], Path], bureaus_in_order: Town
) -> None:
    site = site_after(1)
    new_form(site)
    until(site, "2026-10")
    old = take(site, NIGHTS[1])
    assert (old.state, old.accepted > 0) == ("verified", True)
    new = take(site, NIGHTS[2])
    assert new.state == "refused"
    assert "'儿童姓名' is missing" in new.note
    # In the order in which they came: the old one again, after the form has changed.
    replayed = take(site, NIGHTS[1], again=True)
    assert (replayed.accepted, replayed.quarantined) == (old.accepted, old.quarantined)
    until(site, "2026-11")
    assert take(site, NIGHTS[2]).state == "verified"


def test_two_forms_of_a_roll_fill_the_same_tables(site_after: Callable[[int], Path]) -> None:
    site = site_after(0)
    new_form(site)
    until(site, "2026-10", "education/enrolment.v1")
    with pytest.raises(SpecError) as wrong, open_house(site):
        pass
    assert "fills other tables" in str(wrong.value)
