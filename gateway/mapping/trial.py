"""Trying a mapping on a plain file: what would be accepted and what not, shown masked.

Nothing of a trial is kept: it needs no exchange, makes no snapshot, and the file stays where it is.
"""

from dataclasses import dataclass
from pathlib import Path

from gateway.engine import Engine
from gateway.mapping.contents import XLSX, CsvContent
from gateway.mapping.mapper import apply_pages
from gateway.mapping.spec import RollMapping
from gateway.mapping.values import MappedRoll, Page
from gateway.model.errors import MappingFailed, UsageError
from gateway.model.identifiers import mask_number
from gateway.model.names import mask_name
from gateway.sheets import stranger

WORKBOOKS = (".xlsx", ".xlsm", ".xls")
_TYPES = {
    ".json": "application/json",
    ".xml": "application/xml",
    **dict.fromkeys(WORKBOOKS, XLSX),
}
_SHOWN = 20
_HEAD = 4096


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A quarantined row, masked. `row` counts from 1."""

    row: int
    reasons: tuple[str, ...]
    name: str
    id_given: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What a file would become. `reasons` counts rows by their first `column:reason`."""

    mapped: MappedRoll
    content_type: str
    reasons: tuple[tuple[str, int], ...]
    shown: tuple[RefusedRow, ...]


def try_file(engine: Engine, mapping: RollMapping, path: Path, content_type: str = "") -> Trial:
    """Map a plain file and keep nothing. Raises as `map_file` does."""
    trial = map_file(engine, mapping, path, content_type)
    engine.drop(*(f"mapped_{t}" for t in trial.mapped.tables))
    return trial


def map_file(engine: Engine, mapping: RollMapping, path: Path, content_type: str = "") -> Trial:
    """Map a plain file, and leave its rows in the tables `mapped_<table>`. Without a content type it is
    told from the file's suffix, and for CSV each encoding of the mapping is tried in turn.

    Raises UsageError when the file is not there and MappingFailed when it cannot be mapped.
    """
    if not path.is_file():
        raise UsageError(
            "没有这个文件 / there is no such file",
            where=path.name,
            mend="请核对路径 / check the path",
        )
    check_text(path)
    types = (content_type,) if content_type else _guesses(mapping, path)
    failed: MappingFailed | None = None
    for media in types:
        try:
            return _try(engine, mapping, path, media)
        except MappingFailed as wrong:
            failed = failed or wrong
    raise failed or MappingFailed(
        f"the mapping reads no {path.suffix or 'such'} files",
        where=mapping.name,
        mend="say the content type, or convert the file",
    )


def check_text(path: Path) -> None:
    """Raises MappingFailed for a file that is empty, or no text and no workbook by its name."""
    with path.open("rb") as file:
        other = stranger(file.read(_HEAD))
    if other is not None and path.suffix.lower() not in WORKBOOKS:
        raise MappingFailed(other[0], where=path.name, mend=other[1])


def _guesses(mapping: RollMapping, path: Path) -> tuple[str, ...]:
    if path.suffix.lower() in _TYPES:
        return (_TYPES[path.suffix.lower()],)
    encodings = [c.encoding for c in mapping.spec.contents if isinstance(c, CsvContent)]
    return tuple(f"text/csv; charset={encoding}" for encoding in encodings)


def _try(engine: Engine, mapping: RollMapping, path: Path, media: str) -> Trial:
    with path.open("rb") as payload:
        page = Page(path.name.replace("#", "_"), "trial", media, payload)
        mapped = apply_pages(engine, mapping, [page], spill_dir=engine.settings.spill_dir)
    counts = engine.fetch(
        "SELECT column_name || ':' || reason AS why, count(*) AS row_count FROM quarantine_rows "
        "GROUP BY ALL ORDER BY row_count DESC, why"
    ).to_pylist()
    rows = engine.fetch(
        "SELECT CAST(split_part(row_ref, '#', -1) AS BIGINT) AS number, reasons, name_key, id_given "
        f"FROM quarantine_rows ORDER BY number LIMIT {_SHOWN}"
    ).to_pylist()
    engine.drop("quarantine_rows", "superseded_rows")
    shown = tuple(
        RefusedRow(
            row["number"],
            tuple(row["reasons"].split("; ")),
            mask_name(row["name_key"]),
            mask_number(row["id_given"]),
        )
        for row in rows
    )
    return Trial(mapped, media, tuple((c["why"], c["row_count"]) for c in counts), shown)
