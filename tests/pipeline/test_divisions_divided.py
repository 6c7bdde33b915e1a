"""Divisions that were divided: by the town where the file says it, else nobody guesses."""

from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from gateway.model.exchange import Closing, Delivery, ScopeCount
from gateway.model.outcomes import SourceState
from gateway.pipeline.divisions import (
    NOBODY_SAYS,
    DivisionChange,
    DivisionPart,
    ShippedChanges,
    load_changes,
    moved_by,
    now_called,
    now_within,
)
from gateway.pipeline.status import RollState, _scope_state
from gateway.specs import load_spec
from gateway.wiring_files import MAPPINGS

SHIPPED = MAPPINGS / "codes" / "divisions"


def change(old: str, since: str, new: str = "", **parts: list[str] | None) -> DivisionChange:
    """A change; parts as d419905=[towns], or None for the rest."""
    made = tuple(
        DivisionPart(new=code[1:], of=tuple(of or ()), rest=of is None)
        for code, of in parts.items()
    )
    return DivisionChange(
        old=old, new=new, parts=made, since=date.fromisoformat(since), source="a test"
    )


CHANGES = [
    change("419960", "2026-01-01", "419961"),  # renamed, and the new one divided in October
    change("419961", "2026-10-01", d419905=["419961101", "419961102003"], d419906=None),
    change("419962", "2026-10-01", d419905=["419962101"], d419906=["419962102"]),
    change("419907", "2026-10-01", d419907=None, d419905=["419907104"]),  # gave a town away
    change("419905", "2027-01-01", "419915"),
]
CASES = [
    # period, code as written, code then
    ("2026-09", "419961101001", "419961101001"),
    ("2026-10", "419961101001", "419905"),
    ("2026-10", "419961102003", "419905"),
    ("2026-10", "419961102004", "419906102004"),
    ("2026-10", "419961103001", "419906103001"),
    ("2026-10", "419961000000", NOBODY_SAYS),
    ("2026-10", "419960101001", NOBODY_SAYS),
    ("2026-09", "419960101001", "419961101001"),
    ("2026-10", "419962102001", "419906"),
    ("2026-10", "419962103001", NOBODY_SAYS),
    ("2026-10", "419962000000", NOBODY_SAYS),
    ("2026-10", "419907000000", "419907000000"),
    ("2026-10", "419907103001", "419907103001"),
    ("2026-10", "419907104001", "419905"),
    ("2027-01", "419907104001", "419915"),
    ("2027-01", "419962101001", "419915"),
    ("2027-01", "419962103001", NOBODY_SAYS),
]


@pytest.mark.parametrize(("period", "written", "then"), CASES)
def test_a_place_of_a_divided_division(period: str, written: str, then: str) -> None:
    assert now_called(written, moved_by(CHANGES, period)) == then


@pytest.mark.parametrize(
    ("period", "code", "within"),
    [
        ("2026-09", "419961", {"419961"}),
        ("2026-10", "419961", {"419905", "419906"}),
        ("2026-10", "419960", {"419905", "419906"}),
        ("2026-10", "419907", {"419905", "419907"}),
        ("2027-01", "419962", {"419906", "419915"}),
        ("2027-01", "419901", {"419901"}),
    ],
)
def test_every_part_of_a_divided_division_is_told(period: str, code: str, within: set[str]) -> None:
    assert now_within(code, CHANGES, period) == within


REFUSED = [
    {"new": "419902", "parts": [{"new": "419903"}, {"new": "419904"}]},
    {},
    {"parts": [{"new": "419903"}]},
    {"parts": [{"new": "419903"}, {"new": "419903"}]},
    {"parts": [{"new": "419903"}, {"new": "419904101"}]},
    {"parts": [{"new": "419903", "rest": True}, {"new": "419904", "rest": True}]},
    {"parts": [{"new": "419903", "of": ["419901101"]}, {"new": "419904", "of": ["419901101"]}]},
    {"parts": [{"new": "419903", "of": ["419902101"]}, {"new": "419904"}]},
    {"parts": [{"new": "419903", "of": ["4199011"]}, {"new": "419904"}]},
    {"parts": [{"new": "419903", "of": ["419901"]}, {"new": "419904"}]},
    {"parts": [{"new": "419901", "rest": True}, {"new": "419904"}]},
    {"parts": [{"new": "419901"}, {"new": "419904", "of": ["419901101"]}]},
]


@pytest.mark.parametrize("wrong", REFUSED)
def test_a_change_that_says_too_little_or_two_things_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        DivisionChange.model_validate(
            {"old": "419901", "since": "2026-10-01", "source": "a test"} | wrong
        )


def test_a_county_that_is_missing_and_was_divided_holds_all_its_parts() -> None:
    closing = Closing(1, 1, "", (ScopeCount("419962", 1),), ("419962",))
    state = RollState(SourceState.PARTIAL, Delivery("s", "r", "2026-10", (), closing))

    class Plan:
        divisions = CHANGES

    found = {
        scope: _scope_state(state, scope, Plan(), "2026-10")  # type: ignore[arg-type]
        for scope in ("*", "419905", "419906", "419907")
    }
    assert found == {
        "*": SourceState.PARTIAL, "419905": SourceState.PARTIAL, "419906": SourceState.PARTIAL,
        "419907": SourceState.VERIFIED,
    }  # fmt: skip


def test_what_ships_is_consistent() -> None:
    """Codes of provinces that are, days in order, no code given up twice, no way back to where one began."""
    for path in SHIPPED.glob("*.yaml"):
        of = load_spec(path, ShippedChanges)
        assert [c.since for c in of.changes] == sorted(c.since for c in of.changes), path.name
        given_up = [c.old for c in of.changes if c.given_up]
        assert len(given_up) == len(set(given_up)), path.name
        assert all(date(1999, 1, 1) < c.since <= of.dated for c in of.changes)
        for one in of.changes:
            codes = {one.old, *one.successors}
            assert all(11 <= int(code[:2]) <= 65 and code[4:6] != "00" for code in codes), one
            assert len({code[:2] for code in codes}) == 1, "a county stays in its province"
            end = now_within(one.old, of.changes, "9999-12")
            assert (one.old in end) == (not one.given_up), f"{one.old} comes back"
            later = {c.old for c in of.changes if c.given_up}
            assert not end & later, f"{one.old} ends at a code that was given up"
        for old, new in moved_by(of.changes, "9999-12").items():
            assert now_called(new, moved_by(of.changes, "9999-12")) == new, old


def test_a_site_near_a_part_of_a_divided_county_gets_the_change(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "zh: 测试\nsource: a test\ndated: 2026-11-22\nlicence: none\nchanges:\n"
        '  - {old: "419962", since: 2026-10-01, source: a test,\n'
        '     parts: [{new: "419905", of: ["419962101"]}, {new: "420106", rest: true}]}\n',
        "utf-8",
    )
    for near, found in (("420100", 1), ("419900", 1), ("420200", 0)):
        assert len(load_changes(tmp_path / "none.yaml", tmp_path, near)) == found
