"""Named steps: SQL lives in `<room>/sql/<name>.sql`, never in Python."""

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from gateway.model.errors import SpecError


@dataclass(frozen=True, slots=True)
class Step:
    """One named piece of SQL: one or several statements in DuckDB's dialect."""

    room: str
    name: str
    sql: str


@lru_cache(maxsize=256)
def load_step(room: str, name: str) -> Step:
    """The step `name` of a room, e.g. `load_step("gateway.linkage", "persons")`.

    Raises SpecError when the file does not exist.
    """
    path = files(room).joinpath("sql", f"{name}.sql")
    if not path.is_file():
        raise SpecError(
            f"there is no SQL step {name!r}", where=f"{room}/sql", mend="check the step's name"
        )
    return Step(room, name, path.read_text(encoding="utf-8"))
