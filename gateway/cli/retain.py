"""`cwg retain`: what may go by the site's days, shown first, destroyed with a certificate when told so."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated

import typer

from gateway.cli.common import HERE, JsonOption, SiteOption, command, emit, say
from gateway.cli.noting import note
from gateway.cli.retaining import Due, due, let_go
from gateway.wiring import open_house


@command
def retain(
    site: SiteOption = HERE,
    destroy: Annotated[
        bool, typer.Option("--destroy", help="do it; without this nothing is touched")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show which sealed exchanges are past `retention.payload_days`; with --destroy, let them go.

    Rows that findings cite are kept with their proofs; each exchange leaves a certificate in the log.
    """
    now = datetime.now(UTC)
    with open_house(site) as opened:
        going = list(due(opened, now))
        emit(_table(going), "Retention · 留存", as_json)
        if destroy:
            for one in going:
                let_go(opened, one, now)
        days = opened.site.retention.payload_days
        kept = sum(len(one.cited) for one in going)
        size = sum(one.ref.size for one in going)
    if destroy:
        note(site, "retain", "archive", "payloads", exchanges=str(len(going)))
        say(
            f"{len(going)} exchanges, {size} bytes destroyed, {kept} cited rows kept · 已销毁并出具凭证"
        )
        say(
            "receipts, log, snapshots and cited rows stay; backups hold the bytes until their own end · "
            "回执、日志、快照与被引用行保留；备份中的原文至备份期满为止"
        )
    elif going:
        say(
            f"{len(going)} exchanges are older than {days} days; nothing was touched: "
            "`cwg retain --destroy` lets them go · 仅预览，未销毁"
        )


def _table(going: Iterable[Due]) -> list[dict[str, object]]:
    return [
        {
            "source": one.plan.source,
            "roll": one.plan.roll,
            "period": one.period,
            "exchange": one.ref.exchange_id,
            "arrived": one.arrived.date(),
            "bytes": one.ref.size,
            "cited rows kept": len(one.cited),
        }
        for one in going
    ]
