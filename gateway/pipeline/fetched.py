"""A line that remembers: what was fetched and verified before a night was cut off is not fetched again."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from gateway.model.exchange import Action, Answer, Delivery, Sent, VerifiedExchange, Waiting
from gateway.model.ports import Carry, Controls, Sealed
from gateway.pipeline.plan import NightLine
from gateway.store import Store

_FIRST_PAGE = "page 1"


class KeptLine:
    """Satisfies gateway.pipeline.plan.NightLine around another line.

    A roll's pages are asked for in order, so the n-th call of one collection is its n-th page; a
    question is marked by whom it names (`mark`). An answer that came before under its mark is given
    again; the door verifies it anew when it is taken.
    """

    def __init__(self, line: NightLine, store: Store, of: tuple[str, str, str]) -> None:
        self._line = line
        self._store = store
        self._of = of
        self._kept = store.fetched.of(*of)
        self._calls = 0
        self.mark = ""
        self.answers: list[Answer] = []
        """Every answer that was given, in order."""

    @property
    def began_before(self) -> bool:
        """Whether pages of an earlier attempt are at hand."""
        return _FIRST_PAGE in self._kept

    def call(
        self, action: Action, document: bytes, carry: Carry, controls: Controls, *, period: str
    ) -> Answer:
        """The answer kept under the call's mark, else the peer's; see Line.call."""
        self._calls += 1
        mark = self.mark or f"page {self._calls}"
        answer = self._kept.get(mark)
        if answer is None:
            answer = self._line.call(action, document, carry, controls, period=period)
            if answer.controls.get("status") != "preparing":
                self._store.fetched.keep(*self._of, mark, answer)
        self.answers.append(answer)
        return answer

    def accept(self, sealed: Sealed, controls: Controls) -> Answer:
        """See Line.accept."""
        return self._line.accept(sealed, controls)

    def peek(self, sealed: Sealed) -> Waiting | None:
        """See Line.peek."""
        return self._line.peek(sealed)

    def drop(
        self, action: Action, document: bytes, folder: Path, *, roll: str, period: str
    ) -> Sent:
        """See Line.drop."""
        return self._line.drop(action, document, folder, roll=roll, period=period)

    def close(self, roll: str, period: str, answers: Sequence[Answer]) -> Delivery:
        """See Line.close."""
        return self._line.close(roll, period, answers)

    def verified(self, delivery: Delivery) -> Iterator[VerifiedExchange]:
        """See NightLine.verified."""
        return self._line.verified(delivery)

    @property
    def receipts(self) -> Mapping[str, str]:
        """See NightLine.receipts."""
        return self._line.receipts
