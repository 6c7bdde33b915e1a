"""Every way by which a child's name, number or notice leaves the store passes the outreach interlock."""

import ast
from pathlib import Path

import pytest

GATEWAY = Path(__file__).parents[2] / "gateway"
PERSONS, OUTBOX, INTERLOCK = "store/persons.py", "store/outbox.py", "store/interlock.py"
SOURCES = sorted(GATEWAY.rglob("*.py"))


def place(path: Path) -> str:
    return path.relative_to(GATEWAY).as_posix()


def strings(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)
    }


def calls(path: Path, inside: str) -> set[str]:
    """Names that a function of a file calls."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    (body,) = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == inside]
    found = (n.func for n in ast.walk(body) if isinstance(n, ast.Call))
    return {getattr(f, "id", getattr(f, "attr", "")) for f in found}


@pytest.mark.parametrize("path", SOURCES, ids=place)
def test_only_the_persons_room_opens_a_person(path: Path) -> None:
    columns = {"person.", "person.name", "person.id_number", "person.birth_date"}
    if place(path) != PERSONS:
        assert not strings(path) & columns


def test_whoever_is_opened_has_passed_the_interlock() -> None:
    persons = GATEWAY / PERSONS
    assert {"_open", "named_officer", "_closed"} <= calls(persons, "people")
    assert "people" in calls(persons, "person")
    assert "people" in calls(persons, "closed")
    text = persons.read_text(encoding="utf-8")
    assert text.count("self._open(") == 1


def test_whatever_goes_out_has_passed_the_interlock() -> None:
    outbox = GATEWAY / OUTBOX
    assert "_open_to_all" in calls(outbox, "lease")
    assert "closed" in calls(outbox, "_open_to_all")
    assert outbox.read_text(encoding="utf-8").count("_due(") == 2


def test_one_function_decides() -> None:
    users = {place(p) for p in SOURCES if " named_officer(c" in p.read_text(encoding="utf-8")}
    assert users == {INTERLOCK, PERSONS}


def test_whoever_shows_a_person_asks_whether_they_are_closed() -> None:
    """Views and unmasking are where people become words; both say 专人办理."""
    shows = {
        place(p)
        for p in SOURCES
        if "persons.people(" in (text := p.read_text(encoding="utf-8")) or "persons.person(" in text
    }
    assert shows == {
        "wiring_proofs.py", "desk/sheets.py", "desk/reviews.py", "desk/school_sheets.py",
        "desk/rights.py", "dispatch/referring.py", "inquiry/inquiry.py",
        "inquiry/views.py", "inquiry/unmask.py", "pipeline/explain.py", "store/identities.py",
    }  # fmt: skip
    # The file is given its person by unmasking; inquiry asks for the household's key, shows nobody.
    for name in (shows | {"inquiry/child_file.py"}) - {"inquiry/inquiry.py"}:
        assert ".named_officer" in (GATEWAY / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", SOURCES, ids=place)
def test_the_command_line_never_opens_a_case_of_harm(path: Path) -> None:
    if place(path).startswith(("cli/", "pipeline/", "api/", "wiring", "inquiry/")):
        text = path.read_text(encoding="utf-8")
        assert "protection_private" not in text
        assert "harm.opened" not in text
