"""The row tree against a slow, literal reading of docs/exchange-format.md, section 2."""

import time
from hashlib import sha256

import pytest
from Crypto.Cipher import AES
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.evidence.rows import EMPTY_ROOT, RowTree, check_proof, prove_rows, row_salt

SALT = bytes(range(32))


def literal_root(rows: list[bytes], salt: bytes) -> str:
    if not rows:
        return sha256(b"\x02").hexdigest()
    stream = AES.new(salt, AES.MODE_CTR, nonce=b"", initial_value=0).encrypt(bytes(16 * len(rows)))
    level = [
        sha256(b"\x00" + stream[16 * i : 16 * i + 16] + row).digest() for i, row in enumerate(rows)
    ]
    while True:
        level = [
            sha256(b"\x01" + b"".join(level[i : i + 16])).digest() for i in range(0, len(level), 16)
        ]
        if len(level) == 1:
            return level[0].hex()


def tree_of(rows: list[bytes], batch: int, *, keep: bool = False) -> RowTree:
    tree = RowTree(SALT, keep_leaves=keep)
    for at in range(0, len(rows), batch):
        tree.add(rows[at : at + batch])
    return tree


@pytest.mark.parametrize(
    "count", [0, 1, 2, 15, 16, 17, 31, 32, 255, 256, 257, 4095, 4096, 4097, 4113]
)
@pytest.mark.parametrize("batch", [1000, 16, 7])
def test_the_root_is_that_of_the_page(count: int, batch: int) -> None:
    rows = [f"row {i}".encode() for i in range(count)]
    tree = tree_of(rows, batch)
    assert tree.root() == literal_root(rows, SALT)
    assert tree.count == count


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.binary(max_size=40), max_size=300),
    st.integers(1, 64),
    st.binary(min_size=32, max_size=32),
)
def test_batches_do_not_matter(rows: list[bytes], batch: int, salt: bytes) -> None:
    tree = RowTree(salt)
    for at in range(0, len(rows), batch):
        tree.add(rows[at : at + batch])
        tree.root()
    assert tree.root() == literal_root(rows, salt)


@pytest.mark.parametrize(
    ("count", "root"),
    [
        (1, "8556f2da2342fcee72afc03ad8ef1e2d0d0e7efde9d8e10424271aad47022d55"),
        (17, "4f3bf9e225257642defa34e12672819d8a47a9d044ab6b955ff030736db701ae"),
    ],
)
def test_the_vectors_of_the_format_page(count: int, root: str) -> None:
    assert tree_of([f"row {i}".encode() for i in range(count)], 5).root() == root


def test_no_rows_have_a_root_of_their_own() -> None:
    assert RowTree(SALT).root() == EMPTY_ROOT == sha256(b"\x02").hexdigest()


def test_a_row_has_the_salt_of_the_key_stream() -> None:
    stream = AES.new(SALT, AES.MODE_CTR, nonce=b"", initial_value=0).encrypt(bytes(16 * 70_000))
    for index in (0, 1, 255, 256, 65_535, 65_536, 69_999):
        assert row_salt(SALT, index) == stream[16 * index : 16 * index + 16]


@pytest.mark.parametrize("count", [1, 2, 16, 17, 256, 257, 4097])
def test_every_row_is_proved_by_its_path_and_nothing_else_is(count: int) -> None:
    rows = [f"row {i}".encode() for i in range(count)]
    tree = tree_of(rows, 100, keep=True)
    root = tree.root()
    for index in {0, count // 2, count - 1}:
        proof = prove_rows(tree.leaves, (index,), SALT)[0]
        assert check_proof(rows[index], proof, root)
        assert not check_proof(rows[index] + b" ", proof, root)
        assert not check_proof(rows[index], proof, "0" * 64)


@settings(max_examples=80, deadline=None)
@given(st.integers(2, 600), st.data())
def test_a_proof_cannot_be_bent(count: int, data: st.DataObject) -> None:
    rows = [f"row {i}".encode() for i in range(count)]
    tree = tree_of(rows, 100, keep=True)
    index = data.draw(st.integers(0, count - 1))
    proof = prove_rows(tree.leaves, (index,), SALT)[0]
    other_place = data.draw(st.integers(-2, count + 2).filter(lambda i: i != index))
    for bent in (
        type(proof)(other_place, proof.count, proof.salt, proof.levels),
        type(proof)(proof.index, proof.count, bytes(16), proof.levels),
        type(proof)(proof.index, proof.count, proof.salt, proof.levels[:-1]),
        type(proof)(proof.index, proof.count, proof.salt, (*proof.levels, b"")),
    ):
        assert not check_proof(rows[index], bent, tree.root()) or bent == proof


def test_a_row_that_is_not_there_cannot_be_proved() -> None:
    tree = tree_of([b"a", b"b"], 1, keep=True)
    with pytest.raises(IndexError):
        prove_rows(tree.leaves, (2,), SALT)[0]


def test_a_proof_shows_no_other_row() -> None:
    rows = [f"child number {i}".encode() for i in range(40)]
    proof = prove_rows(tree_of(rows, 40, keep=True).leaves, (7,), SALT)[0]
    assert b"child" not in b"".join(proof.levels)


def test_a_million_rows_take_about_a_second() -> None:
    rows = [
        f"{i:07d},41990600{i % 97:02d},row of about sixty bytes of text".encode()
        for i in range(4096)
    ]
    tree = RowTree(SALT)
    start = time.process_time()
    for _ in range(25):
        tree.add(rows)
    tree.root()
    assert time.process_time() - start < 1.0, (
        "100,000 rows; the plan is 0.1 s of the processor, a slower one may take more"
    )
