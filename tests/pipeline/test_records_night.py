"""Rolls with many rows of a child, from sealed files to outcomes: each of their rules fires, is satisfied,
excuses and holds through a whole night."""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from night_kit import judged_night, site_at
from record_rolls import (
    CHILDREN,
    OUTSIDE,
    ROLLS,
    STANDARDS,
    WORKBOOKS,
    write_list,
    write_mappings,
    write_sources,
)

from gateway import seal as seal_tool
from gateway.exchange import PartnerFile, add_partner
from gateway.model.exchange import Action

AS_OF, PERIOD = date(2026, 11, 18), "2026-11"
EXPECTED = {
    "EDU-06": {
        "bare": "fires aid_missing", "all": "satisfied aid_paid",
        "doubt": "held undecided_pair",
    },
    "EDU-08": {
        "bare": "fires suspected", "all": "satisfied attending", "excused": "excused leave_of_absence",
    },
    "MED-03": {
        "bare": "fires paid_above_share", "above": "satisfied share_kept", "excused": "excused help_on_file",
        "doubt": "not_applicable nothing_paid",
    },
    "MED-06": {
        "bare": "fires not_paid_for_next", "all": "satisfied paid_for_next",
        "doubt": "held undecided_pair",
    },
    "MED-07": {
        "bare": "fires no_identity", "all": "satisfied identity_valid",
        "doubt": "held undecided_pair",
    },
    "WEL-03": {
        "above": "fires above_highest", "all": "excused disability_allowance",
        "home_low": "satisfied within_standard", "excused": "excused arrears",
    },
    "WEL-04": {
        "bare": "fires below_standard", "above": "satisfied standard_paid",
        "doubt": "held undecided_pair",
    },
    "WEL-06": {"poor": "fires severe", "poor_well": "not_applicable no_severe_disability"},
    "WEL-08": {
        "bare": "fires nursing_missing", "all": "satisfied allowance_paid",
        "doubt": "held undecided_pair",
    },
    "WEL-09": {
        "bare": "fires no_rehabilitation", "all": "satisfied rehabilitated",
        "doubt": "held undecided_pair",
    },
    "WEL-10": {
        "home_low": "fires below_institutional", "home_full": "satisfied standard_paid",
        "home_doubt": "held undecided_pair",
    },
    "IDN-02": {"dead": "fires contradiction", "likely_dead": "not_applicable not_reported"},
}  # fmt: skip
"""Rule → child → outcome. `doubt` stands on each roll in one row without a number, born on a lunar day:
no rule of absence may speak of it."""


def tool(*arguments: str) -> None:
    with pytest.raises(SystemExit) as ended:
        seal_tool.main(arguments)
    assert ended.value.code == 0


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, str]]]:
    """Rule → child's file (or name of a child outside) → kind and reason, after one whole night."""
    folder = tmp_path_factory.mktemp("records")
    spill = Path(tempfile.mkdtemp(prefix="cwg-test-", dir="/dev/shm"))
    site, keys, out = folder / "site", folder / "keys", folder / "out"
    out.mkdir()
    try:
        site_at(site, spill)
        tool("keys", "--party", "front", "--keys", str(keys))
        sources = tuple(sorted({name.split("/")[0] for name in ROLLS}))
        spec = PartnerFile(name="front", sources=sources, actions=tuple(Action))
        add_partner(site / "partners", spec, sorted((keys / "ec").glob("*.cert.pem")))
        write_mappings(site)
        write_sources(site, out)
        standards = site / "policy" / "parameters" / "basic_living.yaml"
        standards.parent.mkdir(parents=True, exist_ok=True)
        standards.write_text(STANDARDS, "utf-8")
        for name, (_, rows) in ROLLS.items():
            source, roll = name.split("/")
            kind = "xlsx" if roll in WORKBOOKS else "csv"
            file = write_list(folder / f"{roll}.{kind}", rows())
            tool("seal", str(file), "--party", "front", "--keys", str(keys), "--to",
                 str(site / "keys" / "ec"), "--source", source, "--roll", roll, "--period", PERIOD,
                 "--into", str(out / source))  # fmt: skip
        judged = judged_night(site, AS_OF)
    finally:
        shutil.rmtree(spill, ignore_errors=True)
    states = {c.roll: (c.state, c.quarantined, c.note) for c in judged.report.collected}
    assert set(states.values()) == {("verified", 0, "")}, states
    names = {p["person_id"]: p["name"] for p in judged.persons.to_pylist()}
    keys_of = {v[0]: k for k, v in (CHILDREN | OUTSIDE).items()}
    found: dict[str, dict[str, str]] = {}
    for o in judged.outcomes.to_pylist():
        if o["person_id"] is not None:
            said = f"{o['kind']} {o['reason']}"
            found.setdefault(o["rule"], {})[keys_of[names[o["person_id"]]]] = said
    yield found


@pytest.mark.parametrize("rule", EXPECTED)
def test_the_rules_of_these_rolls_judge_truly(
    outcomes: dict[str, dict[str, str]], rule: str
) -> None:
    assert {child: outcomes[rule][child] for child in EXPECTED[rule]} == EXPECTED[rule]


def test_a_child_who_could_be_dead_is_asked_about_and_goes_on(
    outcomes: dict[str, dict[str, str]],
) -> None:
    assert outcomes["IDN-01"]["likely_dead"] == "fires undecided_pair"
    assert outcomes["MED-06"]["likely_dead"].startswith("fires")
    assert outcomes["MED-06"]["dead"] == "excused death_reported"
