"""`cwg client`, followed as an administrator would: registered, listed, renewed, revoked, all audited."""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from joserfc.jwk import ECKey
from typer.testing import CliRunner

sys.path.append(str(Path(__file__).parent))

from client_kit import BASIS, KEY, public

from gateway.cli.main import app
from gateway.wiring import open_site_store

RUN = CliRunner()


def cwg(*words: str) -> tuple[int, str]:
    result = RUN.invoke(app, list(words))
    return result.exit_code, result.stdout


def test_a_client_from_its_registration_to_its_end(tmp_path: Path) -> None:
    site, key = str(tmp_path / "city"), tmp_path / "key.json"
    key.write_bytes(public(KEY))
    assert (
        cwg("init", site, "--name", "安禾市", "--division", "419900", "--county", "419901")[0] == 0
    )
    words = ("client", "add", "cases", "--key", str(key), "--title", "个案系统", "--site", site)
    asked = ("--scope", "children.check", "--purpose", f"casework={BASIS}", "--division", "4199")
    assert cwg(*words, *asked)[0] == 0
    assert cwg(*words, *asked)[0] == 2, "a second one of that id"
    assert cwg(*words, "--scope", "bulk", "--purpose", "curiosity=法律法律法律")[0] == 2
    row = json.loads(cwg("client", "list", "--json", "--site", site)[1])[0]
    assert (row["client"], row["scopes"], row["divisions"]) == ("cases", "children.check", "4199")
    assert row["purposes"] == f"casework: {BASIS}" and row["revoked"] is None
    key.write_bytes(public(KEY, ECKey.generate_key("P-256")))
    assert cwg("client", "renew", "cases", "--key", str(key), "--site", site)[0] == 0
    assert cwg("client", "revoke", "cases", "--site", site)[0] == 0
    assert cwg("client", "revoke", "nobody", "--site", site)[0] == 2
    with open_site_store(Path(site)) as store:
        kept = store.clients.get("cases")
        now = datetime.now(UTC)
        entries = store.audit.entries(now - timedelta(minutes=5), now)
    assert kept is not None and kept.revoked_at and len(json.loads(kept.jwks)["keys"]) == 2
    assert [e.action for e in entries] == ["client.add", "client.renew", "client.revoke"]


@pytest.mark.parametrize("text", ["-----BEGIN PRIVATE KEY-----", "nonsense"])
def test_a_key_file_that_is_none_ends_with_one_line(tmp_path: Path, text: str) -> None:
    key = tmp_path / "key.pem"
    key.write_text(text)
    words = ("--title", "x", "--scope", "bulk", "--purpose", f"casework={BASIS}")
    assert cwg("client", "add", "x", "--key", str(key), *words, "--site", str(tmp_path))[0] == 2
