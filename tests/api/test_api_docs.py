"""docs/api/README.md, run as it stands: its commands, its Python, its curl."""

import json
import re
import shlex
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from online_fixtures import app_of, put_account
from online_seed import key, make_store, number
from online_server import serving
from typer.testing import CliRunner

from gateway.access import MEANING, read_keys
from gateway.cli.main import app
from gateway.model.clients import ClientRow

PAGE = (Path(__file__).parents[2] / "docs" / "api" / "README.md").read_text("utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
SHELL = re.findall(r"^    ((?:openssl|cwg|curl) .*(?:\n        .*)*)$", PAGE, re.MULTILINE)
NAME = "county-cases"


def test_every_scope_stands_there() -> None:
    table = PAGE.split("| scope | may |")[1].split("\n\n")[0]
    assert set(re.findall(r"^\| `([a-z.]+)` \|", table, re.MULTILINE)) == {str(s) for s in MEANING}


def words(line: str) -> list[str]:
    return shlex.split(line.replace("\\\n", " "))


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl command")
def test_a_client_is_registered_and_asks_as_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    make, public, add, curl = SHELL
    for line in (make, public):
        subprocess.run(words(line), check=True, capture_output=True)
    made = registered(words(add), tmp_path)
    with make_store(tmp_path / "site") as store, serving(app_of(store)) as served:
        store.clients.put(made)
        put_account(store)
        names: dict[str, Any] = {
            "BASE": str(served.base_url).rstrip("/"), "CLIENT": NAME, "NUMBER": number(1),
            "KEY": Path("client.key").read_text("ascii"), "FINDING": key("edu"), "OFFICER": "demo",
        }  # fmt: skip
        for block in PYTHON:
            exec(block, names)
        assert names["answer"]["answer"] == "not_known"
        assert names["answered"][0]["state"] == "answered" and names["who_saw"]
        assert names["table"].num_rows > 3
        assert names["made"]["secret"].startswith("whsec_") and names["hooks"][0]["ended_at"]
        body = {
            "idtype": "resident_number", "value": number(1), "question": "insured",
            "purpose": "casework", "case_ref": "C-1",
        }  # fmt: skip
        Path("question.json").write_text(json.dumps(body))
        line = curl.replace("$BASE", names["BASE"]).replace("$TOKEN", names["token"])
        said = subprocess.run([*words(line), "--noproxy", "*"], check=True, capture_output=True)
        assert json.loads(said.stdout)["why"] == "not_in_scope"


def registered(add: list[str], folder: Path) -> ClientRow:
    """The page's own `cwg client add`, in a site of its own; what it registered."""
    run, site = CliRunner(), str(folder / "own")
    place = ("--division", "419900", "--county", "419901")
    assert run.invoke(app, ["init", site, *place]).exit_code == 0
    assert run.invoke(app, [*add[1:], "--site", site]).exit_code == 0
    rows = json.loads(run.invoke(app, ["client", "list", "--json", "--site", site]).stdout)
    jwks = read_keys(Path("client.pem").read_bytes())
    purposes = dict(one.split(": ") for one in rows[0]["purposes"].split("; "))
    return ClientRow(
        NAME, rows[0]["title"], jwks, tuple(rows[0]["scopes"].split(", ")), ("419901",),
        purposes, "x", datetime(2026, 11, 1, tzinfo=UTC),
    )  # fmt: skip
