"""Words of the pages, in Chinese and English. Terms are those of docs/glossary.md."""

from gateway.casework.lifecycle_page import STATES
from gateway.inquiry import ROLL_NAMES, SOURCE_NAMES
from gateway.model.cases import CaseState
from gateway.policy.rule import Text


def _t(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


WORDS: dict[str, Text] = {
    "product": _t("童护数据网关", "Child welfare gateway"),
    "findings": _t("线索", "Findings"),
    "finding": _t("线索", "Finding"),
    "night": _t("当夜总账", "The night"),
    "skip": _t("跳到正文", "Skip to the content"),
    "motto": _t("线索是提给工作人员的问题，不是结论。", "A finding is a question, never a verdict."),
    "read_only": _t("只读", "read only"),
    "as_of": _t("截止日", "As of"),
    "known_at": _t("知悉时间", "Known at"),
    "run": _t("运行", "Run"),
    "period": _t("期", "Period"),
    "baseline": _t("存量首夜", "baseline"),
    "rule": _t("规则", "Rule"),
    "child": _t("儿童", "Child"),
    "about": _t("对象", "About"),
    "division": _t("区划", "Division"),
    "county": _t("县区", "County"),
    "state": _t("状态", "State"),
    "severity": _t("轻重", "Severity"),
    "due": _t("期限", "Due"),
    "owner": _t("责任方", "Owner"),
    "apply": _t("筛选", "Filter"),
    "clear": _t("清除", "Clear"),
    "all_rules": _t("全部规则", "All rules"),
    "all_counties": _t("全部县区", "All counties"),
    "live": _t("办理中（全部）", "In progress (all)"),
    "all_states": _t("全部状态", "All states"),
    "count": _t("条", "findings"),
    "next": _t("下一页", "Next page"),
    "first": _t("回到第一页", "First page"),
    "none_here": _t("没有符合条件的线索。", "No finding fits."),
    "none_hint": _t("可放宽筛选条件，或查看全部状态。", "Widen the filter, or look at all states."),
    "nothing_yet": _t("还没有公布任何一夜的结果。", "No night has been published yet."),
    "nothing_hint": _t("第一次夜间运行完成后，结果会出现在这里。", "They appear here after the first run."),
    "first_action": _t("第一步", "First thing to do"),
    "evidence": _t("证据", "Evidence"),
    "evidence_note": _t(
        "引用的行，以及本规则整册读过的名册。",
        "The rows cited, and the rolls that the rule read as a whole.",
    ),
    "no_evidence": _t("没有引用任何行。", "No row is cited."),
    "kind": _t("种类", "Kind"),
    "kind_row": _t("引用的行", "row cited"),
    "kind_roll": _t("整册名册", "roll read"),
    "source": _t("数据来源", "Source"),
    "roll": _t("名册", "Roll"),
    "ref": _t("交换包与行号", "Exchange and row"),
    "roll_date": _t("名册日期", "Roll date"),
    "coverage": _t("覆盖范围", "Coverage"),
    "excuses": _t("已查未见的正当理由", "Excuses looked for and not found"),
    "to_ask": _t("仍须人工核实的正当理由", "Excuses that only people know: please ask"),
    "citation": _t("依据", "Citation"),
    "reason": _t("触发原因", "Why it fires"),
    "answer": _t("答复强度", "Answer"),
    "grade": _t("证据等级", "Evidence grade"),
    "episode": _t("起始", "Episode from"),
    "unverified": _t("自此未再核实", "Unverified since"),
    "key": _t("线索编号", "Finding key"),
    "version": _t("规则版本", "Rule version"),
    "number": _t("证件号码", "Number"),
    "scope": _t("范围", "Scope"),
    "everywhere": _t("全部地区", "all areas"),
    "provenance": _t("来历", "Where this comes from"),
    "back": _t("返回线索列表", "Back to the findings"),
    "rows_title": _t("名册：每一行的去向", "Rolls: what became of every row"),
    "rules_title": _t("规则：每个对象恰有一个结果", "Rules: exactly one outcome for everyone"),
    "received": _t("收到", "Received"),
    "accepted": _t("采信", "Accepted"),
    "quarantined": _t("隔离", "Quarantined"),
    "superseded": _t("被替代", "Superseded"),
    "linked": _t("已关联", "Linked"),
    "undecided": _t("待判定（人）", "Undecided persons"),
    "universe": _t("对象总数", "Universe"),
    "fires": _t("触发", "Fires"),
    "satisfied": _t("满足", "Satisfied"),
    "excused": _t("有正当理由", "Excused"),
    "held": _t("暂缓", "Held"),
    "not_applicable": _t("不适用", "Not applicable"),
    "held_counties": _t("缺少的县区", "counties missing"),
    "held_note": _t(
        "暂缓的对象只计数，不列名。", "Whoever is held is counted here and listed nowhere."
    ),
    "dash_note": _t("“–”表示当夜没有这个数。", "“–”: the night has no such number."),
    "no_rolls": _t("本期没有名册记录。", "No roll is known for this period."),
    "no_rules": _t("本夜没有运行规则。", "No rule was run this night."),
    "error_404": _t("这里没有可查看的内容。", "There is nothing here to see."),
    "error_400": _t("筛选条件无法识别。", "The filter is not understood."),
    "error_410": _t("列表已更新到新的一夜，请从第一页重新开始。", "A newer night is out: start again."),
    "error_503": _t("暂时无法读取，请稍后再试。", "This cannot be read just now: try again later."),
    "error_500": _t("出错了，没有显示任何内容。", "Something failed; nothing is shown."),
}  # fmt: skip

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
    "township": _t("乡镇（街道）", "township"),
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
}


def code(kind: str, value: str) -> Text:
    """The words of a code; the code itself when it has none (a site names its sources)."""
    return CODES[kind].get(value) or _t(value or "–", value or "–")
