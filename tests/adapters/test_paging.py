"""Pages end: at the last one, or with an error that says why they do not."""

import pytest
from rigs import answer

from adapters import paging
from gateway.model.errors import Busy, DeliveryIncomplete
from gateway.model.exchange import Answer

BROKEN = [
    ([answer(1, last=False)], "no cursor"),
    ([answer(1, last=False, cursor="")], "an empty cursor"),
    ([answer(1, last=False, cursor="a"), answer(2, last=False, cursor="a")], "the same cursor"),
    ([answer(n, last=False, cursor=c) for n, c in enumerate("aba", 1)], "a circle"),
]


@pytest.mark.parametrize(("script", "why"), BROKEN, ids=[why for _, why in BROKEN])
def test_broken_paging_is_said(script: list[Answer], why: str) -> None:
    with pytest.raises(DeliveryIncomplete):
        paging.pages(lambda cursor: script.pop(0), "somewhere")


def test_a_roll_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST_PAGES", 5)
    asked: list[str] = []

    def endless(cursor: str) -> Answer:
        asked.append(cursor)
        return answer(len(asked), last=False, cursor=str(len(asked)))

    with pytest.raises(DeliveryIncomplete):
        paging.pages(endless, "somewhere")
    assert len(asked) == 5


def test_a_roll_that_turns_to_preparing_half_way_is_busy() -> None:
    script = [answer(1, last=False, cursor="a"), answer(2, last=False, status="preparing")]
    with pytest.raises(Busy):
        paging.pages(lambda cursor: script.pop(0), "somewhere")


@pytest.mark.parametrize(("total", "told"), [("6", 6), ("", None), ("many", None), ("-1", None)])
def test_a_total_is_told_when_it_is_one(total: str, told: int | None) -> None:
    seen: list[tuple[int, int | None]] = []
    paging.pages(
        lambda cursor: answer(1, total=total), "somewhere", lambda *what: seen.append(what)
    )
    assert seen == [(3, told)]


def test_a_roll_that_outgrows_its_own_total_is_cut_off() -> None:
    asked: list[str] = []

    def endless(cursor: str) -> Answer:
        asked.append(cursor)
        return answer(len(asked), last=False, cursor=str(len(asked)), total="6")

    with pytest.raises(DeliveryIncomplete) as endless_roll:
        paging.pages(endless, "somewhere")
    assert len(asked) == 4
    assert "6" in endless_roll.value.what
