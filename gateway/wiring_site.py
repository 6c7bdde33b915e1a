"""A site's files as the administrators' pages see them."""

from datetime import UTC, datetime
from pathlib import Path

from gateway.exchange import KeyRing, TrustBook, expiries, read_passphrase
from gateway.model.site_facts import KeyFact, SourceFact
from gateway.sources import load_sources

PAUSED = "paused"
"""A source is paused while `var/paused/<source>` exists (`cwg source pause`)."""


class Files:
    """The files of one site's folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def sources(self) -> tuple[SourceFact, ...]:
        """Sources as declared, by name."""
        return tuple(
            SourceFact(
                s.name, s.adapter, s.partner, s.suite, tuple(roll.roll for roll in s.rolls),
                s.grant.valid_to, s.paused or self._mark(s.name).exists(),
            )
            for s in load_sources(self._folder)
        )  # fmt: skip

    def ending(self) -> tuple[KeyFact, ...]:
        """Our own and partners' keys that end within 60 days or have ended."""
        ring = KeyRing.load(self._folder / "keys", read_passphrase())
        book = TrustBook.load(self._folder / "partners")
        return tuple(
            KeyFact(e.owner, str(e.use), str(e.kind), e.days)
            for e in expiries(ring, book, datetime.now(UTC))
        )

    def pause(self, source: str, paused: bool) -> None:
        """Set or take away an operator's mark; a source paused in its own file stays so."""
        mark = self._mark(source)
        if paused:
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.touch()
        else:
            mark.unlink(missing_ok=True)

    def _mark(self, source: str) -> Path:
        return self._folder / "var" / PAUSED / source
