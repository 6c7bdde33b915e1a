"""Canonical tables: one definition gives the Arrow schema, the JSON Schema, the SQL checks and the docs.

Every roll of every bureau is mapped into these. Each table starts with the same lead columns:

- `row_key`    the row's own key within its roll, stable from night to night
- `row_ref`    `<exchange id>#<row number>` of the row as received; no personal data
- `division`   12-digit division code of the row, or null
- `valid_from`, `valid_to`  when the fact held in the world (null = open)
- `row_digest` SHA-256 (64 hex) of the canonical row text

The second time axis (known from/to) belongs to snapshots (gateway/engine/snapshots.py).
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import pyarrow as pa


class Sensitivity(IntEnum):
    """Class of a column (findings.md, rule 9): who may see it, and with which key it rests."""

    PLAIN = 0
    PERSONAL = 1
    HARDSHIP = 2
    SEALED = 3


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `kind` is text, int, bool, date, month (`YYYY-MM`) or money (yuan, 2 decimals)."""

    name: str
    kind: str
    zh: str
    sensitivity: Sensitivity = Sensitivity.PLAIN
    required: bool = False
    codes: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A canonical table; `columns` include the lead columns."""

    name: str
    zh: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """The column of that name. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema."""
        return pa.schema([pa.field(c.name, ARROW[c.kind]) for c in self.columns])

    @property
    def facts(self) -> tuple[Column, ...]:
        """Columns without the lead columns: what the bureau stated."""
        lead = {c.name for c in LEAD}
        return tuple(c for c in self.columns if c.name not in lead)


ARROW: dict[str, pa.DataType] = {
    "text": pa.string(),
    "int": pa.int32(),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "month": pa.string(),
    "money": pa.decimal128(12, 2),
}
SQL = {
    "text": "VARCHAR",
    "int": "INTEGER",
    "bool": "BOOLEAN",
    "date": "DATE",
    "month": "VARCHAR",
    "money": "DECIMAL(12, 2)",
}

P, H, S = Sensitivity.PERSONAL, Sensitivity.HARDSHIP, Sensitivity.SEALED

LEAD = (
    Column("row_key", "text", "行键", P, required=True),
    Column("row_ref", "text", "来源行号", required=True),
    Column("division", "text", "区划"),
    Column("valid_from", "date", "生效日期"),
    Column("valid_to", "date", "失效日期"),
    Column("row_digest", "text", "行摘要", required=True),
)

PERSON = (
    Column("name", "text", "姓名", P),
    Column("name_key", "text", "姓名比对键", P),
    Column("id_type", "text", "证件类型", codes="document_type"),
    Column("id_number", "text", "证件号码（规范且校验通过）", P),
    Column("id_given", "text", "证件号码（原样）", P),
    Column("id_state", "text", "证件号码状态", codes="id_state"),
    Column("id_repairs", "text", "证件号码所作修复（以逗号相连）"),
    Column("name_repairs", "text", "姓名比对键所作归并（以逗号相连）"),
    Column("birth_date", "date", "出生日期", P),
    Column("sex", "text", "性别", codes="sex"),
)

GUARDIAN = (
    Column("guardian_name", "text", "监护人姓名", P),
    Column("guardian_name_key", "text", "监护人姓名比对键", P),
    Column("guardian_id", "text", "监护人证件号码", P),
)

CHILD = Table("child", "儿童福利登记", LEAD + PERSON + GUARDIAN + (
    Column("ethnicity", "text", "民族", codes="ethnicity"),
    Column("category", "text", "儿童类别", H, codes="child_category"),
    Column("guardian_relation", "text", "与儿童关系", P),
    Column("guardianship", "text", "监护情况", H, codes="guardianship"),
    Column("recognised_on", "date", "认定日期", H),
    Column("exit_on", "date", "退出日期", H),
    Column("exit_reason", "text", "退出原因", H),
    Column("last_paid_month", "month", "末领年月", H),
    Column("paid_monthly", "money", "月发放金额", H),
    Column("address", "text", "现住址", P),
    Column("child_type", "text", "全国系统儿童类别", H, codes="child_type"),
    Column("care_mode", "text", "养育方式", H, codes="care_mode"),
    Column("entered_on", "date", "纳入登记日期"),
    Column("entry_reason", "text", "纳入登记原因", H),
    Column("health", "text", "健康状况", H),
    Column("schooling", "text", "就学情况", H),
    Column("needs", "text", "需求", H),
    Column("entrusted_care_on", "date", "委托照护协议签订日期", H),
    Column("returned_on", "date", "流浪返回日期", H),
    Column("both_parents_away", "bool", "父母均外出", H),
    Column("former_name", "text", "曾用名", P),
    Column("pet_name", "text", "小名", P),
))  # fmt: skip

ENROLMENT = Table("enrolment", "学籍", LEAD + PERSON + GUARDIAN + (
    Column("student_number", "text", "全国学籍号", P),
    Column("school_code", "text", "学校代码"),
    Column("school_name", "text", "学校名称", P),
    Column("grade", "int", "年级（0 为学前）", required=True),
    Column("status", "text", "学生当前状态", codes="student_status", required=True),
    Column("status_class", "text", "状态类别"),
    Column("status_on", "date", "状态日期"),
    Column("leave_until", "date", "休学截止"),
    Column("entered_month", "month", "入学年月"),
    Column("graduated_month", "month", "毕业年月"),
    Column("boarding", "text", "就读方式", codes="boarding"),
    Column("inclusive_class", "text", "随班就读", H),
    Column("disability", "text", "残疾类型", H),
    Column("flag_orphan", "bool", "是否孤儿", H),
    Column("flag_low_income", "bool", "是否低保", H),
    Column("left_behind", "text", "是否留守儿童", H),
    Column("address", "text", "现住址", P),
))  # fmt: skip

COVERAGE = Table("coverage", "基本医疗保险参保", LEAD + PERSON + (
    Column("person_number", "text", "人员编号", P),
    Column("scheme", "text", "险种", codes="insurance_scheme", required=True),
    Column("status", "text", "参保状态", codes="insurance_status", required=True),
    Column("status_class", "text", "状态类别"),
    Column("person_type", "text", "人员类别"),
    Column("started_on", "date", "本次参保日期"),
    Column("paused_on", "date", "暂停参保日期"),
    Column("paid", "bool", "保费已到账"),
    Column("paid_on", "date", "到账日期"),
    Column("insurance_year", "int", "参保年度"),
    Column("insured_division", "text", "参保所属区划"),
    Column("survival", "text", "生存状态", codes="survival"),
))  # fmt: skip

CONTRIBUTION = Table("contribution", "参保缴费", LEAD + PERSON + (
    Column("person_number", "text", "人员编号", P),
    Column("year", "int", "年度", required=True),
    Column("paid_by_person", "money", "个人缴费", H),
    Column("paid_by_finance", "money", "财政补助", H),
    Column("paid_by_other", "money", "其他资助", H),
    Column("identity", "text", "资助身份", H),
    Column("paid_on", "date", "到账日期"),
))  # fmt: skip

ASSISTANCE_HOUSEHOLD = Table("assistance_household", "救助家庭", LEAD + (
    Column("family_id", "text", "家庭编号", P, required=True),
    Column("card_no", "text", "救助证号", P),
    Column("kind", "text", "救助类别", H, codes="assistance_kind", required=True),
    Column("head_name", "text", "户主姓名", P),
    Column("head_id", "text", "户主证件号码", P),
    Column("monthly_sum", "money", "月救助金额", H),
    Column("begin_month", "month", "救助开始年月", H),
    Column("end_month", "month", "救助停止年月", H),
    Column("card_status", "text", "证件状态", codes="card_status"),
))  # fmt: skip

ASSISTANCE_MEMBER = Table("assistance_member", "救助家庭成员", LEAD + PERSON + (
    Column("family_id", "text", "家庭编号", P, required=True),
    Column("relation", "text", "与户主关系", P, codes="relation"),
    Column("head_name_key", "text", "户主姓名比对键", P),
    Column("head_id", "text", "户主证件号码", P),
    Column("health", "text", "健康状况", H),
    Column("disability", "text", "残疾类别", H),
    Column("disability_grade", "text", "残疾等级", H),
))  # fmt: skip

DISABILITY = Table("disability", "残疾人证", LEAD + PERSON + (
    Column("card_no", "text", "残疾人证号", H, required=True),
    Column("kind", "text", "残疾类别", H, codes="disability_kind"),
    Column("grade", "text", "残疾等级", H, codes="disability_grade"),
    Column("issued_on", "date", "发证日期", H),
    Column("valid_until", "date", "有效期至", H),
))  # fmt: skip

GUARDIAN_TABLE = Table("guardian", "监护人", LEAD + PERSON + (
    Column("child_row_key", "text", "儿童行键", P, required=True),
    Column("relation", "text", "与儿童关系", P, codes="relation"),
    Column("role", "text", "监护角色", P, codes="guardian_role"),
    Column("state", "text", "监护人状态", S, codes="parent_state"),
    Column("state_from", "date", "状态开始日期", S),
    Column("state_until", "date", "状态预计终止日期", S),
))  # fmt: skip

AID = Table("aid", "救助与补贴发放", LEAD + PERSON + (
    Column("kind", "text", "补贴种类", H, codes="aid_kind", required=True),
    Column("month", "month", "所属年月", required=True),
    Column("amount", "money", "金额", H),
    Column("paid_on", "date", "发放日期"),
    Column("nature", "text", "发放性质", H, codes="aid_nature"),
    Column("paid_to_household", "bool", "按户发放", H),
))  # fmt: skip

ATTENDANCE = Table("attendance", "疑似辍学月报", LEAD + PERSON + (
    Column("school_code", "text", "学校代码"),
    Column("school_name", "text", "学校名称", P),
    Column("month", "month", "所属年月", required=True),
    Column("absent_days", "int", "缺课天数（上学日）"),
    Column("suspected", "bool", "是否疑似辍学"),
    Column("reason", "text", "在籍不在校原因", H, codes="off_campus_reason"),
))  # fmt: skip

DEATH = Table("death", "死亡信息", LEAD + PERSON + (
    Column("died_on", "date", "死亡日期", H),
    Column("confirmed", "bool", "是否已核实", H),
))  # fmt: skip

INSURED_IDENTITY = Table("insured_identity", "医疗救助身份", LEAD + PERSON + (
    Column("identity", "text", "医疗救助身份", H, codes="insured_identity", required=True),
    Column("begin_on", "date", "开始日期", H),
    Column("end_on", "date", "终止日期（空为长期）", H),
))  # fmt: skip

REHABILITATION = Table("rehabilitation", "康复记录", LEAD + PERSON + (
    Column("kind", "text", "康复项目", H),
    Column("done_on", "date", "完成日期", H),
))  # fmt: skip

VISIT = Table("visit", "走访与复核", LEAD + (
    Column("child_row_key", "text", "儿童行键", P, required=True),
    Column("kind", "text", "走访或复核", codes="visit_kind", required=True),
    Column("made_on", "date", "日期", required=True),
    Column("made_by", "text", "走访人", P),
))  # fmt: skip

HANDLED = Table("handled", "既往处理台账", LEAD + PERSON + GUARDIAN + (
    Column("matter", "text", "事项", codes="handled_matter", required=True),
    Column("result", "text", "处理结果", H, codes="handled_result", required=True),
    Column("result_class", "text", "处理结果类别"),
    Column("handled_on", "date", "处理日期", required=True),
    Column("until", "date", "有效期至"),
    Column("proof", "text", "凭证", P),
))  # fmt: skip

TABLES: tuple[Table, ...] = (
    CHILD,
    ENROLMENT,
    COVERAGE,
    CONTRIBUTION,
    ASSISTANCE_HOUSEHOLD,
    ASSISTANCE_MEMBER,
    DISABILITY,
    GUARDIAN_TABLE,
    AID,
    ATTENDANCE,
    DEATH,
    INSURED_IDENTITY,
    REHABILITATION,
    VISIT,
    HANDLED,
)


def table(name: str) -> Table:
    """The canonical table of that name. Raises KeyError."""
    for candidate in TABLES:
        if candidate.name == name:
            return candidate
    raise KeyError(name)


_JSON_TYPE: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "int": {"type": "integer"},
    "bool": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "month": {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"},
    "money": {"type": "string", "pattern": "^-?[0-9]+\\.[0-9]{2}$"},
}


def json_schema(of: Table) -> dict[str, Any]:
    """The JSON Schema (2020-12) of one row of a canonical table."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": of.name,
        "description": of.zh,
        "type": "object",
        "properties": {c.name: _property(c) for c in of.columns},
        "required": [c.name for c in of.columns if c.required],
        "additionalProperties": False,
    }


def _property(column: Column) -> dict[str, Any]:
    body = dict(_JSON_TYPE[column.kind], description=column.zh)
    if not column.required:
        body["type"] = [body["type"], "null"]
    return body
