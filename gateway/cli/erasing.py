"""A child's data erased on a granted request: what goes at once, what stays how long, what is logged."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gateway.casework.transitions import LIVE
from gateway.evidence import ChainedLog
from gateway.exchange.contract import time_text
from gateway.model.errors import UsageError
from gateway.model.rights import RightsKind, RightsState
from gateway.store import Erased, Store
from gateway.wiring import OpenSite

ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Reach:
    """One place that holds, or held, something of the child: what, how much, and until when."""

    place: str
    count: str
    until: str


def whose(store: Store, request_id: int) -> int:
    """The child whom a granted request of deletion is about.

    Raises UsageError when the request is another's kind, is not granted, or a case is still live.
    """
    found = store.rights.find(request_id)
    if found is None or found.kind is not RightsKind.DELETION:
        raise UsageError("there is no such request of deletion", where=f"request {request_id}")
    if found.state is not RightsState.ANSWERED:
        raise UsageError(
            "the request is not granted",
            where=f"request {request_id}, {found.state}",
            mend="answer it first: `cwg rights answer`",
        )
    live = store.erasure.cases_in(found.person_id, tuple(LIVE))
    if live:
        raise UsageError(
            "a case of the child is not at its end, and an erased child cannot be helped",
            where=f"case {live[0]}" + (f" and {len(live) - 1} more" if len(live) > 1 else ""),
            mend="bring it to its end, then erase",
        )
    return found.person_id


def reach(opened: OpenSite, gone: Erased, today: date) -> list[Reach]:
    """Where the child stands, and until when: what `--destroy` reaches, and what it does not."""
    days = timedelta(days=opened.site.retention.payload_days)
    arrived = [
        kept.known_from.date()
        for plan in opened.house.rolls
        for kept in opened.house.store.deliveries.history(plan.source, plan.roll)
    ]
    last = max(arrived, default=today) + days
    return [
        Reach("the child's own key · 儿童专用密钥", "1", f"{today}"),
        Reach("sealed values of the store · 库内加密字段", str(gone.values), f"{today}"),
        Reach("nights of the child's file · 一人一档", str(gone.files), f"{today}"),
        Reach("spellings of names · 姓名索引", str(gone.names), f"{today}"),
        Reach("rows kept as proof · 留存的被引用行", str(gone.cited_rows), f"{today}"),
        Reach(
            "sealed exchanges · 密封交换原文",
            "-",
            f"{last}, then `cwg retain --destroy` · 到期后销毁",
        ),
        Reach("snapshots, encrypted · 加密快照", "-", "not rewritten · 不改写"),
        Reach("backups · 备份", "-", "their own end · 备份期满"),
        Reach("decisions, log · 处置记录与日志", "-", "stay, without a name · 保留，不含姓名"),
    ]


def erase(opened: OpenSite, request_id: int, person_id: int, now: datetime) -> Erased:
    """Log that the child goes, and what stays until when, then let it go: cut off between the two, the
    next call goes on."""
    store, today = opened.house.store, now.date()
    reached = reach(opened, store.erasure.preview(person_id), today)
    stays = "; ".join(f"{r.place}: {r.until}" for r in reached if r.until != f"{today}")
    log = ChainedLog(opened.room.log.path.parent, opened.site.site.node)
    fields = {"person": str(person_id), "request": str(request_id), "at": time_text(now)}
    log.append(ERASED, {**fields, "stays": stays})
    return store.erasure.erase(person_id)
