"""Nights in small: outcomes given by hand, planned by SQL, applied to a real store."""

import hashlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from fixed_keys import fixed_data_keys

from gateway.casework import Decision, Event, Settings, decide, people, plan
from gateway.engine import Engine, EngineSettings
from gateway.model.cases import CaseState
from gateway.model.outcomes import OutcomeCount
from gateway.store import Applied, CaseFile, DataKeys, FindingRow, Store

OUTCOME = pa.schema([
    ("rule", pa.string()), ("rule_version", pa.int32()), ("person_id", pa.int64()),
    ("source", pa.string()), ("scope", pa.string()), ("division", pa.string()),
    ("kind", pa.string()), ("reason", pa.string()), ("answer", pa.string()),
    ("severity", pa.string()), ("due_days", pa.int32()), ("owner", pa.string()),
    ("episode", pa.date32()), ("evidence_roll", pa.string()), ("evidence_row_key", pa.string()),
    ("evidence_ref", pa.string()), ("access", pa.string()), ("finding_key", pa.string()),
    ("held_by", pa.string()),
])  # fmt: skip
PERSON = pa.schema([
    ("person_id", pa.int64()), ("registered", pa.bool_()), ("name", pa.string()),
    ("id_number", pa.string()), ("birth_date", pa.date32()), ("sex", pa.string()),
    ("division", pa.string()), ("household_key", pa.string()), ("source", pa.string()),
    ("base_row_key", pa.string()),
])  # fmt: skip
Said = Mapping[tuple[str, Any], Mapping[str, Any]]
"""(rule, person number) or (rule, "source/roll/scope") → what the rule says."""
EPISODE = date(2026, 9, 1)
HOME = "419901001001"


def finding_key(subject: object, rule: str, episode: date = EPISODE) -> str:
    return hashlib.sha256(f"{subject}|{rule}|{episode}".encode()).hexdigest()


@dataclass
class World:
    """Nights over one store."""

    engine: Engine
    store: Store
    settings: Settings

    def night(
        self,
        day: date,
        said: Said,
        *,
        baseline: bool = False,
        persons: Mapping[int, date] | None = None,
    ) -> Applied:
        """`persons`: number → birth date; by default those of whom something is said, born 2016."""
        planned = self.planned_table(day, said, baseline=baseline, persons=persons)
        return self.apply(day, planned, said)

    def planned_table(
        self,
        day: date,
        said: Said,
        *,
        baseline: bool = False,
        persons: Mapping[int, date] | None = None,
    ) -> pa.Table:
        if persons is None:
            persons = {who: date(2016, 5, 5) for _, who in said if isinstance(who, int)}
        self.engine.load("person", _persons(persons))
        rows = [(rule, who, spec) for (rule, who), spec in said.items()]
        return self.plan_rows(day, rows, baseline=baseline)

    def plan_rows(self, day: date, rows: Sequence[Any], *, baseline: bool = False) -> pa.Table:
        said = outcomes(rows)
        self.engine.load("outcome", said)
        self.engine.load("outcome_sum", said.select(["rule"]))
        cases = self.store.cases.open_cases()
        return plan(self.engine, cases, as_of=day, baseline=baseline, settings=self.settings)

    def plan_only(self, day: date, said: Said) -> CaseState:
        """The state in which the only case would be after a night."""
        cases = self.store.cases.open_cases().column("state").to_pylist()
        moves = self.planned_table(day, said).column("to_state").to_pylist()
        (state,) = moves or cases
        return CaseState(state)

    def apply(self, day: date, planned: pa.Table, said: Said) -> Applied:
        now = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
        run = self.store.runs.begin_run(day, now, "night", False, "0" * 64)
        applied = self.store.night.apply_transitions(
            run.run_id, planned, people(self.engine), counts(said)
        )
        self.store.runs.finish_run(run.run_id, "done", now)
        return applied

    def finding(self, rule: str, subject: object = 1, episode: date = EPISODE) -> FindingRow:
        found = self.store.findings.finding(finding_key(subject, rule, episode))
        assert found is not None
        return found

    def case(self, rule: str, subject: object = 1, episode: date = EPISODE) -> CaseFile:
        return self.store.cases.case(self.finding(rule, subject, episode).case_id)

    def state(self, rule: str, subject: object = 1, episode: date = EPISODE) -> CaseState:
        return self.case(rule, subject, episode).state

    def decide(self, rule: str, day: date, *events: str, **values: Any) -> CaseFile:
        for event in events:
            self.decide_case(self.case(rule), day, event, **values)
        return self.case(rule)

    def decide_case(self, case: CaseFile, day: date, event: str, **values: Any) -> None:
        given: dict[str, Any] = {
            "reason": "handled_offline", "until": date(2027, 1, 31), "on_whom": "school",
            "owner": "education", "note": "letter 7 of the school", "due_on": date(2026, 12, 1),
        } | values  # fmt: skip
        at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        decision = Decision(Event(event), "li", at, **given)
        self.store.cases.move(decide(case, decision, today=day))

    def notices(self) -> list[tuple[str, str]]:
        from sqlalchemy import text

        with self.store._db.read() as c:
            rows = c.execute(text("SELECT kind, period FROM outbox ORDER BY outbox_id"))
            return [(kind, period) for kind, period in rows]


def outcomes(said: Sequence[tuple[str, Any, Mapping[str, Any]]]) -> pa.Table:
    rows = []
    for rule, who, spec in said:
        person = who if isinstance(who, int) else None
        source, roll, scope = (None, None, None) if person else who.split("/")
        row = {
            "rule": rule, "rule_version": 1, "person_id": person, "source": source, "scope": scope,
            "division": HOME, "reason": f"{spec['kind']}_reason", "answer": None, "severity": None,
            "due_days": None, "owner": "education", "episode": EPISODE, "access": "ordinary",
            "evidence_roll": roll or "enrolment", "evidence_row_key": "r1", "evidence_ref": "x#1",
        } | dict(spec)  # fmt: skip
        if spec["kind"] == "fires":
            lead = {"answer": "no", "severity": "2", "due_days": 5}
            row = row | {k: spec.get(k, v) for k, v in lead.items()}
            row.setdefault("finding_key", finding_key(who, rule, row["episode"]))
        rows.append(row)
    return pa.Table.from_pylist(rows, schema=OUTCOME)


def counts(said: Said) -> list[OutcomeCount]:
    found = []
    for rule in sorted({rule for rule, _ in said}):
        kinds = [spec["kind"] for (r, _), spec in said.items() if r == rule]
        sums = {
            k: kinds.count(k) for k in ("fires", "satisfied", "excused", "held", "not_applicable")
        }
        found.append(OutcomeCount(rule, len(kinds), **sums))
    return found


_TEXT = pa.string()
NOBODY = {
    "child": dict.fromkeys(
        ("source", "row_key", "guardian_name", "address", "former_name", "pet_name"), _TEXT
    ),
    "enrolment": dict.fromkeys(("row_ref", "school_name"), _TEXT),
    "link": {
        "person_id": pa.int64(), "table_name": _TEXT, "row_ref": _TEXT, "current": pa.bool_(),
    },
}  # fmt: skip
"""Columns that are read of the rolls, of an empty night."""


def _persons(persons: Mapping[int, date]) -> pa.Table:
    rows = [
        {"person_id": p, "registered": True, "name": "王小明", "id_number": f"41990120160505{p:04d}",
         "birth_date": born, "sex": "1", "division": HOME}
        for p, born in persons.items()
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=PERSON)


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Engine(EngineSettings(tmp_path_factory.mktemp("spill"), "400MB", 1)) as engine:
        for name, columns in NOBODY.items():
            engine.load(name, pa.table({c: pa.array([], t) for c, t in columns.items()}))
        yield engine


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> DataKeys:
    return fixed_data_keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, keys: DataKeys) -> Path:
    path = tmp_path_factory.mktemp("template") / "store.db"
    with Store(f"sqlite:///{path}", keys) as store:
        store.upgrade()
    return path


@pytest.fixture(scope="session")
def make_world(engine: Engine, keys: DataKeys, template: Path) -> Any:
    def make(path: Path) -> World:
        shutil.copyfile(template, path)
        return World(engine, Store(f"sqlite:///{path}", keys), Settings())

    return make


@pytest.fixture
def world(make_world: Any, tmp_path: Path) -> Iterator[World]:
    made = make_world(tmp_path / "store.db")
    yield made
    made.store.close()
