"""The 16-ary Merkle tree over rows as sent (docs/exchange-format.md, section 2).

    leaf(i) = SHA-256(0x00 ‖ salt(i) ‖ row(i))
    node    = SHA-256(0x01 ‖ child ‖ … ‖ child)    up to 16 children
    root    = repeated until one node is left; at least one node level; no rows: SHA-256(0x02)

`salt(i)` is block i of the AES-256-CTR key stream under the exchange's `rows_salt`: showing one
row's salt tells nothing of another's, and without a salt a digest of a short row cannot be guessed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BRANCHES = 16
_DIGEST = 32
_FULL = BRANCHES * _DIGEST
EMPTY_ROOT = sha256(b"\x02").hexdigest()


def row_salt(salt: bytes, index: int) -> bytes:
    """The 16-byte salt of row `index` (from 0) under the 32-byte `salt` of its exchange."""
    block = Cipher(algorithms.AES(salt), modes.ECB()).encryptor()  # noqa: S305 - one block
    return block.update(index.to_bytes(16, "big")) + block.finalize()


def leaf(salt_of_row: bytes, row: bytes) -> bytes:
    """The leaf of one row."""
    return sha256(b"\x00" + salt_of_row + row).digest()


class RowTree:
    """The root over rows that arrive in batches; holds at most 15 digests a level besides a batch."""

    def __init__(self, salt: bytes, *, keep_leaves: bool = False) -> None:
        """`salt` is 32 bytes; `keep_leaves` keeps every leaf (32 bytes a row) to prove rows later."""
        self._stream = Cipher(algorithms.AES(salt), modes.CTR(bytes(16))).encryptor()
        self._levels: list[bytes] = [b""]
        self._leaves: list[bytes] | None = [] if keep_leaves else None
        self.count = 0

    def add(self, rows: Sequence[bytes]) -> None:
        """Take the next rows, in order."""
        salts = self._stream.update(bytes(16 * len(rows)))
        leaves = b"".join(
            [
                sha256(b"\x00" + salts[at : at + 16] + row).digest()
                for at, row in zip(range(0, len(salts), 16), rows, strict=True)
            ]
        )
        if self._leaves is not None:
            self._leaves.append(leaves)
        self.count += len(rows)
        self._push(leaves)

    def root(self) -> str:
        """The root over all rows so far, as 64 hex digits; more rows may follow."""
        if self.count == 0:
            return EMPTY_ROOT
        carried = b""
        for height, pending in enumerate(self._levels):
            digests = pending + carried
            top = height == len(self._levels) - 1
            if top and height > 0 and len(digests) == _DIGEST:
                return digests.hex()
            carried = b"".join(_nodes(digests))
        return carried.hex()

    @property
    def leaves(self) -> bytes:
        """Every leaf, 32 bytes each, when they were kept; else nothing."""
        return b"".join(self._leaves or ())

    def _push(self, digests: bytes) -> None:
        height = 0
        while digests:
            if height == len(self._levels):
                self._levels.append(b"")
            digests = self._levels[height] + digests
            whole = len(digests) - len(digests) % _FULL
            self._levels[height] = digests[whole:]
            digests = b"".join(_nodes(digests[:whole]))
            height += 1


def _nodes(digests: bytes) -> list[bytes]:
    """One level up: a node over each 16 digests, the last one over what is left."""
    return [
        sha256(b"\x01" + digests[at : at + _FULL]).digest() for at in range(0, len(digests), _FULL)
    ]


@dataclass(frozen=True, slots=True)
class RowProof:
    """That one row stands at `index` of `count` rows, without showing another row.

    `salt` is that row's own 16 bytes; `levels` holds, from the leaves up, the other children of each
    node on the way, concatenated in order.
    """

    index: int
    count: int
    salt: bytes
    levels: tuple[bytes, ...]


def prove_rows(leaves: bytes, indexes: Sequence[int], salt: bytes) -> list[RowProof]:
    """The proofs of rows by index, in that order, from all leaves (32 bytes each) and the exchange's
    32-byte salt; the tree is built once. Raises IndexError for a row that is not there.
    """
    count, paths = len(leaves) // _DIGEST, tree_paths(leaves, indexes)
    return [
        RowProof(index, count, row_salt(salt, index), path)
        for index, path in zip(indexes, paths, strict=True)
    ]


def tree_path(leaves: bytes, index: int) -> tuple[bytes, ...]:
    """The other children of each node from leaf `index` up. Raises IndexError."""
    return tree_paths(leaves, (index,))[0]


def tree_paths(leaves: bytes, indexes: Sequence[int]) -> list[tuple[bytes, ...]]:
    """The paths of several leaves, in that order. Raises IndexError."""
    if not all(0 <= index < len(leaves) // _DIGEST for index in indexes):
        raise IndexError(max(indexes))
    paths: list[list[bytes]] = [[] for _ in indexes]
    places, digests = list(indexes), leaves
    while True:
        for path, at in zip(paths, places, strict=True):
            first = at - at % BRANCHES
            group = digests[first * _DIGEST : (first + BRANCHES) * _DIGEST]
            place = (at - first) * _DIGEST
            path.append(group[:place] + group[place + _DIGEST :])
        digests, places = b"".join(_nodes(digests)), [at // BRANCHES for at in places]
        if len(digests) == _DIGEST:
            return [tuple(path) for path in paths]


def check_proof(row: bytes, proof: RowProof, root: str) -> bool:
    """Whether `row` stands at the proof's index under `root` (64 hex digits)."""
    found = path_root(leaf(proof.salt, row), proof.index, proof.count, proof.levels)
    return found == root


def path_root(digest: bytes, index: int, count: int, levels: Sequence[bytes]) -> str:
    """The root (64 hex digits) that a leaf and its path lead to; empty for a path that cannot be."""
    if not 0 <= index < count or not levels:
        return ""
    at, width = index, count
    for others in levels:
        first = at - at % BRANCHES
        if len(others) != (min(BRANCHES, width - first) - 1) * _DIGEST:
            return ""
        place = (at - first) * _DIGEST
        digest = sha256(b"\x01" + others[:place] + digest + others[place:]).digest()
        at, width = at // BRANCHES, -(-width // BRANCHES)
    return digest.hex() if width == 1 else ""
