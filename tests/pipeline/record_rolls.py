"""Ten invented children and two outside the registry, on twelve lists that drop sealed files."""

import csv
from pathlib import Path

import xlsxwriter
from golden_rolls import number

PLACE = "419901001001"
Row = dict[str, str]

CHILDREN = {
    # file: (name, birth, order, category)
    "bare": ("甲一安", "20200305", 1, "301"),
    "all": ("乙二宁", "20200501", 2, "301"),
    "excused": ("丙三平", "20200809", 3, "301"),
    "doubt": ("丁四和", "20200610", 4, "301"),
    "dead": ("戊五顺", "20150211", 5, "301"),
    "likely_dead": ("庚七乐", "20151001", 7, "301"),
    "home_low": ("辛八福", "20150815", 8, "202"),
    "home_full": ("壬九寿", "20140120", 9, "202"),
    "home_doubt": ("癸十喜", "20160730", 10, "202"),
    "above": ("子甲春", "20130425", 11, "301"),
}
OUTSIDE = {"poor": ("卯丁冬", "20160922", 14, ""), "poor_well": ("寅丙秋", "20150603", 13, "")}
"""On the assistance roll only."""


def who(key: str) -> tuple[str, str, str]:
    """Name, birth date (dashed) and number."""
    name, born, order, _ = (CHILDREN | OUTSIDE)[key]
    return name, f"{born[:4]}-{born[4:6]}-{born[6:]}", number(born, order)


def told(key: str, doubtful: bool) -> dict[str, str]:
    """Name, number and birth date as a roll has them: a doubtful row has no number and a lunar day."""
    name, born, own = who(key)
    if doubtful:
        return {
            "name": name,
            "number": "",
            "born": f"{born[:4]}-07-20" if born[5:7] == "06" else f"{born[:5]}09-01",
        }
    return {"name": name, "number": own, "born": born}


def registry() -> list[Row]:
    rows = []
    for key, (_, _, order, category) in CHILDREN.items():
        name, born, own = who(key)
        rows.append({
            "档案编号": key, "姓名": name, "性别": "男" if order % 2 else "女", "出生日期": born,
            "民族": "汉族", "身份证件类型": "居民身份证", "身份证件号码": own, "儿童类别": "",
            "类别代码": category, "户籍区划": PLACE, "现住址": "", "监护人姓名": "", "监护人身份证号": "",
            "与儿童关系": "", "监护情况": "A", "认定日期": "2025-01-10", "退出日期": "", "退出原因": "",
            "末领年月": "202610", "月发放金额": "800.00",
        })  # fmt: skip
    return rows


def assistance() -> list[Row]:
    rows = []
    for key in OUTSIDE:
        name, born, own = who(key)
        common = {
            "FAMILY_ID": f"F-{key}", "CARD_NO": f"DB{key}", "ASSISTANCE_TYPE": "02", "区划": PLACE,
            "户主姓名": "卯大山", "户主身份证号": number("19850101", 101), "民族": "汉族", "健康状况": "健康",
            "残疾类别": "", "残疾等级": "", "ASSISTANCE_MON": "800.00", "ASSISTANCE_BEGIN": "202501",
            "ASSISTANCE_END": "", "CARD_STATUS": "1",
        }  # fmt: skip
        child = {
            "成员序号": "02",
            "姓名": name,
            "与户主关系": "子",
            "身份证号": own,
            "性别": "",
            "出生日期": born,
        }
        rows.append(common | child)
    return rows


def enrolment() -> list[Row]:
    rows = []
    for key in CHILDREN:
        name, born, own = who(key)
        rows.append({
            "xsJbxxId": key, "grbsm": f"G{own}", "xm": name, "xbm": "", "csrq": born.replace("-", ""),
            "sfzjlxm": "1", "sfzjh": own, "mzm": "01", "xxdm": "3441000001", "xxmc": "安禾市第一小学",
            "xxsszgjyxzdm": "419901001000", "xslbm": "2", "njdm": "02", "xsdqztm": "01", "ztrq": "20250901",
            "xxjsrq": "", "rxny": "202509", "jdfsm": "2", "sbjdm": "0", "cjlxm": "0", "sfge": "0",
            "sfdbm": "0", "sflsetm": "0", "jhrxm": "", "jhrzjh": "", "xzz": "", "byny": "",
        })  # fmt: skip
    return rows


def coverage() -> list[Row]:
    rows = []
    for key, (_, _, order, _) in CHILDREN.items():
        name, born, own = who(key)
        rows.append({
            "psn_insu_rlts_id": key, "psn_no": f"4199010000000000000{order:03}", "psn_cert_type": "01",
            "certno": own, "psn_name": name, "gend": "", "naty": "01", "brdy": born, "surv_stas": "1",
            "insutype": "390", "psn_type": "1403", "psn_insu_stas": "1", "crt_insu_date": "2026-01-01",
            "paus_insu_date": "", "clct_flag": "1", "clct_time": "", "insu_year": "2026",
            "insuplc_admdvs": "419901", "resd_loc_admdvs": PLACE, "emp_name": "一村",
        })  # fmt: skip
    return rows


AIDS = [
    # child, kind, month, amount, nature, doubtful
    ("bare", "extreme_hardship", "2026-10", "700", "regular", False),
    *(("all", "extreme_hardship", f"2026-{m:02}", "800", "regular", False) for m in range(5, 11)),
    ("all", "disability_nursing", "2026-10", "60", "regular", False),
    ("all", "disability_living", "2026-10", "60", "regular", False),
    ("excused", "extreme_hardship", "2026-10", "800", "regular", False),
    ("excused", "extreme_hardship", "2026-10", "100", "arrears", False),
    ("excused", "medical_help", "2026-03", "380", "regular", False),
    ("doubt", "extreme_hardship", "2026-10", "700", "regular", False),
    ("doubt", "disability_nursing", "2026-09", "60", "regular", True),
    ("above", "extreme_hardship", "2026-10", "900", "regular", False),
    ("home_low", "orphan_living", "2026-10", "900", "regular", False),
    ("home_full", "orphan_living", "2026-10", "1000", "regular", False),
    ("home_doubt", "orphan_living", "2026-10", "1000", "regular", True),
]


def plain(rows: list[tuple[str, bool, Row]]) -> list[Row]:
    """Rows of the site's own lists: who, and what the list says of it."""
    made = []
    for at, (key, doubtful, more) in enumerate(rows, start=1):
        own = told(key, doubtful)
        made.append(
            {
                "行号": str(at),
                "姓名": own["name"],
                "身份证号": own["number"],
                "出生日期": own["born"],
                **more,
            }
        )
    return made


def aid() -> list[Row]:
    return plain([
        (key, doubtful, {"种类": kind, "年月": month, "金额": amount, "性质": nature})
        for key, kind, month, amount, nature, doubtful in AIDS
    ])  # fmt: skip


def student_aid() -> list[Row]:
    rows = []
    for key in ("all", "excused"):
        own = told(key, doubtful=False)
        rows.append({
            "填报单位": "", "序号": "1", "学校名称": "", "年级": "", "姓名": own["name"], "性别": "",
            "身份证号": own["number"], "资助项目": "生活补助", "资助学期": "", "发放年月": "202605",
            "金额": "500", "发放日期": "2026-05-20", "开户姓名": "", "银行卡号": "",
        })  # fmt: skip
    return rows


def attendance() -> list[Row]:
    rows = []
    for key, suspected, reason in (
        ("bare", "是", ""), ("all", "否", ""), ("excused", "是", "请假"),
    ):  # fmt: skip
        own = told(key, doubtful=False)
        rows.append({
            "填报单位": "", "序号": "1", "学校代码": "3441000001", "年级": "", "班级": "",
            "姓名": own["name"], "性别": "", "身份证号": own["number"], "学籍号": "", "月份": "202610",
            "缺勤天数": "0", "是否疑似辍学": suspected, "在籍不在校原因": reason, "劝返情况": "",
        })  # fmt: skip
    return rows


def contribution() -> list[Row]:
    rows = []
    for at, (key, year, paid) in enumerate((
        ("bare", 2026, "380"), ("above", 2026, "0"), ("all", 2027, "0"), ("excused", 2026, "380"),
        ("doubt", 2027, "0"),
    )):  # fmt: skip
        own = told(key, key == "doubt")
        rows.append({
            "PSN_NO": f"99{at}", "PSN_CERT_TYPE": "01", "CERTNO": own["number"], "PSN_NAME": own["name"],
            "GEND": "", "BRDY": own["born"], "RESD_LOC_ADMDVS": "", "CASHYM": "",
            "ACCRYM_BEGN": f"{year}01", "ACCRYM_END": f"{year}12", "PSN_CLCT_AMT": paid,
            "FINSUBS_AMT": "670", "OTH_CLCT_AMT": "0", "CLCT_SUMAMT": "", "INSU_IDET": "",
            "PSN_IDET_TYPE": "", "QUOT_CLCT_FLAG": "", "CLCT_FLAG": "1", "CLCT_TYPE": "1", "REVS_FLAG": "0",
            "CLCT_TIME": "2025-11-01 10:00:00",
        })  # fmt: skip
    return rows


def card() -> list[Row]:
    return [
        {
            "残疾人证号": f"{own}41", "姓名": name, "性别": "", "身份证号": own, "出生日期": born,
            "残疾类别": "肢体", "残疾等级": "一级", "发证日期": "2025-01-01", "有效期至": "2035-01-01",
            "区划代码": PLACE, "监护人姓名": "", "联系电话": "",
        }
        for key in ("bare", "all", "doubt", "poor")
        for name, born, own in [who(key)]
    ]  # fmt: skip


def death() -> list[Row]:
    return [
        {
            "姓名": own["name"], "性别": "", "出生日期": own["born"],
            # A digit of the number slipped: as good as the child's for a payment, not for a death.
            "身份证号": own["number"][:-1] + "7" if key == "likely_dead" else own["number"],
            "死亡日期": "2026-10-01", "火化日期": "", "是否核实": "否", "死亡原因": "", "户籍区划": "",
        }
        for key in ("dead", "likely_dead")
        for own in [told(key, doubtful=False)]
    ]  # fmt: skip


def identity() -> list[Row]:
    return plain(
        [
            (k, k == "doubt", {"身份": "特困供养人员", "开始": "2025-02-01"})
            for k in ("all", "doubt")
        ]
    )


def rehabilitation() -> list[Row]:
    return plain([(k, k == "doubt", {"完成": "2026-05-01"}) for k in ("all", "doubt")])


OWN_MAPPING = """
bureau: {bureau}
roll: {roll}
version: 1
zh: 名册
basis: a list of this site
contents:
  - {{type: csv, encoding: utf-8}}

columns:
  行号: {{}}
  姓名: {{}}
  身份证号: {{}}
  出生日期: {{}}
{columns}

outputs:
  - table: {table}
    fields:
      row_key: {{from: 行号, as: key}}
      name: {{from: 姓名, as: name, required: true, unless: id_number}}
      name_key: {{from: 姓名, as: name_key}}
      id_number: {{from: 身份证号, as: id_number, with: birth_date}}
      id_given: {{from: 身份证号, as: id_given}}
      id_state: {{from: 身份证号, as: id_state}}
      birth_date: {{from: 出生日期, as: date, unless: id_number}}
{fields}
    absent:
      division: the list has no column of it
      valid_from: the list has no column of it
      valid_to: the list has no column of it
      id_type: the list has no column of it
      sex: the list has no column of it
{absent}
"""
OWN = {
    "national_welfare_system/aid": (
        "aid",
        {"种类": "kind: {from: 种类, as: code, codes: aid_kind, required: true}",
         "年月": "month: {from: 年月, as: month, required: true}",
         "金额": "amount: {from: 金额, as: money}",
         "性质": "nature: {from: 性质, as: code, codes: aid_nature}"},
        ("paid_on", "paid_to_household"),
    ),
    "medical_insurance/identity": (
        "insured_identity",
        {"身份": "identity: {from: 身份, as: code, codes: insured_identity, required: true}",
         "开始": "begin_on: {from: 开始, as: date}"},
        ("end_on",),
    ),
    "disabled_persons_federation/rehabilitation": (
        "rehabilitation", {"完成": "done_on: {from: 完成, as: date}"}, ("kind",),
    ),
}  # fmt: skip
"""Lists of which no mapping ships: this site maps its own."""

ROLLS = {
    # source/roll: mapping, rows, coverage
    "national_welfare_system/registry": ("registry", registry),
    "national_welfare_system/assistance": ("assistance", assistance),
    "national_welfare_system/aid": ("aid", aid),
    "national_welfare_system/death": ("death", death),
    "education/enrolment": ("enrolment", enrolment),
    "education/student_aid": ("student_aid", student_aid),
    "education/suspected_dropout": ("suspected_dropout", attendance),
    "medical_insurance/coverage": ("coverage", coverage),
    "medical_insurance/contribution": ("contribution", contribution),
    "medical_insurance/identity": ("identity", identity),
    "disabled_persons_federation/card": ("card", card),
    "disabled_persons_federation/rehabilitation": ("rehabilitation", rehabilitation),
}
WORKBOOKS = ("student_aid", "suspected_dropout")
STANDARDS = """
topic: basic_living
title: {zh: 标准, en: standard}
unit: {zh: 元每月, en: yuan a month}
keys:
  orphan: {zh: 孤儿, en: "orphan"}
  orphan_institution: {zh: 机构养育孤儿, en: "orphan in an institution"}
  unattended: {zh: 事实无人抚养儿童, en: "de facto unattended child"}
  extreme_hardship: {zh: 特困, en: "extreme hardship"}
values:
  - since: 2020-01-01
    division: "4199"
    reference: invented
    amounts: {extreme_hardship: 800, orphan_institution: 1000}
"""


def write_mappings(site: Path) -> None:
    for name, (table, columns, absent) in OWN.items():
        bureau, roll = name.split("/")
        folder = site / "mappings" / bureau
        folder.mkdir(parents=True, exist_ok=True)
        text = OWN_MAPPING.format(
            bureau=bureau, roll=roll, table=table,
            columns="\n".join(f"  {c}: {{}}" for c in columns),
            fields="\n".join(f"      {line}" for line in columns.values()),
            absent="\n".join(f"      {a}: the list has no column of it" for a in absent),
        )  # fmt: skip
        (folder / f"{roll}.v1.yaml").write_text(text, "utf-8")


def write_sources(site: Path, out: Path) -> None:
    for source in sorted({name.split("/")[0] for name in ROLLS}):
        rolls = [(n.split("/")[1], m) for n, (m, _) in ROLLS.items() if n.startswith(f"{source}/")]
        lines = "\n".join(
            f"  - {{roll: {roll}, mapping: {source}/{mapping}.v1, coverage: province, due_day: 10, "
            "low: 1, high: 100, error_budget: 0.5}"
            for roll, mapping in rolls
        )
        (out / source).mkdir()
        (site / "sources" / f"{source}.yaml").write_text(
            f"name: {source}\nadapter: pick_up\npartner: front\nsuite: file\n"
            f"endpoint: {{folder: {out / source}}}\nrolls:\n{lines}\n"
            "grant: {catalog_id: A, application_no: B, purpose: C, valid_to: 2099-12-31}\n",
            "utf-8",
        )


def write_list(path: Path, rows: list[Row]) -> Path:
    """A workbook where the bureau sends one, else CSV."""
    if path.suffix == ".xlsx":
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            for at, row in enumerate([dict(zip(rows[0], rows[0], strict=True)), *rows]):
                for place, value in enumerate(row.values()):
                    sheet.write_string(at, place, value)
        return path
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path
