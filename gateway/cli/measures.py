"""What `cwg doctor` found as Prometheus text, for a file that the site's monitoring collects."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from gateway.exchange import LEVELS, KeyRing, TrustBook, expiries, read_passphrase
from gateway.model.errors import GatewayError

STATES = ("ok", "warning", "wrong")


def measures(site: Path, rows: Sequence[Mapping[str, object]]) -> str:
    """The text exposition format: each check's state, and what ends soon by level and by certificate.

    A level counts what is within so many days of its end and not within the next lower level; level 0 has
    ended. Levels stand there with 0 too, so that an alarm has something to watch.
    """
    registry = CollectorRegistry()
    state = Gauge("cwg_check_state", "0 ok, 1 warning, 2 wrong", ["check"], registry=registry)
    for row in rows:
        state.labels(str(row["check"])).set(STATES.index(str(row["state"])))
    _certificates(site, registry)
    return generate_latest(registry).decode()


def _certificates(site: Path, registry: CollectorRegistry) -> None:
    try:
        ring = KeyRing.load(site / "keys", read_passphrase())
        found = expiries(ring, TrustBook.load(site / "partners"), datetime.now(UTC))
    except GatewayError:
        return  # a check says so already; a count of nothing would say that all is well
    ending = Gauge(
        "cwg_certificates_ending", "Certificates by days left", ["level"], registry=registry
    )
    left = Gauge(
        "cwg_certificate_days", "Days left", ["owner", "use", "kind", "name"], registry=registry
    )
    for level in (*LEVELS, 0):
        ending.labels(str(level)).set(sum(e.level == level for e in found))
    for e in found:
        left.labels(e.owner or "own", e.use, e.kind, e.thumbprint[:16]).set(e.days)
