"""Gathers what proves one finding: cited rows, absence from rolls, receipts and statements."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gateway.engine.absence import (
    COLUMNS,
    bucket_digests,
    bucket_tokens,
    make_tokens,
    name_token,
    number_token,
)
from gateway.evidence import ChainedLog
from gateway.exchange import SourceLine
from gateway.exchange.evidence_file import (
    Absence,
    Page,
    Row,
    check_evidence,
    prove_absence,
    seal_evidence,
)
from gateway.inquiry import Evidence, Finding, export_rows
from gateway.model.errors import EvidenceBroken, UsageError
from gateway.model.exchange import SealedRef
from gateway.model.names import name_key
from gateway.model.tables import table
from gateway.pipeline import RollPlan
from gateway.pipeline.chains import as_chain
from gateway.store import PersonRecord
from gateway.wiring import LOGS, OpenSite

ROLL_ROOT = "roll_root"
Fields = Mapping[str, str]


@dataclass(frozen=True)
class Gathered:
    """The parts of an evidence file."""

    pages: tuple[Page, ...]
    rows: tuple[Row, ...]
    absences: tuple[Absence, ...]


@dataclass(frozen=True)
class Proved:
    """An evidence file, and how much is in it."""

    data: bytes
    rows: int
    absences: int


def evidence_file(opened: OpenSite, found: Finding, now: datetime) -> Proved | None:
    """One file that proves a finding (docs/evidence-format.md); None when every item of its child is
    专人办理. Raises EvidenceBroken when it would not hold."""
    store = opened.house.store
    row = store.findings.finding(found.key)
    number = row.person_id if row is not None else None
    person = store.persons.person(number) if number is not None else None
    if person is not None and person.named_officer:
        return None
    parts = gather(opened, found.evidence, person, found.run.known_at)
    about = about_text(export_rows([found])[0])
    data = seal_evidence(about, parts.pages, parts.rows, parts.absences, opened.room.keys, now)
    bad = [step for step in check_evidence(data) if not step.holds]
    if bad:
        raise EvidenceBroken(
            f"The evidence does not hold: {bad[0].name}: {bad[0].found}.", where=found.key[:16]
        )
    return Proved(data, len(parts.rows), len(parts.absences))


def gather(
    opened: OpenSite, evidence: Sequence[Evidence], person: PersonRecord | None, known_at: datetime
) -> Gathered:
    """Everything that the evidence of a finding rests on. Raises EvidenceBroken."""
    accepted = {fields["id"]: fields for _, fields in _records(opened.folder, "accepted")}
    rows = [row for item in evidence if item.kind == "row" for row in _rows(opened, item)]
    absences = [
        absence
        for item in evidence
        if item.kind == "roll" and person is not None
        for absence in _absences(opened, item, person, known_at)
    ]
    wanted = {row.exchange_id: None for row in rows}
    wanted |= {absence.closing: None for absence in absences if absence.closing}
    pages = tuple(_page(opened, accepted[name]) for name in wanted if name in accepted)
    return Gathered(pages, tuple(rows), tuple(absences))


def bind_rolls(opened: OpenSite, known_at: datetime) -> int:
    """Log the root over who is on each roll, for every newest snapshot that has none yet; how many."""
    bound = {fields["snapshot"] for _, fields in _records(opened.folder, ROLL_ROOT)}
    made = 0
    for plan in opened.house.rolls:
        for name in _tables(plan):
            chain = opened.house.store.snapshots.chain(plan.source, plan.roll, name, known_at)
            if chain and chain[-1].id not in bound:
                digests, _ = _tree(opened, plan, name, known_at, "")
                _, root = prove_absence(digests, "0" * 64)
                _log(opened).append(ROLL_ROOT, {"snapshot": chain[-1].id, "root": root})
                made += 1
    return made


def archive_line(plan: RollPlan) -> SourceLine:
    """The line of a roll, to open again what it accepted. Raises UsageError for one without archive."""
    line = plan.line()
    if not isinstance(line, SourceLine):
        raise UsageError("this source keeps no archive", where=plan.source)
    return line


def _rows(opened: OpenSite, item: Evidence) -> Iterator[Row]:
    exchange_id, _, number = (item.ref or "").partition("#")
    plan = _plan(opened, item)
    ref = _ref(opened, item, exchange_id)
    if plan is None or ref is None:
        return
    kept = opened.house.store.cited_rows.row(exchange_id, int(number))
    if kept is not None:
        yield Row.of(kept)
        return
    ((row, proof),) = archive_line(plan).proofs(ref, (int(number),))
    yield Row(exchange_id, row, proof)


def _absences(
    opened: OpenSite, item: Evidence, person: PersonRecord, known_at: datetime
) -> Iterator[Absence]:
    plan = _plan(opened, item)
    for name in _tables(plan) if plan is not None else ():
        snapshots = opened.house.store.snapshots
        chain = snapshots.chain(item.source or "", item.roll, name, known_at)
        if plan is None or not chain:
            continue
        for what, token in _tokens(opened, person):
            digests, bucket = _tree(opened, plan, name, known_at, token)
            if token in bucket:
                return
            levels, root = prove_absence(digests, token)
            logged = _bound(opened, chain[-1].id, root)
            yield Absence(
                item.source or "", item.roll, chain[-1].period, chain[-1].id, what, token,
                bucket, levels, root, logged, _closing(opened, item),
            )  # fmt: skip


def _tree(
    opened: OpenSite, plan: RollPlan, name: str, known_at: datetime, token: str
) -> tuple[bytes, list[str]]:
    """(digests of all buckets, the tokens of this token's bucket) of one table of a roll."""
    house = opened.house
    chain = as_chain(house.store.snapshots.chain(plan.source, plan.roll, name, known_at))
    with house.engine() as engine:
        house.snapshots.scan(engine, chain, "absence_scan", COLUMNS)
        make_tokens(engine, "absence_scan", _key(opened))
        return bucket_digests(engine), bucket_tokens(engine, token) if token else []


def _tokens(opened: OpenSite, person: PersonRecord) -> Iterator[tuple[str, str]]:
    if person.id_number:
        yield "number", number_token(_key(opened), person.id_number)
    if person.name and person.birth_date:
        key = name_key(person.name) or ""
        yield "name and birth date", name_token(_key(opened), key, person.birth_date.isoformat())


def _bound(opened: OpenSite, snapshot: str, root: str) -> int:
    """The log's record that binds a roll's root; made now when there is none. EvidenceBroken."""
    for number, fields in _records(opened.folder, ROLL_ROOT):
        if fields["snapshot"] == snapshot:
            if fields["root"] != root:
                raise EvidenceBroken(
                    "A roll is not the one whose root was logged.",
                    where=snapshot,
                    mend="Restore var/snapshots from the backup of that night.",
                )
            return number
    return _log(opened).append(ROLL_ROOT, {"snapshot": snapshot, "root": root}).records


def _page(opened: OpenSite, fields: Fields) -> Page:
    for partner in opened.room.trust.partners():
        for key in partner.keys:
            if key.thumbprint == fields["signer"]:
                said = fields.get("statement", "")
                return Page(fields["id"], fields["receipt"], said, key.certificate, key.habit)
    raise EvidenceBroken(
        "The certificate that signed an exchange is gone.",
        where=f"{fields['sender']}, {fields['signer'][:16]}",
        mend="Put it back into the partner's folder; revoked ones stay there too.",
    )


def _closing(opened: OpenSite, item: Evidence) -> str:
    kept = opened.house.store.deliveries.current(item.source or "", item.roll, item.period or "")
    return kept.delivery.exchanges[-1].exchange_id if kept else ""


def _ref(opened: OpenSite, item: Evidence, exchange_id: str) -> SealedRef | None:
    for kept in opened.house.store.deliveries.history(item.source or "", item.roll):
        for ref in kept.delivery.exchanges:
            if ref.exchange_id == exchange_id:
                return ref
    return None


def _plan(opened: OpenSite, item: Evidence) -> RollPlan | None:
    wanted = (item.source, item.roll)
    return next((p for p in opened.house.rolls if (p.source, p.roll) == wanted), None)


def _tables(plan: RollPlan) -> tuple[str, ...]:
    names = plan.mapping.tables
    return tuple(n for n in names if set(COLUMNS) <= {c.name for c in table(n).columns})


def _key(opened: OpenSite) -> str:
    return opened.house.store.keys.token("absence", "1")


def _log(opened: OpenSite) -> ChainedLog:
    return ChainedLog(opened.folder / LOGS, opened.site.site.node)


def _records(folder: Path, kind: str) -> Iterator[tuple[int, Fields]]:
    for path in sorted((folder / LOGS).glob("*.log")):
        for record in ChainedLog(folder / LOGS, path.stem).records():
            if record.kind == kind:
                yield record.n, record.fields


def about_text(values: object) -> dict[str, object]:
    """JSON values of a finding, as the file keeps them."""
    found: dict[str, object] = json.loads(json.dumps(values, default=str))
    return found
