"""Pages are whole, in order, and pinned to one published run; every read leaves its audit row."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from online_seed import (
    COUNTIES,
    SECOND,
    Seed,
    city_reader,
    county_reader,
    key,
    make_inquiry,
    now,
    number,
    open_night,
)

from gateway.access import Purpose
from gateway.inquiry import Filters, Inquiry
from gateway.model.cases import CaseMove, CaseState
from gateway.model.errors import StoreError, UsageError, ViewMoved
from gateway.store import AuditEntry, Page, Store

WHY = Purpose.CASEWORK
YEAR = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


def paged(inquiry: Inquiry, limit: int) -> list[str]:
    keys, cursor = [], ""
    while True:
        page = inquiry.findings(city_reader(), WHY, cursor=cursor, limit=limit)
        assert len(page.findings) <= limit
        keys += [finding.key for finding in page.findings]
        cursor = page.next_cursor
        if not cursor:
            return keys


@pytest.mark.parametrize("limit", [1, 7, 50, 500])
def test_pages_give_everything_once_and_in_one_order(inquiry: Inquiry, limit: int) -> None:
    keys = paged(inquiry, limit)
    assert len(set(keys)) == len(keys) == 50
    assert keys == paged(inquiry, 500)


def test_the_most_severe_come_first(inquiry: Inquiry) -> None:
    page = inquiry.findings(city_reader(), WHY, limit=500)
    severities = [finding.severity for finding in page.findings]
    assert severities == sorted(severities) and severities[0] == "1"


@pytest.mark.parametrize("cursor", ["x", "é", "MS4y", "Mi4wMDAwLk1TNHg", "=" * 9])
def test_a_cursor_that_is_not_ours_is_refused(inquiry: Inquiry, cursor: str) -> None:
    with pytest.raises(UsageError):
        inquiry.findings(city_reader(), WHY, cursor=cursor)


def test_a_cursor_belongs_to_its_filters_and_reader(inquiry: Inquiry) -> None:
    cursor = inquiry.findings(city_reader(), WHY, limit=1).next_cursor
    with pytest.raises(UsageError, match="other filters"):
        inquiry.findings(city_reader(), WHY, Filters(rules=("EDU-01",)), cursor=cursor)
    with pytest.raises(UsageError, match="other filters"):
        inquiry.findings(county_reader(), WHY, cursor=cursor)


def test_a_cursor_belongs_to_its_run(own_store: Store) -> None:
    inquiry = make_inquiry(own_store)
    cursor = inquiry.findings(city_reader(), WHY, limit=2).next_cursor
    assert inquiry.findings(city_reader(), WHY, cursor=cursor, limit=2).findings
    open_night(own_store, date(2026, 12, 15), (Seed("later", "EDU-01", 9),))
    with pytest.raises(ViewMoved):
        inquiry.findings(city_reader(), WHY, cursor=cursor, limit=2)


def test_a_run_published_while_a_page_is_read_is_noticed(
    own_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    inquiry = make_inquiry(own_store)
    page = own_store.findings.page

    def page_and_publish(*args: object, **named: object) -> object:
        found = page(*args, **named)  # type: ignore[arg-type]
        own_store.night.publish(1)
        return found

    monkeypatch.setattr(own_store.findings, "page", page_and_publish)
    with pytest.raises(ViewMoved):
        inquiry.findings(city_reader(), WHY)


def test_a_list_and_its_counts_are_of_one_state(
    own_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody decides between the two reads: the counts do not know of it yet, and agree with the list."""
    inquiry, page = make_inquiry(own_store), own_store.findings.page

    def page_and_decide(*asked: Any, **more: Any) -> Page:
        shown = page(*asked, **more)
        first = shown.rows[0]
        own_store.cases.move(
            CaseMove(first.case_id, first.version, "take", first.state, CaseState.IN_REVIEW, "li", now())
        )  # fmt: skip
        return shown

    monkeypatch.setattr(own_store.findings, "page", page_and_decide)
    opened = Filters(states=(CaseState.OPEN,))
    listed, tallies = inquiry.listing(city_reader(), WHY, opened, opened)
    assert sum(tally.count for tally in tallies) == len(listed.findings) > 1
    later = inquiry.tallies(city_reader(), WHY, opened)
    assert sum(tally.count for tally in later) == len(listed.findings) - 1
    actions = [(e.action, json.loads(e.detail)["count"]) for e in audited(own_store)]
    told = len(listed.findings)
    assert actions[:2] == [("finding.list", told), ("finding.count", told)]


def audited(store: Store) -> list[AuditEntry]:
    return list(store.audit.entries(*YEAR, limit=10_000))


READS = {
    "finding.list": lambda i: i.findings(
        city_reader(), WHY, Filters(("EDU-01",), (COUNTIES[0],), (CaseState.OPEN,))
    ),
    "finding.show": lambda i: i.finding(city_reader(), WHY, key("edu")),
    "finding.count": lambda i: i.tallies(city_reader(), WHY),
    "finding.export": lambda i: list(i.export(city_reader(), WHY)),
    "run.show": lambda i: i.night(city_reader(), WHY),
}


@pytest.mark.parametrize(
    ("action", "subject", "count"),
    [
        ("finding.list", ("run", "2"), 2),
        ("finding.show", ("finding", key("edu")), 1),
        ("finding.count", ("run", "2"), 10),
        ("finding.export", ("run", "2"), 10),
        ("run.show", ("run", "2"), 6),
    ],
)
def test_every_read_is_audited(
    own_store: Store, action: str, subject: tuple[str, str], count: int
) -> None:
    READS[action](make_inquiry(own_store))
    (entry,) = audited(own_store)
    detail = json.loads(entry.detail)
    assert (entry.actor, entry.actor_kind, entry.action) == ("demo", "person", action)
    assert (entry.purpose, entry.at) == (WHY.value, now())
    assert (entry.subject_kind, entry.subject) == subject
    assert detail["count"] == count and detail["divisions"] == [""]
    assert detail["rules"] == (["EDU-01"] if action == "finding.list" else [])
    assert number(1) not in entry.detail and "李" not in entry.detail


@pytest.mark.parametrize("action", READS)
def test_nothing_is_given_out_when_the_audit_cannot_be_written(
    own_store: Store, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    def refuse(entry: object) -> int:
        raise StoreError("full")

    monkeypatch.setattr(own_store.audit, "add", refuse)
    with pytest.raises(StoreError):
        READS[action](make_inquiry(own_store))


def test_a_finding_that_is_not_there_is_audited_too(own_store: Store) -> None:
    assert make_inquiry(own_store).finding(county_reader(), WHY, key("edu")) is None
    (entry,) = audited(own_store)
    assert json.loads(entry.detail)["count"] == 0


def test_before_the_first_night_there_is_nothing(empty: Store) -> None:
    inquiry = make_inquiry(empty)
    page = inquiry.findings(city_reader(), WHY)
    assert (page.run, page.findings, page.next_cursor) == (None, (), "")
    assert inquiry.night(city_reader(), WHY) is None
    assert inquiry.tallies(city_reader(), WHY) == ()
    assert list(inquiry.export(city_reader(), WHY)) == []
    assert inquiry.ready() is None


def test_ready_asks_the_database(own_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    inquiry = make_inquiry(own_store)
    run = inquiry.ready()
    assert run is not None and run.as_of == SECOND and run.period == "2026-11"

    def refuse() -> str:
        raise StoreError("down")

    monkeypatch.setattr(own_store, "check", refuse)
    with pytest.raises(StoreError):
        inquiry.ready()
