"""An old ledger of handled cases: what it says of children excuses them, inside its time and matter only."""

import csv
import io
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

from night_kit import NIGHTS, Town, count, people, rows
from typer.testing import CliRunner

from gateway.access import Role
from gateway.casework import plan
from gateway.cli.main import app
from gateway.cli.people import open_account
from gateway.engine import Engine
from gateway.pipeline import NightAsk, night
from gateway.policy import load_rules
from gateway.wiring import open_house, open_site_store
from gateway.wiring_files import MAPPINGS

RUN = CliRunner()
AS_OF = NIGHTS[2]
RULES = {"EDU-01", "EDU-02", "MED-01", "MED-02", "SRC-01"}
HEADING = (
    "序号", "儿童姓名", "身份证号", "出生日期", "问题类型", "办理结果", "处理日期", "有效期至", "文号",
    "性别", "区划代码", "家长姓名",
)  # fmt: skip
LATER = "2099-12-31"


def cases(site: Path, rule: str) -> list[int]:
    query = """
        SELECT f.person_id FROM finding AS f JOIN case_file AS c ON c.case_id = f.case_id
        WHERE f.rule = ? AND c.state IN ('baseline_pending', 'open') ORDER BY f.person_id
    """
    return [row["person_id"] for row in rows(site, query, rule)]


def line(
    store: Any, person_id: int, matter: str, result: str, on: str, until: str = ""
) -> tuple[str, ...]:
    child = store.persons.person(person_id)
    return (child.name, child.id_number or "", str(child.birth_date), matter, result, on, until)


def write(folder: Path, lines: list[tuple[str, ...]]) -> Path:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADING)
    writer.writerows(
        (number, *one, "民函3号", "", "", "") for number, one in enumerate(lines, start=1)
    )
    path = folder / "台账.csv"
    path.write_bytes(out.getvalue().encode("gb18030"))
    return path


def handled(site: Path, words: list[str], typed: str = "") -> tuple[int, list[Any], str]:
    done = RUN.invoke(app, ["handled", *words, "--json", "--site", str(site)], input=typed)
    decoder, text, found = json.JSONDecoder(), done.stdout.lstrip(), []
    while text.startswith("["):
        value, end = decoder.raw_decode(text)
        found.append(value)
        text = text[end:].lstrip()
    return done.exit_code, found, done.output


def outcomes(site: Path) -> dict[tuple[str, int], tuple[str, str]]:
    kept: list[Any] = []

    def watched(engine: Engine, *args: Any, **options: Any) -> Any:
        kept.append(engine.fetch("FROM outcome WHERE person_id IS NOT NULL").to_pylist())
        return plan(engine, *args, **options)

    with open_house(site) as opened:
        house = replace(opened.house, rules=tuple(r for r in opened.house.rules if r.id in RULES))
        with mock.patch.object(sys.modules[night.__module__], "plan_cases", watched):
            night(house, NightAsk(AS_OF, datetime.now(UTC)))
    return {(o["rule"], o["person_id"]): (o["kind"], o["reason"]) for o in kept[0]}


def test_an_old_ledger_excuses_its_children_until_its_end(
    site_after: Callable[[int], Path], town: Town, tmp_path: Path, bureaus_in_order: Town
) -> None:
    site = site_after(2)
    settings = site / "site.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("[site]\n", f"[site]\nas_of = {AS_OF}\n", 1), "utf-8")
    still = set(cases(town.after[3], "MED-01"))
    a, b, c, d = [person for person in cases(site, "MED-01") if person in still][:4]
    with open_site_store(site) as store:
        typed = "".join(
            f"{open_account(store, name, [Role.DATA_OFFICER], ('',), must_change=False)}\n\n"
            for name in ("wang", "li")
        )
        file = write(tmp_path, [
            line(store, a, "断保", "异地参保", "2026-03-01", LATER),
            line(store, b, "医保", "已参保", "2026-10-01"),
            line(store, c, "医保", "家长拒绝", "2025-10-01"),
            line(store, d, "失学", "误报", "2026-10-01"),
            ("慕容不在", "", "2011-01-02", "失学", "误报", "2026-10-01", ""),
            line(store, d, "失学", "继续跟踪", "2026-10-01"),
        ])  # fmt: skip

    code, told, said = handled(site, ["preview", str(file)])
    assert code == 0, said
    counts, missing = told
    new = {"outcome": "新增 · new", "rows": 3}
    over = {"outcome": "已过有效期 · its time is over", "rows": 1}
    assert new in counts
    assert over in counts
    assert [(m["row"], m["why"].partition(" ")[0]) for m in missing] == [
        (6, "处理结果:unlisted"), (5, "未匹配到儿童"),
    ]  # fmt: skip
    assert count(site, "excuse") == 0
    names, numbers = people(town.city)
    assert not [n for n in (*names, *numbers) if n in said]

    witnesses = ["--first", "wang", "--second", "li", "--letter-no", "民函〔2026〕3号"]
    wrong = handled(site, ["import", str(file), *witnesses], "wrong\n\nwrong\n\n")
    assert (wrong[0], count(site, "excuse")) == (1, 0)
    code, told, said = handled(site, ["import", str(file), *witnesses], typed)
    assert (code, count(site, "excuse")) == (0, 3), said
    assert {row["by"] for row in rows(site, "SELECT by FROM excuse")} == {"wang + li"}
    log = "".join(p.read_text("utf-8") for p in (site / "var" / "evidence" / "log").glob("*"))
    assert "attested" in log

    found = outcomes(site)
    assert found["MED-01", a] == ("excused", "told_before")
    assert found["MED-01", b] == ("excused", "handled_before")
    assert found["MED-01", c][0] != "excused"
    assert found["MED-01", d][0] != "excused"
    of_cases = "SELECT c.state FROM finding f JOIN case_file c ON c.case_id = f.case_id " \
        "WHERE f.rule = 'MED-01' AND f.person_id = ?"  # fmt: skip
    assert [r["state"] for p in (a, b) for r in rows(site, of_cases, p)] == ["excused"] * 2

    code, told, said = handled(site, ["import", str(file), *witnesses], typed)
    assert {"outcome": "已导入 · taken over before", "rows": 3} in told[0], said
    assert (code, count(site, "excuse")) == (0, 3)


def test_an_old_ledger_says_nothing_of_harm_identity_or_late_rolls() -> None:
    rules = load_rules(MAPPINGS / "policy")
    excused = {rule.id for rule in rules if rule.matter}
    assert {rule.partition("-")[0] for rule in excused} == {"EDU", "MED", "WEL"}
    assert len(excused) < len(rules)
