"""Files that nobody has mapped: known rolls under other headings, shuffled, among unknown columns."""

import csv
import io
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from gateway.model.identifiers import check_digit
from tests.sheets.sheets_kit import workbook

ROWS = 250
SURNAMES, GIVEN = "林陈王李赵周吴郑孙钱", "安禾和平建国小雨明月清风子涵"

# Roll → what stands in each column, and the headings under which a bureau may write it. Half of
# them are in no mapping file and in no list of synonyms.
PERSON = {
    "name": ["姓名", "学生姓名", "姓名（必填）", "孩子姓名", "*姓名"],
    "id_number": [
        "身份证号",
        "公民身份号码",
        "身份证号码",
        "身份证件号码",
        "居民身份证号码",
        "本人身份证号",
    ],
    "birth_date": ["出生日期", "出生年月日", "生日", "出生日期（年月日）"],
    "sex": ["性别", "性 别", "性别（男/女）"],
}
HEADINGS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "enrolment": {
        **PERSON,
        "student_number": ["全国学籍号", "学籍号", "国网学籍号", "学籍号码"],
        "school_code": ["学校代码", "学校标识码", "学校编码"],
        "school_name": ["学校名称", "学校", "就读学校名称"],
        "grade": ["年级", "所在年级", "现就读年级"],
        "status": ["学生状态", "学籍状态", "在校状态", "学生当前状态"],
        "entered_month": ["入学年月", "入学时间"],
        "guardian_name": ["监护人姓名", "家长姓名", "监护人"],
        "guardian_id": ["监护人身份证号", "监护人身份证号码", "监护人证件号"],
        "address": ["现住址", "家庭住址", "家庭详细住址"],
    },
    "coverage": {
        **PERSON,
        "person_number": ["人员编号", "个人编号", "参保人员编号"],
        "scheme": ["险种", "险种类型", "参保险种"],
        "status": ["参保状态", "人员参保状态", "当前参保状态"],
        "started_on": ["参保日期", "本次参保日期", "参保时间"],
        "insured_division": ["参保所属区划", "参保地区划"],
    },
    "child": {
        **PERSON,
        "category": ["儿童类别", "困境类别", "儿童类型"],
        "guardian_name": ["监护人姓名", "监护人"],
        "guardian_id": ["监护人身份证号", "监护人身份证号码"],
        "recognised_on": ["认定日期", "认定时间", "纳入保障时间"],
        "division": ["户籍区划", "户籍地区划代码", "区划代码"],
        "address": ["现住址", "家庭住址", "居住地址"],
    },
    "assistance_member": {
        **PERSON,
        "family_id": ["家庭编号", "户编号", "家庭编码"],
        "relation": ["与户主关系", "家庭关系", "与户主的关系"],
        "head_name": ["户主姓名", "户主"],
        "head_id": ["户主身份证号", "户主身份证号码"],
        "division": ["区划", "区划代码", "行政区划代码"],
    },
    "disability": {
        **PERSON,
        "card_no": ["残疾人证号", "残疾证号", "残疾人证号码"],
        "kind": ["残疾类别", "残疾类型", "残疾种类"],
        "grade_of": ["残疾等级", "残疾级别"],
        "issued_on": ["发证日期", "办证日期", "初次办证日期"],
        "valid_until": ["有效期至", "有效期"],
    },
}
UNKNOWN = (
    "序号",
    "备用1",
    "录入人",
    "录入时间",
    "联系电话",
    "包保干部",
    "核对",
    "村级意见",
    "政治面貌",
    "民族",
)
FIELD_OF = {"head_name": "head_name_key", "grade_of": "grade"}
"""Canonical column where it is not the word above."""


@dataclass(frozen=True)
class Made:
    """A file, and the truth about it: canonical column → heading."""

    path: Path
    truth: Mapping[str, str]


def make(folder: Path, roll: str, seed: int) -> Made:
    """A roll's file: CSV in one of two encodings, or a workbook with a title and a signature."""
    luck = random.Random(f"{roll} {seed}")
    truth = {kind: luck.choice(list(words)) for kind, words in HEADINGS[roll].items()}
    unknown = luck.sample(UNKNOWN, max(1, round(len(truth) / 4)))  # a fifth of all columns
    columns = [*truth, *unknown]
    luck.shuffle(columns)
    heading = [truth.get(c, c) for c in columns]
    rows = [_row(luck, roll, n, columns) for n in range(ROWS)]
    form = seed % 3
    if form == 2:
        lines = [
            ["名册"],
            ["填报单位：安禾县", "", "日期：2026年9月"],
            heading,
            *rows,
            ["填报人："],
        ]
        path = folder / f"{roll}{seed}.xlsx"
        path.write_bytes(workbook(("Sheet1", lines)))
    else:
        out = io.StringIO()
        csv.writer(out).writerows([heading, *rows])
        path = folder / f"{roll}{seed}.csv"
        path.write_bytes(out.getvalue().encode("gb18030" if form else "utf-8-sig"))
    return Made(path, truth)


def _row(luck: random.Random, roll: str, n: int, columns: Sequence[str]) -> list[str]:
    born = date(2012, 1, 1) + timedelta(days=luck.randrange(3000))
    number = _number(luck, born)
    values = {
        "name": _name(luck), "id_number": number, "birth_date": _day(luck, born), "sex": luck.choice("男女"),
        "student_number": "G" + number, "school_code": f"30410000{n % 20:02d}",
        "school_name": f"安禾第{n % 20}小学",
        "grade": luck.choice(["一年级", "六年级", "3", "八年级"]), "entered_month": "201909",
        "guardian_name": _name(luck), "guardian_id": _number(luck, date(1985, 4, 20)),
        "address": f"安禾县和平镇{n}号", "person_number": f"4199{n:018d}",
        "scheme": luck.choice(["390", "310"]),
        "started_on": "2026-01-01", "insured_division": "419901", "recognised_on": "2024/3/1",
        "category": luck.choice(["孤儿", "低保", "事实无人抚养"]), "division": "419901001001",
        "family_id": f"H{n // 3:05d}", "relation": luck.choice(["子", "女", "孙子女"]),
        "head_name": _name(luck),
        "head_id": _number(luck, date(1980, 1, 2)),
        "card_no": f"{number}{luck.randint(1, 7)}{luck.randint(1, 4)}",
        "kind": luck.choice(["视力", "智力", "肢体残疾"]), "grade_of": luck.choice(["一级", "二级"]),
        "issued_on": "2020年6月1日", "valid_until": "2030-06-01",
        "status": luck.choice(["在读", "休学"] if roll == "enrolment" else ["1", "2"]),
        "序号": str(n + 1), "录入人": _name(luck), "录入时间": "2026-09-01", "联系电话": f"138{n:08d}",
        "包保干部": _name(luck), "核对": "√", "政治面貌": "群众", "民族": "汉族",
    }  # fmt: skip
    return [values.get(c, "") for c in columns]


def _name(luck: random.Random) -> str:
    return luck.choice(SURNAMES) + "".join(luck.sample(GIVEN, luck.choice([1, 2])))


def _number(luck: random.Random, born: date) -> str:
    first = f"41990{luck.randint(1, 9)}{born:%Y%m%d}{luck.randrange(1000):03d}"
    return first + check_digit(first)


def _day(luck: random.Random, day: date) -> str:
    return luck.choice([f"{day:%Y%m%d}", f"{day:%Y-%m-%d}", f"{day.year}.{day.month}.{day.day}"])
