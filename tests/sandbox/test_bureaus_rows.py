"""rows_root against the page's own numbers and a plain second reading of section 2."""

import hashlib

import pytest
from Crypto.Cipher import AES
from hypothesis import given
from hypothesis import strategies as st

from sandbox.bureaus.rows import NO_ROWS, grow, pages_root, row_salts, rows_root

SALT = bytes(range(32))


def naive_root(salt: bytes, rows: list[bytes]) -> str:
    """Recursive, the key stream block by block from AES-ECB."""
    ecb = AES.new(salt, AES.MODE_ECB)
    leaves = [
        hashlib.sha256(b"\x00" + ecb.encrypt(i.to_bytes(16, "big")) + row).digest()
        for i, row in enumerate(rows)
    ]

    def parent(children: list[bytes]) -> list[bytes]:
        groups = [children[i : i + 16] for i in range(0, len(children), 16)]
        return [hashlib.sha256(b"\x01" + b"".join(group)).digest() for group in groups]

    if not rows:
        return hashlib.sha256(b"\x02").hexdigest()
    nodes = parent(leaves)
    while len(nodes) > 1:
        nodes = parent(nodes)
    return nodes[0].hex()


@pytest.mark.parametrize(
    ("count", "root"),
    [
        (0, "dbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986"),
        (1, "8556f2da2342fcee72afc03ad8ef1e2d0d0e7efde9d8e10424271aad47022d55"),
        (17, "4f3bf9e225257642defa34e12672819d8a47a9d044ab6b955ff030736db701ae"),
    ],
)
def test_the_pages_numbers(count: int, root: str) -> None:
    assert rows_root(SALT, [f"row {i}".encode() for i in range(count)]) == root


@given(st.lists(st.binary(max_size=8), max_size=280), st.binary(min_size=32, max_size=32))
def test_same_as_the_naive_tree(rows: list[bytes], salt: bytes) -> None:
    assert rows_root(salt, rows) == naive_root(salt, rows)


def test_salts_are_one_stream() -> None:
    assert row_salts(SALT, 3)[16:32] == row_salts(SALT, 2)[16:]


def test_moving_or_changing_a_row_changes_the_root() -> None:
    rows = [b"a", b"b", b"c"]
    roots = {rows_root(SALT, r) for r in (rows, rows[::-1], [b"a", b"b"], [b"ab", b"", b"c"])}
    assert len(roots) == 4


def test_each_tree_has_its_own_salt() -> None:
    assert grow([b"a"]).salt != grow([b"a"]).salt
    assert grow([]) == NO_ROWS


def test_pages_root_is_over_raw_roots() -> None:
    one, two = "00" * 32, "ff" * 32
    assert pages_root([one, two]) == hashlib.sha256(bytes(32) + b"\xff" * 32).hexdigest()
