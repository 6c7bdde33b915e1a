"""`cwg rule explain` tells of one child what the night told; `impact --list` tells whose finding changes."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
from click.testing import Result
from night_kit import NIGHTS, Town, rows
from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.wiring import open_house
from gateway.wiring_files import MAPPINGS

SiteAfter = Callable[[int], Path]
RATES = """
topic: basic_living
title: {zh: 基本生活保障标准, en: basic living standard}
unit: {zh: 元每月, en: yuan a month}
keys: {orphan: {zh: 孤儿, en: orphan}, orphan_institution: {zh: 机构, en: institution}}
values:
  - {since: 2024-01-01, reference: 本市通知, amounts: {orphan: 1270, orphan_institution: 1720}}
"""
OPEN = "case_id IN (SELECT case_id FROM case_file WHERE state = 'open')"


def cwg(site: Path, *words: str, told: str | None = None) -> Result:
    return CliRunner().invoke(app, [*words, "--site", str(site)], input=told)


def explained(site: Path, person: int) -> Any:
    done = cwg(site, "rule", "explain", str(person), "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_the_page_says_of_a_child_what_the_night_said(site_after: SiteAfter) -> None:
    site = site_after(3)
    (site / "policy" / "parameters").mkdir(parents=True, exist_ok=True)
    (site / "policy" / "parameters" / "basic_living.yaml").write_text(RATES, encoding="utf-8")
    found = rows(site, f"SELECT person_id, evidence FROM finding WHERE rule = 'WEL-02' AND {OPEN}")
    person = found[0]["person_id"]
    (cited,) = json.loads(found[0]["evidence"])
    page = explained(site, person)
    fired = {one["rule"]: one for one in page["rules"] if one["outcome"] == "fires"}
    mine = rows(site, f"SELECT rule FROM finding WHERE person_id = ? AND {OPEN}", person)
    assert set(fired) == {row["rule"] for row in mine}
    assert cited["ref"] in fired["WEL-02"]["evidence"]
    assert len(fired["WEL-02"]["excuses_looked_for"]) > 1
    sealed = [r for r in page["rules"] if r["rule"].startswith("GRD")]
    assert len(sealed) == 3
    assert {(r["outcome"], r["reason"]["zh"], r["evidence"]) for r in sealed} == {
        ("", "按规定保障", "")
    }
    assert [one["rule"] for one in page["rules"]] == sorted({r["rule"] for r in page["rules"]})
    (category,) = [one for one in page["categories"] if one["registered"]]
    assert category["holds"]
    assert len(page["months"]) <= 6
    assert page["months"][-1]["month"] == "2026-10-01"
    assert page["in_rolls"]
    assert set(fired) <= {one["rule"] for one in page["findings"]}
    if category["fact"] == "orphan":
        assert {r["reference"] for r in category["rights"]} >= {"本市通知"}
    assert rows(site, "SELECT subject FROM audit WHERE action = 'rule.explain'")[0][
        "subject"
    ] == str(person)


WEL_01 = "FROM finding JOIN case_file USING (case_id) WHERE rule = 'WEL-01'"


def test_words_without_names_and_numbers(town: Town, site_after: SiteAfter) -> None:
    site = site_after(3)
    asked = rows(site, f"SELECT state, min(person_id) AS person {WEL_01} GROUP BY state")
    assert len(asked) > 1, asked
    everybody = pq.read_table(town.city / "people.parquet")
    numbers = everybody.filter(pc.equal(everybody["kind"], "number"))["value"].to_pylist()
    names = everybody.filter(pc.equal(everybody["kind"], "name"))["value"].to_pylist()
    for row in asked:
        done = cwg(site, "rule", "explain", str(row["person"]))
        assert done.exit_code == 0, row
        assert "WEL-01" in done.output
        lost = row["state"] == "lost_subject"
        assert not lost or "各名册中均无此人" in done.output
        assert ("困难家庭儿童未登记" in done.output) != ("各名册中均无此人" in done.output)
        assert not [number for number in numbers if number in done.output]
        assert not [name for name in names if len(name) > 2 and name in done.output]


def test_who_is_in_no_roll_any_more_has_a_page_of_what_was_found(site_after: SiteAfter) -> None:
    site = site_after(3)
    (gone, *_) = rows(site, f"SELECT * {WEL_01} AND state = 'lost_subject' ORDER BY person_id")
    page = explained(site, gone["person_id"])
    assert not page["in_rolls"]
    assert not page["rules"]
    (said,) = [one for one in page["findings"] if one["rule"] == "WEL-01"]
    assert (said["key"], said["state"]) == (gone["finding_key"], "lost_subject")
    assert said["last_said"] == NIGHTS[0].isoformat()
    with open_house(site) as opened:
        opened.house.store.harm.mark(
            gone["person_id"], "named_officer", "officer", datetime.now(UTC)
        )
    refused = cwg(site, "rule", "explain", str(gone["person_id"]))
    assert refused.exit_code == 1
    assert "专人办理" in refused.output


def test_a_child_is_described_on_stdin_not_in_arguments(town: Town, site_after: SiteAfter) -> None:
    site = site_after(1)
    with open_house(site) as opened:
        ids = [r["person_id"] for r in rows(site, "SELECT person_id FROM person")]
        known = next(p for p in opened.house.store.persons.people(ids) if p.id_number and p.name)
    told = {"name": known.name, "number": known.id_number, "birth_date": f"{known.birth_date}"}
    done = cwg(site, "rule", "explain", "--json", told=json.dumps(told))
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["person"] == known.person_id
    assert cwg(site, "rule", "explain", told='{"name": "不在这里"}').exit_code == 2


def test_nobody_of_that_number(site_after: SiteAfter) -> None:
    assert cwg(site_after(1), "rule", "explain", str(10**9)).exit_code == 2


def test_the_interlock_holds_on_the_page_and_in_the_list(site_after: SiteAfter) -> None:
    site, folder = site_after(3), site_after(1) / "try"
    own = (MAPPINGS / "policy" / "WEL-01.yaml").read_text(encoding="utf-8")
    folder.mkdir()
    other = re.sub(r"^divisions: .*", 'divisions: ["11"]', own, flags=re.MULTILINE)
    (folder / "WEL-01.yaml").write_text(other, encoding="utf-8")
    ask = ("rule", "impact", str(folder), "--list", "--json")
    (before,) = [row for row in json.loads(cwg(site, *ask).stdout) if row["rule"] == "WEL-01"]
    first, *_ = found = [one["person_id"] for one in before["children"]]
    with open_house(site) as opened:
        opened.house.store.harm.mark(first, "named_officer", "officer", datetime.now(UTC))
    refused = cwg(site, "rule", "explain", str(first))
    assert refused.exit_code == 1
    assert "专人办理" in refused.output
    said = json.loads(cwg(site, *ask).stdout)
    (mine,) = [row for row in said if row["rule"] == "WEL-01"]
    assert mine["no_longer_firing"] == len(mine["children"]) == len(found) > 1
    listed = [one["person_id"] for one in mine["children"]]
    assert sorted(p for p in listed if isinstance(p, int)) == sorted(set(found) - {first})
    assert "专人办理" in "".join(p for p in listed if isinstance(p, str))
    counted = sum(place["no_longer_firing"] for place in mine["divisions"])
    assert counted == len(found)
    assert all(len(place["division"]) == 6 for place in mine["divisions"])
    assert not [row for row in said if row["rule"] != "WEL-01" and row["children"]]
