"""What people send in place of a table, told by its first bytes: what it is, and what to do."""

from gateway.sheets.container import EMPTY, RESEND

_AGAIN = "请对方导出为 .xlsx 或 CSV 后报送 / have the bureau export the table as .xlsx or CSV"
_UNPACK = "请解压后逐个报送其中的文件 / unpack it, and send the file in it"
_KINDS: tuple[tuple[tuple[bytes, ...], str, str], ...] = (
    ((b"%PDF",), "这是 PDF 文件，不是表格 / this is a PDF, and no table", _AGAIN),
    (
        (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\x00", b"MM\x00*"),
        "这是图片，不是表格 / this is a picture, and no table",
        _AGAIN,
    ),
    (
        (b"PK\x03\x04",),
        "这是压缩包，或改了名的工作簿 / this is a zip, or a workbook under another name",
        "压缩包请先解压；工作簿请改回 .xlsx / unpack a zip; give a workbook its name .xlsx back",
    ),
    ((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b"), "这是压缩包 / this is a packed archive", _UNPACK),
    (
        (b"\xd0\xcf\x11\xe0",),
        "这是旧版办公文件或有密码 / this is an old office file (.xls, .doc), or has a password",
        RESEND,
    ),
    ((b"MZ", b"\x7fELF"), "这是程序，不是表格 / this is a program, and no table", _AGAIN),
    (
        (b"\xff\xfe", b"\xfe\xff"),
        "这是 UTF-16（“Unicode 文本”） / this is text in UTF-16 (“Unicode text”)",
        "请另存为“CSV UTF-8”或 .xlsx / save it as “CSV UTF-8”, or as .xlsx",
    ),
)


def stranger(head: bytes) -> tuple[str, str] | None:
    """(what it is, mend) when a file that should be text is none; None when it may be."""
    if not head.strip():
        return EMPTY
    return next((kind[1:] for kind in _KINDS if head.startswith(kind[0])), None)
