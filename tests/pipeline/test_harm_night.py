"""A night with signs of harm: sealed on arrival, one line in the ledger, all else as if they were not."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import golden_rolls
import pytest
from golden_rolls import write_rolls
from night_kit import NIGHTS, Judged, Town, copy_site, judged_night, rows, run_night
from typer.testing import CliRunner

from gateway.access import Purpose, Reader
from gateway.cli import demo
from gateway.cli.main import app
from gateway.wiring import open_site_store
from gateway.wiring_apps import make_inquiry
from sandbox.bureaus.launch import start_bureaus

MISSING, REFUSED, SIBLING = "DA01", "DA10", "DA05"
"""A pupil whose whereabouts are unknown; one whose row is refused but says the same; a child of the
first one's guardian."""
HARMED = golden_rolls.ENROLMENT | {
    "E01": ("DA01", "04", "15", "20261101", ""),
    "E10": ("DA10", "99", "15", "20261101", ""),
}


@pytest.fixture(scope="module")
def harmed(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Judged]]:
    folder = tmp_path_factory.mktemp("harmed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(golden_rolls, "ENROLMENT", HARMED)
        registry = golden_rolls._registry

        def guarded(key: str) -> dict[str, str]:
            same = {"监护人姓名": "甲大伯", "监护人身份证号": golden_rolls.number("19820101", 105)}
            return registry(key) | (same if key in (MISSING, SIBLING) else {})

        patch.setattr(golden_rolls, "_registry", guarded)
        city = write_rolls(folder / "city")
    for bureau in town.bureaus:
        for part in ("keys", "partners", "tls"):
            if (bureau.folder / part).is_dir():
                shutil.copytree(bureau.folder / part, folder / "bureaus" / bureau.name / part)
    site = copy_site(town.after[0], folder / "site")
    with start_bureaus(folder / "bureaus", city) as bureaus:
        demo.write_sources(site, bureaus)
        (site / "keys" / "data" / "protection-role.key").rename(folder / "role.key")
        yield site, judged_night(site, NIGHTS[-1])


def test_signs_are_kept_on_arrival_refused_rows_too(harmed: tuple[Path, Judged]) -> None:
    site, judged = harmed
    assert judged.report.restricted == 2
    private = bytes.fromhex((site.parent / "role.key").read_text().strip())
    with open_site_store(site) as store:
        opened = [store.harm.opened(f.harm_id, private) for f in store.harm.open_files()]
    found = {(sign["sign"], sign["refused"]) for one in opened for sign in one.signs}
    assert found == {("student_missing", False), ("student_missing", True)}


def test_the_ledger_says_one_line_and_no_rule_counts_it(harmed: tuple[Path, Judged]) -> None:
    site, _ = harmed
    reader = Reader("officer", "person", ("",))
    with open_site_store(site) as store:
        view = make_inquiry(site, store).night(reader, Purpose.SUPERVISION)
    assert view is not None
    assert view.restricted == 2
    assert not any("HRM" in line.sums.rule for line in view.rules)
    assert not any("harm" in str(row).lower() for row in rows(site, "SELECT * FROM finding"))


def test_the_child_and_who_shares_the_guardian_are_with_a_named_officer(
    harmed: tuple[Path, Judged],
) -> None:
    site, judged = harmed
    keys = {p["person_id"]: p["base_row_key"] for p in judged.persons.to_pylist()}
    with open_site_store(site) as store:
        ids = [person for person in keys if store.persons.person(person)]
        closed = {keys[person] for person in store.persons.closed(ids)}
    with_case = {keys[person] for person in ids}
    assert closed == with_case & {MISSING, REFUSED, SIBLING}
    assert SIBLING in closed


def test_the_next_night_pages_nobody_anew(harmed: tuple[Path, Judged]) -> None:
    site, _ = harmed
    assert run_night(site, NIGHTS[-1]).restricted == 0


def test_the_worker_pages_once_a_case_and_says_nothing_of_the_child(
    harmed: tuple[Path, Judged],
) -> None:
    site, _ = harmed
    for _ in range(2):
        assert CliRunner().invoke(app, ["work", "--site", str(site)]).exit_code == 0
    pages = [json.loads(p.read_text()) for p in sorted((site / "var" / "pages").glob("*.json"))]
    assert [(page["case"], page["level"]) for page in pages] == [(1, 0), (2, 0)]
    assert {tuple(sorted(page)) for page in pages} == {("at", "case", "level")}
