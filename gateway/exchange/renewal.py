"""Which certificates end soon, ours and the partners': 60, 30 and 7 days before."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.exchange.keys import KeyRing
from gateway.exchange.policy import Kind, Use
from gateway.exchange.trust import TrustBook

LEVELS = (60, 30, 7)
"""Days before the end at which the warning becomes more urgent."""


@dataclass(frozen=True, slots=True)
class Expiry:
    """A certificate that ends soon. `days` are whole days left, negative when it has ended; `level` is
    the smallest of `LEVELS` that it is within, 0 when it has ended."""

    owner: str
    use: Use
    kind: Kind
    thumbprint: str
    ends: datetime
    days: int
    level: int


def expiries(ring: KeyRing, book: TrustBook, now: datetime) -> tuple[Expiry, ...]:
    """What ends within 60 days and has no successor that lasts longer, most urgent first.

    `owner` is empty for this site's own keys. Revoked keys and those already renewed are left out.
    """
    own = [
        ("", pair.use, pair.kind, pair.thumbprint, pair.certificate)
        for pair in ring.certificates()
        if not ring.is_revoked(pair, now)
    ]
    theirs = [
        (partner.name, key.use, key.kind, key.thumbprint, key.certificate)
        for partner in book.partners()
        for key in partner.keys
        if key.kind is not None and (key.revoked_at is None or now < key.revoked_at)
    ]
    last: dict[tuple[str, Use, Kind], Expiry] = {}
    for owner, use, kind, name, certificate in (*own, *theirs):
        if kind is None:
            continue
        ends = certificate.not_valid_after_utc
        days = (ends - now) // timedelta(days=1)
        found = Expiry(owner, use, kind, name, ends, days, _level(days))
        known = last.get((owner, use, kind))
        if known is None or ends > known.ends:
            last[owner, use, kind] = found
    soon = [ending for ending in last.values() if ending.days < LEVELS[0]]
    return tuple(sorted(soon, key=lambda ending: ending.ends))


def _level(days: int) -> int:
    if days < 0:
        return 0
    return min((level for level in LEVELS if days < level), default=LEVELS[0])
