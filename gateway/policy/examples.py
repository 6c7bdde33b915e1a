"""Runs the examples of a rule file: small worlds in, outcomes out (`cwg rule test` and the tests).

A row of an example gives only what matters; the rest has defaults. A `person_id` in a row of a roll
links that row to the person. Every roll is verified unless `source_status` says otherwise. All
people of examples are invented.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pyarrow as pa

from gateway.engine import Engine
from gateway.model.errors import SpecError
from gateway.policy.calendar import Calendar
from gateway.policy.evaluation import evaluate
from gateway.policy.example import Example
from gateway.policy.parameters import Parameters, everywhere
from gateway.policy.rule import Rule
from gateway.policy.rule_file import Universe
from gateway.policy.world import roll_schemas

Row = dict[str, object]

EMPTY = """
    SELECT table_name FROM duckdb_tables()
    WHERE estimated_size = 0 AND schema_name = current_schema()
"""
"""Tables that are there and empty need not be made again."""

FAR = date(2099, 1, 1)
"""A day on which other values will hold, to tell that a rule asks for those of its own day."""

EXAMPLE_KEY = "00" * 32

_KINDS = {
    "text": pa.string(),
    "texts": pa.list_(pa.string()),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "count": pa.int64(),
    "share": pa.float64(),
}


def _schema(**columns: str) -> pa.Schema:
    """A schema from kind=`names`, e.g. `text="source roll"`."""
    return pa.schema([(n, _KINDS[kind]) for kind, names in columns.items() for n in names.split()])


OTHER_TABLES = {
    "person": _schema(
        count="person_id",
        text="base_roll base_row_key source name name_key id_number sex division household_key",
        bool="registered death_reported",
        date="birth_date",
    ),
    "link": _schema(
        count="person_id",
        text="source roll table_name row_key row_ref method explanation",
        share="weight",
        bool="current",
    ),
    "undecided": _schema(
        count="person_id", text="source roll table_name row_key row_ref why", bool="quarantined"
    ),
    "source_status": _schema(
        text="source roll table_name scope period state coverage",
        date="roll_date due_on unverified_since",
        count="expected_rows received accepted quarantined low high",
        share="error_budget",
    ),
}
"""Tables of the world that are no rolls: who is who, and what is known of each source."""

ROLLS = {
    "enrolment": ("education", "enrolment", "province"),
    "coverage": ("medical_insurance", "coverage", "city"),
    "child": ("national_welfare_system", "registry", "city"),
    "assistance_household": ("national_welfare_system", "assistance", "city"),
    "assistance_member": ("national_welfare_system", "assistance", "city"),
    "contribution": ("medical_insurance", "contribution", "city"),
    "disability": ("disabled_persons_federation", "disability", "province"),
    "guardian": ("national_welfare_system", "guardian", "city"),
    "aid": ("national_welfare_system", "aid", "city"),
    "attendance": ("education", "attendance", "province"),
    "death": ("civil_registry", "death", "province"),
    "insured_identity": ("medical_insurance", "insured_identity", "city"),
    "rehabilitation": ("disabled_persons_federation", "rehabilitation", "city"),
    "visit": ("national_welfare_system", "visit", "city"),
}
"""Canonical table → the example's source, roll and reach."""

STATUS_CLASSES = {
    "01": "enrolled", "02": "excused", "03": "lead", "04": "lead", "05": "enrolled", "06": "lead",
    "07": "ended", "08": "ended", "09": "lead", "10": "transfer", "11": "death", "12": "excused",
    "13": "excused", "14": "lead", "15": "harm", "99": "unknown",
}  # fmt: skip
"""As mappings/codes/student_status.yaml says (a test compares)."""

REACHES = ("county", "city", "province", "national")


def world_schemas() -> dict[str, pa.Schema]:
    """The engine tables that the rules read, and their Arrow schemas."""
    return roll_schemas() | OTHER_TABLES


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """How one example ended; `differences` is empty when it held."""

    rule: str
    name: str
    differences: tuple[str, ...]


def run_examples(engine: Engine, rules: Sequence[Rule]) -> Iterator[ExampleResult]:
    """Run every example of the rules, in order. Replaces the world's tables in the engine."""
    for rule in rules:
        for example in rule.file.examples:
            yield ExampleResult(rule.id, example.name, tuple(_differences(engine, rule, example)))


def load_world(engine: Engine, world: Mapping[str, Sequence[Mapping[str, object]]]) -> None:
    """Make the world's engine tables from rows as examples write them. Raises SpecError."""
    schemas = world_schemas()
    filled = _fill(world)
    for name, rows in filled.items():
        unknown = {key for row in rows for key in row} - set(schemas.get(name, pa.schema([])).names)
        if unknown:
            raise SpecError(
                f"the world has no {', '.join(sorted(unknown))}",
                where=f"example, {name}",
                mend="use the tables and columns of docs/rules.md",
            )
    empty = set(engine.fetch(EMPTY).column(0).to_pylist())
    for name, schema in schemas.items():
        if not filled[name] and name in empty:
            continue
        columns = {f.name: [_cell(f, row.get(f.name)) for row in filled[name]] for f in schema}
        engine.load(name, pa.table(columns, schema=schema))


def _differences(engine: Engine, rule: Rule, example: Example) -> Iterator[str]:
    load_example(engine, rule, example)
    calendar = calendar_of(example)
    known_at = datetime.combine(example.as_of, time(2), UTC)
    evaluate(
        engine, [rule], calendar, as_of=example.as_of, known_at=known_at, site_key=EXAMPLE_KEY,
        parameters=parameters_of(example),
    )  # fmt: skip
    yield from differences(engine, example)


def load_example(engine: Engine, rule: Rule, example: Example) -> None:
    """Make the world of an example. Raises SpecError."""
    world: dict[str, Sequence[Mapping[str, object]]] = dict(example.rows())
    of_source = rule.file.universe is Universe.SOURCE
    given = [*world.get("source_status", ()), *_rolls(example)]
    unconnected = {name for name, state in example.rolls.items() if state == "none"}
    world["source_status"] = [
        row
        for row in _statuses(given, example.as_of, not of_source)
        if row["table_name"] not in unconnected
    ]
    load_world(engine, world)


def calendar_of(example: Example) -> Calendar:
    """The usual calendar with the days off of the example."""
    return Calendar(days={row.day: row.working for row in example.holidays})


def parameters_of(example: Example) -> Parameters:
    """The parameters that the example gives, among others that do not apply."""
    fixed = ((t, k, date.min, v) for t, keys in example.parameters.items() for k, v in keys.items())
    dated = ((c.topic, c.key, c.since, c.value) for c in example.changes)
    given = (*fixed, *dated)
    noise = {
        row
        for topic, key, _, _ in given
        for value in (1.0, 5.0)
        for row in (
            (topic, key, FAR, 7.0),
            (topic, f"other_{value:.0f}", date.min, value),
            (f"other_{value:.0f}", key, date.min, value),
        )
    }
    return everywhere((*given, *sorted(noise, key=str)))


def differences(engine: Engine, example: Example) -> Iterator[str]:
    """How the table `outcome` differs from what the example asks for."""
    found = engine.fetch("SELECT * FROM outcome ORDER BY person_id, source, evidence_roll, scope")
    yield from _compare(example.expected(), found.to_pylist())


def _rolls(example: Example) -> Iterator[Row]:
    for name, state in example.rolls.items():
        if state in REACHES:
            yield {"table_name": name, "coverage": state}
        elif state != "none":
            yield {"table_name": name, "state": state}


def _compare(expected: Sequence[Mapping[str, object]], found: list[Row]) -> Iterator[str]:
    if len(expected) != len(found):
        yield f"{len(expected)} outcomes expected, {len(found)} found"
    for want in expected:
        subject = {
            k: v for k, v in want.items() if k in ("person_id", "source", "evidence_roll", "scope")
        }
        rows = [row for row in found if all(row[k] == v for k, v in subject.items())]
        if len(rows) != 1:
            yield f"{subject}: {len(rows)} outcomes"
        for key, value in want.items() if rows else ():
            if str(rows[0][key]) != str(value):
                yield f"{subject}: {key} is {rows[0][key]}, expected {value}"


def _statuses(given: Sequence[Mapping[str, object]], as_of: date, fill: bool) -> list[Row]:
    """The given states; with `fill`, a verified one for every table that none is given for."""
    period = f"{as_of:%Y-%m}"
    spoken = {row["table_name"] for row in given if row.get("period", period) == period}
    usual: list[Row] = [{"table_name": name} for name in ROLLS if fill and name not in spoken]
    lead: Row = {"scope": "*", "period": period, "state": "verified", "roll_date": as_of}
    return [
        lead | {"coverage": ROLLS[str(row["table_name"])][2]} | dict(row)
        for row in [*usual, *given]
    ]


def _fill(world: Mapping[str, Sequence[Mapping[str, object]]]) -> dict[str, list[Row]]:
    filled: dict[str, list[Row]] = {name: [] for name in world_schemas()}
    for name, rows in world.items():
        for number, given in enumerate(rows, 1):
            row = _origin(given) | _defaults(name, number) | _classed(name, given) | dict(given)
            if name.removesuffix("_gone") in ROLLS and "person_id" in row:
                filled["link"].append(_link(name, row))
                del row["person_id"]
            filled.setdefault(name, []).append(row)
    return filled


def _origin(given: Mapping[str, object]) -> Row:
    """Source and roll of a row that names its table."""
    source, roll, _ = ROLLS.get(str(given.get("table_name")), ("", "", ""))
    return {"source": source, "roll": roll} if source else {}


def _defaults(name: str, number: int) -> Row:
    base = name.removesuffix("_gone")
    if base in ROLLS:
        key = f"{name}-{number}"
        own: Row = {"row_key": key, "row_ref": f"example#{key}", "row_digest": ""}
        return _origin({"table_name": base}) | own
    if name == "person":
        return {
            "registered": True,
            "source": "national_welfare_system",
            "base_roll": "registry",
            "base_row_key": f"child-{number}",
            "division": "419901001001",
            "birth_date": date(2016, 3, 1),
            "death_reported": False,
        }
    return {}


def _classed(name: str, given: Mapping[str, object]) -> Row:
    """The class of a student status, as the mapping would give it."""
    of_roll = name.startswith("enrolment") and "status" in given
    return {"status_class": STATUS_CLASSES[str(given["status"])]} if of_roll else {}


def _link(name: str, row: Row) -> Row:
    kept = {key: row[key] for key in ("person_id", "source", "roll", "row_key", "row_ref")}
    base = name.removesuffix("_gone")
    return kept | {
        "table_name": base,
        "method": row.pop("method", "number"),
        "weight": 1.0,
        "current": base == name,
    }


def _cell(field: pa.Field, value: object) -> object:
    if isinstance(value, str) and pa.types.is_date(field.type):
        return date.fromisoformat(value)
    if isinstance(value, float) and pa.types.is_decimal(field.type):
        return Decimal(str(value))
    return value
