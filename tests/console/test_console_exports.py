"""The list as a file: what is on the screen, masked, marked, and never a formula."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import openpyxl
import pyotp
import pytest
from lxml import html
from online_fixtures import PASSWORD, app_of, put_account
from online_seed import NAMES, city_reader, make_inquiry, make_store, number
from online_server import serving

from gateway.access import Purpose, Role
from gateway.console.exports import COLUMNS, as_csv, as_xlsx
from gateway.console.sessions import COOKIE
from gateway.inquiry import Finding
from gateway.model.errors import UsageError
from gateway.store import Store

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
MARK = "导出人 boss 2026-11-17"


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> list[Finding]:
    with make_store(tmp_path_factory.mktemp("export")) as store:
        return list(make_inquiry(store).everything(city_reader(), Purpose.SUPERVISION))


def test_both_files_hold_what_the_list_shows(findings: list[Finding]) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(findings, "zh", MARK))).active
    rows = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    lines = as_csv(findings, "zh", MARK).decode("utf-8-sig").splitlines()
    assert rows[0][0] == MARK == lines[0]
    assert len(rows) == len(lines) == len(findings) + 2
    assert rows[1][:3] == ["轻重", "规则", "儿童"] and len(rows[1]) == len(COLUMNS)
    assert [",".join(row) for row in rows[2:]] == lines[2:]
    assert sheet.oddHeader.left.text == MARK


def test_nobody_is_unmasked_in_a_file(findings: list[Finding]) -> None:
    text = as_csv(findings, "en", MARK).decode()
    assert not [w for w in (*NAMES, *(number(n) for n in range(1, 20))) if w in text]
    assert len(findings) > 5 and "HRM" not in text


@pytest.mark.parametrize("bad", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_no_cell_is_a_formula(findings: list[Finding], bad: str) -> None:
    found = [replace(findings[0], assigned_to=bad)]
    cell = as_csv(found, "zh", MARK).decode().splitlines()[-1].split(",")[9]
    assert cell.startswith("'")
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(found, "zh", MARK))).active
    assert sheet.cell(3, 10).data_type == "s"


def test_more_than_anybody_reads_is_refused(findings: list[Finding]) -> None:
    with pytest.raises(UsageError, match="10,000"):
        as_csv((findings[0] for _ in range(10_001)), "zh", MARK)


def ask(store: Store, client: httpx.Client, role: Role) -> httpx.Response:
    put_account(store, "boss", roles=(str(role),), secret=SECRET)
    form = {"name": "boss", "password": PASSWORD, "code": pyotp.TOTP(SECRET).now()}
    answer = client.post("/login", data=form)
    client.cookies.set(COOKIE, answer.headers["set-cookie"].split(";")[0].partition("=")[2])
    page = html.fromstring(client.get("/findings").text)
    token = page.xpath("//input[@name='form']/@value")[0]
    offered = bool(page.xpath("//form[contains(@action, '/export')]"))
    answer = client.post("/export", data={"form": token, "kind": "csv", "rule": "EDU-01"})
    assert offered == (answer.status_code == 200)
    return answer


def test_a_supervisor_exports_the_filtered_list_and_it_is_audited(tmp_path: Path) -> None:
    with make_store(tmp_path) as store, serving(app_of(store)) as client:
        answer = ask(store, client, Role.SUPERVISOR)
        assert answer.headers["content-disposition"].startswith("attachment; filename=")
        lines = answer.text.splitlines()[2:]
        assert len(lines) == 5 and all("EDU-01" in line for line in lines)
        now = datetime.now(UTC)
        rows = store.audit.entries(now - timedelta(days=9999), now + timedelta(days=9999))
        assert ("boss", "finding.export") in {(r.actor, r.action) for r in rows}


@pytest.mark.parametrize("role", [Role.DATA_OFFICER, Role.AUDIT_ADMINISTRATOR])
def test_others_do_not_export(tmp_path: Path, role: Role) -> None:
    with make_store(tmp_path) as store, serving(app_of(store)) as client:
        assert ask(store, client, role).status_code == 404
