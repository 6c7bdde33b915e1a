"""Fourteen invented children on four tiny rolls, written by hand, in the bureaus' own columns."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

PERIOD = "2026-11"
Row = dict[str, str]
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def number(birth: str, order: int, county: str = "419901") -> str:
    """A valid number of an invented person (GB 11643); `birth` is yyyymmdd, an odd order a boy."""
    body = f"{county}{birth}{order:03}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


CHILDREN = {
    # file: (name, birth, order, category, recognised, last month paid)
    "DA01": ("甲一安", "20160305", 1, "400", "2024-03-01", ""),
    "DA02": ("乙二宁", "20170501", 2, "400", "2024-03-01", ""),
    "DA03": ("丙三平", "20140909", 3, "500", "2024-03-01", ""),
    "DA04": ("丁四和", "20130610", 4, "500", "2024-03-01", ""),
    "DA05": ("戊五顺", "20150211", 5, "400", "2024-03-01", ""),
    "DA06": ("己六康", "20121212", 6, "400", "2024-03-01", ""),
    "DA07": ("庚七乐", "20261001", 7, "400", "2026-10-20", ""),
    "DA08": ("辛八福", "20150815", 8, "201", "2025-01-10", "202608"),
    "DA09": ("壬九寿", "20140120", 9, "201", "2025-01-10", "202610"),
    "DA10": ("癸十喜", "20160730", 10, "400", "2024-03-01", ""),
    "DA11": ("子甲春", "20130425", 11, "301", "2025-02-01", ""),
    "DA12": ("丑乙夏", "20180318", 12, "400", "2024-03-01", ""),
    "DA13": ("寅丙秋", "20150603", 13, "400", "2024-03-01", ""),
}
"""The registry. The fourteenth child, 卯丁冬, is on the assistance roll only."""

OUTSIDE = ("卯丁冬", "20160922", 14)

ENROLMENT = {
    # row: (child, grade, status, date of the status, end of the leave)
    "E01": ("DA01", "04", "01", "20260901", ""),
    "E03": ("DA03", "06", "06", "20261012", ""),
    "E04": ("DA04", "07", "02", "20260301", "20270301"),
    "E05": ("DA05", "05", "01", "20260901", ""),
    "E06": ("DA06", "08", "01", "20260901", ""),
    "E08": ("DA08", "05", "01", "20260901", ""),
    "E09": ("DA09", "07", "05", "20260901", ""),
    "E10": ("DA10", "04", "77", "20260901", ""),
    "E11": ("DA11", "07", "01", "20260901", ""),
    "E12": ("DA12", "02", "01", "20260901", ""),
    "E13": ("DA13", "05", "10", "20261103", ""),
    "E14": ("", "04", "01", "20260901", ""),
}
"""E10 has a status that no list knows: the row is refused, and the child may not be accused."""

COVERAGE = {
    # row: (child, status, began, paused, premium received)
    "R01": ("DA01", "1", "2026-01-01", "", "1"),
    "R02": ("DA02", "1", "2026-01-01", "", "1"),
    "R03": ("DA03", "1", "2026-01-01", "", "1"),
    "R04": ("DA04", "1", "2026-01-01", "", "1"),
    "R06": ("DA06", "2", "2026-01-01", "2026-06-30", "1"),
    "R08": ("DA08", "1", "2026-01-01", "", "1"),
    "R09": ("DA09", "1", "2026-01-01", "", "1"),
    "R10": ("DA10", "1", "2026-01-01", "", "1"),
    "R11": ("DA11", "1", "2026-01-01", "", "1"),
    "R12": ("DA12", "0", "", "", "1"),
    "R13": ("DA13", "1", "2026-01-01", "", "1"),
    "R14": ("", "1", "2026-01-01", "", "1"),
}

HOUSEHOLDS = {
    # family: (type, head's name, birth, order, member's file)
    "F01": ("02", "卯大山", "19850101", 101, ""),
    "F02": ("03", "子大海", "19550101", 103, "DA11"),
}


def write_rolls(city: Path) -> Path:
    """Write the rolls of the one period as a city does."""
    folder = city / "rolls" / PERIOD
    folder.mkdir(parents=True)
    rolls = {
        "registry": [_registry(key) for key in CHILDREN],
        "enrolment": [_enrolment(key) for key in ENROLMENT],
        "coverage": [_coverage(key) for key in COVERAGE],
        "assistance": [row for key in HOUSEHOLDS for row in _household(key)],
    }
    for name, rows in rolls.items():
        pq.write_table(pa.Table.from_pylist(rows), folder / f"{name}.parquet")
    return city


def _who(key: str) -> tuple[str, str, str, int]:
    """Name, birth, number and order of a child."""
    name, birth, order = CHILDREN[key][:3] if key else OUTSIDE
    return name, birth, number(birth, order), order


def _dashed(day: str) -> str:
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"


def _registry(key: str) -> Row:
    name, birth, own, order = _who(key)
    *_, category, recognised, paid = CHILDREN[key]
    return {
        "档案编号": key, "姓名": name, "性别": "男" if order % 2 else "女",
        "出生日期": _dashed(birth), "民族": "汉族", "身份证件类型": "居民身份证",
        "身份证件号码": own, "儿童类别": "", "类别代码": category,
        "户籍区划": "419901001001", "现住址": "", "监护人姓名": "", "监护人身份证号": "",
        "与儿童关系": "", "监护情况": "A", "认定日期": recognised, "退出日期": "",
        "退出原因": "", "末领年月": paid, "月发放金额": "900.00" if paid else "",
    }  # fmt: skip


def _enrolment(key: str) -> Row:
    child, grade, status, on, until = ENROLMENT[key]
    name, birth, own, order = _who(child)
    return {
        "xsJbxxId": key, "grbsm": f"G{own}", "xm": name, "xbm": "1" if order % 2 else "2",
        "csrq": birth, "sfzjlxm": "1", "sfzjh": own, "mzm": "01", "xxdm": "3441000001",
        "xxmc": "安禾市第一小学", "xxsszgjyxzdm": "419901001000", "xslbm": "2", "njdm": grade,
        "xsdqztm": status, "ztrq": on, "xxjsrq": until, "rxny": "202309", "jdfsm": "1",
        "sbjdm": "0", "cjlxm": "0", "sfge": "0", "sfdbm": "0", "sflsetm": "0", "jhrxm": "",
        "jhrzjh": "", "xzz": "", "byny": "",
    }  # fmt: skip


def _coverage(key: str) -> Row:
    child, status, began, paused, paid = COVERAGE[key]
    name, birth, own, order = _who(child)
    return {
        "psn_insu_rlts_id": key, "psn_no": f"4199010000000000000{order:03}",
        "psn_cert_type": "01", "certno": own, "psn_name": name,
        "gend": "1" if order % 2 else "2", "naty": "01", "brdy": _dashed(birth),
        "surv_stas": "1", "insutype": "390", "psn_type": "1403", "psn_insu_stas": status,
        "crt_insu_date": began, "paus_insu_date": paused, "clct_flag": paid,
        "clct_time": "2025-11-01 10:00:00" if paid == "1" else "", "insu_year": "2026",
        "insuplc_admdvs": "419901", "resd_loc_admdvs": "419901001001", "emp_name": "一村",
    }  # fmt: skip


def _household(key: str) -> list[Row]:
    kind, head, born, order, member = HOUSEHOLDS[key]
    child, birth, own, child_order = _who(member)
    common = {
        "FAMILY_ID": key, "CARD_NO": f"DB{key}", "ASSISTANCE_TYPE": kind, "区划": "419901001001",
        "户主姓名": head, "户主身份证号": number(born, order), "民族": "汉族", "健康状况": "健康",
        "残疾类别": "", "残疾等级": "", "ASSISTANCE_MON": "800.00", "ASSISTANCE_BEGIN": "202501",
        "ASSISTANCE_END": "", "CARD_STATUS": "1",
    }  # fmt: skip
    people: list[dict[str, Any]] = [
        {"成员序号": "01", "姓名": head, "与户主关系": "户主", "身份证号": number(born, order),
         "性别": "男", "出生日期": born},
        {"成员序号": "02", "姓名": child, "与户主关系": "子", "身份证号": own,
         "性别": "男" if child_order % 2 else "女", "出生日期": birth},
    ]  # fmt: skip
    return [common | person for person in people]
