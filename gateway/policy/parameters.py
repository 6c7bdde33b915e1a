"""Policy parameters: a value per effective date and division, each with the reference that sets it.

`mappings/policy/parameters/<topic>.yaml` is shipped; a site's `policy/parameters/<topic>.yaml` adds
values or replaces those of the same division and day. A county has the value of the longest prefix
that gives one on the day: its own, else the city's, the province's, the nation's (`*`). What nobody
has set has no value; a rule that needs it is held, nothing is guessed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated

import pyarrow as pa
from pydantic import Field

from gateway.policy.rule_file import Code, Prefix
from gateway.specs import Spec, SpecModel, Text, read_spec

Folder = Path | Traversable
PARAMETER_AT = pa.schema([
    ("topic", pa.string()), ("key", pa.string()), ("county", pa.string()),
    ("since", pa.date32()), ("until", pa.date32()), ("value", pa.decimal128(12, 4)),
])  # fmt: skip
"""The engine table `parameter_at`: per county, the days on which a value holds (`until` included)."""

FOREVER = date(9999, 12, 31)


class Values(SpecModel):
    """Values of one division from a day on, `until` included when it is given; null = none any more."""

    since: date
    until: date = FOREVER
    division: Prefix = "*"
    reference: Annotated[str, Field(min_length=1)]
    amounts: dict[Code, float | None]


class ParameterFile(SpecModel):
    """One topic: what its keys mean, their unit, and the values."""

    topic: Code
    title: Text
    unit: Text
    keys: dict[Code, Text]
    values: tuple[Values, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value of one key, for a division and a span of days."""

    topic: str
    key: str
    division: str
    since: date
    until: date
    value: float | None
    reference: str


@dataclass(frozen=True)
class Parameters:
    """All values; later ones replace earlier ones of the same topic, key, division and first day."""

    files: tuple[ParameterFile, ...]
    values: tuple[Parameter, ...]

    def value(self, topic: str, key: str, division: str, day: date) -> float | None:
        """The value for a division (6 or more digits, or '') on a day; None when nobody set one."""
        found = self.set_by(topic, key, division, day)
        return found.value if found else None

    def set_by(self, topic: str, key: str, division: str, day: date) -> Parameter | None:
        """The entry that gives the value, with its reference."""
        mine = [p for p in self.values if (p.topic, p.key) == (topic, key)]
        return _in_force(mine, division, day)

    def on(self, law: date) -> "Parameters":
        """The values that held on a day, for ever: what that day's law says of any other day."""
        held = sorted((p for p in self.values if p.since <= law <= p.until), key=lambda p: p.since)
        newest = {(p.topic, p.key, p.division): p for p in held}
        values = (replace(p, since=date.min, until=FOREVER) for p in newest.values())
        return Parameters(self.files, tuple(values))

    def table(self, counties: Iterable[str]) -> pa.Table:
        """`parameter_at` for the counties."""
        by_key: dict[tuple[str, str], list[Parameter]] = {}
        for value in self.values:
            by_key.setdefault((value.topic, value.key), []).append(value)
        rows = [
            {"topic": topic, "key": key, "county": county, "since": a, "until": b, "value": v}
            for county in sorted(counties)
            for (topic, key), values in by_key.items()
            for a, b, v in _spans(values, county)
        ]
        columns = {n: [row[n] for row in rows] for n in PARAMETER_AT.names if n != "value"}
        numbers = pa.array([row["value"] for row in rows], pa.float64()).cast(pa.decimal128(12, 4))
        return pa.table({**columns, "value": numbers}, schema=PARAMETER_AT)


NO_PARAMETERS = Parameters((), ())


def load_parameters(folder: Folder, site_folder: Path | None = None) -> Parameters:
    """The shipped parameters and a site's. Raises SpecError with file and line."""
    shipped = list(_files(folder))
    own = list(_files(site_folder)) if site_folder and site_folder.is_dir() else []
    known = {spec.topic: spec for _, spec in shipped}
    for source, spec in own:
        ours = known.get(spec.topic)
        if ours and not set(spec.keys) <= set(ours.keys):
            raise source.error("the site's keys are not ours", ("keys",), mend="use ours")
    kept: dict[tuple[str, str, str, date], Parameter] = {}
    for _, spec in (*shipped, *own):
        for value in _flat(spec):
            kept[value.topic, value.key, value.division, value.since] = value
    return Parameters(tuple(spec for _, spec in (*shipped, *own)), tuple(kept.values()))


def everywhere(values: Iterable[tuple[str, str, date, float | None]]) -> Parameters:
    """Parameters of every division, for examples: (topic, key, since, value)."""
    made = (Parameter(t, k, "*", since, FOREVER, v, "example") for t, k, since, v in values)
    return Parameters((), tuple(made))


def _files(folder: Folder) -> Iterator[tuple[Spec, ParameterFile]]:
    entries = {entry.name: entry for entry in folder.iterdir()} if folder.is_dir() else {}
    for name in sorted(n for n in entries if n.endswith(".yaml")):
        source = read_spec(entries[name])
        spec = source.check(ParameterFile)
        if f"{spec.topic}.yaml" != name:
            raise source.error("topic and file name differ", ("topic",), mend="rename one")
        _check(source, spec)
        yield source, spec


def _check(source: Spec, spec: ParameterFile) -> None:
    last: dict[tuple[str, str], date] = {}
    for i, values in enumerate(spec.values):
        if values.until < values.since:
            raise source.error("it ends before it begins", ("values", i), mend="mend the dates")
        for key in values.amounts:
            if key not in spec.keys:
                raise source.error(f"there is no key {key!r}", ("values", i), mend="declare it")
            place = (values.division, key)
            if place in last and values.since <= last[place]:
                raise source.error(
                    f"the days of {key!r} are not in order", ("values", i), mend="order by since"
                )
            last[place] = values.since


def _flat(spec: ParameterFile) -> Iterator[Parameter]:
    for v in spec.values:
        for key, value in v.amounts.items():
            yield Parameter(spec.topic, key, v.division, v.since, v.until, value, v.reference)


def _in_force(values: Sequence[Parameter], county: str, day: date) -> Parameter | None:
    holding = [
        p
        for p in values
        if p.since <= day <= p.until and (p.division == "*" or county.startswith(p.division))
    ]
    return max(holding, key=lambda p: (len(p.division.strip("*")), p.since), default=None)


def _spans(values: Sequence[Parameter], county: str) -> Iterator[tuple[date, date, float]]:
    """The days on which each value holds in a county, in order; days without a value are left out."""
    near = [p for p in values if p.division == "*" or county.startswith(p.division)]
    ends = {p.until + timedelta(days=1) for p in near if p.until != FOREVER}
    turns = sorted({p.since for p in near} | ends)
    for i, first in enumerate(turns):
        found = _in_force(near, county, first)
        if found is not None and found.value is not None:
            last = turns[i + 1] - timedelta(days=1) if turns[i + 1 :] else FOREVER
            yield first, last, found.value


def unknown_topics(parameters: Parameters, uses: Iterable[str]) -> list[str]:
    """Topics that a rule uses and no file declares."""
    return sorted(set(uses) - {file.topic for file in parameters.files})
