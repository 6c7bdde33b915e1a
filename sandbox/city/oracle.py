"""What is true: the findings that follow from the lives, and where each child stands in each roll."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandbox.city import assistance, days, rowkeys, text
from sandbox.city.biography import Life
from sandbox.city.clean import Cleanness
from sandbox.city.codes import Kind
from sandbox.city.days import Column
from sandbox.city.events import Events
from sandbox.city.faults import Marks
from sandbox.city.model import City
from sandbox.city.rules import FIRES, judge
from sandbox.city.text import Text

TRUTH = pa.schema([
    ("rule", pa.string()), ("child", pa.int64()), ("clean", pa.bool_()), ("detail", pa.string()),
])  # fmt: skip


def outcomes(
    city: City,
    as_of: date,
    earlier_rolls: Sequence[date],
    newest: date | None = None,
    more: bool = False,
) -> pa.Table:
    """Every outcome of every rule: rule, child, clean, detail, outcome; ordered by rule and child.

    `newest` is the day of the rolls in hand (default: that day itself), `earlier_rolls` are the days
    of those verified before; later days are refused with ValueError. `more`: with the rules that
    need other rolls. `clean` is told in clean.py.
    """
    night, earlier = days.number(as_of), tuple(sorted(days.number(d) for d in earlier_rolls))
    shown = days.number(newest or as_of)
    if (earlier and earlier[-1] >= shown) or shown > night:
        raise ValueError(f"an earlier roll is not before {as_of}; leave it out")
    if shown > city.span.last:
        raise ValueError(f"{as_of} is after the last night of this city; live it with that night")
    found = [
        (rule, child, verdict.outcome, verdict.detail)
        for child, life in _lives(city, shown)
        for rule, verdict in judge(life, night, earlier, more).items()
    ]
    rule, child, outcome, detail = zip(*sorted(found), strict=True)
    clean = Cleanness(city, shown, earlier).of(np.array(rule), np.array(child))
    table = pa.table([rule, child, clean, detail], schema=TRUTH)
    return table.append_column("outcome", pa.array(outcome, pa.string()))


def truth(city: City, as_of: date, earlier_rolls: Sequence[date]) -> pa.Table:
    """The true findings: rule, child (uid), clean, detail; ordered by rule and child."""
    return findings(outcomes(city, as_of, earlier_rolls))


def findings(every: pa.Table) -> pa.Table:
    """What fires among all outcomes: rule, child, clean, detail."""
    return every.filter(pc.equal(every["outcome"], FIRES)).drop_columns(["outcome"])


def _lives(city: City, shown: int) -> list[tuple[int, Life]]:
    """The lives of all children who were ever registered or whose household was ever aided."""
    events = city.welfare
    known = np.zeros(len(city), np.bool_)
    known[events.subject[events.kind == Kind.ENTRY]] = True
    home = city.children.household
    helped = np.zeros(city.homes.households + city.homes.childless, np.bool_)
    helped[city.aid.subject] = True
    children = np.flatnonzero(known | helped[home])
    logs = [log.by_subject(known | helped[home]) for log in _logs(city)]
    aid = city.aid.by_subject(helped)
    return [
        (
            child,
            Life(
                days.to_date(birth),
                tuple(event for log in logs for event in log.get(child, ())),
                tuple(aid.get(household, ())),
                shown,
                numbered,
            ),
        )
        for child, birth, household, numbered in zip(
            children.tolist(), city.people.birth[children].tolist(), home[children].tolist(),
            city.people.numbered[children].tolist(), strict=True,
        )
    ]  # fmt: skip


def _logs(city: City) -> tuple[Events, ...]:
    return (city.school, city.cover, city.welfare, city.life)


def keys(city: City) -> pa.Table:
    """Where each child stands: child, roll, row_key, for every row that any night may show."""
    parts = [
        _records(city, "enrolment", city.school, Kind.JOIN, rowkeys.ENROLMENT),
        _records(city, "coverage", city.cover, Kind.OPEN, rowkeys.COVERAGE),
        _registrations(city),
        _members(city),
    ]
    return pa.concat_tables(parts)


def _records(city: City, roll: str, log: Events, kind: Kind, prefix: int) -> pa.Table:
    made = log.where(log.kind == kind)
    double = Marks(city.seed, city.faults, roll).of("double", made.subject)
    pick, number = rowkeys.in_key_order(made.row.astype(np.int64), double, prefix)
    return _table(made.subject[pick], roll, rowkeys.keys(number, prefix))


def _registrations(city: City) -> pa.Table:
    child = city.welfare.subject[city.welfare.kind == Kind.ENTRY]
    return _table(child, "registry", rowkeys.keys(child, rowkeys.REGISTRY))


def _members(city: City) -> pa.Table:
    homes = np.unique(city.aid.subject)
    child = np.flatnonzero(np.isin(city.children.household, homes))
    double = np.flatnonzero(Marks(city.seed, city.faults, "assistance").of("double", child))
    serial = assistance.child_serials(city)[child]
    serial = np.r_[serial, serial[double] + rowkeys.SECOND_SERIAL]
    child = np.r_[child, child[double]]
    home = city.children.household[child]
    return _table(child, "assistance", rowkeys.member_keys(home, serial))


def _table(child: Column, roll: str, row_key: Text) -> pa.Table:
    return pa.table({
        "child": pa.array(child.astype(np.int64)),
        "roll": text.same(roll, len(child)),
        "row_key": row_key,
    })  # fmt: skip
