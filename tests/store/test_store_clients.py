"""Clients in both databases: registrations, tokens, assertions used once, budgets over nodes, replies."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from gateway.model.clients import ClientRow, ReplyRow, TokenRow
from gateway.model.errors import StoreError
from gateway.store import DataKeys, Store
from gateway.store.database import Database

NOW = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
CASES = ClientRow(
    "cases", "个案系统", '{"keys": []}', ("children.check", "findings.read"), ("4199",),
    {"casework": "未成年人保护法 第八十一条"}, "admin", NOW, (), "A" * 43,
)  # fmt: skip
TOKEN = TokenRow("f" * 64, "cases", ("children.check",), "", NOW, NOW + timedelta(minutes=10))


def test_a_client_comes_back_as_it_was_put(store: Store) -> None:
    assert store.clients.get("cases") is None
    store.clients.put(CASES)
    store.clients.put(replace(CASES, title="新名"))
    assert store.clients.all() == (replace(CASES, title="新名"),)


def test_revoking_ends_the_tokens(store: Store) -> None:
    store.clients.put(CASES)
    store.client_tokens.add(TOKEN)
    assert store.client_tokens.get(TOKEN.digest) == TOKEN
    store.clients.revoke("cases", NOW)
    assert store.client_tokens.get(TOKEN.digest) is None
    assert store.clients.get("cases") == replace(CASES, revoked_at=NOW)


def test_an_assertion_is_used_once_by_all_nodes_together(url: str, keys: DataKeys) -> None:
    def node(_: int) -> bool:
        with Store(url, keys) as own:
            return own.client_tokens.use_once("a" * 64, NOW + timedelta(minutes=5), NOW)

    with ThreadPoolExecutor(4) as nodes:
        assert sorted(nodes.map(node, range(4))) == [False, False, False, True]


def test_what_is_over_is_swept(store: Store) -> None:
    store.clients.put(CASES)
    store.client_tokens.add(TOKEN)
    store.client_tokens.use_once("a" * 64, NOW, NOW)
    store.client_tokens.use_once("b" * 64, NOW + timedelta(hours=2), NOW + timedelta(hours=1))
    assert store.client_tokens.get(TOKEN.digest) is None
    assert store.client_tokens.use_once("a" * 64, NOW, NOW)


def test_a_budget_is_taken_in_blocks_and_never_overdrawn(store: Store) -> None:
    store.clients.put(CASES)
    taken = [store.client_budgets.take("cases", "calls", NOW, 40, 100) for _ in range(4)]
    assert taken == [40, 40, 20, 0]
    assert store.client_budgets.take("cases", "misses", NOW, 1, 100) == 1
    later = NOW + timedelta(days=2)
    assert store.client_budgets.take("cases", "calls", later, 40, 100) == 40
    assert store.client_budgets.take("cases", "calls", NOW, 1, 100) == 1, "old windows are swept"


def test_nodes_that_take_together_get_no_more_than_there_is(url: str, keys: DataKeys) -> None:
    with Store(url, keys) as first:
        first.clients.put(CASES)

    def node(_: int) -> int:
        with Store(url, keys) as own:
            return own.client_budgets.take("cases", "calls", NOW, 30, 100)

    with ThreadPoolExecutor(5) as nodes:
        assert sum(nodes.map(node, range(5))) == 100


def test_a_reply_rests_enveloped_and_answers_once(url: str, keys: DataKeys) -> None:
    row = ReplyRow("cases", "k" * 64, "r" * 64, 201, NOW, '{"id": "某某"}')
    with Store(url, keys) as store:
        store.clients.put(CASES)
        store.client_replies.add(row)
        assert store.client_replies.get("cases", "k" * 64) == row
        assert store.client_replies.get("cases", "x" * 64) is None
        with pytest.raises(StoreError):
            store.client_replies.add(row)
        store.client_replies.add(replace(row, key="n" * 64, at=NOW + timedelta(days=2)))
        assert store.client_replies.get("cases", "k" * 64) is None, "swept after a day"
    db = Database(url)
    with db.read() as c:
        body = bytes(c.execute(text("SELECT body FROM client_reply")).scalar_one())
    db.close()
    assert "某某".encode() not in body and "某某" not in repr(row)
