"""Binds what the store holds into the evidence log and signs its head: after a night, after an act."""

from datetime import UTC, datetime
from pathlib import Path

from gateway.cli.common import say
from gateway.evidence import ChainedLog
from gateway.exchange import KeyRing, bind_rows, read_passphrase, sign_heads
from gateway.model.errors import KeyUnavailable
from gateway.site import load_site
from gateway.store import Store

LOGS = Path("var") / "evidence" / "log"


def witness(site: Path, store: Store) -> int:
    """Bind every row that no log holds yet, then sign the heads; how many rows were bound.

    Locked keys leave the head unsigned: the next night signs it. That is said, and stops nothing.
    """
    log = ChainedLog(site / LOGS, load_site(site).site.node)
    bound = bind_rows(store.chained, log)
    try:
        ring = KeyRing.load(site / "keys", read_passphrase())
        sign_heads(site / LOGS, log.node, ring, datetime.now(UTC))
    except KeyUnavailable:
        say("the log's head is not signed: the keys are locked · 日志头未签名：密钥未解锁")
    return bound
