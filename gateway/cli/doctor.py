"""`cwg doctor`: is everything in order before the night."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.common import HERE, JsonOption, SiteOption, command, emit, out
from gateway.cli.measures import measures
from gateway.errands import site_templates
from gateway.exchange import (
    KIND_OF_SUITE,
    KeyRing,
    TrustBook,
    expiries,
    read_passphrase,
    sm2_trouble,
)
from gateway.exchange.stamps import read_root, waiting_heads
from gateway.model.errors import GatewayError, KeyUnavailable, SpecError
from gateway.pipeline import check_spill
from gateway.site import load_site
from gateway.sources import Endpoint, load_sources
from gateway.store import DataKeys
from gateway.wiring import LOGS, open_site_store
from gateway.wiring_files import load_calendar, load_site_rules, read_mapping

MetricsOption = Annotated[
    bool, typer.Option("--metrics", help="as Prometheus text on stdout · 输出监控指标")
]
SOON = timedelta(days=60)
STAMPS_BEHIND = 3
"""An outage of a few nights is caught up by itself; a longer one wants somebody to look."""


@command
def doctor(
    site: SiteOption = HERE, as_json: JsonOption = False, metrics: MetricsOption = False
) -> None:
    """Check files, keys, certificates, spill folder, database, mappings and rules. Exit 1 on a fault."""
    rows = [_checked(name, site, check) for name, check in CHECKS]
    if metrics:
        out(measures(site, rows).rstrip())
    else:
        emit(rows, "Doctor · 体检", as_json)
    if any(row["state"] == "wrong" for row in rows):
        raise typer.Exit(1)


def _checked(name: str, site: Path, check: Callable[[Path], str]) -> dict[str, object]:
    try:
        found = check(site)
    except GatewayError as error:
        return {"check": name, "state": "wrong", "found": str(error)}
    return {"check": name, "state": "warning" if found.startswith("!") else "ok", "found": found}


def _site(site: Path) -> str:
    return load_site(site).site.name


def _sources(site: Path) -> str:
    sources = load_sources(site)
    if not sources:
        raise SpecError(
            "no source is declared",
            where="sources",
            mend="write sources/<bureau>.yaml (docs/site.md)",
        )
    today = datetime.now(UTC).date()
    ending = [s.name for s in sources if s.grant.valid_to < today + SOON]
    return f"! grants end soon: {', '.join(ending)}" if ending else f"{len(sources)} sources"


def _keys(site: Path) -> str:
    KeyRing.load(site / "keys", read_passphrase())
    DataKeys(site / "keys" / "data").site_key()
    return _ending(site, own=True) or "own keys in force"


def _partners(site: Path) -> str:
    book = TrustBook.load(site / "partners")
    for source in load_sources(site):
        book.partner(source.partner)
    return _ending(site, own=False) or "all known"


def _ending(site: Path, *, own: bool) -> str:
    """A warning that names what ends within 60, 30 or 7 days; empty when nothing does."""
    ring = KeyRing.load(site / "keys", read_passphrase())
    found = expiries(ring, TrustBook.load(site / "partners"), datetime.now(UTC))
    texts = [
        f"{e.owner or 'own'} {e.use} {e.kind} " + (f"in {e.days} days" if e.level else "HAS ENDED")
        for e in found
        if own == (not e.owner)
    ]
    return f"! certificates end 证书将到期: {', '.join(texts)}" if texts else ""


def _national(site: Path) -> str:
    national = [s.name for s in load_sources(site) if KIND_OF_SUITE[s.suite] == "sm2"]
    trouble = sm2_trouble()
    if trouble and national:
        raise KeyUnavailable(
            f"SM2 is needed by {', '.join(national)}, but {trouble}",
            where="libcrypto",
            mend="install OpenSSL 3 with SM2 (Debian: libssl3), or agree another suite",
        )
    return f"not needed; {trouble}" if trouble else "SM2, SM3, SM4 可用 at hand"


def _spill(site: Path) -> str:
    night = load_site(site).night
    check_spill(Path(night.spill_dir), declared_encrypted=night.spill_encrypted)
    return night.spill_dir


def _store(site: Path) -> str:
    with open_site_store(site) as store:
        return f"revision {store.check()}"


def _queue(site: Path) -> str:
    with open_site_store(site) as store:
        off = store.findings.drifted()
    if off:
        return f"! {off} counts of the queue are off, `cwg db upgrade` mends them 项计数有误,请运行该命令改正"
    return "counted right 计数无误"


def _mappings(site: Path) -> str:
    names = [m for source in load_sources(site) for roll in source.rolls for m in roll.mappings]
    for name in names:
        read_mapping(site, name)
    return f"{len(names)} mappings"


def _rules(site: Path) -> str:
    load_calendar(site, load_site(site))
    return f"{len(load_site_rules(site))} rules, calendar read"


def _time_stamps(site: Path) -> str:
    settings = load_site(site)
    if not settings.time_stamps.url:
        return "no authority set 未设置"
    read_root(site / settings.time_stamps.root)
    waiting = waiting_heads(site / LOGS, settings.site.node)
    if waiting > STAMPS_BEHIND:
        return f"! {waiting} heads wait for a stamp 个日志头待加盖时间戳"
    return f"{waiting} heads wait"


def _referrals(site: Path) -> str:
    templates, sources = site_templates(site), {s.name: s for s in load_sources(site)}
    deaf = [
        recipient
        for recipient, template in templates.items()
        if (source := sources.get(template.file.source)) is None or not _takes(source.endpoint)
    ]
    with open_site_store(site) as store:
        dead = store.outbox.backlog().dead
    if dead:
        return f"! {dead} items were given up: `cwg work list` 有事项未能送达"
    if deaf:
        return f"! told by hand, for no transport takes documents: {', '.join(sorted(deaf))}"
    return f"{len(templates)} recipients"


def _takes(endpoint: Endpoint) -> bool:
    place = endpoint.sftp or endpoint.table or endpoint
    return endpoint.called or bool(place.hand_over)


CHECKS: tuple[tuple[str, Callable[[Path], str]], ...] = (
    ("site", _site),
    ("keys", _keys),
    ("sources", _sources),
    ("partners", _partners),
    ("national cryptography", _national),
    ("spill folder", _spill),
    ("database", _store),
    ("queue", _queue),
    ("mappings", _mappings),
    ("rules", _rules),
    ("time stamps", _time_stamps),
    ("referrals", _referrals),
)
