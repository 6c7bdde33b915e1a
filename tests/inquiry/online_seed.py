"""A small invented city in a real SQLite store: two nights, a page full of findings, and some that
an ordinary reader must never see."""

import atexit
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from shutil import copytree, rmtree
from tempfile import mkdtemp
from typing import Any

import pyarrow as pa
from fixed_keys import fixed_data_keys

from gateway.access import Reader
from gateway.inquiry import Inquiry
from gateway.model.cases import CASE_PERSON, TRANSITION
from gateway.model.exchange import Closing, Delivery, Grade, SealedRef
from gateway.model.identifiers import check_digit
from gateway.model.outcomes import OutcomeCount
from gateway.policy import load_rules
from gateway.store import RowLedger, Store
from gateway.store.sources import STATUS

RULES = load_rules(Path(__file__).parents[2] / "mappings" / "policy")
FIRST, SECOND = date(2026, 9, 15), date(2026, 11, 16)
LONG_NAME = "阿卜杜热依木江·" * 5
RARE_NAME = "𠮷田𡈽"
ODD_NAMES = {20: LONG_NAME, 21: RARE_NAME}
"""Forty characters; characters outside the BMP."""
NAMES = ("张小明", "李思雨", "欧阳子轩", "买买提·艾力", "王一", "赵梓涵")
GRADES = {
    "education": Grade.OWNER_SIGNED,
    "medical_insurance": Grade.OWNER_SIGNED,
    "national_welfare_system": Grade.OWNER_SIGNED,
}
ROLLS = (
    ("education", "enrolment", ("enrolment",), "province"),
    ("medical_insurance", "coverage", ("coverage",), "city"),
    (
        "national_welfare_system",
        "assistance",
        ("assistance_household", "assistance_member"),
        "city",
    ),
    ("national_welfare_system", "registry", ("child",), "city"),
)
COUNTIES = ("419901", "419902")


def now() -> datetime:
    """The clock of the tests."""
    return datetime(2026, 11, 17, 1, 0, tzinfo=UTC)


def number(person: int) -> str:
    """An invented number whose check digit is right."""
    first = f"4199012015{person % 12 + 1:02d}{person % 28 + 1:02d}{person % 1000:03d}"
    return first + check_digit(first)


def key(text: str) -> str:
    """A finding key."""
    return sha256(text.encode()).hexdigest()


def exchange(n: int, as_of: date) -> str:
    """The id of the exchange that brought the n-th roll of `ROLLS`."""
    return f"01990000-0000-7000-8000-{as_of:%Y%m}00000{n}"


@dataclass(frozen=True)
class Seed:
    """One finding of the seed."""

    name: str
    rule: str
    person: int | None = None
    county: str = "419901"
    reason: str = "no_enrolment"
    answer: str = "no"
    access: str = "ordinary"
    severity: str = "2"
    owner: str = "education"
    state: str = "open"
    evidence: tuple[tuple[str, str], ...] = (("registry", exchange(4, FIRST) + "#17"),)
    episode: date = date(2026, 9, 1)
    more: dict[str, Any] = field(default_factory=dict)
    version: int = 1

    def transition(self) -> dict[str, Any]:
        """The row of `gateway.model.cases.TRANSITION` that opens its case."""
        refs = [{"roll": roll, "ref": ref} for roll, ref in self.evidence]
        of_roll = self.person is None
        return {
            "finding_key": key(self.name), "rule": self.rule, "rule_version": self.version,
            "person_id": self.person, "source": "education" if of_roll else None,
            "roll": "enrolment" if of_roll else None, "scope": self.county if of_roll else None,
            "division": f"{self.county}001002", "severity": self.severity, "owner": self.owner,
            "answer": self.answer, "reason": self.reason, "access": self.access,
            "episode": self.episode, "evidence": json.dumps(refs),
            "evidence_digest": key(self.name), "to_state": self.state, "event": "found",
            "event_evidence": "[]", "view_changed": True, "due_on": date(2026, 11, 23),
        } | self.more  # fmt: skip


FINDINGS = (
    Seed("edu", "EDU-01", 1),
    Seed("edu-other-county", "EDU-01", 2, county="419902"),
    Seed("dropout", "EDU-02", 3, reason="status_dropout", severity="1",
         evidence=(("enrolment", exchange(1, FIRST) + "#5"),)),
    Seed("local", "MED-01", 1, reason="no_coverage", answer="not_found_locally", severity="3",
         owner="medical_insurance", episode=date(2026, 1, 1)),
    Seed("missed", "WEL-01", 4, reason="extreme_hardship", owner="civil_affairs",
         evidence=(("assistance", exchange(3, SECOND) + "#9"),)),
    Seed("closed", "WEL-02", 5, reason="never_paid", owner="civil_affairs", state="resolved",
         episode=date(2026, 10, 1)),
    Seed("late", "SRC-01", None, reason="roll_late", owner="it", evidence=(), severity="3"),
    Seed("nowhere", "EDU-01", 9, more={"division": None}),
    Seed("whole-roll", "SRC-02", None, reason="roll_partial", owner="it", evidence=(),
         more={"division": None, "scope": "*"}),
    Seed("unverified", "EDU-01", 6, more={"unverified_since": date(2026, 11, 12)}),
    Seed("sealed", "EDU-01", 7, access="sealed"),
    Seed("protection", "EDU-02", 8, reason="status_dropout", access="protection", severity="1"),
)  # fmt: skip
ORDINARY = tuple(s for s in FINDINGS if s.access == "ordinary")
HIDDEN = tuple(s for s in FINDINGS if s.access != "ordinary")


def many(count: int) -> tuple[Seed, ...]:
    """So many more findings, enough for several pages."""
    return tuple(
        Seed(f"many-{n}", "MED-02", 100 + n, reason="coverage_lapsed", owner="medical_insurance",
             severity="3", evidence=(("coverage", f"{exchange(2, SECOND)}#{n}"),))
        for n in range(count)
    )  # fmt: skip


SUMS = (
    OutcomeCount("EDU-01", 1000, 3, 700, 20, 17, 260),
    OutcomeCount("MED-01", 1000, 1, 990, 9, 0, 0),
    OutcomeCount("HRM-01", 1000, 5, 995, 0, 0, 0),
)


def open_night(store: Store, as_of: date, seeds: Iterable[Seed], *, baseline: bool = False) -> int:
    """Run one night by hand: status, ledger, findings, sums, published. Its number."""
    known_at = datetime(as_of.year, as_of.month, as_of.day, 18, 30, tzinfo=UTC)
    run = store.runs.begin_run(as_of, known_at, "night", baseline, f"{as_of:%Y-%m}/all")
    store.sources.put_status(run.run_id, _status(as_of))
    store.sources.put_ledger(run.run_id, _ledger(as_of))
    for n, (source, roll, _, _) in enumerate(ROLLS, 1):
        if roll != "coverage":
            store.deliveries.add(_delivery(n, source, roll, as_of), known_at)
    rows = [_none() | seed.transition() for seed in seeds]
    people = [_person(row["person_id"]) for row in rows if row["person_id"]]
    unique = list({person["person_id"]: person for person in people}.values())
    store.night.apply_transitions(
        run.run_id,
        pa.Table.from_pylist(rows, schema=TRANSITION),
        pa.Table.from_pylist(unique, schema=CASE_PERSON),
        SUMS,
    )
    store.runs.step_done(run.run_id, "link", json.dumps(LINKS))
    store.runs.step_done(run.run_id, "crowds", json.dumps(CROWDS))
    store.runs.finish_run(run.run_id, "held", known_at)
    return run.run_id


CROWDS = [{"kind": "number", "blocks": 2, "rows": 4000}]
LINKS = [
    {"source": "education", "roll": "enrolment", "rows": 988, "linked": 970, "undecided": 18},
]


def make_store(folder: Path, *, extra: int = 0) -> Store:
    """An open store with the seed in it."""
    copytree(_seeded(extra), folder, dirs_exist_ok=True)
    return _opened(folder)


@cache
def _seeded(extra: int) -> Path:
    # Made once and copied: a test that changes its store changes a copy.
    folder = Path(mkdtemp(prefix="cwg-online-"))
    with empty_store(folder) as store:
        open_night(store, FIRST, FINDINGS[:1], baseline=True)
        open_night(store, SECOND, (*FINDINGS[1:], *many(extra)))
    atexit.register(rmtree, folder, ignore_errors=True)
    return folder


def empty_store(folder: Path) -> Store:
    """A store of this version's schema without a row in it."""
    store = _opened(folder)
    store.upgrade()
    return store


def _opened(folder: Path) -> Store:
    return Store(f"sqlite:///{folder / 'store.db'}", fixed_data_keys(folder / "keys"))


def make_inquiry(store: Store) -> Inquiry:
    """Inquiry over a store, with the shipped rules and the tests' clock."""
    return Inquiry(store, RULES, grades=GRADES, clock=now)


def city_reader() -> Reader:
    """The demo's reader: everything of the invented city, ordinary findings."""
    return Reader("demo", "person", ("",))


def county_reader() -> Reader:
    """A reader of one county."""
    return Reader("county", "person", ("419902",))


def _delivery(n: int, source: str, roll: str, as_of: date) -> Delivery:
    sealed = SealedRef(exchange(n, as_of), "sha-256:" + "0" * 64, 1)
    closing = Closing(1000, 1, "0" * 64, ())
    return Delivery(source, roll, f"{as_of:%Y-%m}", (sealed,), closing)


def _none() -> dict[str, Any]:
    return dict.fromkeys(TRANSITION.names)


def _person(person: int) -> dict[str, Any]:
    return {
        "person_id": person,
        "name": ODD_NAMES.get(person, NAMES[person % len(NAMES)]),
        "id_number": number(person),
        "birth_date": date(2015, person % 12 + 1, person % 28 + 1),
        "sex": "12"[person % 2],
        "division": "419901001002",
        "household_key": f"H{1 if person in (1, 3) else person}",
        "guardian_name": "赵一",
        "address": "安禾区和平路8号",
        "school_name": f"安禾第{person % 3 + 1}小学",
    }


def _status(as_of: date) -> pa.Table:
    rows = [
        {
            "source": source, "roll": roll, "table_name": table, "scope": scope,
            "period": f"{as_of:%Y-%m}", "coverage": coverage, "due_on": as_of.replace(day=10),
        } | _counts(roll, scope, as_of)
        for source, roll, tables, coverage in ROLLS
        for table in tables
        for scope in ("*", *COUNTIES)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=STATUS)


def _counts(roll: str, scope: str, as_of: date) -> dict[str, Any]:
    if roll == "coverage":
        return {"state": "late", "unverified_since": as_of.replace(day=10)}
    partial = roll == "enrolment" and scope in ("*", "419902")
    share = 1 if scope == "*" else 2
    return {
        "state": "partial" if partial else "verified", "roll_date": as_of,
        "received": 1000 // share, "accepted": 988 // share, "quarantined": 12 // share,
    }  # fmt: skip


def _ledger(as_of: date) -> tuple[RowLedger, ...]:
    period = f"{as_of:%Y-%m}"
    return tuple(
        RowLedger(source, roll, period, 1000, 988, 12, 0)
        for source, roll, _, _ in ROLLS
        if roll != "coverage"
    )
