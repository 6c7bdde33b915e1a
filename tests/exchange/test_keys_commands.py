"""`cwg keys` and `cwg partner`: rotation with an overlap, revocation at the next exchange, no secret told."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from exchange_kit import (
    BUREAU,
    NOW,
    World,
    bring,
    drop_file,
    partner_file,
    roll_draft,
    rows_content,
    trust,
)
from typer.testing import CliRunner

from gateway.cli.init import make_site
from gateway.cli.main import app
from gateway.exchange import (
    KeyRing,
    TrustBook,
    expiries,
    make_site_keys,
    revoke_own,
    revoke_partner_key,
    rotate_keys,
    trust_certificate,
)
from gateway.exchange.keymaking import VALID_DAYS
from gateway.model.errors import ExchangeRefused, KeyUnavailable, Refusal, UsageError
from gateway.wiring import open_site_store
from gateway.wiring_site import Files

RUN = CliRunner()


def cwg(*words: object, code: int = 0) -> Any:
    done = RUN.invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output + repr(done.exception)
    return done


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "city"
    make_site(folder, "某市", "419900", ("419901",))
    return folder


def listed(site: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(cwg("keys", "list", "--site", site, "--json").stdout)
    return rows


def acts(site: Path) -> list[tuple[str, str]]:
    with open_site_store(site) as store:
        since = datetime(2020, 1, 1, tzinfo=UTC)
        return [
            (e.action, e.actor.partition("@")[2])
            for e in store.audit.entries(since, datetime.now(UTC))
        ]


def test_a_site_from_new_keys_to_revoked_ones(site: Path, tmp_path: Path) -> None:
    assert {(row["kind"], row["use"], row["state"]) for row in listed(site)} == {
        (kind, use, "in use") for kind in ("ec", "rsa") for use in ("sign", "encrypt")
    }
    cwg("keys", "new", "--kind", "sm2", "--site", site)
    cwg("keys", "new", "--kind", "sm2", "--site", site, code=2)
    cwg("keys", "new", "--kind", "dsa", "--site", site, code=2)
    cwg("keys", "rotate", "--kind", "ec", "--site", site)
    states = [row["state"] for row in listed(site) if row["kind"] == "ec"]
    assert sorted(states) == ["in use", "in use", "next", "next"], "partners have time to pin it"
    given = tmp_path / "given"
    cwg("keys", "export", given, "--site", site)
    assert len(list(given.iterdir())) == 8
    assert not any(b"PRIVATE" in path.read_bytes() for path in given.iterdir())
    (old,) = [
        r for r in listed(site) if (r["kind"], r["use"], r["state"]) == ("ec", "sign", "in use")
    ]
    cwg("keys", "revoke", old["thumbprint"][:10], "--site", site)
    assert {r["state"] for r in listed(site) if r["thumbprint"] == old["thumbprint"]} == {"revoked"}
    cwg("keys", "revoke", "00000000", "--site", site, code=2)
    assert [act for act, _ in acts(site)] == [
        "keys.new",
        "keys.rotate",
        "keys.export",
        "keys.revoke",
    ]


def test_a_partner_from_its_certificates_to_its_revocation(site: Path, tmp_path: Path) -> None:
    certificates = make_site_keys(tmp_path / "theirs", BUREAU, datetime.now(UTC))
    words = ["--source", "education", "--action", "roll", "--site", site]
    cwg("partner", "add", BUREAU, *certificates, "--suite", "soap", *words)
    cwg("partner", "add", BUREAU, *certificates, *words, code=2)
    cwg("partner", "add", "another", *certificates, "--suite", "rot13", *words, code=2)
    rows = json.loads(cwg("partner", "list", "--site", site, "--json").stdout)
    assert {(row["use"], row["kind"], row["state"], row["suites"]) for row in rows} == {
        (use, kind, "in force", "soap") for kind in ("ec", "rsa") for use in ("sign", "encrypt")
    }
    (next_one, *_) = make_site_keys(tmp_path / "next", BUREAU, datetime.now(UTC), kinds=("ec",))[1:]
    cwg("partner", "trust", BUREAU, next_one, "--site", site)
    cwg("partner", "trust", "nobody", next_one, "--site", site, code=2)
    cwg("partner", "revoke", BUREAU, rows[0]["thumbprint"][:12], "--site", site)
    rows = json.loads(cwg("partner", "list", "--site", site, "--json").stdout)
    assert sorted(row["state"] for row in rows) == ["in force"] * 4 + ["revoked"]
    assert [act for act, _ in acts(site)][-7:] == [
        "partner.add" if i == 4 else "partner.trust" for i in range(6)
    ] + ["partner.revoke"]


def test_a_weak_certificate_is_not_pinned_and_leaves_nothing(site: Path, tmp_path: Path) -> None:
    import subprocess

    weak = tmp_path / "weak.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-noenc", "-keyout", "/dev/null", "-newkey", "rsa:1024"]
        + ["-subj", "/CN=x", "-out", str(weak)],
        check=True, capture_output=True,
    )  # fmt: skip
    cwg("partner", "add", "weak", weak, "--source", "education", "--site", site, code=2)
    assert not (site / "partners" / "weak").exists()


def test_no_passphrase_reaches_a_file_or_a_screen(tmp_path: Path, monkeypatch: Any) -> None:
    """Unattended unlock by a systemd credential; nothing of it in YAML, log, database or output."""
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "cwg-keys").write_text("correct horse battery\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    folder = tmp_path / "city"
    make_site(folder, "某市", "419900", ("419901",))
    shown = cwg("keys", "new", "--kind", "sm2", "--site", folder).output
    shown += cwg("keys", "list", "--site", folder).output
    keys = list((folder / "keys").glob("*/*.key.pem"))
    assert len(keys) == 6 and all(b"ENCRYPTED" in path.read_bytes() for path in keys)
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert b"correct horse" not in data
            assert b"BEGIN PRIVATE" not in data and b"BEGIN EC PRIVATE" not in data
    assert "correct horse" not in shown
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    assert "passphrase" in cwg("keys", "list", "--site", folder, code=1).output
    secret = tmp_path / "file"
    secret.write_text("correct horse battery")
    cwg("keys", "list", "--site", folder, "--passphrase-file", secret)


def test_rotation_overlaps(tmp_path: Path) -> None:
    """Until the new pair begins the old one signs; afterwards both open."""
    make_site_keys(tmp_path, BUREAU, NOW - timedelta(days=30), kinds=("ec", "sm2"))
    begins = NOW + timedelta(days=14)
    rotate_keys(tmp_path, BUREAU, begins, ("ec", "sm2"), None)
    ring = KeyRing.load(tmp_path)
    for kind in ("ec", "sm2"):
        before, after = ring.signing(kind, NOW), ring.signing(kind, begins)  # type: ignore[arg-type]
        assert before != after
        old = ring.encrypting(kind, NOW)  # type: ignore[arg-type]
        assert ring.opening(old.thumbprint, kind, begins + timedelta(days=900)) == old  # type: ignore[arg-type]
    with pytest.raises(UsageError):
        rotate_keys(tmp_path, BUREAU, begins, ("ec",), None)


def test_our_own_revoked_key_signs_no_more_and_opens_only_what_came_before(tmp_path: Path) -> None:
    make_site_keys(tmp_path, BUREAU, NOW - timedelta(days=30), kinds=("ec",))
    ring = KeyRing.load(tmp_path)
    for pair in ring.certificates():
        revoke_own(tmp_path, ring, pair.thumbprint[:8], NOW)
    ring = KeyRing.load(tmp_path)
    earlier = NOW - timedelta(seconds=1)
    assert ring.signing("ec", earlier)
    with pytest.raises(KeyUnavailable):
        ring.signing("ec", NOW)
    name = ring.encrypting("ec", earlier).thumbprint
    assert ring.opening(name, "ec", earlier) and ring.opening(name, "ec", NOW) is None


@pytest.mark.parametrize("suite", ["file", "sm2-file", "jose"])
def test_a_revocation_holds_at_the_next_exchange_of_a_running_process(
    world: World, suite: str
) -> None:
    folder = world.folder / "partners"
    room = replace(world.room(), trust=trust(folder, world.keys, partner_file()))
    assert bring(world, suite, room=room).row_count == 3
    for key in TrustBook.load(folder).partner(BUREAU).keys:
        if key.use == "sign":
            revoke_partner_key(folder, BUREAU, key.thumbprint[:16], NOW)
    with pytest.raises(ExchangeRefused) as caught:
        bring(world, suite, room=room)
    assert caught.value.reason is Refusal.REVOKED_KEY


def test_a_new_certificate_is_known_at_once(world: World, tmp_path: Path) -> None:
    folder = world.folder / "partners"
    room = replace(world.room(), trust=trust(folder, world.keys, partner_file()))
    made = make_site_keys(tmp_path / "new", BUREAU, NOW, kinds=("ec",), label="2")
    pair = KeyRing.load(tmp_path / "new").signing("ec", NOW)
    sign_with_new = lambda parts: replace(parts, signer=pair)  # noqa: E731
    with pytest.raises(ExchangeRefused) as caught:
        bring(world, "file", room=room, sealing=sign_with_new)
    assert caught.value.reason is Refusal.UNKNOWN_SENDER
    trust_certificate(folder, BUREAU, made[0])
    assert bring(world, "file", room=room, sealing=sign_with_new).row_count == 3
    sealed = world.seal("file", roll_draft(), rows_content("file"))[1]
    assert (
        world.line("file", room).accept(drop_file(world.folder, sealed, "old"), {}).row_count == 3
    )


def test_an_earlier_revocation_is_not_moved(world: World) -> None:
    folder = world.folder / "partners"
    key = trust(folder, world.keys, partner_file()).partner(BUREAU).keys[0]
    first = revoke_partner_key(folder, BUREAU, key.thumbprint[:12], NOW)
    assert revoke_partner_key(folder, BUREAU, key.thumbprint[:12], NOW + timedelta(days=9)) == first
    earlier = NOW - timedelta(days=9)
    assert revoke_partner_key(folder, BUREAU, key.thumbprint[:12], earlier).at == earlier
    with pytest.raises(UsageError):
        revoke_partner_key(folder, BUREAU, key.thumbprint[:7], NOW)


@pytest.mark.parametrize(
    ("days_before", "level"), [(61, None), (59, 60), (29, 30), (6, 7), (-1, 0)]
)
def test_warnings(tmp_path: Path, days_before: int, level: int | None) -> None:
    make_site_keys(tmp_path / "keys", "gateway", NOW, kinds=("ec",))
    ring = KeyRing.load(tmp_path / "keys")
    ends = ring.signing("ec", NOW).certificate.not_valid_after_utc
    found = expiries(ring, TrustBook(()), ends - timedelta(days=days_before, hours=1))
    assert [e.level for e in found] == ([] if level is None else [level, level])
    rotate_keys(tmp_path / "keys", "gateway", ends - timedelta(days=90), ("ec",), None)
    later = KeyRing.load(tmp_path / "keys")
    assert expiries(later, TrustBook(()), ends - timedelta(days=days_before)) == (), "renewed"


@pytest.mark.parametrize(("days_left", "level"), [(45, 60), (20, 30), (5, 7), (-2, 0)])
def test_doctor_metrics_and_console_warn(
    site: Path, tmp_path: Path, days_left: int, level: int
) -> None:
    """Each of the three looks at the same keys, and says how many days are left."""
    old = tmp_path / "old"
    shutil.copytree(site / "keys" / "data", old / "keys" / "data")
    now = datetime.now(UTC)
    made = now + timedelta(days=days_left, hours=1) - timedelta(days=VALID_DAYS)
    make_site_keys(old / "keys", "gateway", made, kinds=("ec",))
    rows = json.loads(cwg("doctor", "--site", old, "--json", code=1).stdout)
    told = next(row for row in rows if row["check"] == "keys")
    assert told["state"] == "warning"
    assert (f"in {days_left} days" if level else "HAS ENDED") in told["found"]
    text = cwg("doctor", "--site", old, "--metrics", code=1).stdout
    for one in (60, 30, 7, 0):
        assert f'cwg_certificates_ending{{level="{one}"}} {2.0 * (one == level)}' in text
    assert 'cwg_check_state{check="keys"} 1.0' in text
    assert text.count(f"}} {days_left:.1f}\n") == 2
    shown = Files(old).ending()
    assert {(key.owner, key.days) for key in shown} == {("", days_left)}


def test_partners_certificates_warn_too(world: World) -> None:
    book = trust(world.folder / "partners", world.keys, partner_file())
    far = NOW + timedelta(days=1095 - 30 - 20)
    found = expiries(KeyRing(()), book, far)
    assert {(e.owner, e.level) for e in found} == {(BUREAU, 30)}
