"""What townships and the welfare bureau write up: payments of a month, and visits to registered children."""

import numpy as np
import pyarrow as pa

from sandbox.city import days, places, rowkeys, state, text
from sandbox.city.codes import (
    DE_FACTO,
    HARDSHIP,
    INSTITUTION,
    LEDGER,
    ORPHAN,
    SECOND,
    Kind,
)
from sandbox.city.days import Ints
from sandbox.city.events import Events
from sandbox.city.faces import names_of, numbers_of
from sandbox.city.model import City
from sandbox.city.text import Text

_OWN = {
    ORPHAN: "孤儿基本生活费", INSTITUTION: "孤儿基本生活费",
    DE_FACTO: "事实无人抚养儿童基本生活补贴", HARDSHIP: "特困供养金",
}  # fmt: skip
_OTHER = {ORPHAN: HARDSHIP, INSTITUTION: HARDSHIP, DE_FACTO: ORPHAN, HARDSHIP: ORPHAN}
"""The benefit that a child paid twice gets beside its own."""
PAYMENT_TITLE, VISIT_TITLE = "填报单位：安禾市民政局", "填报单位：安禾市各乡镇"
"""The lines above the headings of `basic_living` and `visit`."""
_KEPT_MONTHS = 12
_KINDS = ("走访", "季度复核")


def payments(city: City, day: int) -> pa.Table:
    """The ledger of a year: one row a payment, of children who have a number by then."""
    events = city.welfare.until(day)
    told = np.isin(events.kind, (Kind.BENEFIT, Kind.PAYMENT))
    events = events.where(told & (events.a > days.month_of(day) - 1 - _KEPT_MONTHS))
    events = events.where(city.people.numbered[events.subject] <= day)
    child = events.subject
    kind, nature = _kinds(city, events)
    return pa.table({
        "序号": text.whole(np.arange(1, len(events) + 1), 6),
        "流水号": text.join(text.whole(child.astype(np.int64), 8), text.whole(_what(events), 2),
                         text.whole(events.a.astype(np.int64), 6)),
        "区划代码": text.take(places.village_texts()["code"], state.villages(city, day)[child]),
        "姓名": names_of(city, child),
        "身份证号": numbers_of(city, child),
        "补贴种类": kind,
        "所属年月": text.year_months(events.a.astype(np.int64)),
        "发放金额": yuan(events.b.astype(np.int64)),
        "发放日期": text.dates(events.day.astype(np.int64)),
        "发放性质": nature,
        "按户发放": text.same("否", len(events)),
        "开户姓名": text.same("", len(events)),
        "银行账号": text.same("", len(events)),
        "备注": text.same("", len(events)),
    })  # fmt: skip


def _what(events: Events) -> Ints:
    """Indexes into LEDGER; its length for the benefit of every month."""
    beside = events.kind == Kind.PAYMENT
    return np.where(beside, events.row, len(LEDGER)).astype(np.int64)


def _kinds(city: City, events: Events) -> tuple[Text, Text]:
    """Kinds and natures in words. A benefit without a kind is the child's own."""
    category = np.zeros(len(city), np.int64)
    entries = city.welfare.where(city.welfare.kind == Kind.ENTRY)
    category[entries.subject] = entries.a
    own = category[events.subject]
    row = _what(events)
    other = np.array([_OTHER.get(c, c) for c in range(max(_OWN) + 1)])
    shown = np.minimum(own, len(other) - 1)
    shown = np.where(row == SECOND, other[shown], shown)
    words = [_OWN.get(c, "") for c in range(len(other))]
    kinds = [*words, *(name for name, _ in LEDGER)]
    named = np.array([bool(name) for name, _ in LEDGER] + [False])[row]
    kind = text.choose(kinds, np.where(named, len(words) + row, shown))
    return kind, text.choose([*(nature for _, nature in LEDGER), "正常发放"], row)


def visits(city: City, day: int) -> pa.Table:
    """Visits and reviews of the last year, by the number of the child's file."""
    events = city.welfare.until(day)
    events = events.where((events.kind == Kind.VISIT) & (events.day > day - 366))
    count = len(events)
    return pa.table({
        "序号": text.whole(np.arange(1, count + 1), 6),
        "档案编号": rowkeys.keys(events.subject.astype(np.int64), rowkeys.REGISTRY),
        "儿童姓名": names_of(city, events.subject),
        "走访类型": text.choose(_KINDS, events.a),
        "走访日期": text.dates(events.day.astype(np.int64)),
        "走访人": text.same("儿童主任", count),
        "走访情况": text.same("", count),
        "备注": text.same("", count),
    })  # fmt: skip


def yuan(fen: Ints) -> Text:
    """Yuan with two decimals, of fen."""
    whole = pa.array(fen // 100).cast(pa.string())
    return text.join(whole, text.same(".", len(fen)), text.whole(fen % 100, 2))
