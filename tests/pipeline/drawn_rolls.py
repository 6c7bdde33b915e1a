"""Tiny worlds drawn by hypothesis: a dozen children, their rows on every roll, doubts and states."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from golden_rolls import number
from hypothesis import strategies as st

AS_OF = date(2026, 11, 16)
PERIOD = "2026-11"
COUNTIES = ("419901", "419902")
Row = dict[str, Any]
BIRTHS = (
    *(date(2016, 3, 5), date(2014, 9, 9), date(2020, 8, 31), date(2020, 9, 1), date(2012, 12, 12)),
    *(date(2010, 9, 1), date(2026, 10, 1), date(2008, 11, 16), date(2008, 11, 17)),
)
STATUS = {
    "01": "enrolled", "02": "excused", "03": "lead", "06": "lead", "07": "ended", "10": "transfer",
    "11": "death", "15": "harm", "99": "unknown",
}  # fmt: skip
ROLLS = {
    "enrolment": ("education", "enrolment", "province"),
    "coverage": ("medical_insurance", "coverage", "city"),
    "child": ("national_welfare_system", "registry", "city"),
    "assistance_household": ("national_welfare_system", "assistance", "city"),
    "assistance_member": ("national_welfare_system", "assistance", "city"),
}
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈褚卫", "安宁平和顺康乐福寿喜春夏"


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


_ENROLMENT = st.fixed_dictionaries({
    "grade": st.sampled_from((0, 1, 4, 6, 9)),
    "status": st.sampled_from(sorted(STATUS)),
    "status_on": _maybe(st.sampled_from((date(2026, 9, 1), date(2025, 9, 1)))),
    "leave_until": _maybe(st.sampled_from((date(2027, 3, 1), date(2026, 11, 15)))),
    "absent": st.sampled_from((None, None, None, (), ("2026-11",), ("2026-10", "2026-11"))),
})  # fmt: skip
_COVERAGE = st.fixed_dictionaries({
    "scheme": st.sampled_from(("390", "310", "410")),
    "status": st.sampled_from(("0", "1", "2", "3", "4")),
    "started_on": _maybe(st.sampled_from((date(2026, 1, 1), date(2027, 1, 1)))),
    "paused_on": _maybe(st.sampled_from((date(2026, 11, 1), date(2026, 6, 30)))),
    "paid": st.booleans(),
})  # fmt: skip
_REGISTRY = st.fixed_dictionaries({
    "category": st.sampled_from(("120", "201", "301", "400")),
    "recognised_on": _maybe(st.sampled_from((date(2025, 1, 10), date(2026, 10, 20)))),
    "last_paid_month": _maybe(st.sampled_from(("2026-10", "2026-08"))),
    "exit_on": st.sampled_from((None, None, None, date(2026, 9, 1), date(2026, 12, 1))),
})  # fmt: skip
_AID = st.fixed_dictionaries({
    "kind": st.sampled_from(("01", "02", "03")),
    "begin_month": st.sampled_from((None, "2025-01", "2026-12")),
    "card_status": st.sampled_from(("1", "1", "1", "2")),
})  # fmt: skip
_CHILD = st.fixed_dictionaries({
    "birth": _maybe(st.sampled_from(BIRTHS)),
    "named": st.sampled_from(("valid", "valid", "valid", "missing")),
    "county": st.sampled_from((*COUNTIES, None)),
    "registry": _maybe(_REGISTRY),
    "enrolment": st.lists(_ENROLMENT, max_size=2),
    "coverage": st.lists(_COVERAGE, max_size=2),
    "aid": _maybe(_AID),
    "refused": st.sampled_from((None, None, None, "enrolment", "coverage", "child")),
})  # fmt: skip
_STATE = st.sampled_from(("verified",) * 60 + ("late", "expected", "partial", "refused", "odd"))

WORLDS = st.tuples(
    st.lists(_CHILD, min_size=12, max_size=12),
    st.fixed_dictionaries({name: st.tuples(_STATE, *(_STATE for _ in COUNTIES)) for name in ROLLS}),
)


def tables(drawn: tuple[Sequence[Row], Mapping[str, tuple[str, ...]]]) -> dict[str, list[Row]]:
    """The rows of every table of the world."""
    children, states = drawn
    made: dict[str, list[Row]] = {name: [] for name in ROLLS}
    made |= {f"{name}_gone": [] for name in ("enrolment", "coverage", "child")}
    made["quarantine"] = []
    for at, child in enumerate(children):
        _write(made, at, child)
    made["source_status"] = [
        _status(name, scope, state, made[name])
        for name, given in states.items()
        for scope, state in zip(("*", *COUNTIES), given, strict=True)
    ]
    return made


def _write(made: dict[str, list[Row]], at: int, child: Row) -> None:
    who = _who(at, child)
    if child["registry"]:
        made["child"].append(_row("child", f"DA{at}", who | child["registry"]))
    for n, enrolment in enumerate(child["enrolment"]):
        own = {k: v for k, v in enrolment.items() if k != "absent"}
        own["status_class"] = STATUS[own["status"]]
        row = _row("enrolment", f"E{at}-{n}", who | own)
        if enrolment["absent"] is None:
            made["enrolment"].append(row)
        else:
            left = {"last_period": "2026-09", "absent_periods": list(enrolment["absent"])}
            made["enrolment_gone"].append(row | left)
    for n, coverage in enumerate(child["coverage"]):
        own = coverage | {"status_class": "", "insurance_year": 2026, "survival": "1"}
        made["coverage"].append(_row("coverage", f"R{at}-{n}", who | own))
    if child["aid"]:
        family = {"family_id": f"F{at}", "division": who["division"]}
        made["assistance_household"].append(
            _row("assistance_household", f"F{at}", family | child["aid"])
        )
        own = {"family_id": f"F{at}", "relation": "2x"}
        made["assistance_member"].append(_row("assistance_member", f"F{at}-02", who | own))
    if child["refused"]:
        made["quarantine"].append(_refused(child["refused"], at, who))


def _who(at: int, child: Row) -> Row:
    birth, county = child["birth"], child["county"]
    name = f"{SURNAMES[at]}{GIVEN[at]}{GIVEN[-1 - at]}"
    own = None
    if child["named"] == "valid" and birth:
        own = number(f"{birth:%Y%m%d}", 2 * at + 1)
    return {
        "name": name, "name_key": name, "id_type": "resident", "id_number": own, "id_given": own,
        "id_state": "valid" if own else "missing", "birth_date": birth, "sex": "1",
        "division": f"{county}001001" if county else None,
    }  # fmt: skip


def _row(table: str, key: str, values: Row) -> Row:
    source, roll, _ = ROLLS[table]
    lead = {"row_key": key, "row_ref": f"drawn#{key}", "row_digest": "", "source": source}
    return lead | {"roll": roll} | values


def _refused(table: str, at: int, who: Row) -> Row:
    source, roll, _ = ROLLS[table]
    hints = {
        k: who[k] for k in ("name_key", "id_number", "id_given", "birth_date", "sex", "division")
    }
    lead = {"source": source, "roll": roll, "table_name": table, "row_ref": f"drawn#Q{at}"}
    return lead | {"column_name": "x", "reason": "unlisted"} | hints


def _status(table: str, scope: str, state: str, rows: Sequence[Row]) -> Row:
    source, roll, coverage = ROLLS[table]
    came = state in ("verified", "partial", "odd")
    return {
        "source": source, "roll": roll, "table_name": table, "scope": scope, "period": PERIOD,
        "state": state, "coverage": coverage, "roll_date": AS_OF if came else None,
        "due_on": date(2026, 11, 10), "expected_rows": len(rows) if came else None,
        "received": len(rows) + 1 if came else None, "accepted": len(rows) if came else None,
        "quarantined": 1 if came else None, "error_budget": 0.02, "low": 0 if came else None,
        "high": 10**6 if came else None, "unverified_since": None,
    }  # fmt: skip
