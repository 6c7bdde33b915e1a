"""Words of the overview and of the night's ledger."""

from gateway.specs import Text


def _t(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


NIGHT_WORDS: dict[str, Text] = {
    "in_progress": _t("办理中", "In progress"),
    "baseline_apart": _t("存量待放行", "Baseline, not released"),
    "no_county": _t("未注明区划", "no division"),
    "by_rule": _t("按规则", "By rule"),
    "by_county": _t("按县区", "By county"),
    "chart_note": _t("条长按最多者折算；存量计入。", "Bars relate to the longest; the baseline counts."),
    "rolls_now": _t("名册到位情况", "How the rolls stand"),
    "as_of": _t("截止日", "As of"),
    "known_at": _t("知悉时间", "Known at"),
    "run": _t("运行", "Run"),
    "period": _t("期", "Period"),
    "baseline": _t("存量首夜", "baseline"),
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
    "crowds": _t("成群的值", "Values that too many rows have"),
    "crowds_note": _t(
        "许多行写着同一个值（默认值或占位值）：不作关联依据，请向报送单位核实。",
        "Many rows say the same, a default or a filler: it links nobody; ask the bureau that sends it.",
    ),
    "crowd_rows": _t("行数", "rows"),
    "no_rolls": _t("本期没有名册记录。", "No roll is known for this period."),
    "no_rules": _t("本夜没有运行规则。", "No rule was run this night."),
}  # fmt: skip
