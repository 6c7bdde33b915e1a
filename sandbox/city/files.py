"""What townships write into the files of registered children, and the ledger made of them."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sandbox.city import registry, rowkeys, state, text
from sandbox.city.codes import (
    LACKS_ADDRESS,
    LACKS_ENTRY_DAY,
    LACKS_ENTRY_REASON,
    LACKS_EXIT_DAY,
    LACKS_EXIT_REASON,
    LACKS_GUARDIAN,
    LACKS_GUARDIANSHIP,
    LACKS_HEALTH,
    LACKS_NEEDS,
    LACKS_SCHOOLING,
    LEFT_BEHIND,
    Kind,
)
from sandbox.city.days import FAR, Codes, Flags, Ints
from sandbox.city.events import Events, Log
from sandbox.city.family import Span
from sandbox.city.fates import File
from sandbox.city.model import City
from sandbox.city.text import Text
from sandbox.city.welfare import Plan

_BLANKS = (
    LACKS_ADDRESS, LACKS_GUARDIAN, LACKS_GUARDIANSHIP, LACKS_HEALTH, LACKS_SCHOOLING, LACKS_NEEDS,
    LACKS_ENTRY_REASON, LACKS_EXIT_DAY, LACKS_EXIT_REASON,
)  # fmt: skip
_AGREED, _BACK, _LATELY, _ANNOUNCED = 10, 90, 12, 200


def lacks(turn: Codes) -> Ints:
    """What each child's file lacks, bits of LACKS_*."""
    blank = np.flatnonzero(turn == File.BLANK)
    out = np.zeros(len(turn), np.int64)
    out[blank] = np.array(_BLANKS)[np.arange(len(blank)) % len(_BLANKS)]
    out[turn == File.UNDATED] = LACKS_ENTRY_DAY
    return out


def both_away(plan: Plan) -> Flags:
    """Registered left-behind children both of whose parents are away."""
    return np.asarray((plan.category == LEFT_BEHIND) & (np.arange(len(plan.entry)) % 2 == 1))


def live(log: Log, plan: Plan, span: Span, turn: Codes) -> None:
    """Write what files lack, who is away and who cares then, and who came back."""
    missing = lacks(turn)
    who = np.flatnonzero((missing > 0) & (plan.entry < FAR))
    announced = np.where(missing[who] & LACKS_EXIT_REASON, span.last + _ANNOUNCED, 0)
    log.add(Kind.FILED, who, plan.entry[who], a=missing[who], b=announced)
    away = np.flatnonzero(both_away(plan) & (plan.entry < FAR))
    log.add(Kind.AWAY, away, plan.entry[away], a=1)
    agreed = away[turn[away] != File.UNAGREED]
    log.add(Kind.ENTRUSTED, agreed, plan.entry[agreed] + _AGREED)
    for kind, ago in ((File.RETURNED, _BACK), (File.RETURNED_LATELY, _LATELY)):
        back = np.flatnonzero((turn == kind) & (plan.entry < FAR))
        log.add(Kind.RETURNED, back, np.maximum(plan.entry[back], span.last - ago - back % 10))


@dataclass(frozen=True)
class _Last:
    """The last value of an event of a kind by child; the first column of those without any is `none`."""

    events: Events
    size: int

    def of(self, kind: Kind, column: str, none: int) -> Ints:
        told = self.events.where(self.events.kind == int(kind))
        out = np.full(self.size, none, np.int64)
        out[told.subject] = getattr(told, column)
        return out


def ledger(city: City, day: int) -> pa.Table:
    """`child_ledger`: the registry's rows with what the files of townships hold beside."""
    rows = state.registered(city, day)
    pick, child = rowkeys.in_key_order(
        rows.child, np.zeros(len(rows.child), np.bool_), rowkeys.REGISTRY
    )
    last = _Last(city.welfare.until(day), len(city))
    gone = last.of(Kind.FILED, "a", 0)[child]
    announced = last.of(Kind.FILED, "b", 0)[child]
    agreed, back = (last.of(k, "day", FAR)[child] for k in (Kind.ENTRUSTED, Kind.RETURNED))
    table = registry.project(city, day)
    left = rows.exit[pick]
    to_come = (announced > day) & (left == FAR)
    reason_only = (gone & LACKS_EXIT_DAY > 0) & (left == FAR)
    changed: dict[str, Text] = {
        "现住址": _without(table["现住址"], gone, LACKS_ADDRESS),
        "监护人姓名": _without(table["监护人姓名"], gone, LACKS_GUARDIAN),
        "监护人身份证号": _without(table["监护人身份证号"], gone, LACKS_GUARDIAN),
        "监护情况": _without(table["监护情况"], gone, LACKS_GUARDIANSHIP),
        "认定日期": _without(table["认定日期"], gone, LACKS_ENTRY_DAY),
        "退出日期": text.dates(np.where(to_come, announced, left)),
        "退出原因": text.patch(
            _whole(table["退出原因"]), np.flatnonzero(reason_only), ["困境改善"] * int(reason_only.sum())
        ),
        "纳入原因": _without(text.same("村居排查", len(child)), gone, LACKS_ENTRY_REASON),
        "健康状况": _without(text.same("健康或一般", len(child)), gone, LACKS_HEALTH),
        "就学情况": _without(text.same("按学段就读", len(child)), gone, LACKS_SCHOOLING),
        "需求": _without(text.same("关爱探访", len(child)), gone, LACKS_NEEDS),
        "父母是否均外出": text.choose(("否", "是"), last.of(Kind.AWAY, "a", 0)[child]),
        "委托照护协议日期": text.dates(agreed),
        "流浪返回日期": text.dates(back),
        "纳入日期": _without(table["认定日期"], gone, LACKS_ENTRY_DAY),
        **dict.fromkeys(("曾用名", "小名", "备注"), text.same("", len(child))),
    }  # fmt: skip
    columns = {name: _whole(table[name]) for name in table.column_names} | changed
    return pa.table(columns)


def _without(column: Text | pa.ChunkedArray, gone: Ints, bit: int) -> Text:
    return text.blank(_whole(column), (gone & bit) > 0)


def _whole(column: Text | pa.ChunkedArray) -> Text:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
