"""The sandbox for the makers of other systems: what it prints is what its served site answers."""

import json
import re
import secrets
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from online_server import serving
from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.client import ApiClient, NotSealed, Problem, Sealing
from gateway.client.forms import FormClient, FormKeys
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


def certificate(folder: Path, use: str, kind: Any) -> str:
    """A certificate of the site as `cwg keys export` gives it."""
    ring, now = KeyRing.load(folder / "keys"), datetime.now(UTC)
    pair = ring.signing(kind, now) if use == "sign" else ring.encrypting(kind, now)
    return pair.certificate.public_bytes(Encoding.PEM).decode()


def test_the_client_that_is_shipped_speaks_forms_with_gmssl(
    made: tuple[Path, Told], http: httpx.Client
) -> None:
    folder, told = made
    site = certificate(folder, "encrypt", "sm2"), certificate(folder, "sign", "sm2")
    mine = told["keys"]["sm2_sign"], told["keys"]["sm2_encrypt"]
    base, child = str(http.base_url), told["children"][0]
    forms = FormClient(base, told["client"], FormKeys(*mine, *site), http=http)
    asked = {
        "idtype": "resident_number", "value": child["value"], "question": "in_school",
        "purpose": "casework", "case_ref": "C-1",
    }  # fmt: skip
    assert said(forms.call("children.check", **asked)) == child["answers"]["in_school"]
    page = (Path(__file__).parents[2] / "docs" / "api" / "form.md").read_text("utf-8")
    names = dict(
        zip(("SM2_SIGN", "SM2_DECRYPT", "SITE_ENCRYPT", "SITE_SIGN"), (*mine, *site), strict=True)
    )
    names |= {"BASE": base, "CLIENT": told["client"]}
    (block,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    exec(block, names)
    assert len(names["rules"]) > 30
    with pytest.raises(Problem) as refused:
        forms.call("findings.one", key="0" * 64)
    assert (refused.value.status, refused.value.code) == (404, "not-found")
    with pytest.raises(Problem) as outside:
        FormClient(base, "nobody", FormKeys(*mine, *site), http=http).call("rules.list")
    assert (outside.value.status, outside.value.code) == (401, "")
    swapped = FormKeys(*mine, site[0], site[0])
    with pytest.raises(NotSealed):
        FormClient(base, told["client"], swapped, http=http).call("rules.list")


def test_the_client_that_is_shipped_seals_what_it_sends(
    made: tuple[Path, Told], http: httpx.Client
) -> None:
    folder, told = made
    with open_site_store(folder) as store:
        trial = store.clients.get(told["client"])
        assert trial is not None
        store.clients.put(replace(trial, client_id="sealed", sealed=True))
    sealing = Sealing(
        certificate(folder, "encrypt", "ec"), certificate(folder, "sign", "ec"),
        told["keys"]["encrypt"],
    )  # fmt: skip
    base, key, child = str(http.base_url), told["keys"]["sign"], told["children"][0]
    asked = {
        "idtype": "resident_number", "value": child["value"], "question": "in_school",
        "purpose": "casework", "case_ref": "C-1",
    }  # fmt: skip
    client = ApiClient(base, "sealed", key, party=PARTY, http=http, sealing=sealing)
    assert said(client.check(**asked)) == child["answers"]["in_school"]
    listed = [one["key"] for one in client.findings()]
    assert [one["key"] for one in client.all_findings()] == listed and len(listed) == 3
    assert client.finding(listed[0])[1]
    assert len(client.get("/rules")["rules"]) > 30, "an answer of more than 64 KB"
    with pytest.raises(Problem) as refused:
        client.get("/findings/" + "0" * 64)
    assert (refused.value.status, refused.value.code) == (404, "not-found")
    plain = ApiClient(base, "sealed", key, party=PARTY, http=http)
    with pytest.raises(Problem) as unsealed:
        plain.check(**asked)
    assert unsealed.value.status == 400
    strange = Sealing(
        certificate(folder, "encrypt", "ec"), certificate(folder, "encrypt", "ec"),
        told["keys"]["encrypt"],
    )  # fmt: skip
    with pytest.raises(NotSealed):
        ApiClient(base, "sealed", key, party=PARTY, http=http, sealing=strange).check(**asked)


def token_of(client: ApiClient) -> str:
    """The token that the client asks for itself."""
    return client._headers()["authorization"].removeprefix("Bearer ")
