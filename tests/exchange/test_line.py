"""A line's calls, files, deliveries; what the adapter sees and what it never sees."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from exchange_kit import (
    BUREAU,
    CONTROLS,
    NOW,
    OTHER,
    SUITES,
    US,
    Reply,
    World,
    bring,
    drop_file,
    forge,
    partner_file,
    replace_party,
    request_content,
    roll_draft,
    rows_content,
)

from gateway.exchange import Ending, SourceLine
from gateway.exchange import line as line_module
from gateway.exchange.sealing import Draft
from gateway.model.errors import (
    DeliveryIncomplete,
    ExchangeRefused,
    PeerRefused,
    Refusal,
    Unreachable,
    UsageError,
)
from gateway.model.exchange import Action, Answer, Grade, Header, ScopeCount
from gateway.model.ports import Line


class PagedBureau:
    """Answers a roll in pages of two rows; `bend` changes a page's draft."""

    def __init__(self, world: World, suite: str, pages: int = 3) -> None:
        self.world, self.suite, self.pages = world, suite, pages
        self.read = replace_party(world, suite)
        self.sent: list[Header] = []
        self.bend: dict[int, dict[str, Any]] = {}
        self.scopes = (ScopeCount("419901", 2 * pages - 1), ScopeCount("419902", 1))

    def __call__(self, sealed: bytes) -> bytes:
        request, page = self.read(sealed), len(self.sent) + 1
        last = page == self.pages
        ending = Ending(self.scopes, ("419903",), tuple(self.sent)) if last else None
        draft = replace(Reply(b"").draft(request), page=page, last=last, ending=ending)
        draft = replace(draft, **self.bend.get(page, {}))
        content = rows_content(self.suite, (f"甲{page}", f"乙{page}"))
        header, answer = self.world.seal(self.suite, draft, content)
        self.sent.append(header)
        return answer


def collect(world: World, suite: str, bureau: PagedBureau) -> tuple[SourceLine, list[Answer]]:
    line = world.line(suite)
    answers = [
        line.call(Action.ROLL, request_content(suite), bureau, CONTROLS[suite], period="2026-11")
        for _ in range(bureau.pages)
    ]
    return line, answers


def close(line: SourceLine, answers: list[Answer]) -> Any:
    return line.close("enrolment", "2026-11", answers)


def test_a_source_line_is_a_line(world: World) -> None:
    line: Line = world.line("soap")
    assert line


@pytest.mark.parametrize("suite", ["soap", "jose"])
def test_pages_become_a_delivery_in_page_order(world: World, suite: str) -> None:
    bureau = PagedBureau(world, suite)
    line, answers = collect(world, suite, bureau)
    assert [(a.page, a.last, a.row_count) for a in answers] == [
        (1, False, 2),
        (2, False, 2),
        (3, True, 2),
    ]
    delivery = close(line, answers)
    assert (delivery.closing.rows, delivery.closing.held_scopes) == (6, ("419903",))
    exchanges = list(line.verified(delivery))
    assert [e.header.page for e in exchanges] == [1, 2, 3]
    assert [e.grade for e in exchanges] == [Grade.OWNER_SIGNED] * 3
    for number, exchange in enumerate(exchanges, start=1):
        assert f"甲{number}" in exchange.payload.read().decode()
    again = list(world.line(suite).verified(delivery))
    assert [e.header for e in again] == [e.header for e in exchanges]


def test_pages_beyond_those_at_hand_are_opened_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_module, "AT_HAND", 1)
    line, answers = collect(world, "jose", PagedBureau(world, "jose"))
    texts = [e.payload.read().decode() for e in line.verified(close(line, answers))]
    assert [f"甲{n}" in text for n, text in enumerate(texts, start=1)] == [True] * 3


SPOILT: list[tuple[str, dict[int, dict[str, Any]], str]] = [
    ("a page left out", {2: {"page": 3}}, "pages are not"),
    ("a page twice", {2: {"page": 1}}, "pages are not"),
    ("starts at two", {1: {"page": 2}, 2: {"page": 3}, 3: {"page": 4}}, "pages are not"),
    ("two say last", {1: {"last": True}}, "last page"),
    ("none says last", {3: {"last": False, "ending": None}}, "last page"),
    ("no closing statement", {3: {"ending": None}}, "no closing"),
    ("scopes do not add up", {}, "scopes"),
    ("one page replaces", {2: {"replaces": "01a1e1e0-1af8-75f6-87c4-c2424b557513"}}, "replace"),
]


@pytest.mark.parametrize(("_name", "bend", "what"), SPOILT, ids=[s[0] for s in SPOILT])
def test_what_is_not_whole_is_set_aside(
    world: World, _name: str, bend: dict[int, dict[str, Any]], what: str
) -> None:
    bureau = PagedBureau(world, "jose")
    bureau.bend = bend
    if not bend:
        bureau.scopes = (ScopeCount("419901", 5),)
    line, answers = collect(world, "jose", bureau)
    with pytest.raises(DeliveryIncomplete, match=what):
        close(line, answers)


def test_answers_that_the_adapter_loses_or_mixes(world: World) -> None:
    line, answers = collect(world, "jose", PagedBureau(world, "jose"))
    for wrong in (answers[:-1], answers[1:], [answers[1], answers[0], answers[2]], [], answers * 2):
        with pytest.raises(DeliveryIncomplete):
            close(line, wrong)
    with pytest.raises(DeliveryIncomplete, match="another source, roll or period"):
        line.close("enrolment", "2026-10", answers)
    assert close(line, answers)


CLOSINGS: list[tuple[str, dict[str, Any], str]] = [
    ("another number of rows", {"rows": 7}, "rows"),
    ("another number of pages", {"pages": 4}, "pages"),
    ("made over other pages", {"pages_root": "0" * 64}, "other pages"),
]


@pytest.mark.parametrize(("_name", "change", "what"), CLOSINGS, ids=[c[0] for c in CLOSINGS])
def test_a_closing_statement_that_does_not_add_up(
    world: World, _name: str, change: dict[str, Any], what: str
) -> None:
    line = world.line("jose")
    read = replace_party(world, "jose")

    def carry(sealed: bytes) -> bytes:
        draft = Reply(b"").draft(read(sealed))
        bend = lambda contract: contract["closing"].update(change)  # noqa: E731
        return forge(world, "jose", rows_content("jose"), draft, bend)

    answer = line.call(Action.ROLL, request_content("jose"), carry, {}, period="2026-11")
    with pytest.raises(DeliveryIncomplete, match=what):
        close(line, [answer])


def test_answers_to_asks_are_a_delivery_without_a_closing_statement(world: World) -> None:
    line, read = world.line("jose"), replace_party(world, "jose")

    def carry(sealed: bytes) -> bytes:
        return world.seal("jose", Reply(b"").draft(read(sealed)), rows_content("jose"))[1]

    document = b'{"input":{"data":[{"certno":"x"}]}}'
    answers = [line.call(Action.ASK, document, carry, {}, period="2026-11") for _ in range(2)]
    delivery = close(line, answers)
    assert (delivery.closing.rows, delivery.closing.pages, delivery.closing.scopes) == (6, 2, ())


@pytest.mark.parametrize("suite", ["soap", "jose"])
def test_a_bureau_that_is_preparing_says_so(world: World, suite: str) -> None:
    content = rows_content(suite, ()).replace(b"ready", b"preparing")
    reply = Reply(content, {"ending": None, "last": False})
    line = world.line(suite)
    answer = line.call(
        Action.ROLL,
        request_content(suite),
        world.answerer(suite, reply),
        CONTROLS[suite],
        period="2026-11",
    )
    assert (answer.controls["status"], answer.last, answer.row_count) == ("preparing", False, 0)


PLAIN: list[tuple[Action, str, str]] = [
    (Action.ROLL, "enrolment", "2026-11"),
    (Action.ASK, "enrolment", "2026-11"),
    (Action.DELIVER, "", "2026-11"),
    (Action.PROBE, "", ""),
]


@pytest.mark.parametrize(("action", "roll", "period"), PLAIN)
def test_what_each_request_says(world: World, action: Action, roll: str, period: str) -> None:
    seen: list[Header] = []
    read = replace_party(world, "jose")

    def carry(sealed: bytes) -> bytes:
        seen.append(read(sealed))
        draft = Reply(b"").draft(seen[0])
        return world.seal("jose", draft, b'{"output":{"status":"ready"}}')[1]

    document = b'{"input":{"data":[]}}'
    answer = world.line("jose").call(
        action, document, carry, {"s": "output.status"}, period="2026-11"
    )
    (request,) = seen
    assert (request.sender, request.recipient, request.source) == (US, BUREAU, "education")
    assert (request.action, request.roll, request.period, request.in_reply_to) == (
        action,
        roll,
        period,
        "",
    )
    assert (request.page, request.last, request.closing, request.created) == (1, True, None, NOW)
    assert answer.controls == {"s": "ready"}


def test_transport_errors_pass(world: World) -> None:
    for error in (Unreachable("no answer"), PeerRefused("no")):

        def carry(sealed: bytes, error: Exception = error) -> bytes:
            raise error

        with pytest.raises(type(error)):
            world.line("soap").call(
                Action.ROLL, request_content("soap"), carry, {}, period="2026-11"
            )


USES: list[tuple[str, str, Action, bytes, str]] = [
    ("a file source cannot be called", "file", Action.ROLL, b"{}", "cannot be called"),
    ("an answer cannot be sent", "jose", Action.ROLL_ANSWER, b"{}", "not answers"),
    ("JSON is UTF-8", "jose", Action.ROLL, "甲".encode("gb18030"), "UTF-8"),
    ("a message has a cap", "jose", Action.ROLL, b'"' + b"x" * 4_000_000 + b'"', "too large"),
]


@pytest.mark.parametrize(
    ("_name", "suite", "action", "document", "what"), USES, ids=[u[0] for u in USES]
)
def test_wrong_uses(
    world: World, _name: str, suite: str, action: Action, document: bytes, what: str
) -> None:
    with pytest.raises(UsageError, match=what):
        world.line(suite).call(action, document, lambda sealed: b"", {}, period="2026-11")


@pytest.mark.parametrize("path", ["output.psninsuinfo", "output.psninsuinfo.0.certno"])
def test_controls_cannot_show_rows(world: World, path: str) -> None:
    carry = world.answerer("jose", Reply(rows_content("jose")))
    with pytest.raises(UsageError, match="rows"):
        line = world.line("jose")
        line.call(Action.ROLL, request_content("jose"), carry, {"x": path}, period="2026-11")


def test_controls_are_short_texts(world: World) -> None:
    long = rows_content("jose").replace(b'"cursor":""', b'"cursor":"' + b"x" * 257 + b'"')
    with pytest.raises(ExchangeRefused) as caught:
        carry = world.answerer("jose", Reply(long))
        line = world.line("jose")
        line.call(Action.ROLL, request_content("jose"), carry, CONTROLS["jose"], period="2026-11")
    assert caught.value.reason is Refusal.MALFORMED
    carry = world.answerer("jose", Reply(rows_content("jose")))
    answer = world.line("jose").call(
        Action.ROLL, request_content("jose"), carry, {"o": "output", "no": "a.b"}, period="2026-11"
    )
    assert answer.controls == {"o": "", "no": ""}


def test_an_answer_shows_no_row(world: World) -> None:
    for suite in SUITES:
        assert "甲" not in repr(bring(world, suite))


def test_peek_reads_only_the_manifest(world: World) -> None:
    header, sealed = world.seal("file", roll_draft(), rows_content("file"))
    path = drop_file(world.folder, sealed[: sealed.index(b"\n", 6) + 1])
    assert world.line("file").peek(path) == ("enrolment", "2026-11", header.id, "")


def test_peek_passes_by_what_is_not_from_this_source(world: World, make_world: Any) -> None:
    line, content = world.line("file"), rows_content("file")
    cases: list[tuple[str, bytes]] = [
        ("another source", world.seal("file", roll_draft(source="coverage"), content)[1]),
        ("another sender", world.seal("file", roll_draft(sender=OTHER), content, party=OTHER)[1]),
        ("another recipient", world.seal("file", roll_draft(), content)[1].replace(b"a", b"b", 9)),
        ("no sealed file", b"PK\x03\x04"),
        ("empty", b""),
    ]
    for name, sealed in cases:
        assert line.peek(drop_file(world.folder, sealed)) is None, name
    for_other = World(world.folder / "o", world.keys, partners=(partner_file(),))
    theirs = for_other.keys.ring(OTHER)
    room = replace(for_other.room(), keys=theirs, party=OTHER)
    assert world.line("file", room).peek(drop_file(world.folder, cases[0][1])) is None
    assert list(room.log.records()) == [], "a file for somebody else is no incident"


def test_a_file_may_answer_a_request_that_was_dropped(world: World, tmp_path: Path) -> None:
    line = world.line("file")
    sent = line.drop(
        Action.ASK, "姓名\n某\n".encode(), tmp_path, roll="enrolment", period="2026-11"
    )
    (dropped,) = tmp_path.glob("*.*")
    assert dropped.name == f"{sent.exchange_id}.cwgx"
    request = replace_party(world, "file")(dropped.read_bytes())
    assert (request.row_count, request.content_type) == (1, "text/csv; charset=utf-8")
    draft = Draft(
        BUREAU,
        US,
        Action.ASK_ANSWER,
        "education",
        "enrolment",
        "2026-11",
        in_reply_to=sent.exchange_id,
    )
    sealed = world.seal("file", draft, rows_content("file"))[1]
    later = world.line("file")
    answer = later.accept(drop_file(world.folder, sealed), {})
    assert answer.row_count == 3
    other = world.seal("file", replace(draft, period="2026-10"), rows_content("file"))[1]
    with pytest.raises(ExchangeRefused) as caught:
        later.accept(drop_file(world.folder, other), {})
    assert caught.value.reason is Refusal.WRONG_REPLY


DOCUMENTS = [
    (b'{"a":1}', "application/json"),
    (b"<a/>", "application/xml"),
    (b"a,b\n", "text/csv; charset=utf-8"),
]


@pytest.mark.parametrize(("document", "content_type"), DOCUMENTS)
def test_dropped_documents_say_what_they_are(
    world: World, tmp_path: Path, document: bytes, content_type: str
) -> None:
    world.line("file").drop(Action.DELIVER, document, tmp_path, roll="enrolment", period="2026-11")
    (dropped,) = tmp_path.glob("*.*")
    header = replace_party(world, "file")(dropped.read_bytes())
    assert (header.content_type, header.roll) == (content_type, "")


def test_a_roll_in_another_kind_of_content_is_refused(world: World) -> None:
    """JSON where a CSV is mapped would count as a roll without rows: it must not pass."""
    change = lambda contract: contract.update(content_type="application/json", row_count=0)  # noqa: E731
    with pytest.raises(ExchangeRefused) as caught:
        bring(world, "file", change)
    assert caught.value.reason is Refusal.NOT_ALLOWED


def test_the_partners_grade_is_the_exchanges(make_world: Any) -> None:
    world = make_world(partners=(partner_file(grade="attested"),))
    line = world.line("file")
    sealed = world.seal("file", roll_draft(), rows_content("file"))[1]
    answer = line.accept(drop_file(world.folder, sealed), {})
    (exchange,) = line.verified(close(line, [answer]))
    assert exchange.grade is Grade.ATTESTED


def test_payloads_have_no_name(world: World) -> None:
    line = world.line("file")
    sealed = world.seal("file", roll_draft(), rows_content("file"))[1]
    answer = line.accept(drop_file(world.folder, sealed), {})
    assert list(world.spill.iterdir()) == []
    (exchange,) = line.verified(close(line, [answer]))
    assert exchange.payload.tell() == 0
    assert exchange.payload.read() == rows_content("file")
