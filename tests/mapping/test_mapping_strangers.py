"""What people send in place of a table: each gets a line that says what it is, and what to do."""

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.mapping.suggest import read_sample
from gateway.model.errors import MappingFailed

ZIP = b"PK\x03\x04" + b"\x00" * 40
HEAD = ["FAMILY_ID", "ASSISTANCE_TYPE", "CARD_NO", "户主姓名", "户主身份证号", "ASSISTANCE_MON",
        "ASSISTANCE_BEGIN", "ASSISTANCE_END", "CARD_STATUS", "区划代码"]  # fmt: skip
NUMBER = "419902198504200114"
ROWS = [
    [f"H{n}", "02", f"DB{n}", "林建国", NUMBER, "850.00", "202401", "", "1", "419901001001"]
    for n in range(25)
]


def table(separator: str = ",", encoding: str = "gb18030", rows: list[list[str]] = ROWS) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows([HEAD, *rows])
    return out.getvalue().encode(encoding)


SWAPPED = [[*row[:3], row[4], row[3], *row[5:]] for row in ROWS]
CASES: list[tuple[str, bytes, str, str]] = [
    # name, content, what `try` says, what `suggest` says
    ("空.csv", b"", "文件是空的", "文件是空的"),
    ("空白.csv", b" \r\n\r\n", "文件是空的", "文件是空的"),
    ("扫描.csv", b"%PDF-1.4 \xe2\xe3", "这是 PDF", "这是 PDF"),
    ("照片.txt", b"\xff\xd8\xff\xe0\x00", "这是图片", "这是图片"),
    ("压缩.csv", ZIP, "这是压缩包", "这是压缩包"),
    ("压缩.xlsx", ZIP, "损坏或不完整", "损坏或不完整"),
    ("打包.rar", b"Rar!\x1a\x07", "这是压缩包", "这是压缩包"),
    ("旧.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版办公文件", "旧版办公文件"),
    ("程序.csv", b"MZ\x90\x00", "这是程序", "这是程序"),
    ("宽.csv", b"\xff\xfe" + table(encoding="utf-16-le"), "UTF-16", "UTF-16"),
    ("分号.csv", table(";"), "分号", "分号"),
    ("制表.csv", table("\t"), "制表符", "制表符"),
    ("竖线.csv", table("|"), "竖线", "竖线"),
    ("另码.csv", table(encoding="utf-8"), "看起来是 UTF-8", ""),
    ("互换.csv", table(rows=SWAPPED), "互换", ""),
    ("只有表头.csv", table(rows=[]), "没有数据行", ""),
    ("数组.csv", json.dumps([dict(zip(HEAD, ROWS[0], strict=True))]).encode(),
     "没有对照文件里的任何一列", "JSON 或 XML"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "tried", "suggested"), CASES, ids=[case[0] for case in CASES]
)
def test_what_is_no_table_is_named_with_its_mend(
    tmp_path: Path, name: str, content: bytes, tried: str, suggested: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    done = CliRunner().invoke(
        app, ["mapping", "try", "national_welfare_system/household.v1", str(path)]
    )
    assert tried in done.stderr, done.stderr
    assert done.exit_code == (0 if "数据行" in tried else 1)
    assert "Mend: " in done.stderr or done.exit_code == 0
    assert NUMBER not in done.output
    assert "林建国" not in done.output
    if suggested:
        with pytest.raises(MappingFailed, match=suggested) as refused:
            read_sample(path, frozenset(HEAD))
        assert refused.value.mend
