"""How one bureau is reached for referrals: its adapter carries, a line seals and opens. No bureau's
dialect is known here; replies are a roll like any other (docs/referrals.md)."""

from collections.abc import Callable

from gateway.dispatch.ports import Collected
from gateway.dispatch.replies import ROLL, read_rows
from gateway.exchange import SourceLine
from gateway.model.errors import Busy
from gateway.model.exchange import Sent
from gateway.model.ports import Adapter


class BureauChannel:
    """Satisfies `Channel`. `lines` makes a line for requests, `reply_lines` one for the reply roll."""

    def __init__(
        self,
        source: str,
        adapter: Adapter,
        lines: Callable[[], SourceLine],
        reply_lines: Callable[[], SourceLine],
    ) -> None:
        self._source = source
        self._adapter = adapter
        self._lines = lines
        self._reply_lines = reply_lines

    @property
    def source(self) -> str:
        """The source whose bureau this is."""
        return self._source

    def deliver(self, document: str, period: str) -> Sent:
        """Seal a document and hand it over. Raises TransportError, ExchangeRefused."""
        return self._adapter.deliver(document.encode(), self._lines(), roll="", period=period)

    def replies(self, period: str, mark: str) -> Collected | None:
        """The replies of a month; None when the bureau has none, or only those of `mark`."""
        line = self._reply_lines()
        waiting = " ".join(sorted(self._adapter.waiting(ROLL, period, line)))
        if waiting and waiting == mark:
            return None
        try:
            delivery = self._adapter.collect(ROLL, period, line)
        except Busy:
            return None
        rows = []
        for exchange in line.verified(delivery):
            with exchange.payload as payload:
                content = payload.read()
            found = read_rows(content, exchange.header.content_type)
            rows += [(exchange.header.id, row) for row in found]
        return Collected(tuple(rows), waiting or delivery.closing.pages_root)
