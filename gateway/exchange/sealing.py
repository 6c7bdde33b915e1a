"""Seals what leaves: describes the content in a contract, then lets a suite sign and encrypt it."""

import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from gateway.evidence.durable import CHUNK, move_into_place
from gateway.exchange.contract import new_id, pages_root
from gateway.exchange.keys import KeyRing
from gateway.exchange.limits import DEFAULT_LIMITS, Limits
from gateway.exchange.policy import KIND_OF_SUITE, SuiteName
from gateway.exchange.rows import RowFacts, RowProfile, row_reader
from gateway.exchange.salt import new_salt, salt_text
from gateway.exchange.statement import sign_statement
from gateway.exchange.suites import file
from gateway.exchange.suites.parts import Sealing
from gateway.exchange.suites.table import FILES, MESSAGES
from gateway.exchange.trust import TrustBook
from gateway.model.errors import UsageError
from gateway.model.exchange import Action, Closing, Header, ScopeCount


@dataclass(frozen=True, slots=True)
class Ending:
    """What the closing statement on the last page is computed from. `before` are the contracts of
    the pages before it; the last page itself is added when its rows have been counted."""

    scopes: tuple[ScopeCount, ...]
    held_scopes: tuple[str, ...] = ()
    before: tuple[Header, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """What the sender decides of an exchange before its content has been looked at."""

    sender: str
    recipient: str
    action: Action
    source: str
    roll: str = ""
    period: str = ""
    in_reply_to: str = ""
    page: int = 1
    last: bool = True
    ending: Ending | None = None
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Sealer:
    """Whose keys, for whom, when, and where the rows stand. `to` is the endpoint's URL, for SOAP."""

    keys: KeyRing
    trust: TrustBook
    now: datetime
    rows: RowProfile
    to: str = ""
    limits: Limits = DEFAULT_LIMITS

    def parts(self, suite: SuiteName, recipient: str) -> Sealing:
        """The newest keys in force for a suite. Raises KeyUnavailable."""
        kind, partner = KIND_OF_SUITE[suite], self.trust.partner(recipient)
        partner.check_suite(suite)
        return Sealing(
            self.keys.signing(kind, self.now),
            partner.encryption(kind, self.now),
            self.to,
            partner.app_id,
            self.keys.app_secret(recipient),
        )

    def with_statement(self, suite: SuiteName, header: Header) -> Sealing:
        """The same with the root statement of an exchange, where there is one."""
        parts = self.parts(suite, header.recipient)
        said = sign_statement(header, parts.signer, parts.recipient.habit)
        return replace(parts, statement=said) if said else parts


def seal_message(
    suite: SuiteName, document: bytes, draft: Draft, sealer: Sealer
) -> tuple[Header, bytes]:
    """Seal a document as a message: its contract and the sealed bytes.

    Raises UsageError when it is larger than a message may be, KeyUnavailable.
    """
    prepare, seal, content_type = MESSAGES[suite]
    content = prepare(document)
    limits = sealer.limits
    header = describe(io.BytesIO(content), content_type, draft, sealer, limits.message_life)
    sealed = seal(header, content, sealer.with_statement(suite, header))
    if len(sealed) > limits.message_bytes:
        raise UsageError(
            "The document is too large for a message.",
            where=f"{draft.source}: {len(sealed)} bytes",
            mend="Ask for smaller pages, or send it as a file.",
        )
    return header, sealed


def seal_file(
    source: Path,
    target: Path,
    content_type: str,
    draft: Draft,
    sealer: Sealer,
    suite: SuiteName = "file",
) -> Header:
    """Seal a file into `target`, written whole under another name and then renamed; a folder is
    given a file `<exchange id>.cwgx`.

    Reads `source` twice (to describe it, to encrypt it) and holds about a megabyte of it. Raises
    KeyUnavailable.
    """
    with source.open("rb") as content:
        header = describe(content, content_type, draft, sealer, sealer.limits.file_life)
        content.seek(0)
        into = target / f"{header.id}{file.SUFFIX}" if target.is_dir() else target
        with write_whole(into) as out:
            parts = sealer.with_statement(suite, header)
            FILES[suite].seal(header, content, out, parts)
    return header


def seal_bytes(
    content: bytes, content_type: str, draft: Draft, sealer: Sealer, suite: SuiteName = "file"
) -> tuple[Header, bytes]:
    """Seal a small content as a file: its contract and the sealed file's bytes."""
    header = describe(io.BytesIO(content), content_type, draft, sealer, sealer.limits.file_life)
    out = io.BytesIO()
    parts = sealer.with_statement(suite, header)
    FILES[suite].seal(header, io.BytesIO(content), out, parts)
    return header, out.getvalue()


@contextmanager
def write_whole(target: Path) -> Iterator[BinaryIO]:
    """A file that gets its name when it is whole and durable; a fault leaves nothing."""
    part = target.with_name(f".{target.name}.part")
    try:
        with part.open("xb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        move_into_place(part, target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def describe(
    content: BinaryIO, content_type: str, draft: Draft, sealer: Sealer, life: timedelta
) -> Header:
    """The contract of a content, read from its start: digest, rows, times, a new id."""
    created = sealer.now.replace(microsecond=0)
    salt = new_salt()
    place = sealer.rows.place(draft.action, is_file=life == sealer.limits.file_life)
    rows = row_reader(content_type, place, salt, sealer.limits)
    hasher = hashlib.sha256()
    content.seek(0)
    while piece := content.read(CHUNK):
        hasher.update(piece)
        rows.feed(piece)
    facts = rows.finish()
    return Header(
        id=new_id(sealer.now),
        sender=draft.sender,
        recipient=draft.recipient,
        action=draft.action,
        source=draft.source,
        roll=draft.roll,
        period=draft.period,
        created=created,
        expires=created + life,
        content_type=content_type,
        row_count=facts.rows,
        content_digest=f"sha-256:{hasher.hexdigest()}",
        rows_salt=salt_text(salt),
        rows_root=facts.root,
        in_reply_to=draft.in_reply_to,
        page=draft.page,
        last=draft.last,
        closing=None if draft.ending is None else _closing(draft.ending, facts),
        replaces=draft.replaces,
    )


def _closing(ending: Ending, last_page: RowFacts) -> Closing:
    roots = [*(header.rows_root for header in ending.before), last_page.root]
    return Closing(
        rows=sum(header.row_count for header in ending.before) + last_page.rows,
        pages=len(roots),
        pages_root=pages_root(roots),
        scopes=ending.scopes,
        held_scopes=ending.held_scopes,
    )
