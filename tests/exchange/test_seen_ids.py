"""The port for seen ids: the tests' memory and the operational store mean the same by it."""

from pathlib import Path
from typing import Any

import pytest
from exchange_kit import NOW, MemorySeen, World, drop_file, roll_draft, rows_content

from gateway.exchange import SeenIds
from gateway.store import DataKeys, Store

ONE, TWO = "01a1e1e0-1af8-75f6-87c4-c2424b557513", "01a1e1e0-1af8-75f6-87c4-c2424b557514"


@pytest.fixture(params=["memory", "store"])
def seen(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "memory":
        yield MemorySeen()
        return
    (tmp_path / "data-keys").mkdir()
    store = Store(f"sqlite:///{tmp_path / 'gateway.db'}", DataKeys.create(tmp_path / "data-keys"))
    store.upgrade()
    yield store.exchanges
    store.close()


def test_an_id_is_new_until_its_receipt_is_kept(seen: SeenIds) -> None:
    assert seen.first_seen(ONE, "bureau", "signed", "sealed", NOW) == "new"
    assert seen.receipt(ONE, "bureau") is None
    assert seen.first_seen(ONE, "bureau", "signed", "sealed-again", NOW) == "new"
    seen.keep_receipt(ONE, "bureau", "first", NOW)
    assert seen.first_seen(ONE, "bureau", "signed", "sealed-again", NOW) == "same"
    seen.keep_receipt(ONE, "bureau", "second", NOW)
    assert seen.receipt(ONE, "bureau") == "first"


def test_an_id_stands_for_one_content_of_one_sender(seen: SeenIds) -> None:
    assert seen.first_seen(ONE, "bureau", "signed", "sealed", NOW) == "new"
    assert seen.first_seen(ONE, "bureau", "other", "sealed", NOW) == "other"
    assert seen.first_seen(ONE, "another", "other", "sealed", NOW) == "new"
    assert seen.first_seen(TWO, "bureau", "other", "sealed", NOW) == "new"
    assert seen.receipt(TWO, "bureau") is None


def test_a_line_works_with_either(seen: Any, make_world: Any) -> None:
    world: World = make_world(seen=seen)
    path = drop_file(world.folder, world.seal("file", roll_draft(), rows_content("file"))[1])
    first, second = world.line("file"), world.line("file")
    assert first.accept(path, {}) == second.accept(path, {})
    assert first.receipts == second.receipts
