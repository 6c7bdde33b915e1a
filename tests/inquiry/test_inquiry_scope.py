"""Who sees what: scope and access in every read, and masks on whatever is seen."""

import json
from datetime import date
from typing import Any

import pytest
from online_seed import (
    FINDINGS,
    HIDDEN,
    NAMES,
    ORDINARY,
    Seed,
    city_reader,
    county_reader,
    key,
    make_inquiry,
    number,
)
from sqlalchemy import update

from gateway.access import Purpose, Reader
from gateway.inquiry import Filters, Inquiry
from gateway.model.cases import CaseState
from gateway.model.errors import UsageError
from gateway.store import Store
from gateway.store.tables import queue_count, queue_due

WHY = Purpose.CASEWORK


def keys_of(inquiry: Inquiry, reader: Reader, filters: Filters) -> set[str]:
    return {str(row["key"]) for row in inquiry.export(reader, WHY, filters)}


def names(*seeds: str) -> set[str]:
    return {key(seed) for seed in seeds}


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        (Filters(rules=("EDU-01",)), names("edu", "edu-other-county", "nowhere", "unverified")),
        (Filters(rules=("SRC-01", "SRC-02")), names("late", "whole-roll")),
        (Filters(rules=("EDU-01",), counties=("419902",)), names("edu-other-county")),
        (Filters(counties=("419902",)), names("edu-other-county")),
        (Filters(counties=("510100",)), set()),
        (Filters(states=(CaseState.RESOLVED,)), names("closed")),
        (Filters(rules=("EDU-01",), states=(CaseState.RESOLVED,)), set()),
        (Filters(rules=("HRM-01",)), set()),
    ],
)
def test_filters_narrow_the_scope(inquiry: Inquiry, filters: Filters, wanted: set[str]) -> None:
    assert keys_of(inquiry, city_reader(), filters) == wanted


@pytest.mark.parametrize(
    ("reader", "wanted"),
    [
        (county_reader(), names("edu-other-county")),
        (Reader("town", "person", ("419901009",)), set()),
        (city_reader(), {key(s.name) for s in ORDINARY}),
        (
            Reader("prefix", "person", ("4199",)),
            {key(s.name) for s in ORDINARY} - names("nowhere", "whole-roll"),
        ),
        (
            Reader("protection", "person", ("",), frozenset({"protection"})),
            names("protection"),
        ),
        (Reader("none", "person", ()), set()),
    ],
)
def test_scope_bounds_every_list(inquiry: Inquiry, reader: Reader, wanted: set[str]) -> None:
    seen = keys_of(inquiry, reader, Filters())
    assert seen & {key(s.name) for s in FINDINGS} == wanted


def test_a_county_reader_cannot_widen_the_scope_with_a_filter(inquiry: Inquiry) -> None:
    assert keys_of(inquiry, county_reader(), Filters(counties=("419901",))) == set()


@pytest.mark.parametrize("seed", HIDDEN, ids=lambda s: s.name)
def test_sealed_and_protection_findings_do_not_exist_for_an_ordinary_reader(
    inquiry: Inquiry, seed: Seed
) -> None:
    hidden = key(seed.name)
    assert hidden not in keys_of(inquiry, city_reader(), Filters())
    assert inquiry.finding(city_reader(), WHY, hidden) is None


def test_counts_are_made_without_hidden_findings(inquiry: Inquiry) -> None:
    tallies = inquiry.tallies(city_reader(), WHY)
    assert sum(t.count for t in tallies) == len(ORDINARY) + 40
    assert sum(t.count for t in tallies if t.rule == "EDU-01") == 4


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(rules=("EDU-01",)),
        Filters(states=(CaseState.OPEN,), owners=("education",)),
        Filters(due_before=date(2100, 1, 1)),
    ],
)
def test_a_readers_counts_are_the_kept_ones(store: Store, filters: Filters) -> None:
    """Counted anew they would take seconds at a million findings; a kept count that is wrong shows which."""
    inquiry = make_inquiry(store)
    before = sum(tally.count for tally in inquiry.tallies(city_reader(), WHY, filters))
    with store._db.write() as c:
        for table in (queue_count, queue_due):
            c.execute(update(table).values(count=2 * table.c.count))
    after = sum(tally.count for tally in inquiry.tallies(city_reader(), WHY, filters))
    assert before and after == 2 * before


def test_a_finding_of_another_county_is_not_there(inquiry: Inquiry) -> None:
    assert inquiry.finding(county_reader(), WHY, key("edu")) is None
    assert inquiry.finding(county_reader(), WHY, key("edu-other-county")) is not None


@pytest.mark.parametrize("text", ["", "x", "张三", "f" * 63, "F" * 64, "../" * 10])
def test_what_is_no_key_finds_nothing(inquiry: Inquiry, text: str) -> None:
    assert inquiry.finding(city_reader(), WHY, text) is None


@pytest.mark.parametrize(
    "filters",
    [
        Filters(rules=("张小明",)),
        Filters(rules=("EDU-1",)),
        Filters(counties=("4199",)),
        Filters(counties=("419901201501010011",)),
    ],
)
def test_a_filter_that_cannot_be_is_refused_without_repeating_it(
    inquiry: Inquiry, filters: Filters
) -> None:
    with pytest.raises(UsageError) as error:
        inquiry.findings(city_reader(), WHY, filters)
    assert not any(text in str(error.value) for text in filters.rules + filters.counties)


def test_everything_given_out_is_masked(inquiry: Inquiry) -> None:
    rows: list[Any] = list(inquiry.export(city_reader(), WHY))
    text = json.dumps(rows, ensure_ascii=False)
    assert not [name for name in NAMES if name in text]
    assert not [n for n in (*range(1, 9), *range(100, 140)) if number(n) in text]
    shown = {row["key"]: row["child"] for row in rows}
    assert shown[key("edu")] == {
        "name": "李*", "number": "419***********0011", "born": "2015-02", "sex": "2"
    }  # fmt: skip
    assert shown[key("late")] is None


def test_values_do_not_show_a_child_in_their_repr_unmasked(inquiry: Inquiry) -> None:
    page = inquiry.findings(city_reader(), WHY, limit=200)
    assert not [name for name in NAMES if name in repr(page)]


def test_the_seed_would_show_if_nothing_were_masked(store: Store) -> None:
    found = store.persons.person(1)
    assert found is not None and found.name in NAMES and found.id_number == number(1)
