"""The sandbox for the makers of other systems: what it prints is what its served site answers."""

import json
import re
import secrets
import shlex
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from online_server import serving
from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.client import ApiClient
from gateway.exchange import KeyRing
from gateway.exchange.national import Sm2PrivateKey
from gateway.exchange.suites.sm2_call import Ends, open_call, read_form, seal_call
from gateway.wiring import PARTY, open_site_store
from gateway.wiring_apps import make_app

PAGE = (Path(__file__).parents[2] / "docs" / "api" / "README.md").read_text("utf-8")
Told = dict[str, Any]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Told]:
    folder = tmp_path_factory.mktemp("trial") / "site"
    done = CliRunner().invoke(app, ["client", "sandbox", str(folder)])
    assert done.exit_code == 0, done.output + repr(done.exception)
    return folder, json.loads(done.stdout)


@pytest.fixture(scope="module")
def http(made: tuple[Path, Told]) -> Iterator[httpx.Client]:
    with open_site_store(made[0]) as store, serving(make_app(made[0], store)) as served:
        yield served


@pytest.fixture(scope="module")
def client(made: tuple[Path, Told], http: httpx.Client) -> ApiClient:
    told = made[1]
    base = str(http.base_url).rstrip("/")
    return ApiClient(base, told["client"], told["keys"]["sign"], party=PARTY, http=http)


def said(answer: Told) -> str:
    return answer["answer"] + (f": {answer['why']}" if answer["why"] else "")


def test_every_child_is_answered_about_as_was_printed(
    made: tuple[Path, Told], client: ApiClient
) -> None:
    ask = {"purpose": "casework", "case_ref": "C-1"}
    for child in made[1]["children"]:
        named = {name: child[name] for name in ("name", "dob", "guardian")}
        for question, wanted in child["answers"].items():
            by_number = {"idtype": "resident_number", "value": child["value"]}
            for who in (by_number, named):
                assert said(client.check(question=question, **ask, **who)) == wanted
    answers = {one for child in made[1]["children"] for one in child["answers"].values()}
    assert answers == {"yes", "no", "not_known: held", "not_known: ambiguous"}


def test_its_findings_are_those_that_were_printed(
    made: tuple[Path, Told], http: httpx.Client, client: ApiClient
) -> None:
    printed = {child["finding"] for child in made[1]["children"]} - {None}
    headers = {"authorization": f"Bearer {token_of(client)}"}
    listed = http.get("/api/v1/findings", headers=headers).json()["findings"]
    assert {one["key"] for one in listed} == printed and len(printed) == 3


def test_the_pages_curl_runs_against_it(
    made: tuple[Path, Told], http: httpx.Client, client: ApiClient, tmp_path: Path
) -> None:
    (line,) = re.findall(r"^    (curl .*)$", PAGE, re.MULTILINE)
    child = made[1]["children"][0]
    (tmp_path / "question.json").write_text(
        json.dumps({
            "idtype": "resident_number", "value": child["value"], "question": "in_school",
            "purpose": "casework", "case_ref": "C-1",
        })
    )  # fmt: skip
    base = str(http.base_url).rstrip("/")
    words = shlex.split(line.replace("$BASE", base).replace("$TOKEN", token_of(client)))
    done = subprocess.run([*words, "--noproxy", "*"], cwd=tmp_path, check=True, capture_output=True)
    assert json.loads(done.stdout)["answer"] == "yes"


def test_a_form_is_answered_with_the_sites_own_sm2_keys(
    made: tuple[Path, Told], http: httpx.Client
) -> None:
    folder, told = made
    ring, now = KeyRing.load(folder / "keys"), datetime.now(UTC)
    theirs, keys = ring.encrypting("sm2", now), told["keys"]
    sign, decrypt = (
        Sm2PrivateKey.from_pem(keys[name].encode()) for name in ("sm2_sign", "sm2_encrypt")
    )
    site, signer = theirs.key, ring.signing("sm2", now).key
    assert isinstance(site, Sm2PrivateKey) and isinstance(signer, Sm2PrivateKey)
    data = {"operation": "rules.list", "nonce": secrets.token_hex(16), "input": {}}
    sent = seal_call(data, told["client"], now, Ends(sign, site.public_key(), theirs.thumbprint))
    answer = http.post("/api/form/v1/rules.list", json=sent).json()
    assert answer.pop("code") == 0, answer
    answer.pop("message")
    form = read_form(json.dumps(answer).encode())
    got = open_call(form, lambda _: decrypt, [signer.public_key()])
    assert len(got["output"]["rules"]) > 30


def token_of(client: ApiClient) -> str:
    """The token that the client asks for itself."""
    return client._headers()["authorization"].removeprefix("Bearer ")
