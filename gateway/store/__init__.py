"""The operational store (see README.md)."""

from gateway.store.audit import AuditEntry
from gateway.store.cases import CaseEvent, CaseFile
from gateway.store.deliveries import KeptDelivery
from gateway.store.erasure import Erased
from gateway.store.findings import FindingCount, FindingRow, Page
from gateway.store.interlock import Known
from gateway.store.judgements import Excuse, Judgement, Side, Verdict
from gateway.store.keys import DataKeys, KeyClass
from gateway.store.lock import NightLock
from gateway.store.night import Applied
from gateway.store.outbox import Backlog, OutboxItem, WaitingItem
from gateway.store.persons import PersonIds, PersonRecord
from gateway.store.quarantine import QUARANTINE
from gateway.store.refusals import RefusalList
from gateway.store.replays import REPLAY_FINDING
from gateway.store.runs import NIGHTS, Run
from gateway.store.snapshots import SnapshotRow
from gateway.store.sources import STATUS, RollCounts, RowLedger
from gateway.store.store import Store, open_store

__all__ = [
    "NIGHTS",
    "QUARANTINE",
    "REPLAY_FINDING",
    "STATUS",
    "Applied",
    "AuditEntry",
    "Backlog",
    "CaseEvent",
    "CaseFile",
    "DataKeys",
    "Erased",
    "Excuse",
    "FindingCount",
    "FindingRow",
    "Judgement",
    "KeptDelivery",
    "KeyClass",
    "Known",
    "NightLock",
    "OutboxItem",
    "Page",
    "PersonIds",
    "PersonRecord",
    "RefusalList",
    "RollCounts",
    "RowLedger",
    "Run",
    "Side",
    "SnapshotRow",
    "Store",
    "Verdict",
    "WaitingItem",
    "open_store",
]
