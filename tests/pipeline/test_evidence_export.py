"""One finding, one file: checked anywhere with nothing but itself, by hand too, and nobody else in it."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from client_kit import assertion, client_row
from evidence_by_hand import b64, check
from night_kit import Town, people, rows
from online_server import serving
from typer.testing import CliRunner

from gateway.access import ApiScope
from gateway.cli.main import app
from gateway.exchange.evidence_file import check_evidence
from gateway.site import load_site
from gateway.wiring import open_site_store
from gateway.wiring_apps import make_app

RUN = CliRunner()
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ROOT = Path(__file__).parents[2]


def cwg(*words: object, code: int = 0) -> Any:
    done = RUN.invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output + repr(done.exception)
    return done


@pytest.fixture(scope="module")
def site(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return town.copy(3, tmp_path_factory.mktemp("proved") / "site")


@pytest.fixture(scope="module")
def closed(site: Path) -> frozenset[int]:
    """The children whose every item is 专人办理; which finding keys are theirs is chance."""
    found = rows(site, "SELECT DISTINCT person_id AS p FROM finding WHERE person_id > 0")
    with open_site_store(site) as store:
        return store.persons.closed([row["p"] for row in found])


@pytest.fixture(scope="module")
def exports(
    site: Path, closed: frozenset[int], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """A file for one finding of each rule about a child."""
    folder = tmp_path_factory.mktemp("exports")
    found: dict[str, Path] = {}
    for row in rows(site, "SELECT rule, finding_key AS k, person_id AS p FROM finding ORDER BY k"):
        if row["p"] and row["p"] not in closed and row["rule"] not in found:
            found[row["rule"]] = folder / f"{row['rule']}.cwge"
            cwg("evidence", "export", row["k"], "--out", found[row["rule"]], "--site", site)
    return found


def test_a_child_with_a_named_officer_is_not_exported(
    site: Path, closed: frozenset[int], tmp_path: Path
) -> None:
    found = rows(site, "SELECT finding_key AS k, person_id AS p FROM finding")
    for row in [row for row in found if row["p"] in closed][:2]:
        out = tmp_path / "refused.cwge"
        done = cwg("evidence", "export", row["k"], "--out", out, "--site", site, code=2)
        assert "专人办理" in done.output and not out.exists()
    assert closed


def test_over_the_api_the_file_holds_and_a_named_officers_child_is_nobodys(
    site: Path, closed: frozenset[int], exports: dict[str, Path]
) -> None:
    """Unknown, 专人办理 and out of the client's divisions are one answer, byte for byte."""
    found = rows(site, "SELECT finding_key AS k, person_id AS p FROM finding")
    named = next(row["k"] for row in found if row["p"] in closed)
    one = body_of(next(iter(exports.values())))["about"]["key"]
    scopes = (str(ApiScope.EVIDENCE), str(ApiScope.FINDINGS))
    given = {"scopes": scopes, "purposes": {"supervision": "x"}}
    with open_site_store(site) as store:
        app = make_app(site, store)
        for name, more in (("all", {}), ("far", {"divisions": ("999999",)})):
            store.clients.put(client_row(name, **given, **more))
        audience = f"urn:cwg:site:{load_site(site).site.party}"
        asked = {"client_assertion_type": JWT_BEARER, "grant_type": "client_credentials"}
        said: dict[tuple[str, str], Any] = {}
        with serving(app) as http:
            for name in ("all", "far"):
                form = asked | {"client_assertion": assertion(name, aud=audience)}
                token = http.post("/api/v1/token", data=form).json()["access_token"]
                for key in (one, named, "0" * 64):
                    path = f"/api/v1/findings/{key}/evidence?purpose=supervision"
                    head = {"authorization": f"Bearer {token}"}
                    said[name, key] = http.get(path, headers=head)
        noted = rows(
            site, "SELECT subject FROM audit WHERE action = 'evidence.export' AND actor = 'all'"
        )
    assert said["all", one].status_code == 200
    assert all(step.holds for step in check_evidence(said["all", one].content))
    refused = [answer for place, answer in said.items() if place != ("all", one)]
    assert {(a.status_code, a.content) for a in refused} == {(404, refused[0].content)}
    assert [row["subject"] for row in noted] == [one]


def body_of(path: Path) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(b64(path.read_text().split(".")[1]))
    return body


def test_every_file_holds_and_says_how_far(exports: dict[str, Path]) -> None:
    grades: set[str] = set()
    for path in exports.values():
        steps = json.loads(cwg("verify", "finding", path, "--json").stdout)
        assert not [s for s in steps if "WRONG" in s["found"]]
        grades |= {step["grade"] for step in steps}
        grades |= {step["grade"] for step in steps if step["step"].startswith("row ")}
    assert {"owner-signed", "gateway-attested", "not compared"} <= grades


def test_rows_and_absences_are_there(exports: dict[str, Path]) -> None:
    bodies = [body_of(path) for path in exports.values()]
    assert sum(len(body["rows"]) for body in bodies) > 2
    assert sum(len(body["absences"]) for body in bodies) > 1


def test_a_folder_with_nothing_but_the_export(exports: dict[str, Path], tmp_path: Path) -> None:
    path = next(iter(exports.values()))
    (tmp_path / "e.cwge").write_bytes(path.read_bytes())
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-m", "gateway.cli.main", "verify", "finding", "e.cwge", "--json"],
        cwd=tmp_path, env=environment, capture_output=True, check=True,
    )  # fmt: skip
    assert len(json.loads(done.stdout)) > 3
    assert [p.name for p in tmp_path.iterdir()] == ["e.cwge"]


def test_by_hand_with_nothing_of_ours(exports: dict[str, Path], tmp_path: Path) -> None:
    for path in exports.values():
        found = check(path.read_text().strip())
        assert (found["rows"], found["absences"]) == (
            len(body_of(path)["rows"]), len(body_of(path)["absences"]),
        )  # fmt: skip
    script = Path(__file__).parent / "evidence_by_hand.py"
    code = [line for line in script.read_text().splitlines() if line.strip()]
    assert len(code) <= 75 and not any("gateway" in line for line in code)


def test_nobody_else_is_in_it(site: Path, town: Town, exports: dict[str, Path]) -> None:
    names, numbers = people(town.city)
    for path in exports.values():
        body = body_of(path)
        own = b"".join(base64.b64decode(row["row"]) for row in body["rows"])
        readable = path.read_bytes() + json.dumps(body, ensure_ascii=False).encode() + own
        texts = own.decode("utf-8", "replace") + own.decode("gb18030", "replace")
        with open_site_store(site) as store:
            finding = store.findings.finding(body["about"]["key"])
            assert finding is not None and finding.person_id is not None
            person = store.persons.person(finding.person_id)
        assert person is not None
        others = [n for n in numbers if n.encode() in readable and n not in texts]
        assert not others
        assert sum(n in texts for n in numbers) <= 2, (
            "the child, and perhaps the guardian in its row"
        )
        assert "rows_salt" not in json.dumps(body).replace(body["format"], "")
        assert not any(name in json.dumps(body, ensure_ascii=False) for name in names)


CHANGES: list[tuple[str, Callable[[dict[str, Any]], None]]] = [
    ("a row", lambda b: b["rows"][0].update(row=base64.b64encode(b"other").decode())),
    ("a row's place", lambda b: b["rows"][0].update(index=b["rows"][0]["index"] + 1)),
    ("a row's salt", lambda b: b["rows"][0].update(salt="00" * 16)),
    ("a level", lambda b: b["rows"][0]["levels"].pop()),
    ("a receipt", lambda b: b["pages"][0].update(receipt=b["pages"][0]["receipt"][:-8] + "AAAAAAAA")),
    ("a statement", lambda b: b["pages"][0].update(statement="e30.e30.AA")),
    ("the exchange", lambda b: b["pages"][0].update(exchange="x")),
    ("a certificate", lambda b: b["certificates"].update({"0" * 64: next(iter(b["certificates"].values()))})),
    ("the format", lambda b: b.update(format="cwg-evidence-2")),
    ("a member more", lambda b: b.update(note="x")),
    ("no pages", lambda b: b.update(pages=[])),
    ("numbers for texts", lambda b: b.update(rows=[7])),
]  # fmt: skip


def resealed(body: dict[str, Any], site: Path) -> bytes:
    """The gateway's own key signs the lie: what the bureau signed must still give it away."""
    from datetime import UTC, datetime

    from gateway.exchange import KeyRing
    from gateway.exchange.evidence_file import TYP
    from gateway.exchange.suites import nested

    keys = KeyRing.load(site / "keys")
    return nested.sign(
        json.dumps(body).encode(), keys.signing("ec", datetime.now(UTC)), TYP
    ).encode()


@pytest.mark.parametrize(("_name", "change"), CHANGES, ids=[c[0] for c in CHANGES])
def test_a_lie_under_a_true_seal_is_seen(
    site: Path, exports: dict[str, Path], _name: str, change: Any
) -> None:
    path = next(p for p in exports.values() if body_of(p)["rows"])
    body = body_of(path)
    change(body)
    steps = check_evidence(resealed(body, site))
    assert [step for step in steps if not step.holds]


@pytest.mark.parametrize("what", ["the token", "a neighbour gone", "unsorted", "root"])
def test_a_lie_about_absence_is_seen(site: Path, exports: dict[str, Path], what: str) -> None:
    path = next(p for p in exports.values() if body_of(p)["absences"])
    body = body_of(path)
    absence = body["absences"][0]
    token = absence["token"]
    near = token[:4] + "f" * 60
    changes: dict[str, dict[str, Any]] = {
        "the token": {"bucket": [token]},
        "a neighbour gone": {"bucket": [*absence["bucket"], near]},
        "unsorted": {"bucket": [near, token[:4] + "0" * 60]},
        "root": {"root": "0" * 64},
    }
    absence.update(changes[what])
    assert [s for s in check_evidence(resealed(body, site)) if not s.holds]


def test_a_flipped_byte_anywhere_is_seen(exports: dict[str, Path]) -> None:
    data = next(iter(exports.values())).read_bytes().strip()
    for at in range(0, len(data), max(len(data) // 40, 1)):
        bad = bytearray(data)
        bad[at] ^= 1
        assert [s for s in check_evidence(bytes(bad)) if not s.holds], at


def test_certificates_that_the_reader_trusts(
    site: Path, exports: dict[str, Path], tmp_path: Path
) -> None:
    path = next(iter(exports.values()))
    for pem in [*(site / "partners").rglob("*.cert.pem"), *(site / "keys").rglob("*.cert.pem")]:
        (tmp_path / f"{pem.parent.name}-{pem.parent.parent.name}-{pem.name}").write_bytes(
            pem.read_bytes()
        )
    steps = json.loads(cwg("verify", "finding", path, "--certificates", tmp_path, "--json").stdout)
    assert "trusted" in {s["grade"] for s in steps}
    strange = ROOT / "tests" / "vectors"
    (tmp_path / "only").mkdir()
    (tmp_path / "only" / "x.pem").write_bytes((site / "keys/rsa/sign.cert.pem").read_bytes())
    cwg("verify", "finding", path, "--certificates", tmp_path / "only", code=1)
    assert strange.exists()


def test_an_exchange_is_opened_again_on_the_site(site: Path) -> None:
    kept = rows(site, "SELECT first_exchange AS e FROM delivery WHERE state = 'current'")
    for row in kept[:2]:
        steps = json.loads(cwg("verify", "exchange", row["e"], "--site", site, "--json").stdout)
        assert [s["grade"] for s in steps if s["step"] == "signature"] == ["owner-signed"]
    cwg("verify", "exchange", "no-such", "--site", site, code=2)


def test_the_export_itself_is_in_the_audit_and_the_log_holds(
    site: Path, exports: dict[str, Path]
) -> None:
    acts = [r["action"] for r in rows(site, "SELECT action FROM audit WHERE actor <> 'all'")]
    assert acts.count("evidence.export") == len(exports)
    cwg("verify", "log", "--site", site)
