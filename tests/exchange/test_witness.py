"""The log as a witness: a row changed by hand is found and named, a log cut short or written anew too."""

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.cli.common import HERE
from gateway.cli.init import make_site
from gateway.cli.main import app
from gateway.cli.noting import note
from gateway.cli.witnessing import LOGS, witness
from gateway.evidence import ChainedLog
from gateway.exchange import bind_rows, check_heads, compare_rows, sign_heads
from gateway.exchange.witness import read_heads
from gateway.model.errors import EvidenceBroken
from gateway.store import AuditEntry
from gateway.wiring import open_site_store

RUN = CliRunner()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "city"
    make_site(folder, "某市", "419900", ("419901",))
    for number in range(3):
        note(folder, "test.act", "thing", f"t-{number}")
    return folder


def verify_log(site: Path, *words: str, code: int = 0) -> list[dict[str, Any]]:
    done = RUN.invoke(app, ["verify", "log", "--site", str(site), "--json", *words])
    assert done.exit_code == code, done.output
    steps: list[dict[str, Any]] = json.loads(done.stdout)
    return steps


def sql(site: Path, text: str, *values: object) -> None:
    with sqlite3.connect(site / "var" / "gateway.db") as c:
        c.execute(text, values)


def test_a_site_in_order(site: Path) -> None:
    log, rows = verify_log(site)
    assert (log["found"], log["grade"]) == ("3 records chained, 3 heads signed", "gateway-attested")
    assert rows["found"] == "3 as they were logged"


@pytest.mark.parametrize("column", ["actor", "action", "subject", "detail", "at", "purpose"])
def test_one_row_changed_by_hand_is_named(site: Path, column: str) -> None:
    value = "2026-01-01 00:00:00.000000" if column == "at" else "somebody else"
    sql(site, f"UPDATE audit SET {column} = ? WHERE entry = 2", value)
    steps = verify_log(site, code=1)
    assert [s["step"] for s in steps if "WRONG" in str(s["found"])] == ["audit 2 was changed"]


def test_one_row_taken_out_is_named(site: Path) -> None:
    sql(site, "DELETE FROM audit WHERE entry = 3")
    steps = verify_log(site, code=1)
    assert steps[-1]["step"] == "audit 3 is gone"


def test_a_log_cut_short_is_found_by_its_head(site: Path) -> None:
    path = site / LOGS / "node-1.log"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    found = str(verify_log(site, code=1)[0]["found"])
    assert "ends before record 3" in found


def test_a_log_written_anew_is_found_by_its_head(site: Path) -> None:
    path = site / LOGS / "node-1.log"
    path.unlink()
    with open_site_store(site) as store:
        rows = list(store.chained.present())
    ChainedLog(site / LOGS, "node-1").append_all(
        "row", [{"table": r.table, "ref": r.ref, "digest": "0" * 64} for r in rows]
    )
    assert "whose head was signed" in str(verify_log(site, code=1)[0]["found"])


def test_a_head_signed_by_somebody_else_does_not_count(site: Path, tmp_path: Path) -> None:
    from gateway.exchange import make_site_keys

    make_site_keys(tmp_path / "strange", "x", datetime.now(UTC), kinds=("ec",))
    found = verify_log(site, "--certificates", str(tmp_path / "strange"), code=1)[0]["found"]
    assert "not signed by a certificate of this site" in str(found)


def test_public_certificates_are_enough(site: Path, tmp_path: Path) -> None:
    given = tmp_path / "given"
    assert RUN.invoke(app, ["keys", "export", str(given), "--site", str(site)]).exit_code == 0
    assert verify_log(site, "--certificates", str(given))


def test_every_node_signs_every_log(tmp_path: Path, keys: Any) -> None:
    now, ring = datetime(2026, 11, 16, tzinfo=UTC), keys.ring("gateway")
    one, two = ChainedLog(tmp_path, "a"), ChainedLog(tmp_path, "b")
    one.append("x", {})
    two.append("x", {})
    head = sign_heads(tmp_path, "a", ring, now)
    assert head is not None and [h.node for h in head.heads] == ["a", "b"]
    assert sign_heads(tmp_path, "a", ring, now) is None, "nothing new to sign"
    certificates = [pair.certificate for pair in ring.certificates()]
    two.path.write_bytes(b"")
    with pytest.raises(EvidenceBroken, match="ends before record 1"):
        check_heads(tmp_path, "a", certificates, two)
    assert check_heads(tmp_path, "a", certificates, one) == 1


def test_a_torn_head_is_no_head(tmp_path: Path, keys: Any) -> None:
    now = datetime(2026, 11, 16, tzinfo=UTC)
    ChainedLog(tmp_path, "a").append("x", {})
    sign_heads(tmp_path, "a", keys.ring("gateway"), now)
    path = tmp_path / "a.heads"
    path.write_text(path.read_text() + "eyJhbGci")
    assert len(list(read_heads(tmp_path, "a"))) == 1


class Crashing:
    """The store dies after the log was written and before the rows were marked."""

    def __init__(self, rows: Any) -> None:
        self.rows = rows

    def __getattr__(self, name: str) -> Any:
        return getattr(self.rows, name)

    def mark(self, rows: Any) -> None:
        raise OSError("power cut")


def test_a_crash_between_log_and_mark_binds_twice_and_stays_in_order(site: Path) -> None:
    with open_site_store(site) as store:
        store.audit.add(
            AuditEntry(datetime.now(UTC), "x", "person", "test", "administration", "thing", "t")
        )
        log = ChainedLog(site / LOGS, "node-1")
        with pytest.raises(OSError, match="power"):
            bind_rows(Crashing(store.chained), log)
        assert bind_rows(store.chained, log) == 1
        assert compare_rows(store.chained, log) == (4, [])
    verify_log(site)


def test_a_night_is_bound_and_a_changed_decision_named(own_rows: Path) -> None:
    sql(own_rows, "UPDATE case_event SET reason = 'other' WHERE version = 1")
    found = [s["step"] for s in verify_log(own_rows, code=1) if "WRONG" in str(s["found"])]
    assert found == ["case_event 7/1 was changed"]


@pytest.fixture
def own_rows(site: Path) -> Path:
    sql(
        site,
        "INSERT INTO case_file (case_id, state, version, opened_on) VALUES (7, 'open', 1, '2026-01-01')",
    )
    sql(
        site,
        "INSERT INTO case_event (case_id, version, event, to_state, by, at, evidence) "
        "VALUES (7, 1, 'open', 'open', 'night', '2026-01-01 00:00:00.000000', '[]')",
    )
    with open_site_store(site) as store:
        assert witness(site, store) == 1
    assert HERE
    return site


def test_locked_keys_stop_nothing(site: Path) -> None:
    for path in (site / "keys").glob("ec/sign*.key.pem"):
        path.chmod(0o644)
    note(site, "test.act", "thing", "t-9")
    log, rows = verify_log(site)
    assert log["found"] == "4 records chained, 3 heads signed"
    assert rows["found"] == "4 as they were logged"


def test_secrets_are_not_in_the_log(site: Path) -> None:
    text = (site / LOGS / "node-1.log").read_text()
    assert "PRIVATE" not in text and "test.act" not in text, "digests only"
