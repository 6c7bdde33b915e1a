"""The night writes the file of every child who has a case, and writes it again only when it changed."""

from collections.abc import Callable
from pathlib import Path

from night_kit import Town, count, rows

from gateway.model.child_files import FACTS
from gateway.wiring import open_site_store

SiteAfter = Callable[[int], Path]


def test_every_child_with_a_case_has_a_file(town: Town) -> None:
    site = town.after[3]
    without = """SELECT count(*) AS n FROM person AS p
        WHERE NOT EXISTS (SELECT 1 FROM child_file AS f WHERE f.person_id = p.person_id)"""
    assert count(site, "child_file") > 0
    assert rows(site, without)[0]["n"] == 0


def test_a_file_is_written_again_only_when_it_changed(town: Town) -> None:
    site = town.after[3]
    same = """SELECT count(*) AS n FROM child_file AS f JOIN child_file AS g
        ON g.person_id = f.person_id AND g.digest = f.digest AND g.run_id > f.run_id
        WHERE NOT EXISTS (SELECT 1 FROM child_file AS h WHERE h.person_id = f.person_id
            AND h.run_id > f.run_id AND h.run_id < g.run_id)"""
    assert rows(site, same)[0]["n"] == 0
    per_night = {r["run_id"]: r["n"] for r in rows(
        site, "SELECT run_id, count(*) AS n FROM child_file GROUP BY run_id"
    )}  # fmt: skip
    assert set(per_night) == {1, 2, 3}


def test_a_file_tells_what_the_rolls_say(town: Town, site_after: SiteAfter) -> None:
    with open_site_store(site_after(3)) as store:
        ids = [r["person_id"] for r in rows(town.after[3], "SELECT person_id FROM person")]
        newest = [store.child_files.of(number, sealed=True)[-1] for number in ids]
        facts = [f for one in newest for f in (*one.facts, *one.sealed)]
        assert {"child", "enrolment", "coverage", "assistance_member"} <= {f.table for f in facts}
        assert all(set(f.values) == set(FACTS[f.table]) for f in facts)
        assert all(f.ref and f.source and f.roll for f in facts)
        assert any(f.values["school_name"] for f in facts if f.table == "enrolment")
        assert any(f.weight is not None for f in facts if f.table == "enrolment")
        person = store.persons.person(ids[0])
        assert person is not None and ids[0] in store.persons.find_name(person.name or "")
