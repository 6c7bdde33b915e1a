"""Data keys replaced on line: everything opens before, during and after; cut off anywhere, it goes on."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, insert, update

from gateway.model.errors import KeyUnavailable
from gateway.store import DataKeys, KeyClass, Store
from gateway.store import rotation as room
from gateway.store.database import Database
from gateway.store.tables import excuse, metadata, person, quarantine

NAMES = [f"某{n}" for n in range(7)]


def test_no_sealed_column_is_forgotten() -> None:
    found = {
        f"{t.name}.{c.name}"
        for t in metadata.tables.values()
        for c in t.columns
        if isinstance(c.type, LargeBinary)
    }
    assert found == {s.place for s in room.SEALED} | room.NOT_SEALED
    for sealed in room.SEALED:
        assert set(sealed.bound) <= set(sealed.table.c.keys())


@pytest.fixture
def own(tmp_path: Path) -> tuple[Store, Database, DataKeys]:
    keys = DataKeys.create(tmp_path / "keys")
    store = Store(f"sqlite:///{tmp_path / 'own.db'}", keys)
    store.upgrade()
    with store._db.write() as c:
        for number, name in enumerate(NAMES, start=1):
            sealed = keys.sealer("person.name")(number, name)
            c.execute(insert(person).values(person_id=number, name=sealed))
        evidence = keys.sealer("excuse.evidence", KeyClass.PROTECTION)(1, "医院证明")
        c.execute(
            insert(excuse).values(
                excuse_id=1, person_id=1, axis="all", kind="ill", evidence=evidence,
                valid_from=date(2026, 1, 1), valid_to=date(2026, 2, 1), source="officer", by="x",
                known_from=datetime(2026, 1, 1, tzinfo=UTC),
            )
        )  # fmt: skip
    return store, store._db, keys


def names(store: Store) -> list[str | None]:
    return [p.name for p in store.persons.people(range(1, len(NAMES) + 1))]


def test_everything_is_under_the_newest_keys(own: tuple[Store, Database, DataKeys]) -> None:
    store, _, keys = own
    assert store.rotation.left() == 0
    assert store.rotation.begin()
    assert store.rotation.left() == 8 and names(store) == NAMES, "still opens while it runs"
    assert store.rotation.finish() == 8
    assert store.rotation.left() == 0 and names(store) == NAMES
    assert keys.current(KeyClass.PERSONAL) == keys.current(KeyClass.PROTECTION) == 2
    assert store.rotation.finish() == 0


def test_the_old_keys_are_not_needed_any_more(
    own: tuple[Store, Database, DataKeys], tmp_path: Path
) -> None:
    store, _, _ = own
    store.rotation.begin()
    store.rotation.finish()
    for kind in ("personal", "protection", "sealed"):
        (tmp_path / "keys" / f"{kind}.1.key").unlink()
    fresh = Store(f"sqlite:///{tmp_path / 'own.db'}", DataKeys(tmp_path / "keys"))
    assert names(fresh) == NAMES


def test_an_envelope_keeps_its_class(own: tuple[Store, Database, DataKeys], tmp_path: Path) -> None:
    """Class 3 stays apart: a process without its key cannot open it after a rotation either."""
    store, db, _ = own
    store.rotation.begin()
    store.rotation.finish()
    (tmp_path / "keys" / "protection.2.key").unlink()
    poor = DataKeys(tmp_path / "keys")
    with db.read() as c:
        token = c.execute(excuse.select()).one().evidence
    with pytest.raises(KeyUnavailable):
        poor.opener("excuse.evidence")(1, token)


@pytest.mark.parametrize("after", range(1, 5))
def test_cut_off_and_gone_on(
    own: tuple[Store, Database, DataKeys], monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    store, _, keys = own
    monkeypatch.setattr(room, "BATCH", 2)
    store.rotation.begin()
    seen = 0

    def power_cut(count: int) -> None:
        nonlocal seen
        seen += 1
        if seen == after:
            raise OSError("power cut")

    with pytest.raises(OSError, match="power"):
        store.rotation.finish(power_cut)
    assert names(store) == NAMES
    assert not store.rotation.begin(), "no third key while the second is not everywhere"
    assert store.rotation.finish() > 0
    assert store.rotation.left() == 0 and names(store) == NAMES
    assert keys.current(KeyClass.PERSONAL) == 2


def test_who_writes_meanwhile_wins(
    own: tuple[Store, Database, DataKeys], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, db, keys = own
    store.rotation.begin()
    real = DataKeys.opener

    def slow(self: DataKeys, place: str, salt: bytes | None = None):  # type: ignore[no-untyped-def]
        if place == "person.name":
            monkeypatch.setattr(DataKeys, "opener", real)
            sealed = keys.sealer("person.name")(3, "新名")
            with db.write() as c:
                c.execute(update(person).where(person.c.person_id == 3).values(name=sealed))
        return real(self, place, salt)

    monkeypatch.setattr(DataKeys, "opener", slow)
    store.rotation.finish()
    assert names(store)[2] == "新名"
    assert quarantine.name == "quarantine"


def test_on_both_databases(store: Store) -> None:
    store.rotation.finish()
    assert store.rotation.left() == 0
