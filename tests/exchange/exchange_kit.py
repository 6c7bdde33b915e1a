"""A small world of two parties with real keys, for the exchange room's tests. All is invented."""

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

from gateway.evidence import Archive, ChainedLog, Shelf
from gateway.exchange import (
    Draft,
    Ending,
    KeyRing,
    PartnerFile,
    Room,
    RowProfile,
    Sealer,
    SourceLine,
    SourceProfile,
    TrustBook,
    add_partner,
    make_site_keys,
    seal_bytes,
    seal_message,
)
from gateway.exchange.limits import DEFAULT_LIMITS, Limits
from gateway.model.exchange import Action, Header, ScopeCount

NOW = datetime(2026, 11, 16, 1, 2, 3, tzinfo=UTC)
US, BUREAU, OTHER = "gateway", "bureau", "other"
SUITES = ("soap", "jose", "file", "sm2", "sm2-form", "sm2-file", "cms")
LIKE = {"sm2": "jose", "sm2-form": "jose", "sm2-file": "file", "cms": "file"}
"""What each further suite carries the content of."""
FILES = ("file", "sm2-file", "cms")
WRITERS = {"cms": "cms", "sm2": "jose", "sm2-form": "sm2_form", "sm2-file": "file"}
"""The module that writes the contract."""
APP = "CWG000000001"
NS = "urn:education:student-record:1"
ANSWERS = tuple(action for action in Action if action.endswith(".answer"))


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


class MemorySeen:
    """The SeenIds port in memory, with the store's meaning of `new`."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], list[str | None]] = {}

    def first_seen(
        self, exchange_id: str, sender: str, signed_digest: str, sealed_digest: str, now: datetime
    ) -> Literal["new", "same", "other"]:
        row = self.rows.setdefault((sender, exchange_id), [signed_digest, None])
        if row[0] != signed_digest:
            return "other"
        return "new" if row[1] is None else "same"

    def keep_receipt(self, exchange_id: str, sender: str, receipt: str, now: datetime) -> None:
        row = self.rows[sender, exchange_id]
        row[1] = row[1] or receipt

    def receipt(self, exchange_id: str, sender: str) -> str | None:
        row = self.rows.get((sender, exchange_id))
        return row[1] if row else None


@dataclass(frozen=True)
class Keys:
    """Key folders of three parties, made once a session, and what each trusts."""

    folder: Path

    def ring(self, party: str) -> KeyRing:
        return _ring(self.folder / party)

    def certificates(self, party: str) -> list[Path]:
        """Certificates named apart by kind, as a partner's folder holds them."""
        return sorted((self.folder / "given" / party).glob("*.cert.pem"))


@lru_cache
def _ring(folder: Path) -> KeyRing:
    return KeyRing.load(folder)


@lru_cache
def one_room(world: "World") -> Room:
    """One room for the many examples of a property."""
    return world.room()


def make_keys(folder: Path) -> Keys:
    for party in (US, BUREAU, OTHER):
        began = NOW - timedelta(days=30)
        for path in make_site_keys(folder / party, party, began, kinds=("ec", "rsa", "sm2")):
            given = (
                folder / "given" / party / path.name.replace(".cert", f"-{path.parent.name}.cert")
            )
            given.parent.mkdir(parents=True, exist_ok=True)
            given.write_bytes(path.read_bytes())
    return Keys(folder)


def partner_file(name: str = BUREAU, **changes: Any) -> PartnerFile:
    spec = PartnerFile(name=name, sources=("education",), actions=tuple(Action), app_id=APP)
    return spec.model_copy(update=changes)


@lru_cache
def book(keys: Keys, *partners: PartnerFile) -> TrustBook:
    """The trust book of these partners, read once a session."""
    return trust(keys.folder / f"book-{len(list(keys.folder.iterdir()))}", keys, *partners)


def trust(folder: Path, keys: Keys, *partners: PartnerFile) -> TrustBook:
    for spec in partners:
        add_partner(folder, spec, keys.certificates(spec.name))
    return TrustBook.load(folder)


PROFILES = {
    "soap": RowProfile("xml", "xsjbxx", "subject"),
    "jose": RowProfile("json", "output.psninsuinfo", "input.data"),
    "file": RowProfile("csv"),
}
PROFILES |= {suite: PROFILES[like] for suite, like in LIKE.items()}
CONTENT_TYPES = {
    "soap": "application/xml",
    "jose": "application/json",
    "file": "text/csv; charset=gb18030",
}
CONTENT_TYPES |= {suite: CONTENT_TYPES[like] for suite, like in LIKE.items()}


@dataclass(eq=False)
class World:
    """A site with one partner, and that partner's own keys and trust to seal with."""

    folder: Path
    keys: Keys
    clock: Clock = field(default_factory=Clock)
    seen: MemorySeen = field(default_factory=MemorySeen)
    limits: Limits = DEFAULT_LIMITS
    partners: tuple[PartnerFile, ...] = (partner_file(), partner_file(OTHER))

    def __post_init__(self) -> None:
        self.spill = self.folder / "spill"
        self.spill.mkdir(parents=True, exist_ok=True)
        self.their_trust = book(self.keys, partner_file(US))

    def room(self) -> Room:
        evidence = self.folder / "evidence"
        return Room(
            party=US,
            keys=self.keys.ring(US),
            trust=book(self.keys, *self.partners),
            archive=Archive(evidence / "archive"),
            log=ChainedLog(evidence / "log", "node-1"),
            sent=Shelf(evidence / "sent"),
            seen=self.seen,
            clock=self.clock,
            spill_dir=self.spill,
            limits=self.limits,
        )

    def line(self, suite: str, room: Room | None = None) -> SourceLine:
        return SourceLine(room or self.room(), profile(suite))

    def sealer(self, suite: str, party: str = BUREAU) -> Sealer:
        return Sealer(
            self.keys.ring(party),
            self.their_trust,
            self.clock.now,
            PROFILES[suite],
            limits=self.limits,
        )

    def seal(
        self, suite: str, draft: Draft, content: bytes, party: str = BUREAU
    ) -> tuple[Header, bytes]:
        sealer = self.sealer(suite, party)
        if suite in FILES:
            return seal_bytes(content, CONTENT_TYPES["file"], draft, sealer, suite)  # type: ignore[arg-type]
        return seal_message(suite, content, draft, sealer)  # type: ignore[arg-type]

    def answerer(self, suite: str, reply: "Reply") -> Callable[[bytes], bytes]:
        """A bureau that answers any request with `reply`: what a line's `carry` reaches."""
        theirs = replace_party(self, suite)

        def carry(sealed: bytes) -> bytes:
            request = theirs(sealed)
            draft = replace(reply.draft(request), **reply.changes)
            return reply.twist(self.seal(suite, draft, reply.content, reply.party)[1])

        return carry


@dataclass
class Reply:
    """An answer of the bureau. `changes` go into its draft, `twist` into its sealed bytes."""

    content: bytes
    changes: dict[str, Any] = field(default_factory=dict)
    twist: Callable[[bytes], bytes] = lambda sealed: sealed
    party: str = BUREAU

    def draft(self, request: Header) -> Draft:
        roll = request.action is Action.ROLL
        return Draft(
            sender=BUREAU,
            recipient=US,
            action=Action(f"{request.action}.answer"),
            source=request.source,
            roll=request.roll,
            period=request.period,
            in_reply_to=request.id,
            ending=Ending((ScopeCount("419901", 3),)) if roll else None,
        )


def replace_party(world: World, suite: str) -> Callable[[bytes], Header]:
    """What the bureau reads of a request: its contract, opened with the bureau's own keys."""
    from gateway.exchange.contract import header_from
    from gateway.exchange.suites.parts import Opening
    from gateway.exchange.suites.table import UNSEAL

    unseal = UNSEAL[suite]  # type: ignore[index]
    ring = world.keys.ring(BUREAU)

    def read(sealed: bytes) -> Header:
        opening = Opening(ring, world.their_trust, world.clock.now, world.limits, US)
        return header_from(unseal(io.BytesIO(sealed), opening).contract)

    return read


def profile(suite: str) -> SourceProfile:
    return SourceProfile(
        "education",
        BUREAU,
        suite,  # type: ignore[arg-type]
        PROFILES[suite],
        roll="enrolment",
        endpoint="https://127.0.0.1:8443/soap",
    )


def rows_content(suite: str, names: Sequence[str] = ("甲", "乙", "丙")) -> bytes:
    """A roll of invented names in the suite's own form."""
    suite = LIKE.get(suite, suite)
    if suite == "soap":
        rows = "".join(f"<s:xsjbxx><s:xm>{name}</s:xm></s:xsjbxx>" for name in names)
        total = f"<s:status>ready</s:status><s:total>{len(names)}</s:total><s:nextCursor/>"
        return f'<s:GetRollResponse xmlns:s="{NS}">{total}{rows}</s:GetRollResponse>'.encode()
    if suite == "jose":
        rows = ",".join(f'{{"psn_name":"{name}","age":7,"x":null}}' for name in names)
        output = f'"total":"{len(names)}","cursor":"","status":"ready","psninsuinfo":[{rows}]'
        return f'{{"infcode":"0","output":{{{output}}}}}'.encode()
    return ("姓名,性别\r\n" + "".join(f"{name},男\r\n" for name in names)).encode("gb18030")


def request_content(suite: str) -> bytes:
    """A request for a roll, without rows."""
    suite = LIKE.get(suite, suite)
    if suite == "soap":
        return f'<s:GetRoll xmlns:s="{NS}"><s:period>2026-11</s:period></s:GetRoll>'.encode()
    return b'{"infno":"CWG01","input":{"data":{"period":"2026-11","cursor":""}}}'


CONTROLS = {
    "soap": {"status": "status", "total": "total", "cursor": "nextCursor"},
    "jose": {"status": "output.status", "total": "output.total", "cursor": "output.cursor"},
    "file": {},
}
CONTROLS |= {suite: CONTROLS[like] for suite, like in LIKE.items()}


def roll_draft(**changes: Any) -> Draft:
    """A roll that is dropped as a file."""
    draft = Draft(
        sender=BUREAU,
        recipient=US,
        action=Action.ROLL,
        source="education",
        roll="enrolment",
        period="2026-11",
        ending=Ending((ScopeCount("419901", 3),)),
    )
    return replace(draft, **changes)


def drop_file(folder: Path, sealed: bytes, name: str = "x.cwgx") -> Path:
    path = folder / name
    path.write_bytes(sealed)
    return path


def log_kinds(room: Room) -> list[tuple[str, str]]:
    """(kind, reason) of every record."""
    return [(record.kind, record.fields.get("reason", "")) for record in room.log.records()]


def forge(
    world: World,
    suite: str,
    content: bytes,
    draft: Draft,
    change: Callable[[dict[str, Any]], Any] = lambda values: None,
    sealing: Callable[[Any], Any] = lambda parts: parts,
) -> bytes:
    """A sealed exchange whose contract says what `change` makes of it, signed as if it were true."""
    from unittest import mock

    from gateway.exchange import contract
    from gateway.exchange.suites import jose

    def anything(value: Any) -> bytes:
        """JSON of numbers too that the suite's own writer would not write."""
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    def bent(header: Header) -> Any:
        values = contract.header_values(header)
        changed = change(values)
        return values if changed is None else changed

    class Bent(Sealer):
        def parts(self, suite: Any, recipient: str) -> Any:
            return sealing(super().parts(suite, recipient))

        def with_statement(self, suite: Any, header: Header) -> Any:
            return self.parts(suite, header.recipient)

    sealer = world.sealer(suite)
    bent_sealer = Bent(sealer.keys, sealer.trust, sealer.now, sealer.rows, sealer.to, sealer.limits)
    bend = mock.patch(f"gateway.exchange.suites.{WRITERS.get(suite, suite)}.header_values", bent)
    with bend, mock.patch.object(jose, "orjson", SimpleNamespace(dumps=anything)):
        if suite in FILES:
            return seal_bytes(content, CONTENT_TYPES["file"], draft, bent_sealer, suite)[1]  # type: ignore[arg-type]
        return seal_message(suite, content, draft, bent_sealer)[1]  # type: ignore[arg-type]


def bring(
    world: World,
    suite: str,
    change: Callable[[dict[str, Any]], Any] = lambda values: None,
    room: Room | None = None,
    **parts: Any,
) -> Any:
    """Bring the bureau's roll to a line, bent on the way: an answer to a call, or a dropped file."""
    line = world.line(suite, room)
    content = parts.pop("content", None) or rows_content(suite)
    twist = parts.pop("twist", lambda sealed: sealed)
    draft_changes = parts.pop("draft", {})
    if suite in FILES:
        draft = replace(roll_draft(), **draft_changes)
        sealed = twist(forge(world, suite, content, draft, change, **parts))
        return line.accept(drop_file(world.folder, sealed), {})
    read = replace_party(world, suite)

    def carry(sealed: bytes) -> bytes:
        draft = replace(Reply(content).draft(read(sealed)), **draft_changes)
        return twist(forge(world, suite, content, draft, change, **parts))

    return line.call(Action.ROLL, request_content(suite), carry, CONTROLS[suite], period="2026-11")
