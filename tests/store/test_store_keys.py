import stat
from pathlib import Path

import pytest

from gateway.model.errors import KeyUnavailable, StoreError
from gateway.store import DataKeys, KeyClass


@pytest.fixture
def own(tmp_path: Path) -> DataKeys:
    return DataKeys.create(tmp_path / "keys")


def test_key_files_are_for_their_owner_only(own: DataKeys, tmp_path: Path) -> None:
    files = sorted((tmp_path / "keys").iterdir())
    role = ["protection-role.key", "protection.public"]
    assert [f.name for f in files] == sorted([*(f"{k}.1.key" for k in KeyClass), *role])
    assert {stat.S_IMODE(f.stat().st_mode) for f in files} == {0o600}
    assert len({f.read_text() for f in files}) == len(files)


def test_create_again_touches_nothing(own: DataKeys, tmp_path: Path) -> None:
    token = own.sealer("t.c")(1, "x")
    assert DataKeys.create(tmp_path / "keys").opener("t.c")(1, token) == "x"


def test_an_envelope_opens_in_its_place(own: DataKeys) -> None:
    seal, unseal = own.sealer("person.name"), own.opener("person.name")
    token = seal(7, "王小明")
    assert unseal(7, token) == "王小明"
    assert seal(7, None) is None
    assert unseal(7, None) is None
    assert "王小明".encode() not in (token or b"")
    assert seal(7, "王小明") != token


ELSEWHERE = [
    ("person.name", 8),
    ("person.id_number", 7),
]


@pytest.mark.parametrize(("place", "row"), ELSEWHERE)
def test_an_envelope_does_not_open_elsewhere(own: DataKeys, place, row) -> None:
    token = own.sealer("person.name")(7, "王小明")
    with pytest.raises(StoreError, match="does not open in its place"):
        own.opener(place)(row, token)


@pytest.mark.parametrize("at", [0, 1, 3, 4, 15, 16, -1])
def test_an_altered_envelope_does_not_open(own: DataKeys, at: int) -> None:
    token = bytearray(own.sealer("t.c")(1, "王小明") or b"")
    token[at] ^= 1
    with pytest.raises((StoreError, KeyUnavailable)):
        own.opener("t.c")(1, bytes(token))


@pytest.mark.parametrize(
    "token", [b"", b"\x01", b"\x01\x00\x00\x01" + b"0" * 12, b"\x01\x09\x00\x01" + b"0" * 40]
)
def test_a_truncated_envelope_does_not_open(own: DataKeys, token: bytes) -> None:
    with pytest.raises(StoreError):
        own.opener("t.c")(1, token)


def test_after_rotation_old_envelopes_still_open(own: DataKeys) -> None:
    old = own.sealer("t.c")(1, "x")
    assert own.rotate(KeyClass.PERSONAL) == 2
    new = own.sealer("t.c")(1, "x")
    assert (old or b"")[2:4] == b"\x00\x01"
    assert (new or b"")[2:4] == b"\x00\x02"
    assert own.opener("t.c")(1, old) == own.opener("t.c")(1, new) == "x"


@pytest.mark.parametrize("kind", [KeyClass.INDEX, KeyClass.SITE, KeyClass.SNAPSHOT])
def test_keys_whose_values_are_compared_stay(own: DataKeys, kind: KeyClass) -> None:
    with pytest.raises(KeyUnavailable, match="cannot be replaced"):
        own.rotate(kind)


def test_a_process_without_the_protection_key_still_opens_the_rest(
    own: DataKeys, tmp_path: Path
) -> None:
    harm = own.sealer("t.c", KeyClass.PROTECTION)(1, "x")
    own = DataKeys(tmp_path / "keys")
    (tmp_path / "keys" / "protection.1.key").unlink()
    assert own.opener("t.c")(1, own.sealer("t.c")(1, "x")) == "x"
    assert own.opener("t.c")(1, own.sealer("t.c", KeyClass.SEALED)(1, "x")) == "x"
    with pytest.raises(KeyUnavailable, match=r"protection\.1\.key"):
        own.sealer("t.c", KeyClass.PROTECTION)
    with pytest.raises(KeyUnavailable, match=r"protection\.1\.key"):
        own.opener("t.c")(1, harm)


DAMAGE = [
    (lambda p: p.chmod(0o640), "chmod 600"),
    (lambda p: p.write_text("xyz"), "damaged"),
    (lambda p: p.write_text("ab" * 31), "damaged"),
    (lambda p: p.unlink(), "is not there"),
]


@pytest.mark.parametrize(("damage", "message"), DAMAGE, ids=["open", "text", "short", "gone"])
def test_a_bad_key_file_is_named(own: DataKeys, tmp_path: Path, damage, message: str) -> None:
    damage(tmp_path / "keys" / "site.1.key")
    with pytest.raises(KeyUnavailable, match=message) as caught:
        own.site_key()
    assert "site.1.key" in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_blind_indexes_are_equal_only_for_the_same_value_of_one_kind(own: DataKeys) -> None:
    assert own.token("id_number", "1") == own.token("id_number", "1")
    tokens = {own.token("id_number", "1"), own.token("id_number", "2"), own.token("phone", "1")}
    assert len(tokens) == 3
    assert all(len(t) == 64 for t in tokens)


def test_nothing_of_a_key_shows(own: DataKeys) -> None:
    assert repr(own) == "DataKeys(…)"
    assert len(own.snapshot_key()) == 32
    assert len(own.site_key()) == 64
