"""The world a night judges: current rows of every roll, rows that left, doubts, and source status.

Everything is read back from the frozen snapshots, so a resumed night, a rerun and a look at last
spring go the same way.
"""

from datetime import datetime

from gateway.engine import Engine, load_step
from gateway.model import tables as canonical
from gateway.pipeline.chains import as_chain
from gateway.pipeline.plan import House, NightAsk

ROOM = "gateway.pipeline"

PERSON = (
    "row_key", "row_ref", "division", "name", "name_key", "id_type", "id_number", "id_given",
    "id_state", "birth_date", "sex",
)  # fmt: skip
"""What tells whose a row is."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "child": (
        "row_key", "row_ref", "division", "name", "name_key", "id_type", "id_number", "id_given",
        "id_state", "birth_date", "sex", "guardian_name_key", "guardian_id", "category",
        "recognised_on", "exit_on", "exit_reason", "last_paid_month", "paid_monthly", "guardian_name",
        "guardian_relation", "guardianship", "address", "child_type", "care_mode", "entered_on",
        "entry_reason", "health", "schooling", "needs", "entrusted_care_on", "returned_on",
        "both_parents_away", "former_name", "pet_name",
    ),
    "enrolment": (
        "row_key", "row_ref", "division", "name_key", "id_type", "id_number", "id_given",
        "id_state", "birth_date", "sex", "guardian_name_key", "guardian_id", "student_number",
        "school_name", "grade", "status", "status_class", "status_on", "leave_until",
        "school_code", "entered_month",
        "graduated_month", "boarding", "inclusive_class", "disability", "flag_orphan",
        "flag_low_income", "left_behind", "address",
    ),
    "coverage": (
        "row_key", "row_ref", "division", "name_key", "id_type", "id_number", "id_given",
        "id_state", "birth_date", "sex", "person_number", "scheme", "status", "status_class",
        "started_on", "paused_on", "paid", "paid_on", "insurance_year", "insured_division",
        "survival", "person_type",
    ),
    "assistance_household": (
        "row_key", "row_ref", "division", "family_id", "kind", "begin_month", "end_month",
        "card_status",
    ),
    "assistance_member": (
        "row_key", "row_ref", "division", "name", "name_key", "id_type", "id_number", "id_given",
        "id_state", "birth_date", "sex", "family_id", "relation", "head_name_key", "head_id",
        "health", "disability", "disability_grade",
    ),
    "contribution": (
        *PERSON, "person_number", "year", "paid_by_person", "paid_by_finance", "paid_by_other",
        "identity", "paid_on",
    ),
    "disability": (*PERSON, "card_no", "kind", "grade", "issued_on", "valid_until"),
    "guardian": (*PERSON, "child_row_key", "relation", "role", "state", "state_from", "state_until"),
    "aid": (*PERSON, "kind", "month", "amount", "paid_on", "nature", "paid_to_household"),
    "attendance": (*PERSON, "school_code", "school_name", "month", "absent_days", "suspected", "reason"),
    "death": (*PERSON, "died_on", "confirmed"),
    "insured_identity": (*PERSON, "identity", "begin_on", "end_on"),
    "rehabilitation": (*PERSON, "kind", "done_on"),
    "visit": ("row_key", "row_ref", "division", "child_row_key", "kind", "made_on"),
}  # fmt: skip
"""What linkage and policy read of each table; the rest stays in the snapshots."""

KEPT = tuple(table for table in COLUMNS if table != "enrolment")
"""Tables of which a county stands as last verified while its part of the roll is missing. Of
enrolments the rules read the absence itself: there a row that is missing stays missing."""

PEOPLE = ("gateway", "link", "person_key")
"""Where the link snapshot stands in the register: source, roll, table."""


def build_world(
    house: House, engine: Engine, ask: NightAsk, people_at: datetime | None = None
) -> None:
    """Make the engine tables that linkage and policy read (docs/rules.md lists them).

    Everything is of the night's month or the last one before it, and as known at its time; who is
    who as known at `people_at` (default: the same time).
    """
    _load_status(house, engine, ask)
    for table, columns in COLUMNS.items():
        parts = [
            (plan.source, plan.roll)
            for plan in house.rolls
            if table in plan.mapping.tables
            and _scan(house, engine, ask, (plan.source, plan.roll, table), columns)
        ]
        _union(engine, table, columns, parts)
    _load_quarantine(house, engine, ask)
    _load_known(house, engine, people_at or ask.known_at)
    engine.pack()


def _load_status(house: House, engine: Engine, ask: NightAsk) -> None:
    engine.load("all_status", house.store.sources.status(known_at=ask.known_at))
    engine.run(load_step(ROOM, "source_status"), {"period": ask.period})


def _scan(
    house: House,
    engine: Engine,
    ask: NightAsk,
    of: tuple[str, str, str],
    columns: tuple[str, ...],
) -> bool:
    chain = house.store.snapshots.chain(*of, ask.known_at, ask.period)
    if chain:
        house.snapshots.scan(engine, as_chain(chain), _part(*of), columns)
    return bool(chain)


def _part(source: str, roll: str, table: str) -> str:
    return f"part_{source}_{roll}_{table}"


def _union(
    engine: Engine, table: str, columns: tuple[str, ...], parts: list[tuple[str, str]]
) -> None:
    schema = canonical.table(table).schema
    empty = ", ".join(
        f"CAST(NULL AS {canonical.SQL[canonical.table(table).column(name).kind]}) AS {name}"
        for name in columns
    )
    assert all(schema.get_field_index(name) >= 0 for name in columns)  # noqa: S101 (a wrong list)
    lead = "CAST(NULL AS VARCHAR) AS source, CAST(NULL AS VARCHAR) AS roll"
    now = [f"SELECT {empty}, {lead} WHERE FALSE"]
    gone = [f"SELECT {empty}, CAST(NULL AS VARCHAR) AS seen_period, {lead} WHERE FALSE"]
    for source, roll in parts:
        name = _part(source, roll, table)
        now.append(f"SELECT *, '{source}' AS source, '{roll}' AS roll FROM {name}")
        gone.append(f"SELECT *, '{source}' AS source, '{roll}' AS roll FROM {name}_gone")
    engine.run(f"CREATE OR REPLACE VIEW gone_rows AS {' UNION ALL BY NAME '.join(gone)}")
    kept = {"table_name": table, "kept": table in KEPT}
    engine.run(f"CREATE OR REPLACE TABLE {table}_left AS {load_step(ROOM, 'gone').sql}", kept)
    now.append(
        f"SELECT * EXCLUDE (stays, last_period, absent_periods) FROM {table}_left WHERE stays"
    )
    engine.run(f"CREATE OR REPLACE VIEW {table} AS {' UNION ALL BY NAME '.join(now)}")
    engine.run(
        f"CREATE OR REPLACE VIEW {table}_gone AS "
        f"SELECT * EXCLUDE (stays) FROM {table}_left WHERE NOT stays"
    )
    engine.drop("gone_rows")


def _load_quarantine(house: House, engine: Engine, ask: NightAsk) -> None:
    rows = house.store.quarantine.as_known(ask.period, ask.known_at)
    engine.load("quarantine", rows.drop_columns(["original_json"]))


def _load_known(house: House, engine: Engine, known_at: datetime) -> None:
    chain = house.store.snapshots.chain(*PEOPLE, known_at)
    if chain:
        house.snapshots.scan(engine, as_chain(chain), "known_before")
        engine.run(f"CREATE OR REPLACE TABLE known_person AS {load_step(ROOM, 'known_person').sql}")
        return
    engine.run(load_step(ROOM, "known_nobody"))
