"""Words of the list and of one decision about many cases."""

from gateway.specs import Text


def _t(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


QUEUE_WORDS: dict[str, Text] = {
    "export": _t("导出所列（已脱敏，带水印，记审计）", "Export the list: masked, marked, audited"),
    "exported": _t("导出人", "exported by"),
    "choose": _t("选", "Choose"),
    "assigned": _t("办理人", "Officer"),
    "overdue": _t("逾期", "overdue"),
    "all_due": _t("全部期限", "Any due date"),
    "everybody": _t("全部人员", "Everybody's"),
    "only_mine": _t("我办理的", "Mine"),
    "all_owners": _t("全部责任方", "All owners"),
    "mine": _t("办理人", "Officer"),
    "with_chosen": _t("对所选线索", "With the chosen ones"),
    "more_fields": _t("填写内容", "Fields"),
    "preview": _t("预览", "Preview"),
    "would_move": _t("{n} 件将会变动", "Cases that would move: {n}"),
    "would_not": _t("以下不会变动：", "These would not:"),
    "moved": _t("{n} 件已变动", "Cases moved: {n}"),
    "did_not": _t("以下没有变动：", "These did not:"),
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
    "count_of_one": _t("条", "finding"),
    "next": _t("下一页", "Next page"),
    "first": _t("回到第一页", "First page"),
    "none_here": _t("没有符合条件的线索。", "No finding fits."),
    "none_hint": _t("可放宽筛选条件，或查看全部状态。", "Widen the filter, or look at all states."),
    "nothing_yet": _t("还没有公布任何一夜的结果。", "No night has been published yet."),
    "nothing_hint": _t("第一次夜间运行完成后，结果会出现在这里。", "They appear here after the first run."),
}  # fmt: skip
