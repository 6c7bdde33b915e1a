"""The education bureau's roll: one row per pupil's record."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandbox.city import chance, days, family, numbers, places, state, text
from sandbox.city.codes import FLAG_ORPHAN, FLAG_POOR, Kind
from sandbox.city.days import Column, Flags, Ints
from sandbox.city.faces import Faces, number_faults
from sandbox.city.faults import code
from sandbox.city.model import City
from sandbox.city.rowkeys import ENROLMENT, in_key_order, keys
from sandbox.city.text import Text

_STAGE = ("1", "2", "3", "4")
_GRADES = tuple(f"{grade:02d}" for grade in range(13))
_STATUSES = tuple(f"{status:02d}" for status in range(100))
_OWN = ("number_fifteen", "number_student", "number_scientific")
_INCLUSIVE = ("0", "1", "2", "3", "9")


def project(city: City, day: int) -> pa.Table:
    """The roll on a day; a few records stand twice, with a row id of their own."""
    rows = state.pupils(city, day)
    double = Faces(city, "enrolment", day, rows.child).fault("double")
    pick, number = in_key_order(rows.record, double, ENROLMENT)
    child, grade, status = rows.child[pick], rows.grade[pick], rows.status[pick]
    faces = Faces(city, "enrolment", day, child)
    shown = faces.numbers()
    guardian, guardian_number = faces.guardians()
    stage = np.where(grade == 0, 0, np.digitize(grade, [1, 7, 10]))
    graduated = np.where(status == 7, days.months(rows.since[pick]), -1)
    leave = np.where((rows.until[pick] > 0) & np.isin(status, (2, 12)), rows.until[pick], days.FAR)
    school = {k: text.take(v, rows.school[pick]) for k, v in places.school_texts().items()}
    return pa.table({
        "xsJbxxId": keys(number, ENROLMENT),
        "grbsm": _student_numbers(city, day, child, rows.school[pick]),
        "xm": faces.names(),
        "xbm": text.choose(("2", "1"), faces.males()),
        "csrq": faces.junked(text.dates(faces.births(), text.SHAPES[0]), "junk_date", "20131345"),
        "sfzjlxm": text.choose(("1", ""), _empty(shown)),
        "sfzjh": shown,
        "mzm": text.choose(family.NATIONS, city.children.nation[child]),
        "xxdm": school["code"],
        "xxmc": school["name"],
        "xxsszgjyxzdm": school["division"],
        "xslbm": text.choose(_STAGE, stage),
        "njdm": text.choose(_GRADES, grade),
        "xsdqztm": faces.junked(text.choose(_STATUSES, status), "junk_code", "77"),
        "ztrq": text.dates(rows.since[pick], text.SHAPES[0]),
        "xxjsrq": text.dates(leave, text.SHAPES[0]),
        "rxny": text.year_months(days.months(rows.joined[pick])),
        "jdfsm": text.choose(("1", "2"), (stage > 1) & boarders(child)),
        **_flags(city, day, child, rows.school[pick]),
        "jhrxm": guardian,
        "jhrzjh": guardian_number,
        "xzz": addresses(faces, city.children.household[child], state.villages(city, day)[child]),
        "byny": text.year_months(graduated),
    })  # fmt: skip


def boarders(child: Column) -> Flags:
    """Who boards once in lower secondary school."""
    return np.asarray(child % 3 == 0)


def _flags(city: City, day: int, child: Ints, school: Ints) -> dict[str, Text]:
    """What the school believes about the child; flags differ from the registry's by definition."""
    events = city.life.until(day)
    events = events.where(events.kind == Kind.FLAG)
    marks, away = np.zeros(len(city), np.int64), np.zeros(len(city), np.int64)
    marks[events.subject], away[events.subject] = events.a, events.b
    disability = city.traits.disability[child]
    included = (disability > 0) & (school < places.SPECIALS)
    return {
        "sbjdm": text.choose(_INCLUSIVE, np.where(included, np.minimum(disability, 4), 0)),
        "cjlxm": text.choose(tuple("01234567"), disability),
        "sfge": text.choose(("0", "1"), marks[child] & FLAG_ORPHAN > 0),
        "sfdbm": text.choose(("0", "1"), marks[child] & FLAG_POOR > 0),
        "sflsetm": text.choose(("0", "1", "2"), away[child]),
    }


def _student_numbers(city: City, day: int, child: Ints, school: Ints) -> Text:
    """G and the number where the school has it; L for a temporary, J for a school's own number."""
    matrix = np.empty((len(child), 19), np.uint8)
    matrix[:, 1:] = numbers.digits(city.people.first_17[child])
    found = number_faults(city, "enrolment", child)
    own = np.isin(found, [0, *(code(fault) for fault in _OWN)])
    registered = city.people.numbered[child] <= day
    matrix[:, 0] = np.where(registered, np.where(own, ord("G"), ord("L")), ord("J"))
    loose = np.flatnonzero(~(registered & own))
    tail = chance.below(city.seed, "enrolment/student", child[loose], 10_000)
    for at in range(4):
        matrix[loose, 18 - at] = 48 + tail // 10**at % 10
    numberless = np.flatnonzero(~registered)
    first_17 = matrix[numberless, 1:18].astype(np.int32) - 48
    matrix[numberless, 18] = numbers.CHECKS[first_17 @ numbers.WEIGHTS % 11]
    return text.fixed(matrix)


def addresses(faces: Faces, household: Ints, village: Ints) -> Text:
    """Home addresses in two styles; children of one household live behind one door."""
    texts, spot = places.village_texts(), faces.places(village)
    house, group = household * 31 % 200, household * 31 % 8
    style = faces.fault("address") > 0
    where = pa.array(style)
    full = text.take(texts["full"], spot)
    short = text.take(texts["short"], spot)
    door = [f"{n + 1}号" for n in range(200)] + [
        f"{g + 1}组{n + 1}号" for g in range(8) for n in range(200)
    ]
    index = np.where(style, 200 + group * 200 + house, house)
    return text.join(pc.if_else(where, short, full), text.choose(door, index))


def _empty(shown: Text) -> Flags:
    """Where no document is shown: nothing, or a word for nothing."""
    return np.asarray(pc.utf8_length(shown).to_numpy() < 5)
