"""Visit sheets: for whom one is printed, what it tells, and what comes back on it."""

from datetime import timedelta
from pathlib import Path

import pytest
from online_seed import NAMES, number
from sqlalchemy import text, update
from test_desk import BOSS, LI, NOW, TODAY, WANG, audited, desk, user
from test_desk import number as case_of

from gateway.casework import Event
from gateway.desk import Asked, Returned, Sheets
from gateway.desk.sheets import ALPHABET, new_serial
from gateway.model.errors import NotAllowed, StaleCase, UsageError
from gateway.model.sheets import Seen, SheetState
from gateway.store import Store
from gateway.store.tables import finding

POLICY = Path(__file__).resolve().parents[2] / "mappings" / "policy"
SEEN = Returned(Seen.AT_HOME, True, TODAY, "儿童主任甲", "孩子在家，奶奶照料")


def sheets(store: Store, days: int = 0) -> Sheets:
    return Sheets(store, clock=lambda: NOW + timedelta(days=days), today=lambda: TODAY)


def mine(store: Store, name: str = "edu") -> int:
    case = case_of(store, name)
    desk(store).decide(LI, case, 1, Asked(Event.TAKE))
    return case


def test_a_sheet_tells_whom_to_visit_and_nothing_else(store: Store) -> None:
    printed = sheets(store).print(LI, mine(store))
    assert (printed.name, printed.contact, printed.address) == (NAMES[1], "赵一", "安禾区和平路8号")
    assert NAMES[1] not in repr(printed) and "和平路" not in repr(printed)
    assert set(printed.__dataclass_fields__) == {
        "serial", "name", "contact", "address", "printed_by", "printed_on",
    }  # fmt: skip
    assert audited(store)[-1] == ("li", "sheet.print", printed.serial)
    assert number(1) not in printed.serial and str(case_of(store, "edu")) != printed.serial


def test_no_serial_spells_a_rule_or_a_category() -> None:
    rules = {path.stem.split("-")[0] for path in POLICY.glob("*-*.yaml")}
    words = rules | {"HRM", "DQ", "HIV", "ORPHAN", "4199"} | {str(s).upper() for s in Seen}
    assert {"EDU", "GRD", "SRC"} < words
    for word in words:
        assert set(word) - set(ALPHABET), f"a serial may spell {word}"
    for serial in (new_serial() for _ in range(50)):
        assert len(serial) == 10 and set(serial) <= set(ALPHABET)


def test_only_the_officer_of_the_case_prints(store: Store) -> None:
    case = mine(store)
    for other in (WANG, BOSS):
        with pytest.raises(NotAllowed, match="take the case"):
            sheets(store).print(other, case)
    with pytest.raises(NotAllowed, match="no such case"):
        sheets(store).print(user("far", divisions=("510100",)), case)


def test_a_child_with_a_named_officer_is_never_on_paper(store: Store) -> None:
    case, person = mine(store), store.cases.case(case_of(store, "edu")).person_id
    assert person is not None
    store.harm.mark(person, "named_officer", "boss", NOW)
    with pytest.raises(NotAllowed, match="专人办理"):
        sheets(store).print(LI, case)
    assert store.sheets.of_case(case) == ()


def test_a_returned_sheet_is_noted_on_its_case_and_moves_it_nowhere(store: Store) -> None:
    case = mine(store)
    printed = sheets(store).print(LI, case)
    before = store.cases.case(case).state
    sheets(store).take_in(LI, printed.serial.lower(), SEEN)
    after = store.cases.case(case)
    last = after.events[-1]
    assert (after.state, last.event, last.reason) == (before, "note", "visit_at_home")
    assert last.note is not None and "孩子在家" in last.note and "儿童主任甲" in last.note
    (kept,) = store.sheets.of_case(case)
    assert (kept.state, kept.seen, kept.needs_help) == (SheetState.RETURNED, Seen.AT_HOME, True)
    with pytest.raises(StaleCase):
        sheets(store).take_in(LI, printed.serial, SEEN)
    with pytest.raises(StaleCase):
        sheets(store).destroy(LI, printed.serial)


def test_what_was_written_rests_enveloped(store: Store) -> None:
    printed = sheets(store).print(LI, mine(store))
    sheets(store).take_in(LI, printed.serial, SEEN)
    with store._db.read() as c:
        kept = repr(c.execute(text("SELECT * FROM visit_sheet")).all())
    assert "儿童主任" not in kept and "奶奶" not in kept
    assert "儿童主任" not in repr(store.sheets.get(printed.serial))


@pytest.mark.parametrize("day", [TODAY + timedelta(days=1), TODAY - timedelta(days=30)])
def test_a_visit_outside_its_time_is_refused(store: Store, day: object) -> None:
    printed = sheets(store).print(LI, mine(store))
    wrong = Returned(Seen.AWAY, False, day, "甲")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="before the print or after today"):
        sheets(store).take_in(LI, printed.serial, wrong)
    assert store.sheets.get(printed.serial).state is SheetState.PRINTED  # type: ignore[union-attr]


def test_a_serial_out_of_reach_is_as_unknown(store: Store) -> None:
    printed = sheets(store).print(LI, mine(store))
    said = []
    for serial in (printed.serial, "AAAAAAAAAA"):
        with pytest.raises(NotAllowed) as refused:
            sheets(store).find(user("far", divisions=("510100",)), serial)
        said.append(str(refused.value))
    assert said[0] == said[1]


def test_sheets_that_are_not_back_are_listed_after_fourteen_days(store: Store) -> None:
    printed = sheets(store).print(LI, mine(store))
    assert sheets(store, 14).overdue(LI) == ()
    assert [s.serial for s in sheets(store, 15).overdue(WANG)] == [printed.serial]
    sheets(store, 15).destroy(WANG, printed.serial)
    assert sheets(store, 15).overdue(WANG) == ()


@pytest.mark.parametrize("change", [{"rule": "IDN-02"}, {"access": "sealed"}])
def test_some_children_are_never_on_paper(store: Store, change: dict[str, str]) -> None:
    case = mine(store)
    with store._db.write() as c:
        c.execute(update(finding).where(finding.c.case_id == case).values(**change))
    with pytest.raises(NotAllowed, match=r"专人办理|no such case"):
        sheets(store).print(LI, case)
    assert store.sheets.of_case(case) == ()
