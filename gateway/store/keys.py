"""Data keys of a site: files of mode 0600, by class and version, and the envelopes made with them.

`personal` opens what officers see; `sealed` (class 3) and `protection` (signs of harm) are keys of
their own, so that a process may be started without them. `index` makes blind indexes, `snapshot` keys
the Parquet files, `site` makes finding keys; these three have one version for ever.
"""

import hmac
import os
import secrets
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.model.errors import KeyUnavailable
from gateway.store.envelopes import (
    CHILDS,
    HEAD,
    LEAD,
    NONCE,
    SITES,
    ChildCiphers,
    altered,
    childs_key,
    destroyed,
    is_childs,
    lead,
)
from gateway.store.sealed_box import make_pair


class KeyClass(StrEnum):
    """What a data key is for; also the first part of its file name."""

    PERSONAL = "personal"
    SEALED = "sealed"
    PROTECTION = "protection"
    INDEX = "index"
    SNAPSHOT = "snapshot"
    SITE = "site"


PROTECTION_PUBLIC = "protection.public"
PROTECTION_PRIVATE = "protection-role.key"
"""The role's own key: made with the site, then moved to where only child protection can read it."""

ENVELOPES = (KeyClass.PERSONAL, KeyClass.SEALED, KeyClass.PROTECTION)
"""Classes of keys that seal columns; an envelope names its class by the place here."""


class DataKeys:
    """The keys in a folder, read when first needed.

    Raises KeyUnavailable when a key is missing, damaged or readable by others than its owner.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read = lru_cache(maxsize=None)(self._load)
        self._cipher = lru_cache(maxsize=None)(self._make_cipher)

    @classmethod
    def create(cls, folder: Path) -> "DataKeys":
        """Make the first version of every key that is not there yet. Existing keys are not touched."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for kind in KeyClass:
            if not (folder / _file_name(kind, 1)).exists():
                _write_new(folder / _file_name(kind, 1))
        if not (folder / PROTECTION_PUBLIC).exists():
            private, public = make_pair()
            _write_new(folder / PROTECTION_PRIVATE, private)
            _write_new(folder / PROTECTION_PUBLIC, public)
        return cls(folder)

    def rotate(self, kind: KeyClass) -> int:
        """Make a new version of an envelope key; what is sealed from now on uses it.

        Raises KeyUnavailable for a class that has one version for ever.
        """
        if kind not in ENVELOPES:
            raise KeyUnavailable(
                f"the {kind} key cannot be replaced",
                where=str(self._folder.name),
                mend="values made with it are compared, so it stays for the life of the site",
            )
        version = self.current(kind) + 1
        _write_new(self._folder / _file_name(kind, version))
        self._cipher.cache_clear()
        return version

    def current(self, kind: KeyClass) -> int:
        """The newest version of a class that is in the folder."""
        found = [_version(p.name) for p in self._folder.glob(f"{kind}.*.key")]
        if not found:
            raise _missing(self._folder, _file_name(kind, 1))
        return max(found)

    def snapshot_key(self) -> bytes:
        """32 bytes that key the snapshot files."""
        return self._read(KeyClass.SNAPSHOT, 1)

    def protection_public(self) -> bytes:
        """32 bytes that seal signs of harm. What opens them is the role's, and need not be here."""
        return self._read_file(PROTECTION_PUBLIC)

    def protection_private(self) -> bytes:
        """The role's key, where the role has put it. Raises KeyUnavailable where it is not."""
        return self._read_file(PROTECTION_PRIVATE)

    def site_key(self) -> str:
        """64 hex digits that key finding keys."""
        return self._read(KeyClass.SITE, 1).hex()

    def index_key(self) -> str:
        """64 hex digits that key blind indexes made in SQL."""
        return self._read(KeyClass.INDEX, 1).hex()

    def token(self, what: str, text: str) -> str:
        """Blind index of a value: equal values of one kind give equal tokens (64 hex digits)."""
        key = self._read(KeyClass.INDEX, 1)
        return hmac.digest(key, f"{what}\0{text}".encode(), "sha256").hex()

    def token_column(self, what: str, texts: Sequence[str | None]) -> list[str | None]:
        """Blind indexes of many values of one kind."""
        key, lead = self._read(KeyClass.INDEX, 1), f"{what}\0".encode()
        digest = hmac.digest
        return [
            digest(key, lead + text.encode(), "sha256").hex() if text else None for text in texts
        ]

    def sealer(
        self, place: str, kind: KeyClass = KeyClass.PERSONAL, salt: bytes | None = None
    ) -> Callable[[object, str | None], bytes | None]:
        """A function (row id, text) → envelope for one column; `place` is `table.column`.

        With a child's `salt` (gateway/store/child_keys.py) the key is that child's own.
        """
        version = self.current(kind)
        cipher = self._cipher_of(kind, version, salt)
        head = lead(CHILDS if salt else SITES, ENVELOPES.index(kind), version)

        def seal(row: object, text: str | None) -> bytes | None:
            if text is None:
                return None
            nonce = os.urandom(NONCE)
            aad = head + f"{place}:{row}".encode()
            return head + nonce + cipher.encrypt(nonce, text.encode(), aad)

        return seal

    def child_ciphers(self, salts: Sequence[bytes]) -> "ChildCiphers":
        """The personal keys of many children, to seal column after column with."""
        version = self.current(KeyClass.PERSONAL)
        master = self._read(KeyClass.PERSONAL, version)
        return ChildCiphers(
            lead(CHILDS, ENVELOPES.index(KeyClass.PERSONAL), version),
            [AESGCM(childs_key(master, salt)) for salt in salts],
        )

    def opener(
        self, place: str, salt: bytes | None = None
    ) -> Callable[[object, bytes | None], str | None]:
        """A function (row id, envelope) → text for one column; the envelope names its key.

        The function raises StoreError for an envelope that was altered or moved to another row or
        column, or whose child's key was destroyed; KeyUnavailable when its key is not here.
        """

        def unseal(row: object, token: bytes | None) -> str | None:
            if token is None:
                return None
            if len(token) < HEAD or token[:1] not in (SITES, CHILDS):
                raise altered(place)
            if token[1] >= len(ENVELOPES):
                raise altered(place)
            own = salt if is_childs(token) else None
            if is_childs(token) and own is None:
                raise destroyed(place)
            version = int.from_bytes(token[2:LEAD], "big")
            cipher = self._cipher_of(ENVELOPES[token[1]], version, own)
            aad = token[:LEAD] + f"{place}:{row}".encode()
            try:
                return cipher.decrypt(token[LEAD:HEAD], token[HEAD:], aad).decode()
            except InvalidTag:
                raise altered(place) from None

        return unseal

    def __repr__(self) -> str:
        return "DataKeys(…)"

    def _cipher_of(self, kind: KeyClass, version: int, salt: bytes | None) -> AESGCM:
        if salt is None:
            return self._cipher(kind, version)
        return AESGCM(childs_key(self._read(kind, version), salt))

    def _make_cipher(self, kind: KeyClass, version: int) -> AESGCM:
        return AESGCM(self._read(kind, version))

    def _load(self, kind: KeyClass, version: int) -> bytes:
        return self._read_file(_file_name(kind, version))

    def _read_file(self, name: str) -> bytes:
        path = self._folder / name
        if not path.is_file():
            raise _missing(self._folder, name)
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise KeyUnavailable(
                "a data key can be read by others", where=path.name, mend=f"chmod 600 {path.name}"
            )
        try:
            key = bytes.fromhex(path.read_text(encoding="ascii").strip())
        except ValueError:
            key = b""
        if len(key) != 32:
            raise KeyUnavailable(
                "a data key is damaged", where=path.name, mend="restore it from the key backup"
            )
        return key


def _file_name(kind: KeyClass, version: int) -> str:
    return f"{kind}.{version}.key"


def _version(name: str) -> int:
    part = name.split(".")[1]
    return int(part) if part.isdigit() else 0


def _write_new(path: Path, key: bytes = b"") -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write((key.hex() or secrets.token_hex(32)) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _missing(folder: Path, name: str) -> KeyUnavailable:
    return KeyUnavailable(
        "a data key is not there",
        where=f"{folder.name}/{name}",
        mend="restore it from the key backup, or run the command as a user who may read it",
    )
