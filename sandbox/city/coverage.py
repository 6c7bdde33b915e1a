"""The medical insurer's roll: one row per relation of a person under 18."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandbox.city import chance, days, family, places, state, text
from sandbox.city.codes import DEATH_INSURER_DAYS, EMPLOYEE
from sandbox.city.days import FAR, Ints
from sandbox.city.faces import Faces
from sandbox.city.model import City
from sandbox.city.rowkeys import COVERAGE, TWICE, in_key_order, keys
from sandbox.city.text import Text

_PERSON_TYPES = ("1401", "1402", "1403", "1501")
_SCHEMES = ("310", "390", "392")


def project(city: City, day: int) -> pa.Table:
    """The roll on a day; a few relations stand twice, with a row id of their own."""
    rows = state.covers(city, day)
    double = Faces(city, "coverage", day, rows.child).fault("double")
    pick, number = in_key_order(rows.relation, double, COVERAGE)
    child, place = rows.child[pick], rows.place[pick]
    faces = Faces(city, "coverage", day, child)
    births = text.dates(faces.births())
    schemes = text.choose(_SCHEMES, np.searchsorted((310, 390, 392), rows.scheme[pick]))
    year = days.to_date(day).year
    paid_on = rows.paid_on[pick]
    return pa.table({
        "psn_insu_rlts_id": keys(number, COVERAGE),
        "psn_no": _person_numbers(child, place, number),
        **_documents(city, day, faces, child),
        "psn_name": faces.names(),
        "gend": text.choose(("2", "1"), faces.males()),
        "naty": text.choose(family.NATIONS, city.children.nation[child]),
        "brdy": faces.junked(births, "junk_date", "2013-13-45"),
        "surv_stas": _survival(city, day, child),
        "insutype": faces.junked(schemes, "junk_code", "777"),
        "psn_type": text.choose(_PERSON_TYPES, _person_types(city, day, child, rows.scheme[pick])),
        "psn_insu_stas": text.choose(tuple("01234"), rows.state[pick]),
        "crt_insu_date": text.dates(rows.since[pick]),
        "paus_insu_date": text.dates(rows.ended[pick]),
        "clct_flag": text.choose(("0", "1"), paid_on < FAR),
        "clct_time": _payment_times(paid_on, child),
        "insu_year": text.same(str(year), len(pick)),
        "insuplc_admdvs": text.take(places.village_texts()["county"], place),
        **_homes(city, day, faces, child),
    })  # fmt: skip


def _documents(city: City, day: int, faces: Faces, child: Ints) -> dict[str, Text]:
    """Document type and number; a child without a number shows its birth certificate."""
    shown = faces.numbers()
    none = pc.utf8_length(shown).to_numpy() < 5
    certificate = none & (city.people.numbered[child] > day)
    where = np.flatnonzero(certificate)
    digits = chance.below(city.seed, "birth certificate", child[where], 10**9)
    shown = text.patch(shown, where, text.join(text.same("U", len(where)), text.whole(digits, 9)))
    return {"psn_cert_type": text.choose(("01", "99"), none), "certno": shown}


def _person_numbers(child: Ints, place: Ints, number: Ints) -> Text:
    county = text.take(places.village_texts()["county"], place)
    # A relation written twice was opened under a second person number.
    person = np.where(number >= TWICE, child + TWICE, child)
    return text.join(county, text.whole(10**15 + person * 2_236_067_977 % 10**15, 16))


def _survival(city: City, day: int, child: Ints) -> Text:
    dead = state.deaths(city)[child] + DEATH_INSURER_DAYS <= day
    unknown = chance.uniform(city.seed, "coverage/survival", child) < 0.001
    return text.choose(("1", "2", "9"), np.where(dead, 1, np.where(unknown, 2, 0)))


def _person_types(city: City, day: int, child: Ints, scheme: Ints) -> Ints:
    born = city.children.birth[child]
    pupil = days.entry_years(born) <= days.school_year(day)
    kind = np.where(day - born < 365, 0, np.where(pupil, 2, 1))
    return np.where(scheme == EMPLOYEE, 3, kind)


def _payment_times(paid_on: Ints, child: Ints) -> Text:
    hours = [f" {h:02d}:{m:02d}:00" for h in range(8, 18) for m in range(60)]
    index = np.where(paid_on < FAR, child * 131 % 600, 600)
    return text.join(text.dates(paid_on), text.choose([*hours, ""], index))


def _homes(city: City, day: int, faces: Faces, child: Ints) -> dict[str, Text]:
    texts, spot = places.village_texts(), faces.places(state.villages(city, day)[child])
    code = text.blank(text.take(texts["code"], spot), faces.fault("division") > 0)
    return {"resd_loc_admdvs": code, "emp_name": text.take(texts["name"], spot)}
