"""The file around a workbook: told from its look-alikes, and capped before anything is unpacked.

A workbook is a zip of XML parts (ISO/IEC 29500-2). A zip may lie about what its parts unpack to, so
every XML part is unpacked here once, piece by piece, and counted; nothing is kept of it.
"""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from gateway.model.errors import MappingFailed

FILE_CAP = 256 * 1024 * 1024
PARTS_CAP = 5_000
UNPACKED_CAP = 1024 * 1024 * 1024
EXPANSION_CAP = 200
"""Sheets of equal rows pack well; a bomb packs a thousand times."""
SMALL = 16 * 1024 * 1024
"""Below this an expansion is no danger, whatever its ratio."""
PIECE = 4 * 1024 * 1024
EMPTY = ("文件是空的 / the file is empty", "请对方重新报送 / have the bureau send the file again")
PASSWORD = (
    "工作簿有密码 / the workbook is protected by a password",
    "请对方取消密码后报送 / have it sent without a password",
)
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PROLOG = 64 * 1024
RESEND = (
    "请在办公软件中打开，另存为 .xlsx 后报送 / open it in the office program and save it again as .xlsx, "
    "then send that file"
)


def not_a_workbook(payload: BinaryIO) -> tuple[str, str] | None:
    """(what it is, mend) when the file is none of ours; None when it looks like a zip."""
    head = payload.read(4096)
    rest = payload.read(FILE_CAP + 1 - len(head))
    payload.seek(0)
    if not head:
        return EMPTY
    if len(head) + len(rest) > FILE_CAP:
        return (
            "工作簿大于 256 MB / the workbook is larger than 256 MB",
            "请分成几份，或改用 CSV / send it in parts, or as CSV",
        )
    if head.startswith(_OLE):
        if _ENCRYPTED in head or _ENCRYPTED in rest:
            return PASSWORD
        return (
            "这是 .xls（Excel 97-2003），不能读 / this is an .xls workbook (Excel 97-2003), which is "
            "not read",
            RESEND,
        )
    if head.lstrip()[:1] == b"<":
        return (
            "这是网页或 XML，只是用了工作簿的名字 / this is a web page or XML under a workbook's name",
            RESEND,
        )
    if not head.startswith(b"PK"):
        return (
            "这不是工作簿 / this is no workbook",
            "请核对报送的是哪个文件；CSV 请用 .csv 的名字 / check which file was sent; a CSV is sent as CSV",
        )
    return None


@contextmanager
def opened(payload: BinaryIO, where: str) -> Iterator[zipfile.ZipFile]:
    """The zip, its directory checked against the caps. Raises MappingFailed."""
    try:
        with zipfile.ZipFile(payload) as found:
            _check_directory(found, where)
            yield found
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        raise broken(where) from None


def pieces(file: zipfile.ZipFile, name: str, where: str) -> Iterator[bytes]:
    """A part, unpacked some megabytes at a time and counted. Raises MappingFailed."""
    size, entry = 0, file.getinfo(name)
    with file.open(entry) as part:
        while piece := part.read(PIECE):
            if size == 0:
                _check_prolog(piece, name, where)
            size += len(piece)
            if size > UNPACKED_CAP or size > max(SMALL, entry.compress_size * EXPANSION_CAP * 5):
                raise _bomb(where)
            yield piece


def broken(where: str) -> MappingFailed:
    """The complaint about a workbook that is cut off or damaged."""
    return MappingFailed(
        "工作簿损坏或不完整 / the workbook is damaged or cut off", where=where, mend=RESEND
    )


def _check_directory(file: zipfile.ZipFile, where: str) -> None:
    parts = file.infolist()
    names = [part.filename for part in parts]
    if len(parts) > PARTS_CAP:
        raise _bomb(where)
    if len(set(names)) != len(names):
        raise MappingFailed(
            "工作簿中有两个同名部分 / two parts of the workbook have one name",
            where=where,
            mend=RESEND,
        )
    if any(part.flag_bits & 1 for part in parts):
        raise MappingFailed(PASSWORD[0], where=where, mend=PASSWORD[1])
    unpacked, packed = (sum(getattr(p, n) for p in parts) for n in ("file_size", "compress_size"))
    if unpacked > UNPACKED_CAP or unpacked > max(SMALL, packed * EXPANSION_CAP):
        raise _bomb(where)
    if "xl/workbook.bin" in names:
        raise MappingFailed(
            "这是 .xlsb，不能读 / this is an .xlsb workbook, which is not read",
            where=where,
            mend=RESEND,
        )
    if "xl/workbook.xml" not in names:
        raise MappingFailed(
            "这是压缩包，不是工作簿 / this is a zip, and no workbook",
            where=where,
            mend="请解压，或核对报送的是哪个文件 / unpack it, or check which file was sent",
        )


def _check_prolog(piece: bytes, name: str, where: str) -> None:
    if piece.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise MappingFailed(f"part {name} of the workbook is not UTF-8", where=where, mend=RESEND)
    if b"<!DOCTYPE" in piece[:_PROLOG] or b"<!ENTITY" in piece[:_PROLOG]:
        raise MappingFailed(
            f"part {name} of the workbook declares a document type, which no office program does",
            where=where,
            mend=RESEND,
        )


def _bomb(where: str) -> MappingFailed:
    return MappingFailed(
        "工作簿解开后远大于名册应有的大小，未予解开 / the workbook unpacks to far more than a roll can be, "
        "and was not unpacked",
        where=where,
        mend="请问对方此文件由谁制作，并重新另存 / ask the bureau who made this file; have it saved again",
    )
