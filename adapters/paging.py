"""Pages of a roll: asked for one after another, with a bound, and never twice the same."""

from collections.abc import Callable, Sequence

from gateway.model.errors import Busy, DeliveryIncomplete, UsageError
from gateway.model.exchange import Answer
from gateway.model.ports import Watch

MOST_PAGES = 20_000


def unwatched(rows: int, total: int | None) -> None:
    """Nobody is told."""


def pages(ask: Callable[[str], Answer], where: str, watch: Watch = unwatched) -> list[Answer]:
    """Every page, following the cursor from the empty one until a page says it is the last.

    `ask` gives the page at a cursor; answers carry the controls `status` and `cursor`. Raises Busy
    while the bureau is preparing, DeliveryIncomplete for a page that never ends: a whole page more
    than the total that the bureau itself names.
    """
    found: list[Answer] = []
    rows = 0
    cursor, seen = "", {""}
    while len(found) < MOST_PAGES:
        answer = ready(ask(cursor), where)
        found.append(answer)
        total = answer.controls.get("total", "")
        rows += answer.row_count
        watch(answer.row_count, int(total) if total.isdecimal() else None)
        if total.isdecimal() and rows > int(total) + answer.row_count:
            raise DeliveryIncomplete(
                f"{rows} rows came and no end, of {int(total)} that the bureau named",
                where=f"{where}, page {answer.page}",
                mend="ask the bureau: its paging has no end, or its total is wrong",
            )
        cursor = answer.controls.get("cursor", "")
        if answer.last:
            return found
        if not cursor or cursor in seen:
            raise DeliveryIncomplete(
                "a page is not the last one and names no page to follow",
                where=f"{where}, page {answer.page}",
                mend="ask the bureau: its paging is broken",
            )
        seen.add(cursor)
    raise DeliveryIncomplete(
        f"the roll has more than {MOST_PAGES} pages", where=where, mend="ask for larger pages"
    )


def ready(answer: Answer, where: str) -> Answer:
    """The answer. Raises Busy when it says that the bureau is still preparing."""
    if answer.controls.get("status") == "preparing":
        raise Busy("the bureau is still preparing this roll", where=where)
    return answer


def at_most(subjects: Sequence[object], most: int, source: str) -> None:
    """Whether one question can name them all. Raises UsageError for none and for too many."""
    if not 0 < len(subjects) <= most:
        raise UsageError(
            f"one question names 1 to {most} people, not {len(subjects)}",
            where=source,
            mend="ask in parts",
        )
