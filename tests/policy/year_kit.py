"""The invented city lived through years, night after night, without servers: rolls are mapped, frozen, linked
and judged by the very steps of a night, and every outcome is held against what really happened.

A roll comes on its day of each month; a night between two rolls judges what the newest ones say, by the
calendar of its own day. So does the truth.
"""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa

from gateway.engine import Engine, EngineSettings, SnapshotStore, load_step
from gateway.engine.snapshots import Frozen, Snapshot
from gateway.linkage import load_weights
from gateway.mapping import Page, RollMapping, apply_pages, load_mapping
from gateway.pipeline import NightAsk
from gateway.pipeline.look import judge
from gateway.policy import DayOff, Parameters, Rule, build_calendar, load_parameters, load_rules
from gateway.policy.parameters import FOREVER, Parameter
from gateway.store import QUARANTINE, STATUS
from gateway.wiring_files import MAPPINGS
from sandbox.city import oracle
from sandbox.city.days import DAYS_OFF
from sandbox.city.ledgers import PAYMENT_TITLE, VISIT_TITLE
from sandbox.city.model import City
from sandbox.city.more_rolls import REPORT_TITLE
from sandbox.city.more_rolls import more as more_rolls
from sandbox.city.rolls import project
from sandbox.city.write import write_csv

SOURCES = {
    "education": ("enrolment",),
    "medical_insurance": ("coverage",),
    "national_welfare_system": ("registry", "assistance"),
}
MORE_SOURCES = {
    "education": ("suspected_dropout", "student_aid"),
    "medical_insurance": ("contribution", "help_identity"),
    "national_welfare_system": ("basic_living", "visit", "child_ledger", "guardian"),
    "disabled_persons_federation": ("card", "rehabilitation"),
}
TITLES = {
    "suspected_dropout": REPORT_TITLE, "basic_living": PAYMENT_TITLE, "visit": VISIT_TITLE,
    "child_ledger": VISIT_TITLE, "guardian": VISIT_TITLE, "student_aid": REPORT_TITLE,
    "help_identity": PAYMENT_TITLE, "rehabilitation": PAYMENT_TITLE,
}  # fmt: skip
INSTEAD = {"child_ledger": "registry"}
"""A ledger that holds all that the registry's export does, and more, is collected in its place."""
CALENDAR = build_calendar({}, [DayOff(day, False) for day in DAYS_OFF])
COUNTIES = tuple(f"4199{n:02}" for n in range(1, 7))


@dataclass(frozen=True)
class Difference:
    """A child whose outcome is not what the truth asks for. `child` is the city's number."""

    night: date
    rule: str
    child: int
    truth: str
    found: str


@dataclass
class Book:
    """What the gateway keeps of the rolls of all months: snapshots, refused rows, states."""

    folder: Path
    city: City
    more: bool = False
    days: list[date] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.snapshots = SnapshotStore(self.folder, bytes(32))
        self.chains: dict[tuple[str, str, str], list[Snapshot]] = {}
        self.refused: list[tuple[str, pa.Table]] = []
        self.rows: list[dict[str, object]] = []
        self.mappings: dict[tuple[str, str], RollMapping] = {
            (source, roll): load_mapping(MAPPINGS / source / f"{roll}.v1.yaml", MAPPINGS / "codes")
            for sources in (SOURCES, MORE_SOURCES if self.more else {})
            for source, rolls in sources.items()
            for roll in rolls
            if not (self.more and roll in INSTEAD.values())
        }

    def collect(self, day: date, whole: bool = True) -> None:
        """Take the rolls of a day as those of its month; without `whole` the four of every night only."""
        tables = project(self.city, day) | more_rolls(self.city, day)
        for (source, roll), mapping in self.mappings.items():
            if not whole and INSTEAD.get(roll, roll) not in SOURCES.get(source, ()):
                continue
            path = self.folder / "roll.csv"
            title = TITLES.get(roll)
            encoding = "gb18030" if title else "utf-8"
            write_csv(tables[roll], path, encoding)
            if title:
                path.write_bytes(f"{title}\n".encode(encoding) + path.read_bytes())
            with made_engine() as engine, path.open("rb") as payload:
                delivery = f"{roll}-{day:%Y-%m}"
                page = Page(delivery, source, f"text/csv; charset={encoding}", payload)
                apply_pages(engine, mapping, [page], spill_dir=self.folder)
                self._keep(engine, source, roll, mapping, day)
        self.days.append(day)

    def _keep(
        self, engine: Engine, source: str, roll: str, mapping: RollMapping, day: date
    ) -> None:
        period, known = f"{day:%Y-%m}", datetime.combine(day, time(2), UTC)
        for table in mapping.tables:
            chain = self.chains.setdefault((source, roll, table), [])
            of = Frozen(f"{period}-{roll}-{table}", source, roll, table, period, known)
            chain.append(self.snapshots.freeze(engine, f"mapped_{table}", of, chain))
            self.rows += [_state(source, roll, table, scope, day) for scope in ("*", *COUNTIES)]
        refused = engine.fetch(load_step("gateway.pipeline", "quarantine_rows"))
        names = [n for n in refused.schema.names if n not in ("source", "roll")]
        own = {"source": source, "roll": roll}
        table = refused.select(names)
        for name, value in own.items():
            table = table.append_column(name, pa.array([value] * table.num_rows, pa.string()))
        self.refused.append((period, table.select(QUARANTINE.names).cast(QUARANTINE)))

    def known(self, day: date) -> tuple[date, ...]:
        """The days of the rolls that have come by a day."""
        return tuple(d for d in self.days if d <= day)

    def chain(
        self, source: str, roll: str, table: str, known_at: datetime, period: str = ""
    ) -> list[Snapshot]:
        """As the store's register gives it."""
        found = self.chains.get((source, roll, table), [])
        return [one for one in found if one.known_from <= known_at]

    def status(self, known_at: datetime) -> pa.Table:
        """As the store gives it: what was known of every roll and month at a time."""
        return pa.Table.from_pylist(
            [r for r in self.rows if r["roll_date"] <= known_at.date()],  # type: ignore[operator]
            schema=STATUS,
        )

    def as_known(self, period: str, known_at: datetime) -> pa.Table:
        """The refused rows of the newest rolls."""
        newest = f"{self.known(known_at.date())[-1]:%Y-%m}"
        return pa.concat_tables([t for p, t in self.refused if p == newest])


@contextmanager
def made_engine(memory: str = "600MB") -> Iterator[Engine]:
    """An engine that spills to memory."""
    spill = Path(tempfile.mkdtemp(prefix="cwg-year-", dir="/dev/shm"))
    try:
        with Engine(EngineSettings(spill, memory_limit=memory, threads=1)) as engine:
            yield engine
    finally:
        shutil.rmtree(spill, ignore_errors=True)


def house_of(book: Book, rules: Sequence[Rule], parameters: Parameters) -> Any:
    """As much of a house as a look at a night asks of it."""
    rolls = [
        SimpleNamespace(source=source, roll=roll, mapping=mapping, mode="roll", delta=None)
        for (source, roll), mapping in book.mappings.items()
    ]
    store = SimpleNamespace(
        sources=SimpleNamespace(status=lambda known_at: book.status(known_at)),
        snapshots=book,
        quarantine=book,
        judgements=SimpleNamespace(standing=lambda known_at: ()),
        excuses=SimpleNamespace(in_force=lambda as_of, known_at: ()),
    )
    return SimpleNamespace(
        store=store, snapshots=book.snapshots, rolls=rolls, rules=tuple(rules), calendar=CALENDAR,
        weights=load_weights(MAPPINGS / "linkage" / "weights.v1.yaml"), site_key="5a" * 32,
        parameters=parameters,
    )  # fmt: skip


OF_CHILD = ("orphan", "unattended", "extreme_hardship")
AMOUNTS = {
    "basic_living": (
        (date(2017, 1, 1), dict.fromkeys(OF_CHILD, 1270) | {"orphan_institution": 1720}),
        (date(2026, 7, 1), dict.fromkeys(OF_CHILD, 1350) | {"orphan_institution": 1800}),
    ),
    "contribution_standard": ((date(2017, 1, 1), {"family": 400}),),
    "contribution_help": (
        (
            date(2017, 1, 1),
            dict.fromkeys(OF_CHILD, 400) | {"low_income": 200, "severe_disability": 200},
        ),
    ),
}
"""What the invented city has decided, as its site would set it."""


def shipped(known: Sequence[str] = ()) -> tuple[tuple[Rule, ...], Parameters]:
    """Our rules (those of `known` ids; default: all), our parameters and the city's."""
    policy = MAPPINGS / "policy"
    rules = tuple(r for r in load_rules(policy) if not known or r.id in known)
    ours = load_parameters(policy / "parameters")
    theirs = (
        Parameter(topic, key, "4199", since, _until(given, n), value, "安禾市")
        for topic, given in AMOUNTS.items()
        for n, (since, values) in enumerate(given)
        for key, value in values.items()
    )
    return rules, Parameters(ours.files, (*ours.values, *theirs))


def _until(given: Sequence[tuple[date, object]], n: int) -> date:
    return given[n + 1][0] - timedelta(days=1) if n + 1 < len(given) else FOREVER


def look(book: Book, house: Any, night: date) -> tuple[list[Difference], dict[str, int]]:
    """Judge one night and compare it child by child with the truth; how often each rule truly fires."""
    days = book.known(night)
    every = oracle.outcomes(book.city, night, days[:-1], days[-1], book.more)
    with made_engine() as engine:
        judge(house, engine, NightAsk(night, datetime.combine(night, time(23), UTC)))
        engine.load("truth", every)
        engine.load("truth_key", oracle.keys(book.city))
        rows = engine.fetch(DIFFER, {}).to_pylist()
        fires = engine.fetch(TRULY).to_pylist()
    return [Difference(night, **row) for row in rows], {r["rule"]: r["n"] for r in fires}


def _state(source: str, roll: str, table: str, scope: str, day: date) -> dict[str, object]:
    return {
        "source": source, "roll": roll, "table_name": table, "scope": scope,
        "period": f"{day:%Y-%m}", "state": "verified", "coverage": "national", "roll_date": day,
        "due_on": day, "received": 1, "accepted": 1, "quarantined": 0, "error_budget": 0.02,
    }  # fmt: skip


TRULY = """
SELECT rule, count(*) AS n FROM truth
WHERE outcome = 'fires' AND rule IN (SELECT DISTINCT rule FROM outcome)
GROUP BY rule
"""

DIFFER = """
WITH named AS (
    SELECT p.person_id, min(k.child) AS child
    FROM person AS p
    JOIN truth_key AS k
        ON k.row_key = p.base_row_key
        AND k.roll = CASE p.base_roll WHEN 'child_ledger' THEN 'registry' ELSE p.base_roll END
    GROUP BY p.person_id
),
said AS (
    SELECT o.rule, n.child, o.kind, o.reason
    FROM outcome AS o
    JOIN named AS n ON n.person_id = o.person_id
    WHERE o.rule IN (SELECT DISTINCT rule FROM truth)
)
SELECT
    coalesce(t.rule, s.rule) AS rule, coalesce(t.child, s.child) AS child,
    coalesce(t.outcome || ' ' || t.detail, 'nobody of the universe') AS truth,
    coalesce(s.kind || ' ' || s.reason, 'nobody of the universe') AS found
FROM truth AS t
FULL JOIN said AS s ON s.rule = t.rule AND s.child = t.child
WHERE coalesce(t.rule, s.rule) IN (SELECT DISTINCT rule FROM outcome)
    AND coalesce(t.clean, TRUE) AND (coalesce(t.outcome, '') = 'fires') <> (coalesce(s.kind, '') = 'fires')
ORDER BY ALL
"""
"""Children whose rows tell who they are, and whose finding and truth are not the same."""
