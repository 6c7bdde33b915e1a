"""The API of a site as `cwg serve` puts it together: its sources, its DCI interface, its proxy."""

import base64
import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from api_kit import bearer
from client_kit import KEY, client_row
from joserfc import jws
from joserfc.jwk import ECKey
from online_fixtures import PASSWORD, put_account
from online_server import serving
from typer.testing import CliRunner

from gateway.access import ApiScope
from gateway.cli.main import app
from gateway.dci import detached
from gateway.wiring import open_site_store
from gateway.wiring_apps import make_app

SOURCE = """
name: welfare
adapter: pick_up
partner: welfare
suite: file
endpoint: {folder: inbox}
rolls:
  - {roll: registry, mapping: national_welfare_system/registry.v1, coverage: city}
grant: {catalog_id: x, application_no: x, purpose: x, valid_to: 2027-12-31}
"""
PARTNER = "name: welfare\nsources: [welfare]\nactions: [roll]\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served") / "site"
    place = ("--division", "419900", "--county", "419901")
    assert CliRunner().invoke(app, ["init", str(folder), *place]).exit_code == 0
    (folder / "sources" / "welfare.yaml").write_text(SOURCE, "utf-8")
    partner = folder / "partners" / "welfare"
    partner.mkdir()
    (partner / "partner.yaml").write_text(PARTNER, "utf-8")
    for path in (folder / "keys" / "ec").glob("*.cert.pem"):
        (partner / path.name).write_bytes(path.read_bytes())
    (folder / "inbox").mkdir(exist_ok=True)
    secret = folder / "keys" / "proxy.secret"
    secret.write_text("p" * 40)
    secret.chmod(0o600)
    settings = folder / "site.toml"
    text = settings.read_text("utf-8").replace(
        "[site]\n", '[site]\nproxy_secret_file = "keys/proxy.secret"\n', 1
    )
    settings.write_text(f'{text}\n[dci]\nprefix = "/dci/v1.0.0"\n', "utf-8")
    return folder


@pytest.fixture(scope="module")
def http(site: Path) -> Iterator[httpx.Client]:
    with open_site_store(site) as store:
        every = {"scopes": tuple(ApiScope), "sources": ("welfare",)}
        store.clients.put(client_row("every", **every))
        with serving(make_app(site, store)) as served:
            served.headers.update(bearer(served, "every"))
            yield served


def test_rolls_are_handed_in_and_what_is_unsealed_is_refused(
    http: httpx.Client, site: Path
) -> None:
    body = {
        "source": "welfare", "roll": "registry", "period": "2026-11", "kind": "full", "size": 1,
        "digest": "sha-256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
    }  # fmt: skip
    made = http.post("/api/v1/roll-submissions", json=body)
    assert made.status_code == 202, made.text
    path = f"/api/v1/roll-submissions/{made.json()['submission']}"
    head = {"upload-offset": "0", "content-type": "application/octet-stream"}
    done = http.patch(path, content=b"x", headers=head)
    assert (done.status_code, done.json()["state"]) == (202, "refused"), done.text
    assert list((site / "inbox").iterdir()) == []


def test_the_dci_interface_signs_with_the_sites_own_key(http: httpx.Client, site: Path) -> None:
    now = datetime.now(UTC).isoformat()
    header = json.dumps({
        "message_id": uuid.uuid4().hex, "message_ts": now, "action": "search", "total_count": 1,
        "sender_id": "every",
    })  # fmt: skip
    one = {"reference_id": "R", "timestamp": now, "search_criteria": {"query_type": "predicate"}}
    message = json.dumps({"transaction_id": "T", "search_request": [one]})
    token = jws.serialize_compact({"alg": "ES256"}, (header + message).encode(), KEY)
    body = f'{{"signature":"{detached(token)}","header":{header},"message":{message}}}'
    answer = http.post("/dci/v1.0.0/registry/sync/search", content=body)
    assert answer.json()["message"]["search_response"][0]["status"] == "rjct", answer.text
    text = answer.text
    said = text[text.index('"header":') + 9 : text.index(',"message":')]
    said += text[text.index('"message":') + 10 : -1]
    head, _, last = answer.json()["signature"].split(".")
    middle = base64.urlsafe_b64encode(said.encode()).rstrip(b"=").decode()
    (certificate,) = (site / "keys" / "ec").glob("sign*.cert.pem")
    key = ECKey.import_key(certificate.read_bytes())
    jws.deserialize_compact(f"{head}.{middle}.{last}", key, algorithms=["ES256"])


def test_counties_and_parameters_are_the_sites(http: httpx.Client) -> None:
    codes = [one["code"] for one in http.get("/api/v1/divisions").json()["divisions"]]
    assert codes == ["419901"]
    assert http.get("/api/v1/parameters").json()["topics"]
    assert http.get("/api/v1/statistics/findings").status_code == 404, "before the first night"
    assert http.get("/api/v1/docs").status_code == 200


def test_log_ins_stand_in_the_audit(http: httpx.Client, site: Path) -> None:
    """With the site's own composition: who came in, and who tried in vain."""
    since = datetime.now(UTC)
    with open_site_store(site) as store:
        put_account(store, "officer", roles=("data_officer",))
        for password in ("wrong", PASSWORD):
            form = {"name": "officer", "password": password, "code": ""}
            httpx.post(http.base_url.join("/login"), data=form)
        entries = store.audit.entries(since, datetime.now(UTC))
    assert [e.action for e in entries if e.actor == "officer"] == [
        "session.refused",
        "session.open",
    ]
