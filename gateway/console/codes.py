"""Words of codes: what a state, a reason, a roll is called on the pages."""

from gateway.casework import Event
from gateway.casework.lifecycle_page import EVENTS, RESOLUTIONS, STATES
from gateway.console.words_audit import PURPOSES
from gateway.console.words_protection import HARM_SIGNS, HARM_STEPS, MARKS
from gateway.inquiry import CALLS as CALL_WORDS
from gateway.inquiry import POINTS, ROLL_NAMES, SOURCE_NAMES, STANDINGS, TABLE_NAMES
from gateway.inquiry import SEEN as SEEN_WORDS
from gateway.model.cases import CaseState
from gateway.specs import Text


def _t(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


SEVERITIES = {
    "1": _t("当日", "same day"),
    "2": _t("一周内", "this week"),
    "3": _t("一月内", "this month"),
    "4": _t("知会", "notice"),
}
OWNERS = {
    "education": _t("教育", "education"),
    "medical_insurance": _t("医保", "medical insurance"),
    "civil_affairs": _t("民政", "civil affairs"),
    "public_security": _t("公安", "public security"),
    "disabled_persons_federation": _t("残联", "disabled persons' federation"),
    "township": _t("乡镇（街道）", "township"),
    "data_officer": _t("数据专员", "data officer"),
    "it": _t("信息部门", "IT"),
    "supervisor": _t("主管领导", "supervisor"),
}
ROLLS = {roll.value: text for roll, text in ROLL_NAMES.items()}
ROLL_STATES = {
    "verified": _t("已验证", "verified"),
    "expected": _t("未到期", "expected"),
    "late": _t("迟到", "late"),
    "partial": _t("不完整", "partial"),
    "refused": _t("未通过验证", "refused"),
    "odd": _t("数量异常", "odd"),
}
COVERAGES = {
    "county": _t("县", "county"),
    "city": _t("市", "city"),
    "province": _t("省", "province"),
    "national": _t("全国", "national"),
}
GRADES = {
    "owner-signed": _t("来源方签名", "owner-signed"),
    "gateway-attested": _t("网关见证", "gateway-attested"),
    "attested": _t("双人见证", "attested"),
}
ANSWERS = {
    "no": _t("否（名册范围足够）", "no, by rolls that reach far enough"),
    "not_found_locally": _t("本县未找到", "not found locally"),
}
SEXES = {"1": _t("男", "male"), "2": _t("女", "female")}
RUN_STATES = {
    "running": _t("运行中", "running"),
    "done": _t("完成", "done"),
    "held": _t("完成，有暂缓", "done, some held"),
    "failed": _t("失败", "failed"),
    "abandoned": _t("已放弃", "given up"),
}
SCHOOL_ANSWERS = {
    "here": _t("在校", "here"),
    "on_leave": _t("请假或休学", "on leave"),
    "moved": _t("转学或迁走", "moved"),
    "not_seen": _t("未见到", "not seen"),
}
RUN_KINDS = {
    "night": _t("夜间", "night"),
    "partial": _t("部分来源", "some sources"),
    "replay": _t("回看", "replay"),
    "dry_run": _t("试运行", "dry run"),
}
KEY_USES = {"sign": _t("签名", "sign"), "encrypt": _t("加密", "encrypt")}
KEY_KINDS = {"ec": _t("椭圆曲线", "EC"), "rsa": _t("RSA", "RSA"), "sm2": _t("国密 SM2", "SM2")}
ROLES = {
    "data_officer": _t("数据专员", "data officer"),
    "supervisor": _t("主管", "supervisor"),
    "child_protection": _t("儿童保护岗", "child protection"),
    "system_administrator": _t("系统管理员", "system administrator"),
    "security_administrator": _t("安全管理员", "security administrator"),
    "audit_administrator": _t("审计管理员", "audit administrator"),
    "client": _t("系统对接方", "client"),
}
REASONS = {
    "leave": _t("休学", "leave of absence"),
    "deferral": _t("缓学", "deferral"),
    "elsewhere": _t("在外地就读或参保", "enrolled or insured elsewhere"),
    "special_school": _t("特教学校或机构", "special school or institution"),
    "home_teaching": _t("送教上门", "taught at home, on a roll"),
    "newborn": _t("新生儿参保期内", "newborn window"),
    "other_scheme": _t("参加其他险种", "another scheme"),
    "paid_not_effective": _t("已缴费未生效", "paid, not yet effective"),
    "number_corrected": _t("证件更正", "number corrected"),
    "moved": _t("已迁出", "moved"),
    "sealed_by_office": _t("按规定保障", "cared for as provided"),
    "wrong_person": _t("不是同一人", "another person"),
    "wrong_data": _t("数据有误", "wrong data"),
    "old_data": _t("数据陈旧", "old data"),
    "rule_unfit": _t("规则不适合此情形", "the rule does not fit"),
    "other_owner": _t("属其他责任方", "another owner's"),
    "other_division": _t("属其他区划", "another division's"),
    "new_evidence": _t("有新证据", "new evidence"),
    "mistake": _t("原决定有误", "it was a mistake"),
    "undone": _t("撤回", "taken back"),
    "visit_at_home": _t("走访：在家", "visit: at home"),
    "visit_at_school": _t("走访：在校", "visit: at school"),
    "visit_away": _t("走访：外出", "visit: away"),
    "visit_unknown_here": _t("走访：查无此人", "visit: not known here"),
    "visit_not_let_in": _t("走访：未能入户", "visit: not let in"),
    "visit_other": _t("走访：其他", "visit: other"),
    **{f"school_{a}": _t(f"学校答：{t.zh}", f"school: {t.en}") for a, t in SCHOOL_ANSWERS.items()},
    "other": _t("其他（见说明）", "other: see the note"),
    **{r.value: _t(zh, r.value.replace("_", " ")) for r, zh in RESOLUTIONS.items()},
}
CALLS = {r.value: text for r, text in CALL_WORDS.items()}
EVENT_WORDS = {e.value: _t(EVENTS[e][0], e.value.replace("_", " ")) for e in Event}
GLASS = {
    "urgent_contact": _t("急需联系", "urgent contact"),
    "family_at_the_desk": _t("家长在窗口", "the family is at the desk"),
    "standing_in": _t("代班", "standing in for somebody"),
    "check_of_identity": _t("核对身份", "check of identity"),
}
SEEN = {s.value: text for s, text in SEEN_WORDS.items()}
MOMENTS = {
    "fact": _t("名册", "roll"),
    "finding": _t("线索", "finding"),
    "decision": _t("决定", "decision"),
    "call": _t("电话", "call"),
    "visit": _t("走访", "visit"),
    "review": _t("复核", "review"),
}
CASE_STATES = {s.value: _t(STATES[s][0], s.value.replace("_", " ")) for s in CaseState}

CODES: dict[str, dict[str, Text]] = {
    "severity": SEVERITIES,
    "owner": OWNERS,
    "source": SOURCE_NAMES,
    "roll": ROLLS,
    "roll_state": ROLL_STATES,
    "coverage": COVERAGES,
    "grade": GRADES,
    "answer": ANSWERS,
    "sex": SEXES,
    "run_state": RUN_STATES,
    "state": CASE_STATES,
    "event": EVENT_WORDS,
    "reason": REASONS,
    "call": CALLS,
    "seen": SEEN,
    "glass": GLASS,
    "fact_table": dict(TABLE_NAMES),
    "review_point": {p.value: text for p, text in POINTS.items()},
    "standing": {s.value: text for s, text in STANDINGS.items()},
    "moment": MOMENTS,
    "school_answer": SCHOOL_ANSWERS,
    "harm_step": HARM_STEPS,
    "harm_sign": HARM_SIGNS,
    "mark": MARKS,
    "run_kind": RUN_KINDS,
    "purpose": PURPOSES,
    "key_use": KEY_USES,
    "key_kind": KEY_KINDS,
    "role": ROLES,
}


def code(kind: str, value: str) -> Text:
    """The words of a code; the code itself when it has none (a site names its sources)."""
    return CODES[kind].get(value) or _t(value or "–", value or "–")
