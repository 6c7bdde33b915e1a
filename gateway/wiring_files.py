"""What the files of a site, and ours beside them, say: rules, parameters, weights, calendar, mappings."""

import csv
from datetime import date
from pathlib import Path

import gateway
from gateway.linkage import Weights, load_weights
from gateway.mapping import RollMapping, load_mapping
from gateway.model.errors import SpecError
from gateway.pipeline.bounds import BoundsFile, PhaseBound
from gateway.pipeline.divisions import DivisionChange, load_changes
from gateway.policy import (
    Calendar,
    DayOff,
    Parameters,
    Rule,
    build_calendar,
    load_parameters,
    load_rules,
)
from gateway.site import Site
from gateway.specs import load_spec

MAPPINGS = Path(gateway.__file__).parents[1] / "mappings"
"""Our mappings, code lists and rules: beside the package, in a checkout and in the wheel."""


def load_site_rules(folder: Path) -> tuple[Rule, ...]:
    """Our rules and the site's own."""
    return load_rules(MAPPINGS / "policy", folder / "policy")


def load_site_parameters(folder: Path) -> Parameters:
    """Our policy parameters and the site's own."""
    return load_parameters(MAPPINGS / "policy" / "parameters", folder / "policy" / "parameters")


def load_site_weights(folder: Path, site: Site) -> Weights:
    """The weights of linkage: the site's own when it has them, else ours, with the thresholds of
    site.toml. SpecError if wrong."""
    weights = load_weights(find_mapping(folder, "linkage/weights.v1"))
    return weights.with_thresholds(site.linkage.link, site.linkage.ask)


def load_calendar(folder: Path, site: Site) -> Calendar:
    """The site's calendar, with the days off of its `holidays.csv`."""
    settings = {name: _plain(value) for name, value in site.calendar.model_dump().items()}
    return build_calendar(settings, _days_off(folder / "holidays.csv"))


def find_mapping(folder: Path, name: str) -> Path:
    """The mapping `bureau/roll.vN`: the site's own when there is one, else ours. SpecError if none."""
    for root in (folder / "mappings", MAPPINGS):
        path = root / f"{name}.yaml"
        if path.is_file():
            return path
    raise SpecError(
        f"there is no mapping {name!r}", where="mappings", mend="`cwg mapping lint` lists them"
    )


def read_mapping(folder: Path, name: str) -> RollMapping:
    """A mapping by name, checked against our code lists."""
    return load_mapping(find_mapping(folder, name), MAPPINGS / "codes")


def load_divisions(folder: Path, division: str) -> tuple[DivisionChange, ...]:
    """Divisions of the site's region that were merged or renamed (`divisions.yaml`). SpecError."""
    return load_changes(folder / "divisions.yaml", MAPPINGS / "codes" / "divisions", division)


def bounds_file(folder: Path, source: str) -> Path:
    """Where the bounds that past rolls taught stand when they bind."""
    return folder / "bounds" / f"{source}.yaml"


def load_bounds(folder: Path, source: str) -> tuple[PhaseBound, ...]:
    """The bounds in force for a source; none before `cwg source bounds --bind`. SpecError if wrong."""
    path = bounds_file(folder, source)
    return load_spec(path, BoundsFile).bounds if path.is_file() else ()


def _days_off(path: Path) -> list[DayOff]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    try:
        return [DayOff(date.fromisoformat(r["day"]), r["working"] == "yes") for r in rows]
    except (KeyError, ValueError):
        raise SpecError(
            "a line of holidays.csv is not `day,working`",
            where=str(path),
            mend="write e.g. 2026-10-01,no",
        ) from None


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
