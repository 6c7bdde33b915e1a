"""Each format read into slabs, against its plain reader in the same run, on one core: CPU seconds.

The plain readers: calamine's rows; `orjson.loads`; lxml's tree with a dictionary a row; a strict decode and
DuckDB's `read_csv`. What the gateway adds is places, references, text columns and the checks of
docs/mapping.md.
"""

import gc
import io
import json
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path

import duckdb
import orjson
import xlsxwriter
from lxml import etree
from python_calamine import CalamineWorkbook

from gateway.engine import Engine, EngineSettings
from gateway.mapping.contents import XLSX
from gateway.mapping.readers import RollReader
from gateway.mapping.spec import RollMapping, load_mapping
from gateway.mapping.values import Page
from gateway.transport.table import FrontTable, TableSettings

ROOT = Path(__file__).parents[1]
ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
ROUNDS = 7
HEAD = [
    "FAMILY_ID",
    "ASSISTANCE_TYPE",
    "CARD_NO",
    "户主姓名",
    "户主身份证号",
    "SUPPORT_WAY",
    "ASSISTANCE_MON",
    "ASSISTANCE_CLASS_MON",
    "ASSISTANCE_BEGIN",
    "ASSISTANCE_END",
    "BANK",
    "ACCOUNT_NO",
    "CARD_STATUS",
    "区划代码",
]
ROW = [
    "H{n}",
    "02",
    "DB{n}",
    "林建国",
    "419902198504200114",
    "",
    "850.00",
    "",
    "202401",
    "",
    "安禾银行",
    "6200",
    "1",
    "419901001001",
]


def rows() -> list[list[str]]:
    return [[cell.replace("{n}", f"{n:07d}") for cell in ROW] for n in range(ROWS)]


def workbook(made: list[list[str]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    sheet = book.add_worksheet()
    for n, row in enumerate([HEAD, *made]):
        sheet.write_row(n, 0, row)
    book.close()
    return out.getvalue()


def typed(made: list[list[str]]) -> bytes:
    """The same with codes, amounts and a division as numbers, and days as days."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    as_day, sheet = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_worksheet()
    sheet.write_row(0, 0, HEAD)
    for n, row in enumerate(made, start=1):
        sheet.write_row(n, 0, row)
        for column in (1, 12, 13):
            sheet.write_number(n, column, int(row[column]))
        sheet.write_number(n, 6, 850.5 + n % 7)
        sheet.write_number(n, 7, n)
        for column in (8, 9):
            sheet.write_datetime(n, column, date(2024, 1, 1 + n % 28), as_day)
    book.close()
    return out.getvalue()


def xml(made: list[list[str]]) -> bytes:
    root = etree.Element("rows")
    for row in made:
        element = etree.SubElement(root, "row")
        for name, value in zip(HEAD, row, strict=True):
            etree.SubElement(element, name).text = value
    return bytes(etree.tostring(root, encoding="utf-8"))


def mapping(content: dict[str, object], folder: Path) -> RollMapping:
    text = (ROOT / "mappings/national_welfare_system/household.v1.yaml").read_text(encoding="utf-8")
    head, _, rest = text.partition("contents:")
    path = folder / "bench" / "household.v1.yaml"
    path.parent.mkdir(exist_ok=True)
    flow = ", ".join(f"{k}: {v}" for k, v in content.items())
    path.write_text(
        f"{head}contents:\n  - {{{flow}}}\n{rest[rest.index('columns:') :]}", encoding="utf-8"
    )
    return load_mapping(path, ROOT / "mappings" / "codes")


def cpu(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def compared(ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[float, float]:
    """CPU seconds of both in the round of the median ratio: they take turns, the machine is shared."""
    rounds = sorted(((cpu(ours), cpu(theirs)) for _ in range(ROUNDS)), key=lambda r: r[0] / r[1])
    return rounds[ROUNDS // 2]


def slabs(of: RollMapping, media: str, raw: bytes, engine: Engine) -> None:
    reader = RollReader(of, engine.settings.spill_dir)
    found = 0
    for slab in reader.slabs([Page("x", "bench", media, io.BytesIO(raw))]):
        if media.startswith("text/csv"):
            slab.check(
                engine, lambda relation, _: f"CREATE OR REPLACE TABLE short_row AS FROM {relation}"
            )
        found += slab.rows
    assert found == ROWS, found


def plain_csv(raw: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir="/dev/shm") as file:
        file.write(raw.decode("gb18030").encode())
        file.flush()
        with duckdb.connect() as base:
            base.execute("SET threads = 1")
            base.execute(
                f"CREATE TABLE t AS FROM read_csv('{file.name}', all_varchar = true, header = true)"
            )


def plain_xlsx(raw: bytes) -> None:
    CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_index(0).to_python()


def plain_xml(raw: bytes) -> None:
    [{cell.tag: cell.text for cell in row} for row in etree.fromstring(raw)]


def front(folder: Path, parts: int, size: int) -> tuple[Path, FrontTable]:
    """A front-end table in SQLite with one delivery of pages, and the place that reads it."""
    path = folder / "front.db"
    with closing(sqlite3.connect(path)) as base, base:
        base.execute(
            "CREATE TABLE cwg_out (delivery VARCHAR(64) NOT NULL, part INTEGER NOT NULL, "
            "closing INTEGER NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (delivery, part))"
        )
        for part in range(1, parts + 1):
            row = ("d1", part, int(part == parts), os.urandom(size))
            base.execute("INSERT INTO cwg_out VALUES (?, ?, ?, ?)", row)
    return path, FrontTable(TableSettings(f"sqlite:///{path}", "cwg_out"))


def picked_up(place: FrontTable) -> None:
    (parcel,) = place.parcels()
    for sealed in place.each(parcel):
        assert isinstance(sealed, io.BytesIO)
        sealed.read()


def bare_select(path: Path) -> None:
    with closing(sqlite3.connect(path)) as base:
        for _ in base.execute("SELECT delivery, part, closing, sealed FROM cwg_out ORDER BY 1, 2"):
            pass


def main() -> None:
    made = rows()
    csv_raw = "\n".join(",".join(row) for row in [HEAD, *made]).encode("gb18030")
    json_raw = json.dumps(
        {"rows": [dict(zip(HEAD, row, strict=True)) for row in made]}, ensure_ascii=False
    ).encode()
    news = {"新增列": "x", "系统备注": None, "序列": 7}
    more_raw = json.dumps(
        {"rows": [dict(zip(HEAD, row, strict=True)) | news for row in made]}, ensure_ascii=False
    ).encode()
    cases: list[tuple[str, dict[str, object], str, bytes, Callable[[bytes], object]]] = [
        ("xlsx", {"type": "xlsx"}, XLSX, workbook(made), plain_xlsx),
        ("xlsx, numbers and days", {"type": "xlsx"}, XLSX, typed(made), plain_xlsx),
        ("csv", {"type": "csv", "encoding": "gb18030"}, "text/csv; charset=gb18030", csv_raw, plain_csv),
        ("json", {"type": "json", "rows_at": "rows"}, "application/json", json_raw, orjson.loads),
        ("json, three columns that nobody declared",
         {"type": "json", "rows_at": "rows"}, "application/json", more_raw, orjson.loads),
        ("xml", {"type": "xml", "rows_at": "row"}, "application/xml", xml(made), plain_xml),
    ]  # fmt: skip
    with (
        tempfile.TemporaryDirectory() as folder,
        Engine(EngineSettings(Path("/dev/shm"), threads=1)) as engine,
    ):
        del made
        gc.collect()
        gc.freeze()  # what this program itself holds is nobody's to go through
        for name, content, media, raw, plain in cases:
            of = mapping(content, Path(folder))
            ours, theirs = compared(partial(slabs, of, media, raw, engine), partial(plain, raw))
            print(
                f"{name}: {ROWS / ours:,.0f} rows/s, plain {ROWS / theirs:,.0f} rows/s, {ours / theirs:.2f}x"
            )
        path, place = front(Path(folder), parts=200, size=1_000_000)
        ours, theirs = compared(partial(picked_up, place), partial(bare_select, path))
        print(
            f"table: {200 / ours:,.0f} pages of 1 MB/s, bare SELECT {200 / theirs:,.0f}, {ours / theirs:.2f}x"
        )
        place.close()
        gc.unfreeze()


if __name__ == "__main__":
    main()
