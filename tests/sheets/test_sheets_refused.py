"""Workbooks that are refused before anything of them is read, each with what to do."""

import io
import struct
import time
from collections.abc import Callable

import pytest

from gateway.model.errors import MappingFailed
from gateway.sheets import open_workbook
from tests.sheets.sheets_kit import SHEET, lying, part, with_parts, workbook

GOOD = workbook(("甲", [["姓名", "年级"], ["林安禾", 6]]))
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
MB = 1024 * 1024


def sheet_with(old: bytes, new: bytes) -> bytes:
    text = part(GOOD, SHEET)
    assert old in text
    return with_parts(GOOD, {SHEET: text.replace(old, new, 1)})


def bomb() -> bytes:
    return with_parts(GOOD, {"xl/sharedStrings.xml": b"<sst>" + b" " * (64 * MB) + b"</sst>"})


def many_parts() -> bytes:
    return with_parts(GOOD, {f"xl/media/{n}.xml": b"<a/>" for n in range(5001)})


def encrypted_zip() -> bytes:
    raw = bytearray(GOOD)
    at = raw.index(b"PK\x01\x02")
    raw[at + 8 : at + 10] = struct.pack("<H", 1)
    return bytes(raw)


def twins() -> bytes:
    raw = with_parts(GOOD, {"xl/worksheets/sheet2.xml": part(GOOD, SHEET)})
    return raw.replace(b"xl/worksheets/sheet2.xml", b"xl/worksheets/sheet1.xml")


DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
BAD: list[tuple[str, Callable[[], bytes], str]] = [
    ("empty", lambda: b"", "the file is empty"),
    ("text", lambda: "姓名,年级\n".encode(), "this is no workbook"),
    ("a web page called .xls", lambda: b"\n<html><table></table></html>", "a web page or XML"),
    ("an old workbook", lambda: OLE, "an .xls workbook"),
    ("a password", lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
    ("a password on the zip", encrypted_zip, "protected by a password"),
    ("cut off", lambda: GOOD[:-100], "damaged or cut off"),
    ("cut in half", lambda: GOOD[: len(GOOD) // 2], "damaged or cut off"),
    ("another zip", lambda: with_parts(GOOD, {"xl/workbook.xml": None}), "a zip, and no workbook"),
    ("xlsb", lambda: with_parts(GOOD, {"xl/workbook.bin": b"x"}), "an .xlsb workbook"),
    ("no relations", lambda: with_parts(GOOD, {"xl/_rels/workbook.xml.rels": None}), "damaged"),
    ("no sheet", lambda: with_parts(GOOD, {SHEET: None}), "has no sheet"),
    ("a broken list", lambda: with_parts(GOOD, {"xl/workbook.xml": b"<workbook"}), "damaged"),
    ("two parts of a name", twins, "two parts of the workbook have one name"),
    ("a zip bomb", bomb, "unpacks to far more"),
    ("a bomb that lies", lambda: lying(bomb(), "xl/sharedStrings.xml", 900), "damaged|unpacks to"),
    ("too many parts", many_parts, "unpacks to far more"),
    ("entities", lambda: with_parts(GOOD, {SHEET: DOCTYPE + part(GOOD, SHEET)}), "document type"),
    ("UTF-16", lambda: with_parts(GOOD, {SHEET: part(GOOD, SHEET).decode().encode("utf-16")}), "not UTF-8"),
    ("a sheet of nothing", lambda: sheet_with(b'r="B2"', b'r="XFD1048576"'), "claims"),
    ("a row far down", lambda: sheet_with(b'<row r="2"', b'<row r="1048576"'), "claims"),
    ("a row beyond", lambda: sheet_with(b'<row r="2"', b'<row r="99999999"'), "claims"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "said"), [b[1:] for b in BAD], ids=[b[0] for b in BAD])
def test_a_bad_workbook_is_refused(raw: Callable[[], bytes], said: str) -> None:
    made = raw()
    start = time.process_time()
    with pytest.raises(MappingFailed, match=said) as refused:
        open_workbook(io.BytesIO(made), "welfare")
    assert refused.value.where.startswith("welfare")
    assert refused.value.mend
    assert time.process_time() - start < 2


def test_links_to_other_files_and_macros_are_not_followed() -> None:
    parts = {
        "xl/externalLinks/externalLink1.xml": b"<externalLink/>",
        "xl/externalLinks/_rels/externalLink1.xml.rels": (
            b'<Relationships><Relationship Id="r" TargetMode="External" '
            b'Target="http://127.0.0.1:9/none"/></Relationships>'
        ),
        "xl/vbaProject.bin": b"macro",
    }
    book = open_workbook(io.BytesIO(with_parts(GOOD, parts)), "welfare")
    assert [list(row) for row in book.read(book.sheets[0])[0]] == [
        ["姓名", "年级"],
        ["林安禾", 6.0],
    ]
