"""Rolls beside the four of every night: a school's monthly report, disability cards, contributions,
payments of basic living and allowances, visits; the townships' ledger, which has the registry's faults,
parents and guardians, student aid, the insurer's marks, rehabilitation.

The others carry nobody whose number is not given out yet, and have no faults of their own.
"""

from datetime import date

import numpy as np
import pyarrow as pa

from sandbox.city import aids, days, files, kin, ledgers, places, state, text
from sandbox.city.care import PREMIUM
from sandbox.city.codes import REPORTED, SUSPECTED, Kind
from sandbox.city.days import Column, Ints
from sandbox.city.events import Events
from sandbox.city.faces import names_of, numbers_of
from sandbox.city.model import City
from sandbox.city.text import Text

_KINDS = ("", "视力", "听力", "言语", "肢体", "智力", "精神", "多重")
_GRADES = ("", "一级", "二级", "三级", "四级")
_YEARS = tuple(str(year) for year in range(2000, 2100))


def more(city: City, as_of: date) -> dict[str, pa.Table]:
    """The rolls by name at the end of a day, all values texts.

    Raises ValueError for a day after the city's last night, which has not been lived.
    """
    day = days.number(as_of)
    if day > city.span.last:
        raise ValueError(f"{as_of} is after the last night of this city; live it with that night")
    return {
        "suspected_dropout": _reports(city, day),
        "card": _cards(city, day),
        "contribution": _contributions(city, day),
        "basic_living": ledgers.payments(city, day),
        "visit": ledgers.visits(city, day),
        "child_ledger": files.ledger(city, day),
        "guardian": kin.roll(city, day),
        "student_aid": aids.student_aid(city, day),
        "help_identity": aids.identities(city, day),
        "rehabilitation": aids.rehabilitation(city, day),
    }


def _told(city: City, log: Events, kind: Kind, day: int) -> Events:
    """The events of a kind up to a day, of children who have a number by then."""
    events = log.until(day)
    return events.where((events.kind == kind) & (city.people.numbered[events.subject] <= day))


def _who(city: City, child: Column) -> dict[str, Text]:
    return {
        "姓名": names_of(city, child),
        "性别": text.choose(("女", "男"), city.people.male[child]),
        "身份证号": numbers_of(city, child),
    }


def _reports(city: City, day: int) -> pa.Table:
    """Pupils whom schools reported this month and the month before."""
    events = _told(city, city.school, Kind.ABSENT, day)
    events = events.where(days.months(events.day) >= days.month_of(day) - 1)
    blank = text.same("", len(events))
    return pa.table({
        "序号": text.whole(np.arange(1, len(events) + 1), 4),
        "学校代码": blank,
        "年级": blank,
        "班级": blank,
        **_who(city, events.subject),
        "学籍号": blank,
        "月份": text.year_months(days.months(events.day)),
        "缺勤天数": text.whole(events.a.astype(np.int64), 2),
        "是否疑似辍学": text.choose(("否", "是"), events.b == SUSPECTED),
        "在籍不在校原因": text.choose(REPORTED, events.b),
        "劝返情况": blank,
    })  # fmt: skip


REPORT_TITLE = "填报单位：安禾市教育局"
"""The line above the headings of `suspected_dropout`."""


def _cards(city: City, day: int) -> pa.Table:
    """Holders of a disability card, children all of them."""
    events = _told(city, city.life, Kind.CARD, day)
    child, dead = events.subject, state.deaths(city)
    number = numbers_of(city, child)
    kind, grade = (text.whole(c.astype(np.int64), 1) for c in (events.a, events.b))
    table = pa.table({
        "残疾人证号": text.join(number, kind, grade),
        **_who(city, child),
        "出生日期": text.dates(city.people.birth[child]),
        "残疾类别": text.choose(_KINDS, events.a),
        "残疾等级": text.choose(_GRADES, events.b),
        "发证日期": text.dates(events.day.astype(np.int64)),
        "有效期至": text.same("", len(events)),
        "区划代码": _divisions(city, day, child),
        "监护人姓名": text.same("", len(events)),
        "联系电话": text.same("", len(events)),
    })  # fmt: skip
    return table.filter(pa.array(dead[child] > day))


def _contributions(city: City, day: int) -> pa.Table:
    """What was paid for this year and the next."""
    events = _told(city, city.cover, Kind.PAID, day)
    events = events.where(events.a >= days.to_date(day).year)
    child, year = events.subject, events.a.astype(np.int64)
    helped = _helped(city, events)
    first, last = (days.first_of_month(year * 12 + month) for month in (0, 11))
    return pa.table({
        "PSN_NO": text.whole(10**19 // 2 % 10**12 + child.astype(np.int64), 20),
        "PSN_CERT_TYPE": text.same("01", len(events)),
        "CERTNO": numbers_of(city, child),
        "PSN_NAME": names_of(city, child),
        "GEND": text.choose(("2", "1"), city.people.male[child]),
        "BRDY": text.dates(city.people.birth[child]),
        "RESD_LOC_ADMDVS": _divisions(city, day, child),
        "CASHYM": text.year_months(days.months(events.day)),
        "ACCRYM_BEGN": text.year_months(days.months(first)),
        "ACCRYM_END": text.year_months(days.months(last)),
        "PSN_CLCT_AMT": ledgers.yuan(PREMIUM - helped),
        "FINSUBS_AMT": text.same("670.00", len(events)),
        "OTH_CLCT_AMT": ledgers.yuan(helped),
        "CLCT_SUMAMT": text.same("1070.00", len(events)),
        "INSU_IDET": text.same("", len(events)),
        "PSN_IDET_TYPE": text.same("", len(events)),
        "QUOT_CLCT_FLAG": text.same("1", len(events)),
        "CLCT_FLAG": text.same("1", len(events)),
        "CLCT_TYPE": _relations(events),
        "REVS_FLAG": text.same("0", len(events)),
        "CLCT_TIME": text.dates(events.day.astype(np.int64)),
    })  # fmt: skip


def _helped(city: City, paid: Events) -> Ints:
    """What others paid of each of these premiums, in fen."""
    given = city.cover.where(city.cover.kind == Kind.HELPED)
    key = given.row.astype(np.int64) << 12 | given.a
    order = np.argsort(key)
    wanted = paid.row.astype(np.int64) << 12 | paid.a
    at = np.minimum(np.searchsorted(key[order], wanted), max(len(key) - 1, 0))
    if not len(key):
        return np.zeros(len(paid), np.int64)
    there = key[order][at] == wanted
    return np.where(there, given.b[order][at].astype(np.int64), 0)


def _relations(events: Events) -> Text:
    """One kind of payment for each relation, so that two of one year are two."""
    return text.join(text.same("1", len(events)), text.whole(events.row.astype(np.int64), 9))


def _divisions(city: City, day: int, child: Column) -> Text:
    village: Ints = state.villages(city, day)[child]
    return text.take(places.village_texts()["code"], village)
