"""A look back says what was said then, byte for byte, and changes nothing."""

import json
import re
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from click.testing import Result
from night_kit import NIGHTS, Town, WelfareDesk, count, judged_night, rows, run_night, said
from typer.testing import CliRunner

from gateway.cli.common import moment
from gateway.cli.main import app
from gateway.engine import Engine
from gateway.inquiry import FIELDS
from gateway.model.errors import UsageError
from gateway.pipeline import ReplayAsk, ReplayReport, replay
from gateway.wiring import open_house
from gateway.wiring_files import MAPPINGS

SiteAfter = Callable[[int], Path]
UNTOUCHED = (
    "finding", "finding_past", "case_file", "case_event", "outbox", "person", "person_block",
    "counter", "published_run", "snapshot", "source_status", "source_status_past", "quarantine",
    "delivery", "excuse", "judgement", "ledger",
)  # fmt: skip
ORDER = [("rule", "ascending"), ("person_id", "ascending"), ("source", "ascending"),
         ("evidence_roll", "ascending"), ("scope", "ascending")]  # fmt: skip


def known(site: Path, run: int) -> datetime:
    text = rows(site, "SELECT known_at FROM run WHERE run_id = ?", run)[0]["known_at"]
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def looked(
    site: Path, as_of: date, known_at: datetime, **ask: Any
) -> tuple[ReplayReport, pa.Table]:
    """A replay and every outcome of it."""
    kept: list[pa.Table] = []
    module = sys.modules[replay.__module__]
    findings = module._findings

    def watched(engine: Engine) -> pa.Table:
        kept.append(engine.fetch("FROM outcome"))
        return findings(engine)

    with mock.patch.object(module, "_findings", watched), open_house(site) as opened:
        report = replay(opened.house, ReplayAsk(as_of, known_at, **ask))
    return report, kept[0]


def bytes_of(outcomes: pa.Table) -> bytes:
    """Every outcome, every column, in one order."""
    sink = pa.BufferOutputStream()
    ordered = outcomes.sort_by(ORDER).combine_chunks()
    with pa.ipc.new_stream(sink, ordered.schema) as stream:
        stream.write_table(ordered)
    return sink.getvalue().to_pybytes()


def test_every_night_is_said_again_byte_for_byte(town: Town, site_after: SiteAfter) -> None:
    site = site_after(1)
    nights = [judged_night(site, day) for day in NIGHTS[1:]]
    before = {table: rows(site, f"SELECT * FROM {table}") for table in UNTOUCHED}
    for number, (day, night) in enumerate(zip(NIGHTS[1:], nights, strict=True), start=2):
        report, outcomes = looked(site, day, known(site, number))
        assert bytes_of(outcomes) == bytes_of(night.outcomes)
        assert report.same
        assert report.night is not None
        assert (report.run.kind, report.night.run_id) == ("replay", number)
        fired = {row["finding_key"] for row in night.outcomes.to_pylist() if row["kind"] == "fires"}
        kept = rows(site, "SELECT * FROM replay_finding WHERE run_id = ?", report.run.run_id)
        assert {row["finding_key"] for row in kept} == fired
        assert report.findings == len(kept) > 0
    assert {table: rows(site, f"SELECT * FROM {table}") for table in UNTOUCHED} == before


def test_a_late_correction_supersedes_and_overwrites_nothing(
    town: Town, site_after: SiteAfter, tmp_path: Path
) -> None:
    site, day = site_after(2), NIGHTS[2]
    desk = WelfareDesk(town, tmp_path / "desk", f"{day:%Y-%m}")
    desk.drop("half_honest")
    desk.serve(site)
    first = judged_night(site, day)
    assert first.report.run.state == "held"
    desk.drop()
    second = judged_night(site, day)
    assert second.report.run.state == "done"
    assert bytes_of(second.outcomes) != bytes_of(first.outcomes)
    then, now = first.report.run, second.report.run
    assert bytes_of(looked(site, day, then.known_at)[1]) == bytes_of(first.outcomes)
    just_before = now.known_at - timedelta(microseconds=1)
    assert bytes_of(looked(site, day, just_before)[1]) == bytes_of(first.outcomes)
    assert bytes_of(looked(site, day, now.known_at)[1]) == bytes_of(second.outcomes)


def test_a_day_of_last_spring_is_judged_with_what_is_known_now(site_after: SiteAfter) -> None:
    # The first night's rolls, in the knowledge of the third: whoever left since is there.
    site = site_after(3)
    report, _ = looked(site, NIGHTS[0], known(site, 3))
    assert report.night is None
    assert report.same is None
    first, _ = looked(site, NIGHTS[0], known(site, 1))
    assert first.same
    by_rule = {c.rule: c for c in report.outcomes}
    for then in first.outcomes:
        assert (then.rule, then.universe) == (then.rule, by_rule[then.rule].universe)
        assert then.fires == by_rule[then.rule].fires


def test_nothing_was_known_before_the_first_night(site_after: SiteAfter) -> None:
    site = site_after(1)
    with open_house(site) as opened, pytest.raises(UsageError, match="nothing was known"):
        replay(opened.house, ReplayAsk(NIGHTS[0], known(site, 1) - timedelta(seconds=1)))
    assert count(site, "run") == 1


def test_a_night_after_a_replay_goes_its_way(site_after: SiteAfter) -> None:
    looked_at, plain = site_after(2), site_after(3)
    looked(looked_at, NIGHTS[0], known(looked_at, 1))
    run_night(looked_at, NIGHTS[2])
    for table in ("finding", "case_file", "outbox"):
        skip = ("run_id", "first_run", "outbox_id", "evidence")
        assert said(looked_at, table, *skip) == said(plain, table, *skip)


NEWBORN = "MED-01"


def override(site: Path, since: str, version: int) -> None:
    """A site's own MED-01 from a day on, which nobody can fire: it is in force nowhere."""
    folder = site / "policy"
    folder.mkdir(exist_ok=True)
    text = (MAPPINGS / "policy" / f"{NEWBORN}.yaml").read_text(encoding="utf-8")
    text = re.sub(r"^version: \d+", f"version: {version}", text, flags=re.MULTILINE)
    text = re.sub(r"^effective:.*", f"effective: {{since: {since}}}", text, flags=re.MULTILINE)
    (folder / f"{NEWBORN}.yaml").write_text(text, encoding="utf-8")


def versions(outcomes: pa.Table) -> set[int]:
    return {row["rule_version"] for row in outcomes.to_pylist() if row["rule"] == NEWBORN}


def test_rules_and_facts_are_chosen_apart(site_after: SiteAfter) -> None:
    site = site_after(2)
    override(site, "2020-01-01", 9)
    run_night(site, NIGHTS[2])
    then = known(site, 1)
    assert versions(looked(site, NIGHTS[0], then)[1]) == {1}
    assert versions(looked(site, NIGHTS[0], then, rules="current")[1]) == {9}
    now = known(site, 3)
    assert versions(looked(site, NIGHTS[2], now)[1]) == {9}
    assert versions(looked(site, NIGHTS[2], now, law=NIGHTS[1])[1]) == {1}


def test_without_a_night_of_then_the_files_own_days_decide(site_after: SiteAfter) -> None:
    site = site_after(1)
    override(site, "2026-09-01", 9)
    known_at, before = known(site, 1), date(2026, 8, 1)
    assert versions(looked(site, NIGHTS[0], known_at, rules="current")[1]) == {9}
    assert versions(looked(site, NIGHTS[0], known_at, law=before)[1]) == {1}


def test_the_command_looks_back_lists_and_exports(site_after: SiteAfter) -> None:
    site = site_after(3)
    when = f"{known(site, 3).isoformat()}"
    looked_back = invoke("run", "--as-of", str(NIGHTS[2]), "--known-at", when, site=site)
    assert looked_back.exit_code == 0
    assert "the same sums as night 3" in looked_back.stderr
    listed = json.loads(invoke("replay", "list", "--json", site=site).stdout)
    assert [(row["run"], row["as_of"]) for row in listed] == [(4, str(NIGHTS[2]))]
    exported = invoke("replay", "export", "4", "--purpose", "supervision", site=site)
    found = [json.loads(line) for line in exported.stdout.splitlines()]
    kept = rows(site, "SELECT finding_key FROM replay_finding WHERE run_id = 4")
    assert {row["key"] for row in found} == {row["finding_key"] for row in kept}
    assert {row["state"] for row in found} == {None}
    assert {tuple(row) for row in found} == {FIELDS}
    audited = rows(site, "SELECT action, purpose FROM audit ORDER BY entry DESC LIMIT 1")
    assert audited == [{"action": "replay.export", "purpose": "supervision"}]


@pytest.mark.parametrize(
    "options", [["--source", "education"], ["--resume"], ["--baseline"]], ids=lambda o: o[0]
)
def test_a_look_back_collects_nothing(options: list[str], tmp_path: Path) -> None:
    refused = invoke("run", "--known-at", "2026-11-16", *options, site=tmp_path)
    assert refused.exit_code == 2


def test_a_date_is_the_end_of_the_day_where_the_site_is() -> None:
    beijing = ZoneInfo("Asia/Shanghai")
    night = datetime(2026, 3, 6, 0, 30, tzinfo=beijing)
    assert moment("2026-03-05", "--known-at", beijing) < night.astimezone(UTC)
    assert moment("2026-03-06", "--known-at", beijing) > night.astimezone(UTC)
    assert moment("2026-03-06T00:30:00", "--known-at", beijing) == night
    assert moment("2026-03-05T16:30:00+00:00", "--known-at", beijing) == night


def test_the_impact_of_other_rules_is_counted_before_they_are_switched_on(
    site_after: SiteAfter,
) -> None:
    site = site_after(3)
    fired = rows(site, "SELECT fires FROM outcome_count WHERE run_id = 3 AND rule = ?", NEWBORN)
    folder = site / "try"
    folder.mkdir()
    own = (MAPPINGS / "policy" / f"{NEWBORN}.yaml").read_text(encoding="utf-8")
    own = re.sub(r"^version: \d+", "version: 7", own, flags=re.MULTILINE)
    own = re.sub(r"^divisions: .*", 'divisions: ["11"]', own, flags=re.MULTILINE)
    (folder / f"{NEWBORN}.yaml").write_text(own, encoding="utf-8")
    said = json.loads(invoke("rule", "impact", str(folder), "--json", site=site).stdout)
    by_rule = {row.pop("rule"): row for row in said}
    mine = by_rule.pop(NEWBORN)
    assert mine["fires_now"] == mine["no_longer_firing"] == fired[0]["fires"] > 0
    assert mine["would_fire"] == mine["newly_firing"] == 0
    assert all(row["newly_firing"] == row["no_longer_firing"] == 0 for row in by_rule.values())
    assert count(site, "run") == 3
    told = invoke("rule", "impact", str(folder), site=site).output
    assert NEWBORN in told and not any(rule in told for rule in by_rule)
    assert f"{len(by_rule)} other rules stay as they are" in told


def test_two_versions_are_shown_field_by_field(site_after: SiteAfter) -> None:
    site = site_after(0)
    override(site, "2027-01-01", 9)
    said = json.loads(invoke("rule", "diff", NEWBORN, "--json", site=site).stdout)
    assert {(row["field"], row["after"]) for row in said} == {
        ("version", "9"), ("effective.since", "2027-01-01"),
    }  # fmt: skip
    assert invoke("rule", "diff", "EDU-01", site=site).exit_code == 2


def test_the_examples_of_one_rule_run_alone(site_after: SiteAfter) -> None:
    site = site_after(0)
    (row,) = json.loads(invoke("rule", "test", NEWBORN, "--json", site=site).stdout)
    assert row["rule"] == NEWBORN and row["examples"] > 0 and row["failed"] == 0
    assert invoke("rule", "test", "EDU-99", site=site).exit_code == 2


def invoke(*words: str, site: Path) -> Result:
    return CliRunner().invoke(app, [*words, "--site", str(site)])
