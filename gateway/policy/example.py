"""What an example says: a small world in, outcomes out; `children` is the short way to write both.

A child is one row: its own attributes (`born`, `registered`, `division`, …), its rows by table, and
what comes out (`is: fires no_enrolment`, more of the outcome under `also`):

    - {born: 2016-03-01, enrolment: {grade: 4, status: "01"}, is: satisfied enrolled}

A row's default keys make `is` enough; the first child is person 1. Rolls that are not verified
stand under `rolls` (`{coverage: late}`; `none` = not connected).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from gateway.specs import SpecModel

Cell = bool | int | float | date | str | list[str] | None
Row = dict[str, Any]
Given = Cell | dict[str, Cell] | tuple[dict[str, Cell], ...]

PERSON = {
    "born": "birth_date",
    "division": "division",
    "registered": "registered",
    "death_reported": "death_reported",
    "id_number": "id_number",
    "person_source": "source",
}
"""Short attributes of a child and the columns of `person` that they fill."""

OUTCOME = ("is", "also", "quarantined", "undecided")


class DayRow(SpecModel):
    """Holiday row of an example: a day and whether it is worked."""

    day: date
    working: bool


class Change(SpecModel):
    """A parameter value that holds from a day on, in an example."""

    topic: str
    key: str
    since: date
    value: float


class Example(SpecModel):
    """A small world and the outcomes it must give: run by `cwg rule test` and by the tests.

    `parameters` gives values of `parameters/` for the example alone, everywhere and always: topic →
    key → value; `changes` gives values that hold from a day on.
    """

    name: str
    as_of: date
    children: tuple[dict[str, Given], ...] = ()
    rolls: dict[str, str] = Field(default_factory=dict)
    parameters: dict[str, dict[str, float | None]] = Field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    world: dict[str, tuple[dict[str, Cell], ...]] = Field(default_factory=dict)
    outcomes: tuple[dict[str, Cell], ...] = ()
    holidays: tuple[DayRow, ...] = ()

    def expected(self) -> list[Row]:
        """The outcomes that the example asks for, both ways of writing together."""
        return [*self.outcomes, *(_outcome(n, c) for n, c in self._numbered() if "is" in c)]

    def rows(self) -> dict[str, list[Row]]:
        """The world's rows by table, both ways of writing together. Raises KeyError, ValueError."""
        tables: dict[str, list[Row]] = {name: list(rows) for name, rows in self.world.items()}
        for number, child in self._numbered():
            for name, row in _rows(number, child):
                tables.setdefault(name, []).append(row)
        return tables

    def _numbered(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        return iter(enumerate(self.children, 1))


Examples = Annotated[tuple[Example, ...], Field(min_length=1)]


def _outcome(number: int, child: Mapping[str, Any]) -> Row:
    kind, _, reason = str(child["is"]).partition(" ")
    said: Row = {"person_id": number, "kind": kind}
    if reason:
        said["reason"] = reason
    return said | dict(child.get("also") or {})


def _rows(number: int, child: Mapping[str, Any]) -> Iterator[tuple[str, Row]]:
    yield "person", {"person_id": number} | {PERSON[k]: v for k, v in child.items() if k in PERSON}
    for why in ("quarantined", "undecided"):
        if why in child:
            doubt: Row = {"person_id": number, "table_name": child[why]}
            yield "undecided", doubt | {"quarantined": why == "quarantined"}
    for name, given in child.items():
        if name in PERSON or name in OUTCOME:
            continue
        for row in _as_rows(given):
            yield from _placed(number, name, row)


def _placed(number: int, name: str, row: Row) -> Iterator[tuple[str, Row]]:
    if name == "household":
        family = f"F{number}"
        known: Row = {"family_id": family, "card_status": "1", "begin_month": "2025-01"}
        yield "assistance_household", known | row
        yield "assistance_member", {"person_id": number, "family_id": (known | row)["family_id"]}
    elif name == "child":
        yield name, {"person_id": number, "row_key": f"child-{number}"} | row
    elif name in ("guardian", "visit"):
        yield name, {"child_row_key": f"child-{number}"} | row
    else:
        yield name, {"person_id": number} | row


def _as_rows(given: Any) -> Sequence[Row]:
    return [dict(given)] if isinstance(given, Mapping) else list(given)
