"""Age and replay."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from bureaus_support import refused, terms

from sandbox.bureaus import guard
from sandbox.bureaus.contract import TIME_FORMAT, Content, complete, new_id, parse

NOW = datetime(2026, 11, 16, 1, 0, 0, tzinfo=UTC)
MESSAGE = complete(terms("probe", "education"), Content("application/json", "0" * 64))


@pytest.mark.parametrize(
    ("created", "life", "content_type", "reason"),
    [
        (0, 300, "application/json", None),
        (-600, 300, "application/json", None),
        (-601, 300, "application/json", "expired"),
        (300, 300, "application/json", None),
        (301, 300, "application/json", "future_dated"),
        (0, 301, "application/json", "malformed"),
        (0, 0, "application/json", "malformed"),
        (0, -5, "application/json", "malformed"),
        (0, 7 * 86400, "text/csv; charset=gb18030", None),
        (0, 7 * 86400, "application/xml", "malformed"),
        (-6 * 86400, 7 * 86400, "text/csv; charset=gb18030", None),
        (-8 * 86400, 7 * 86400, "text/csv; charset=gb18030", "expired"),
    ],
)
def test_age(created: int, life: int, content_type: str, reason: str | None) -> None:
    start = NOW + timedelta(seconds=created)
    exchange = replace(
        MESSAGE,
        created=start.strftime(TIME_FORMAT),
        expires=(start + timedelta(seconds=life)).strftime(TIME_FORMAT),
        content_type=content_type,
    )
    if reason is None:
        guard.check_age(exchange, NOW)
    else:
        with refused(reason):
            guard.check_age(exchange, NOW)


def test_impossible_time_is_malformed() -> None:
    with refused("malformed"):
        guard.check_age(replace(MESSAGE, created="2026-13-40T99:99:99Z"), NOW)


def test_a_resend_gets_the_same_answer_and_nothing_is_done_twice() -> None:
    replies, made = guard.Replies(), []

    def make() -> bytes:
        made.append(1)
        return b"answer"

    assert replies.answer("id", "digest", make) == b"answer"
    assert replies.answer("id", "digest", make) == b"answer"
    assert len(made) == 1
    with refused("id_reused"):
        replies.answer("id", "other", make)


def test_a_failed_attempt_leaves_the_id_free() -> None:
    replies = guard.Replies()
    with pytest.raises(ZeroDivisionError):
        replies.answer("id", "digest", lambda: bytes(1 // 0))
    assert replies.answer("id", "digest", lambda: b"answer") == b"answer"


def test_an_old_answer_is_not_made_again() -> None:
    replies = guard.Replies()
    for number in range(guard.REMEMBERED_ANSWERS + 1):
        replies.answer(str(number), "digest", lambda: b"answer")
    with refused("replayed"):
        replies.answer("0", "digest", lambda: b"answer")
    with refused("id_reused"):
        replies.answer("0", "other", lambda: b"answer")


def test_ids_are_version_7_and_in_order() -> None:
    ids = [new_id() for _ in range(50)]
    assert len(set(ids)) == 50
    assert sorted(text[:13] for text in ids) == [text[:13] for text in ids]
    for text in ids:
        assert parse(replace(MESSAGE, id=text).as_json()).id == text
    milliseconds = int(ids[0].replace("-", "")[:12], 16)
    assert abs(milliseconds / 1000 - datetime.now(UTC).timestamp()) < 60


def test_a_contract_survives_its_json() -> None:
    assert parse(MESSAGE.as_json()) == MESSAGE
