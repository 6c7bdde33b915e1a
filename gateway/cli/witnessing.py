"""Binds what the store holds into the evidence log and signs its head: after a night, after an act."""

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from gateway.cli.common import say
from gateway.evidence import ChainedLog
from gateway.exchange import KeyRing, bind_rows, read_passphrase, sign_heads
from gateway.exchange.stamps import read_root, stamp_head
from gateway.model.errors import GatewayError, KeyUnavailable
from gateway.site import TimeStampSettings, load_site
from gateway.store import Store
from gateway.transport import Http, HttpSettings
from gateway.wiring import LOGS

QUERY = "application/timestamp-query"
STAMP_CAP = 1 << 16


def witness(site: Path, store: Store) -> int:
    """Bind every row that no log holds yet, then sign the heads; how many rows were bound.

    Locked keys leave the head unsigned: the next night signs it. That is said, and stops nothing.
    """
    settings = load_site(site)
    log = ChainedLog(site / LOGS, settings.site.node)
    bound = bind_rows(store.chained, log)
    try:
        ring = KeyRing.load(site / "keys", read_passphrase())
        sign_heads(site / LOGS, log.node, ring, datetime.now(UTC))
    except KeyUnavailable:
        say("the log's head is not signed: the keys are locked · 日志头未签名：密钥未解锁")
    _stamp(site, log.node, settings.time_stamps)
    return bound


def _stamp(site: Path, node: str, authority: TimeStampSettings) -> None:
    """Have the newest head stamped, where an authority is set. Whatever fails is said and stops nothing:
    the next act or night catches up."""
    if not authority.url:
        return
    place = urlsplit(authority.url)
    settings = HttpSettings(
        f"{place.scheme}://{place.netloc}",
        timeout_seconds=authority.timeout_seconds,
        total_seconds=authority.timeout_seconds,
        answer_cap=STAMP_CAP,
    )
    try:
        root = read_root(site / authority.root)
        with Http(settings) as http:
            stamp_head(
                site / LOGS, node, root, lambda asked: http.post(place.path or "/", asked, QUERY)
            )
    except GatewayError as error:
        say(f"the log's head is not time-stamped yet · 日志头尚未加盖时间戳: {error}")
