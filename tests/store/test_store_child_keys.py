"""Each child's own key: nothing opens without it, rotation keeps it, and destroying it erases the child."""

from datetime import date

import pytest
from sqlalchemy import select, update
from test_store_cases import NINE, apply, found, move, people

from gateway.casework.transitions import LIVE
from gateway.model.cases import CaseState
from gateway.model.desk import CallResult, CaseCall
from gateway.model.errors import StoreError
from gateway.model.school_sheets import SchoolLine, SchoolSheet
from gateway.store import DataKeys, Excuse, Store
from gateway.store.envelopes import is_childs
from gateway.store.rotation import SEALED
from gateway.store.tables import child_key, person

FACTS = [{"person_id": 1, "digest": "d" * 64, "facts": '[{"k":"甲"}]', "sealed_facts": "[]"}]


@pytest.fixture
def lived(store: Store) -> Store:
    """Two children with a case each; of the first everything that a key of its own seals."""
    ref = '[{"roll":"enrolment","ref":"x#7"},{"roll":"enrolment","ref":"x#8"}]'
    other = '[{"roll":"enrolment","ref":"x#8"}]'
    apply(store, found(1, evidence=ref), found(2, evidence=other), who=people(1, 2))
    move(store, 1, "settle", CaseState.SETTLED, note="已与家长谈过")
    case = store.findings.finding(f"{1:064x}").case_id
    store.case_notes.add_call(
        CaseCall(case, "li", NINE, CallResult.REACHED, None, "13800000000", "答应返校"), "ordinary"
    )
    store.excuses.add(
        Excuse(
            1, "ill", "医院证明", date(2026, 1, 1), date(2026, 12, 1), "officer", "li", None, "all"
        ),
        NINE,
    )
    store.child_files.put(1, FACTS)
    store.cited_rows.keep("x", {7: {"row": "七"}, 8: {"row": "八"}})
    return store


def sealed(store: Store, whose: str) -> dict[str, list[bytes]]:
    with store._db.read() as c:
        return {
            one.place: [
                bytes(v)
                for v in c.execute(select(one.table.c[one.column])).scalars()
                if v is not None
            ]
            for one in SEALED
            if one.whose == whose
        }


def test_what_is_a_childs_is_under_its_own_key(lived: Store) -> None:
    kinds = sealed(lived, "child") | sealed(lived, "case")
    filled = {place for place, values in kinds.items() if values}
    assert filled >= {"person.name", "case_event.note", "case_call.number", "child_file.facts"}
    assert {"excuse.evidence", "child_file.sealed_facts"} <= filled
    assert all(is_childs(value) for values in kinds.values() for value in values)
    with lived._db.read() as c:
        salts = list(c.execute(select(child_key.c.salt)).scalars())
    assert len(salts) == 2
    assert len(set(map(bytes, salts))) == 2


def test_another_childs_key_opens_nothing(lived: Store, keys: DataKeys) -> None:
    with lived._db.read() as c:
        token = c.execute(select(person.c.name).where(person.c.person_id == 1)).scalar_one()
        salts = dict(c.execute(select(child_key.c.person_id, child_key.c.salt)).all())
    assert keys.opener("person.name", salts[1])(1, token) == "王小明"
    for salt, words in ((salts[2], "in its place"), (None, "not there")):
        with pytest.raises(StoreError, match=words):
            keys.opener("person.name", salt)(1, token)


def test_a_child_found_again_keeps_its_key(lived: Store) -> None:
    before = dict(_salts(lived))
    apply(lived, found(3), day=1, who=people(1, 3, name="王大明"))
    after = dict(_salts(lived))
    assert {n: after[n] for n in before} == before
    assert lived.persons.person(1).name == lived.persons.person(3).name == "王大明"


def test_rotation_seals_anew_under_the_same_childs_key(store: Store, keys: DataKeys) -> None:
    apply(store, found(1))
    move(store, 1, "note", CaseState.OPEN, note="看过")
    salts = _salts(store)
    store.rotation.begin()
    assert store.rotation.finish() == 7, "six columns of the person, and the note"
    assert _salts(store) == salts
    assert store.persons.person(1).name == "王小明"


def test_an_erased_child_is_nobody_and_others_stay(lived: Store) -> None:
    old = sealed(lived, "child")["person.name"]
    salts = dict(_salts(lived))
    told = lived.erasure.preview(1)
    assert lived.erasure.erase(1) == told
    assert (told.files, told.cited_rows) == (1, 1)
    assert told.values == 12, "six of the person, a note, a call's two, an excuse, two of the file"
    gone = lived.persons.person(1)
    assert (gone.name, gone.id_number, gone.birth_date, gone.address) == (None,) * 4
    assert (gone.division, gone.sex) == ("419901001001", "1")
    assert lived.persons.find_name("王小明") == (2,)
    assert lived.persons.find("419901201605050001") == ()
    assert lived.persons.person(2).name == "王小明"
    assert dict(_salts(lived)) == {2: salts[2]}
    assert lived.cited_rows.row("x", 7) is None, "only this child's findings cited it"
    assert lived.cited_rows.row("x", 8) == {"row": "八"}
    case = lived.cases.case(lived.findings.finding(f"{1:064x}").case_id)
    assert [e.event for e in case.events] == ["found", "settle"], "the history of decisions stands"
    assert not any(e.note for e in case.events)
    with lived._db.write() as c:
        c.execute(update(person).where(person.c.person_id == 1).values(name=old[0]))
    with pytest.raises(StoreError, match="erased"):
        lived.persons.person(1)


def test_a_line_of_a_school_sheet_keeps_no_token_of_the_name(lived: Store) -> None:
    one, two = (lived.findings.finding(f"{n:064x}").case_id for n in (1, 2))
    sheet = SchoolSheet("S1", "安禾第一小学", "li", NINE)
    lived.school_sheets.add(
        sheet, [SchoolLine(1, "王小明", 3, one), SchoolLine(2, "王小明", 3, two)]
    )
    before = lived.school_sheets.told("S1", {1: "王小明", 2: "王小明"})
    assert before == {1: one, 2: two}
    lived.erasure.erase(1)
    assert lived.school_sheets.told("S1", {1: "王小明", 2: "王小明"}) == {2: two}


def test_the_chained_rows_are_as_before(lived: Store) -> None:
    before = set(lived.chained.present())
    lived.erasure.erase(1)
    assert set(lived.chained.present()) == before


def test_a_second_erasure_finds_nothing(lived: Store) -> None:
    lived.erasure.erase(1)
    again = lived.erasure.erase(1)
    assert (again.values, again.files, again.names, again.cited_rows) == (0, 0, 0, 0)


def test_live_cases_are_told(lived: Store) -> None:
    live = tuple(LIVE)
    assert lived.erasure.cases_in(1, live) == ()
    assert len(lived.erasure.cases_in(2, live)) == 1


def _salts(store: Store) -> list[tuple[int, bytes]]:
    with store._db.read() as c:
        rows = c.execute(select(child_key).order_by(child_key.c.person_id)).all()
    return [(row.person_id, bytes(row.salt)) for row in rows]
