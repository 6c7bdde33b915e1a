"""What the audit says was done, in words: `case.take` is a subject and a verb."""

from gateway.casework import Event
from gateway.casework.lifecycle_page import EVENTS
from gateway.console.words_protection import HARM_STEPS
from gateway.specs import Text


def _t(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


PURPOSES = {
    "casework": _t("办案", "casework"),
    "supervision": _t("督办", "supervision"),
    "data_quality": _t("数据质量", "data quality"),
    "protection": _t("儿童保护", "child protection"),
    "rights_request": _t("个人信息权利请求", "rights request"),
    "audit": _t("审计", "audit"),
}
SUBJECTS = {
    "account": _t("账号", "account"),
    "audit": _t("审计", "audit"),
    "case": _t("案件", "case"),
    "child": _t("儿童", "child"),
    "children": _t("儿童", "children"),
    "client": _t("系统对接方", "client"),
    "deputy": _t("代办", "deputy"),
    "escalation": _t("逾期升级", "escalation"),
    "evidence": _t("证据", "evidence"),
    "file": _t("一人一档", "child's file"),
    "finding": _t("线索", "finding"),
    "findings": _t("线索", "findings"),
    "glass": _t("非经办实名查看", "break-glass"),
    "handled": _t("已处理台账", "handled cases"),
    "harm": _t("强制报告", "harm report"),
    "identity": _t("姓名和号码", "name and number"),
    "keys": _t("密钥", "keys"),
    "link": _t("关联", "link"),
    "mark": _t("专人办理标记", "mark"),
    "outbox": _t("发件", "outbox"),
    "partner": _t("来源方", "partner"),
    "protection": _t("儿童保护案件", "protection case"),
    "quarantine": _t("隔离行", "quarantine"),
    "replay": _t("回看", "replay"),
    "reply": _t("回复", "reply"),
    "report": _t("强制报告", "report"),
    "review": _t("季度复核", "review"),
    "rights": _t("权利请求", "rights request"),
    "rule": _t("规则", "rule"),
    "run": _t("运行", "run"),
    "session": _t("登录", "session"),
    "school_sheet": _t("学校核查表", "school sheet"),
    "sheet": _t("走访核实单", "visit sheet"),
    "source": _t("数据来源", "source"),
    "statistics": _t("统计", "statistics"),
    "team": _t("团队", "team"),
    "webhook": _t("通知地址", "webhook"),
}
VERBS = {
    "add": _t("新增", "add"),
    "alarm": _t("告警", "alarm"),
    "approve": _t("认可", "approve"),
    "baseline": _t("查看存量", "baseline"),
    "break": _t("查看", "look"),
    "call": _t("电话记录", "call"),
    "changed": _t("变更", "changed"),
    "check": _t("查询", "check"),
    "close": _t("退出", "close"),
    "count": _t("计数", "count"),
    "decide_for": _t("代为决定", "decide for"),
    "destroy": _t("登记销毁", "destroyed"),
    "disable": _t("停用", "disable"),
    "disapprove": _t("不认可", "disapprove"),
    "enable": _t("启用", "enable"),
    "end": _t("结束", "end"),
    "export": _t("导出", "export"),
    "explain": _t("查看依据", "explain"),
    "household": _t("查看同一家庭", "household"),
    "impact": _t("试算影响", "impact"),
    "import": _t("导入", "import"),
    "judge": _t("判定", "judge"),
    "link": _t("绑定", "link"),
    "list": _t("列表", "list"),
    "make": _t("生成", "make"),
    "open": _t("成功", "open"),
    "over_time": _t("查看走势", "over time"),
    "password": _t("更换密码", "new password"),
    "pause": _t("暂停", "pause"),
    "print": _t("打印", "print"),
    "propose": _t("提请复核", "propose"),
    "proposal_agreed": _t("复核同意", "proposal agreed"),
    "proposal_declined": _t("复核不同意", "proposal declined"),
    "read": _t("查阅", "read"),
    "refused": _t("失败", "refused"),
    "record": _t("记录", "record"),
    "request": _t("登记", "request"),
    "reset": _t("重置", "reset"),
    "resume": _t("恢复", "resume"),
    "revoke": _t("吊销", "revoke"),
    "search": _t("查找", "search"),
    "seen": _t("已阅", "seen"),
    "set": _t("设定", "set"),
    "show": _t("查看", "show"),
    "take_in": _t("录入", "take in"),
    "trust": _t("信任", "trust"),
    "unlink": _t("解绑", "unlink"),
    "who_saw": _t("查询谁看过", "who saw"),
    "workload": _t("查看工作量", "workload"),
    **{e.value: _t(EVENTS[e][0], e.value.replace("_", " ")) for e in Event},
    **HARM_STEPS,
}


def action_words(action: str) -> Text:
    """`case.take` as 案件：领取; what has no words is told by its code."""
    subject, _, verb = action.partition(".")
    about, done = SUBJECTS.get(subject), VERBS.get(verb)
    if about is None or done is None:
        return _t(action, action)
    return _t(f"{about.zh}：{done.zh}", f"{about.en}: {done.en}")
