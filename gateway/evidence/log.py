"""Append-only log of one node, each record bound to the one before it.

One JSON object a line: `n` (from 1), `prev` (hash of the record before, 64 zeros for the first),
`kind`, `fields` (text only: digests, ids, reasons, times; never a payload), `hash` = SHA-256 over the
canonical JSON of the other four. Anybody can check the chain with a JSON parser and SHA-256.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.evidence.durable import make_folder, sync_folder
from gateway.model.errors import EvidenceBroken, UsageError

START = "0" * 64
_NODE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
_TAIL = 1 << 16
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class LogHead:
    """How far a chain goes: number of records and the hash of the last one."""

    node: str
    records: int
    hash: str


@dataclass(frozen=True, slots=True)
class LogRecord:
    """One record of the chain."""

    n: int
    prev: str
    kind: str
    fields: Mapping[str, str]
    hash: str


class ChainedLog:
    """The chain of one node in `<folder>/<node>.log`. Several processes of the node may append."""

    def __init__(self, folder: Path, node: str) -> None:
        if not _NODE.fullmatch(node):
            raise UsageError("A node's name is lower-case letters, digits, dot and hyphen.")
        make_folder(folder)
        self.node = node
        self.path = folder / f"{node}.log"
        self._head = LogHead(node, 0, START)
        self._size = 0

    def append(self, kind: str, fields: Mapping[str, str], *, durable: bool = True) -> LogHead:
        """Write one record; a durable one, and all before it, survive a power cut. A torn last line
        of a crash is cut off first, and a `recovered` record says so. Raises EvidenceBroken when the
        last whole record is broken."""
        return self.append_all(kind, (fields,), durable=durable)

    def append_all(
        self, kind: str, records: Sequence[Mapping[str, str]], *, durable: bool = True
    ) -> LogHead:
        """Write records of one kind at once, in order, as `append` does."""
        new = not self.path.exists()
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            _lock(handle)
            self._catch_up(handle)
            for at in range(0, len(records), _AT_ONCE):
                self._write(handle, kind, records[at : at + _AT_ONCE])
            if durable:
                os.fsync(handle)
        finally:
            os.close(handle)
        if new:
            sync_folder(self.path.parent)
        return self._head

    def head(self) -> LogHead:
        """The last whole record's place and hash."""
        try:
            handle = os.open(self.path, os.O_RDONLY)
        except FileNotFoundError:
            return self._head
        try:
            return self._read_head(handle, os.fstat(handle).st_size)[0]
        finally:
            os.close(handle)

    def records(self) -> Iterator[LogRecord]:
        """Every record in order, each checked against the one before.

        Raises EvidenceBroken naming the first broken record. A torn last line (a crash in
        mid-append) is no record and no break.
        """
        if not self.path.exists():
            return
        prev, n = START, 0
        with self.path.open("rb") as stream:
            for line in stream:
                if not line.endswith(b"\n"):
                    return
                n += 1
                record = self._parse(line, n)
                if record.n != n or record.prev != prev:
                    raise self._broken(n, "does not follow the record before it")
                prev = record.hash
                yield record

    def verify(self) -> LogHead:
        """Check the whole chain. Raises EvidenceBroken naming the first broken record."""
        head = LogHead(self.node, 0, START)
        for record in self.records():
            head = LogHead(self.node, record.n, record.hash)
        return head

    def _catch_up(self, handle: int) -> None:
        size = os.fstat(handle).st_size
        if size == self._size:
            return
        self._head, whole = self._read_head(handle, size)
        self._size = whole
        if whole < size:
            os.ftruncate(handle, whole)
            self._write(handle, "recovered", ({"cut_bytes": str(size - whole)},))

    def _write(self, handle: int, kind: str, records: Sequence[Mapping[str, str]]) -> None:
        n, mark, lines = self._head.records, self._head.hash, []
        for fields in records:
            n += 1
            body = {"n": n, "prev": mark, "kind": kind, "fields": dict(fields)}
            mark = _hash(body)
            lines.append(json.dumps({**body, "hash": mark}, ensure_ascii=False).encode() + b"\n")
        whole = b"".join(lines)
        view = memoryview(whole)
        while view:
            view = view[os.write(handle, view) :]
        self._head = LogHead(self.node, n, mark)
        self._size += len(whole)

    def _read_head(self, handle: int, size: int) -> tuple[LogHead, int]:
        """The head, and the size up to the end of the last whole line."""
        tail, start = b"", size
        while start > 0 and tail.count(b"\n") < 2:
            step = min(_TAIL, start)
            start -= step
            tail = os.pread(handle, step, start) + tail
        end = tail.rfind(b"\n") + 1
        if end == 0:
            return LogHead(self.node, 0, START), 0
        line = tail[tail.rfind(b"\n", 0, end - 1) + 1 : end]
        record = self._parse(line, None)
        return LogHead(self.node, record.n, record.hash), start + end

    def _parse(self, line: bytes, n: int | None) -> LogRecord:
        try:
            body: dict[str, Any] = json.loads(line)
            mark = body.pop("hash")
            record = LogRecord(**body, hash=mark)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise self._broken(n, "cannot be read") from None
        if _hash(body) != mark:
            raise self._broken(n if n is not None else record.n, "was changed")
        return record

    def _broken(self, n: int | None, how: str) -> EvidenceBroken:
        return EvidenceBroken(
            f"Record {n if n is not None else 'at the end'} of the log {how}.",
            where=self.path.name,
            mend="Keep this file as it is, compare it with the witnessed heads and the backup.",
        )


def _hash(body: Mapping[str, object]) -> str:
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _lock(handle: int) -> None:
    # The sealing command imports this room on Windows, which has no fcntl and needs no log.
    import fcntl

    fcntl.flock(handle, fcntl.LOCK_EX)
