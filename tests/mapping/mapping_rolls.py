"""What the tests of this room share: mapping files by name, pages, and a small roll."""

import io
from collections.abc import Sequence
from pathlib import Path

from gateway.engine import Engine
from gateway.mapping import MappedRoll, Page, RollMapping, apply_pages, load_mapping
from gateway.model.tables import ENROLMENT

MAPPINGS = Path(__file__).parents[2] / "mappings"
ROLLS = (
    "education/enrolment",
    "medical_insurance/coverage",
    "national_welfare_system/registry",
    "national_welfare_system/assistance",
)
SHIPPED = tuple(
    f"{path.parent.name}/{path.name.removesuffix('.v1.yaml')}"
    for path in sorted(MAPPINGS.glob("*/*.v1.yaml"))
    if path.parent.name not in ("policy", "linkage", "referral", "dci")
)
FIRST = "019a0000-0000-7000-8000-000000000001"
SECOND = "019a0000-0000-7000-8000-000000000002"


def shipped(name: str) -> RollMapping:
    """A mapping file as it ships."""
    return load_mapping(MAPPINGS / f"{name}.v1.yaml")


def page(
    content: bytes,
    media: str,
    exchange: str = FIRST,
    rows: int | None = None,
    source: str = "bureau",
) -> Page:
    """A page as it comes out of verification."""
    return Page(exchange, source, media, io.BytesIO(content), rows)


def write_mapping(folder: Path, text: str, codes: Path = MAPPINGS / "codes") -> RollMapping:
    """A mapping file of a test, read as one that ships."""
    path = folder / "bureau" / "roll.v1.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return load_mapping(path, codes)


def run(engine: Engine, mapping: RollMapping, pages: Sequence[Page]) -> MappedRoll:
    """Map pages, spilling where the engine spills."""
    return apply_pages(engine, mapping, pages, spill_dir=engine.settings.spill_dir)


# A roll small enough to write in a test: two columns of text, a date, a code, and one not taken.
SMALL = """
bureau: bureau
roll: roll
version: 1
zh: 小名册
basis: a test
contents:
  - {type: csv, encoding: utf-8}
  - {type: csv, encoding: gb18030}
  - {type: json, rows_at: output.rows}
  - {type: xml, rows_at: row}
columns:
  编号: {also: [序号]}
  姓名: {}
  证号: {}
  生日: {}
  状态: {}
  年级: {}
  备注: {ignore: nobody reads it}
outputs:
  - table: enrolment
    fields:
      row_key: {from: 编号, as: key}
      name: {from: 姓名, as: name}
      name_key: {from: 姓名, as: name_key}
      id_number: {from: 证号, as: id_number, with: birth_date}
      id_given: {from: 证号, as: id_given}
      id_state: {from: 证号, as: id_state}
      birth_date: {from: 生日, as: date, unless: id_number}
      status: {from: 状态, as: code, codes: student_status}
      status_class: {as: class, with: status, codes: student_status}
      grade: {from: 年级, as: int, between: [0, 12]}
    absent:
ABSENT
"""
GIVEN = "row_key name name_key id_number id_given id_state birth_date status status_class grade"


def small(folder: Path, more: str = "") -> RollMapping:
    """The small mapping, `more` being one content more that it reads."""
    made = {"row_ref", "row_digest"}
    rest = [c.name for c in ENROLMENT.columns if c.name not in {*GIVEN.split(), *made}]
    absent = "\n".join(f"      {name}: not in a small roll" for name in rest)
    text = SMALL.replace("ABSENT", absent)
    return write_mapping(
        folder, text.replace("columns:", f"  - {more}\ncolumns:", 1) if more else text
    )
