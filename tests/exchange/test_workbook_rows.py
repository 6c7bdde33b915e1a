"""Workbooks as sent: a leaf a physical row, the same numbers that mapping's references have."""

import datetime
from typing import Any

import pytest

from gateway.evidence import RowTree
from gateway.exchange.limits import Limits
from gateway.exchange.rows import XLSX, RowProfile, row_reader
from gateway.exchange.workbook_rows import workbook_leaves
from gateway.model.errors import ExchangeRefused
from gateway.model.exchange import Action
from tests.sheets.sheets_kit import workbook

SALT = bytes(range(32))


def draw(book: Any, sheet: Any) -> None:
    sheet.write_datetime(
        1, 2, datetime.date(2013, 5, 17), book.add_format({"num_format": "yyyy/m"})
    )
    sheet.set_row(4, 30)  # a row that has a height and no cell


RAW = workbook(
    ("甲", [["名册"], ["林安禾", 6, ""], [], ["b"]]), ("乙", [["c", "", "d"]]), draw=draw
)


def test_each_physical_row_is_a_leaf() -> None:
    assert [leaf.decode() for leaf in workbook_leaves(RAW)] == [
        '["名册"]', '["林安禾","6","2013-05-17"]', "[]", '["b"]', "[]", '["c",null,"d"]',
    ]  # fmt: skip


def test_their_count_and_root() -> None:
    reader = row_reader(XLSX, "", SALT, Limits())
    for at in range(0, len(RAW), 1000):
        reader.feed(RAW[at : at + 1000])
    facts = reader.finish()
    tree = RowTree(SALT)
    tree.add(workbook_leaves(RAW))
    assert (facts.rows, facts.leaves, facts.root) == (5, 6, tree.root())
    assert RowProfile("csv", also=("xlsx",)).takes(XLSX, Action.ROLL, is_file=True)


def test_what_is_no_workbook_is_malformed() -> None:
    reader = row_reader(XLSX, "", SALT, Limits())
    reader.feed(b"PK no zip")
    with pytest.raises(ExchangeRefused, match="damaged"):
        reader.finish()
