"""Accounts and sessions in both databases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from gateway.model.accounts import AccountRow, SessionRow
from gateway.store import DataKeys, Store
from gateway.store.database import Database

NOW = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
LI = AccountRow(
    "li", ("data_officer",), ("4199", "4198"), "admin", NOW, "$argon2id$x", "SECRETSECRET"
)


def test_an_account_comes_back_as_it_was_put(store: Store) -> None:
    store.accounts.put(LI)
    changed = replace(LI, failed=5, resting_until=NOW + timedelta(minutes=1), must_change=False)
    store.accounts.put(changed)
    got = store.accounts.get("li")
    assert got == replace(changed, divisions=("4198", "4199"))
    assert store.accounts.all() == (got,)
    assert store.accounts.get("wang") is None


def test_the_secret_rests_enveloped(url: str, keys: DataKeys) -> None:
    with Store(url, keys) as store:
        store.accounts.put(LI)
    db = Database(url)
    with db.read() as c:
        row = c.execute(text("SELECT * FROM account")).one()
    db.close()
    assert b"SECRETSECRET" not in bytes(row.secret)
    assert "SECRETSECRET" not in repr(LI)


def test_sessions_open_are_seen_and_close(store: Store) -> None:
    store.accounts.put(LI)
    rows = [SessionRow(c * 64, "li", NOW, NOW) for c in "abc"]
    for row in rows:
        store.sessions.open(row)
    store.sessions.seen("a" * 64, NOW + timedelta(minutes=2))
    assert store.sessions.get("a" * 64) == replace(rows[0], seen_at=NOW + timedelta(minutes=2))
    store.sessions.close("a" * 64)
    assert store.sessions.get("a" * 64) is None
    store.sessions.close_all("li")
    assert store.sessions.get("b" * 64) is None
