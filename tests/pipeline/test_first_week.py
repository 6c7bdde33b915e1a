"""The first week: plain files that two people vouch for, a bureau's own sealing command, a relay between
zones, and looks at a source before it counts."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from night_kit import NIGHTS, Town, count, people, rows, run_night
from typer.testing import CliRunner

from gateway import seal as seal_tool
from gateway.access import Role
from gateway.cli.main import app
from gateway.cli.people import open_account
from gateway.exchange import PartnerFile, add_partner
from gateway.mapping import granted
from gateway.model.errors import SpecError
from gateway.model.exchange import Action
from gateway.pipeline.bounds import learned_bounds
from gateway.sources import load_sources
from gateway.wiring import open_house, open_site_store
from gateway.wiring_files import find_mapping, read_mapping
from sandbox.bureaus import messages
from sandbox.bureaus.drops import csv_text
from sandbox.bureaus.keys import load_ring

RUN = CliRunner()
PERIOD = f"{NIGHTS[2]:%Y-%m}"
SOURCE = "national_welfare_system"


def plain_file(town: Town, folder: Path, kind: str) -> Path:
    """The registry of the month as a clerk would bring it."""
    table = pq.read_table(town.city / "rolls" / PERIOD / "registry.parquet")
    if kind == "csv":
        path = folder / "儿童名册.csv"
        path.write_bytes(csv_text(table))
        return path
    import xlsxwriter

    path = folder / "儿童名册.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, table.column_names)
        for number, row in enumerate(table.to_pylist(), start=1):
            for place, value in enumerate(row.values()):
                sheet.write_string(number, place, value or "")
    return path


def read_workbooks(site: Path) -> None:
    """The site's own mapping of the registry also reads a workbook with its heading in row 1."""
    ours = find_mapping(site, f"{SOURCE}/registry.v1")
    own = site / "mappings" / SOURCE / ours.name
    own.parent.mkdir(parents=True)
    text = ours.read_text("utf-8")
    own.write_text(text.replace("contents:\n", "contents:\n  - {type: xlsx}\n", 1), "utf-8")


def allow(site: Path, until: str, partner: str = "intake") -> None:
    path = site / "sources" / f"{SOURCE}.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace(f"partner: {SOURCE}", f"partner: {partner}")
    text = re.sub(r"folder: .*", "folder: inbox/welfare", text)
    path.write_text(f"{text}attested: {{until: {until}}}\n", "utf-8")


@pytest.fixture
def witnesses(site_after: Callable[[int], Path]) -> tuple[Path, dict[str, str]]:
    site = site_after(2)
    with open_site_store(site) as store:
        passwords = {
            name: open_account(store, name, [Role.DATA_OFFICER], ("",), must_change=False)
            for name in ("wang", "li")
        }
    return site, passwords


def intake(site: Path, file: Path, passwords: dict[str, str], *more: str, **changes: str):  # type: ignore[no-untyped-def]
    values = {
        "source": SOURCE, "roll": "registry", "period": PERIOD, "letter-no": "民函〔2026〕8号",
        "handed-over-by": "某科", "first": "wang", "second": "li",
    } | changes  # fmt: skip
    options = [part for name, value in values.items() for part in (f"--{name}", value)]
    typed = "".join(f"{passwords.get(values[n], 'wrong')}\n\n" for n in ("first", "second"))
    return RUN.invoke(app, ["intake", str(file), *options, "--site", str(site), *more], input=typed)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_plain_file_that_two_people_vouch_for_is_read_by_the_night(
    witnesses: tuple[Path, dict[str, str]], town: Town, tmp_path: Path, kind: str
) -> None:
    site, passwords = witnesses
    allow(site, "2099-12-31")
    read_workbooks(site)
    file = plain_file(town, tmp_path, kind)
    done = intake(site, file, passwords)
    assert done.exit_code == 0, done.output
    report = run_night(site, NIGHTS[2])
    found = next(c for c in report.collected if c.roll == "registry")
    assert (found.state, found.received) == ("verified", 300)
    with open_house(site) as opened:
        line = next(p for p in opened.house.rolls if p.roll == "registry").line()
        kept = opened.house.store.deliveries.current(SOURCE, "registry", PERIOD)
        assert kept is not None
        (verified,) = line.verified(kept.delivery)
        assert verified.grade == "attested"
        assert verified.header.id in done.output
        verified.payload.close()
    _, numbers = people(town.city)
    log = "".join(p.read_text("utf-8") for p in (site / "var" / "evidence" / "log").glob("*"))
    assert "attested" in log
    assert not any(number in log + done.output for number in numbers)


REFUSALS = [
    ({}, {}, "not taken from this source", 2),
    ({"until": "2020-01-01"}, {}, "were taken until", 2),
    ({"until": "2099-01-01"}, {"second": "wang"}, "two different people", 2),
    ({"until": "2099-01-01"}, {"second": "nobody"}, "log-in was refused", 1),
    ({"until": "2099-01-01"}, {"roll": "other"}, "no such roll", 2),
    ({"until": "2099-01-01"}, {"source": "other"}, "no such source", 2),
]


@pytest.mark.parametrize(("allowed", "changes", "words", "code"), REFUSALS)
def test_what_is_not_vouched_for_is_not_sealed(
    witnesses: tuple[Path, dict[str, str]],
    town: Town,
    tmp_path: Path,
    allowed: dict[str, str],
    changes: dict[str, str],
    words: str,
    code: int,
) -> None:
    site, passwords = witnesses
    if allowed:
        allow(site, allowed["until"])
    done = intake(site, plain_file(town, tmp_path, "csv"), passwords, **changes)
    assert (done.exit_code, words in done.output) == (code, True), done.output
    assert not list((site / "inbox").rglob("*.cwgx"))


def test_after_the_last_day_plain_files_are_not_read(
    witnesses: tuple[Path, dict[str, str]], town: Town, tmp_path: Path
) -> None:
    site, passwords = witnesses
    allow(site, "2099-12-31")
    assert intake(site, plain_file(town, tmp_path, "csv"), passwords).exit_code == 0
    path = site / "sources" / f"{SOURCE}.yaml"
    path.write_text(path.read_text("utf-8").replace("2099-12-31", "2020-01-01"), "utf-8")
    found = next(c for c in run_night(site, NIGHTS[2]).collected if c.roll == "registry")
    assert found.state in ("late", "expected")
    assert "2020-01-01" in found.note


@pytest.mark.parametrize(("days", "words"), [(31, ""), (29, "in 29 days"), (6, "NOW")])
def test_the_end_of_a_grant_is_announced(
    site_after: Callable[[int], Path], bureaus_in_order: Town, days: int, words: str
) -> None:
    site = site_after(3)
    until = (datetime.now(UTC) + timedelta(days=days)).date().isoformat()
    path = site / "sources" / f"{SOURCE}.yaml"
    path.write_text(path.read_text("utf-8").replace("2027-12-31", until), "utf-8")
    note = next(c for c in run_night(site, NIGHTS[2]).collected if c.roll == "registry").note
    assert (words in note) if words else note == ""


def test_a_bureau_seals_on_its_own_computer(
    site_after: Callable[[int], Path],
    town: Town,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    site = site_after(2)
    read_workbooks(site)
    keys, out = tmp_path / "keys", tmp_path / "out"
    out.mkdir()
    tool("keys", "--party", "front", "--keys", str(keys))
    spec = PartnerFile(name="front", sources=(SOURCE,), actions=tuple(Action))
    add_partner(site / "partners", spec, sorted((keys / "ec").glob("*.cert.pem")))
    path = site / "sources" / f"{SOURCE}.yaml"
    text = path.read_text("utf-8").replace(f"partner: {SOURCE}", "partner: front")
    path.write_text(re.sub(r"folder: .*", f"folder: {out}", text), "utf-8")
    file = plain_file(town, tmp_path, "xlsx")
    given = site / "keys" / "ec"
    own = ("--party", "front", "--keys", str(keys))
    of = ("--source", SOURCE, "--roll", "registry", "--period", PERIOD)
    tool("seal", str(file), *own, "--to", str(given), *of, "--into", str(out))
    found = next(c for c in run_night(site, NIGHTS[2]).collected if c.roll == "registry")
    assert (found.state, found.received) == ("verified", 300)
    letter = tmp_path / "letter.json"
    letter.write_text('{"refused": []}')
    done = RUN.invoke(app, [
        "seal", str(letter), "--to", "front", "--source", SOURCE, "--into", str(tmp_path),
        "--site", str(site),
    ])  # fmt: skip
    assert done.exit_code == 0, done.output
    (sealed,) = tmp_path.glob("*.cwgx")
    tool("open", str(sealed), *own, "--from", str(given), "--into", str(out))
    assert (out / sealed.stem).read_bytes() == letter.read_bytes()
    spoilt = bytearray(sealed.read_bytes())
    spoilt[-20] ^= 1
    sealed.write_bytes(bytes(spoilt))
    (out / sealed.stem).unlink()
    with pytest.raises(SystemExit) as refused:
        seal_tool.main(["open", str(sealed), *own, "--from", str(given), "--into", str(out)])
    assert refused.value.code == 1
    assert not (out / sealed.stem).exists()
    assert "altered" in capsys.readouterr().err


def tool(*arguments: str) -> None:
    with pytest.raises(SystemExit) as ended:
        seal_tool.main(arguments)
    assert ended.value.code == 0


def test_the_sealing_command_carries_little() -> None:
    code = (
        "import sys, gateway.seal; print(' '.join(sorted({m.split('.')[0] for m in sys.modules})));"
        "print(' '.join(sorted(m for m in sys.modules if m.startswith('gateway.'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    tops, ours = (set(line.split()) for line in done.stdout.splitlines())
    assert not tops & {
        "duckdb",
        "sqlalchemy",
        "pyarrow",
        "fastapi",
        "typer",
        "httpx",
        "paramiko",
        "zeep",
    }
    rooms = {name.split(".")[1] for name in ours}
    assert rooms == {"seal", "exchange", "evidence", "model", "sheets", "specs"}


def test_a_site_opens_what_is_for_it(
    site_after: Callable[[int], Path], town: Town, tmp_path: Path
) -> None:
    site = site_after(2)
    sealed = next(town.bureaus.national_welfare_system.outbox.glob(f"registry-{PERIOD}*.cwgx"))
    done = RUN.invoke(app, ["open", str(sealed), "--into", str(tmp_path), "--site", str(site)])
    assert done.exit_code == 0, done.output
    assert b"," in next(p for p in tmp_path.iterdir() if p.is_file()).read_bytes()


def test_a_relay_carries_whole_sealed_files_once_and_needs_no_key(
    town: Town, tmp_path: Path
) -> None:
    near, far = tmp_path / "near", tmp_path / "far"
    near.mkdir()
    far.mkdir()
    outbox = town.bureaus.national_welfare_system.outbox
    sealed = sorted(outbox.glob("*.cwgx"))[:2]
    for path in sealed:
        shutil.copy2(path, near)
    shutil.copy2(sealed[0], near / "same-again.cwgx")
    (near / "plain.cwgx").write_text("姓名,证件号")
    (near / ".half.cwgx.part").write_bytes(b"CWGX1\n")
    done = RUN.invoke(app, ["relay", str(near), str(far), "--json"])
    assert done.exit_code == 0, done.output
    carried = {path.read_bytes() for path in far.glob("*.cwgx")}
    assert carried == {path.read_bytes() for path in sealed}
    assert sorted(p.name for p in near.iterdir()) == [".half.cwgx.part", "plain.cwgx"]
    for path in far.glob("*.cwgx"):
        path.unlink()
    shutil.copy2(sealed[1], near / "another-name.cwgx")
    again = RUN.invoke(app, ["relay", str(near), str(far), "--json"])
    assert again.exit_code == 0
    assert list(far.glob("*.cwgx")) == [], "what was carried before is not carried again"


def test_a_trial_tells_what_is_in_a_roll_and_finds_nothing(
    site_after: Callable[[int], Path], town: Town
) -> None:
    site = site_after(2)
    before = {
        t: count(site, t) for t in ("finding", "snapshot", "quarantine", "ledger", "delivery")
    }
    done = RUN.invoke(app, [
        "source", "trial", "medical_insurance", "--period", PERIOD, "--json", "--site", str(site),
    ])  # fmt: skip
    assert done.exit_code == 0, done.output
    decoder, text, found = json.JSONDecoder(), done.stdout, []
    while text.lstrip().startswith("["):
        value, end = decoder.raw_decode(text.lstrip())
        found.append(value)
        text = text.lstrip()[end:]
    counts, columns, _ = found
    sent = pq.read_table(town.city / "rolls" / PERIOD / "coverage.parquet").num_rows
    assert counts[0]["received"] == sent
    assert 200 < counts[0]["on_the_registry"] <= 300
    status = next(c for c in columns if c["column"] == "status")
    assert "1: " in status["codes"]
    assert {t: count(site, t) for t in before} == before
    _, numbers = people(town.city)
    assert not any(value in done.output for value in numbers)
    personal = next(c for c in columns if c["column"] == "name")
    assert personal["range"] == personal["codes"] == ""


def test_the_request_sheet_lists_fields_purpose_and_basis(
    site_after: Callable[[int], Path],
) -> None:
    done = RUN.invoke(app, ["source", "request", "education", "--site", str(site_after(0))])
    assert done.exit_code == 0, done.output
    for part in (
        "数据需求申请单",
        "困境儿童保障核对",
        "个人信息保护法",
        "| sfzjh | 身份证件号 |",
        "mzm",
    ):
        assert part in done.stdout


GRANTED = ("xsJbxxId", "xm", "sfzjlxm", "sfzjh", "csrq", "xsdqztm", "njdm", "grbsm", "xxsszgjyxzdm")


def test_columns_outside_the_grant_are_dropped_before_storage(
    site_after: Callable[[int], Path], bureaus_in_order: Town
) -> None:
    site = site_after(0)
    path = site / "sources" / "education.yaml"
    fields = ", ".join(GRANTED)
    text = path.read_text("utf-8").replace("  valid_to:", f"  fields: [{fields}]\n  valid_to:")
    path.write_text(text, "utf-8")
    found = next(c for c in run_night(site, NIGHTS[0]).collected if c.roll == "enrolment")
    assert found.state == "verified"
    with open_house(site) as opened, opened.house.engine() as engine:
        from gateway.pipeline.chains import as_chain

        chain = opened.house.store.snapshots.chain(
            "education", "enrolment", "enrolment", datetime.now(UTC)
        )
        opened.house.snapshots.scan(engine, as_chain(chain), "kept")
        kept = engine.fetch(
            "SELECT count(address) AS address, count(guardian_name) AS guardian, "
            "count(school_name) AS school, count(name) AS name FROM kept"
        ).to_pylist()[0]
    assert (kept["address"], kept["guardian"], kept["school"]) == (0, 0, 0)
    assert kept["name"] > 0
    originals = rows(site, "SELECT count(*) AS n FROM quarantine")
    assert originals


def test_a_grant_without_the_key_of_a_row_is_refused() -> None:
    mapping = read_mapping(Path("/nowhere"), "education/enrolment.v1")
    assert granted(mapping, None) is mapping
    with pytest.raises(SpecError) as wrong:
        granted(mapping, [f for f in GRANTED if f != "xsJbxxId"])
    assert "row_key" in wrong.value.what


def status(period: str, received: int, state: str = "verified", quarantined: int = 0):  # type: ignore[no-untyped-def]
    return {
        "source": "s", "roll": "r", "scope": "*", "period": period, "received": received,
        "state": state, "quarantined": quarantined,
    }  # fmt: skip


AUTUMN = [status("2026-09", 100), status("2026-10", 110, quarantined=11), status("2026-11", 120)]


def test_bounds_are_learned_by_phase_and_shown() -> None:
    from datetime import date

    spring = [status(f"2026-0{m}", 50) for m in (3, 4)]
    (bound,) = learned_bounds([*AUTUMN, *spring, status("2026-12", 70)], "s", date(2026, 12, 20))
    assert (bound.phase, bound.periods, bound.low, bound.high) == ("autumn", 3, 88, 132)
    assert bound.refused_share == 0.1
    assert bound.verdict == "OUTSIDE"
    held = [*AUTUMN[:2], status("2026-11", 1, state="odd")]
    assert learned_bounds(held, "s", date(2026, 12, 20)) == ()


def test_receipts_of_a_bureau_that_is_called_are_ferried(
    site_after: Callable[[int], Path], town: Town
) -> None:
    """It is asked and answers: nothing can be put down there, but `cwg relay` can carry its receipts."""
    site = site_after(2)
    path = site / "sources" / "education.yaml"
    text = path.read_text("utf-8")
    path.write_text(f"{text}receipts: live\n", "utf-8")
    with pytest.raises(SpecError, match="drops sealed files"):
        load_sources(site)
    path.write_text(f"{text}receipts: ferried\n", "utf-8")
    run_night(site, NIGHTS[2], only="education")
    bureau = town.bureaus.education.folder
    ring = load_ring(bureau / "keys", "education", {"gateway": bureau / "partners" / "gateway"})
    ferried = list((site / "outbox" / "education").glob("*.receipt"))
    said = [messages.open_receipt(ring, receipt.read_bytes()) for receipt in ferried]
    assert said and {(s["result"], s["sender"]) for s in said} == {("accepted", "education")}


@pytest.mark.parametrize("way", ["none", "live", "ferried"])
def test_receipts_reach_the_bureau_as_its_source_says(
    site_after: Callable[[int], Path], town: Town, tmp_path: Path, way: str
) -> None:
    site, taken = site_after(2), tmp_path / "taken"
    taken.mkdir()
    path = site / "sources" / f"{SOURCE}.yaml"
    text = re.sub(r"hand_over: .*", f"hand_over: {taken}", path.read_text("utf-8"))
    path.write_text(f"{text}receipts: {way}\n", "utf-8")
    run_night(site, NIGHTS[2], only=SOURCE)
    live, ferried = list(taken.iterdir()), list((site / "outbox").rglob("*.receipt"))
    assert (len(live), len(ferried)) == {"none": (0, 0), "live": (2, 0), "ferried": (0, 2)}[way]
    ring = load_ring(
        town.bureaus.national_welfare_system.folder / "keys",
        SOURCE,
        {"gateway": town.bureaus.national_welfare_system.folder / "partners" / "gateway"},
    )
    for receipt in (*live, *ferried):
        said = messages.open_receipt(ring, receipt.read_bytes())
        assert (said["result"], said["sender"]) == ("accepted", SOURCE)
