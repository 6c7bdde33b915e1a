"""Words of the team's page, of saved views, and of the charts."""

from gateway.specs import Text


def _t(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


TEAM_WORDS: dict[str, Text] = {
    "team": _t("团队", "Team"),
    "workload": _t("工作量", "Workload"),
    "nobody": _t("未分派", "nobody yet"),
    "deputies": _t("代办（请假）", "Deputies for leave"),
    "deputies_note": _t(
        "代办期间，代办人可办理其案件并查看实名，均记入审计。",
        "In that time the deputy works on the cases and sees names in the clear; all of it audited.",
    ),
    "deputy_for": _t("代", "for"),
    "deputy": _t("代办人（账号）", "Deputy's account"),
    "of_account": _t("请假人（账号，默认本人）", "Whose leave: account, yours by default"),
    "since": _t("自", "From"),
    "until": _t("至", "To"),
    "set_deputy": _t("设定代办", "Set"),
    "end_deputy": _t("结束", "End"),
    "no_deputies": _t("没有代办。", "Nobody stands in for anybody."),
    "escalated": _t("逾期升级", "Overdue for long"),
    "escalated_note": _t(
        "超过期限三个工作日仍未办结；标为已阅后，改期前不再列出。",
        "Three working days past due; once marked as seen, listed again only after another due date.",
    ),
    "no_escalated": _t("没有升级的案件。", "No case went up."),
    "mark_seen": _t("已阅", "Seen"),
    "release": _t("存量放行", "Release the baseline"),
    "release_note": _t(
        "按乡镇和规则分批放行，每批最多200件，并给定期限。",
        "By township and rule, in batches of 200 at most, each with a due date.",
    ),
    "no_baseline": _t("没有待放行的存量。", "Nothing of the first night waits."),
    "township": _t("乡镇（街道）", "Township"),
    "release_go": _t("放行一批", "Release a batch"),
    "said_released": _t("{n} 件已放行。", "Cases released: {n}."),
    "views": _t("常用筛选", "Saved views"),
    "save_view": _t("存为常用", "Save this view"),
    "view_name": _t("名称", "Name"),
    "drop_view": _t("删除", "Delete"),
    "over_time": _t("近60天", "The last 60 days"),
    "over_time_note": _t(
        "每夜统计；不含存量和限制级。",
        "Counted each night; without the baseline and closed classes.",
    ),
    "day": _t("日期", "Day"),
    "found_new": _t("新增", "new"),
    "resolved_new": _t("办结", "resolved"),
    "as_table": _t("数据表", "The numbers"),
    "judged": _t("工作人员的判断", "As officers judged"),
    "judged_note": _t(
        "分钟数为领取到首次决定的中位数（8小时以内）。",
        "Minutes: the middle of those from taking a case to its first decision, within 8 hours.",
    ),
    "confirmed_n": _t("属实", "found true"),
    "dismissed_n": _t("误报", "false alarm"),
    "precision": _t("准确率", "Precision"),
    "minutes": _t("分钟/件", "Minutes a case"),
    "no_over_time": _t("还没有逐日数字。", "There are no daily numbers yet."),
    "any_answer": _t("全部", "Any"),
    "any_severity": _t("全部", "Any"),
    "held_now": _t("暂缓", "Held"),
    "any_held": _t("全部", "Any"),
    "only_held": _t("未核实起", "unverified"),
    "age": _t("年龄", "Age"),
    "any_age": _t("全部", "Any"),
    "years_old": _t("岁", "years"),
    "or_elsewhere": _t("或者：", "Or:"),
    "login_oidc": _t("统一身份认证登录（OpenID Connect）", "Log in by OpenID Connect"),
    "login_cas": _t("统一身份认证登录（CAS）", "Log in by CAS"),
    "entered": _t("已登录，正在打开……", "You are in; opening …"),
}
