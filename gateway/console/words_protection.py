"""Words of reports, marks and the duty page."""

from gateway.specs import Text


def _t(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


PROTECTION_WORDS: dict[str, Text] = {
    "report": _t("强制报告", "Report harm"),
    "report_note": _t(
        "发现未成年人可能受到侵害的，应当立即报告；情况紧急先拨打110。提交后仅儿童保护岗能看到。",
        "Who sees that a child may be harmed reports at once; in an emergency call 110 first."
        " Once sent, only child protection can read it.",
    ),
    "report_text": _t("看到或听到了什么", "What was seen or heard"),
    "report_name": _t("儿童姓名", "The child's name"),
    "report_number": _t("证件号码（如知道）", "Number, if known"),
    "report_born": _t("出生日期（如知道）", "Born, if known"),
    "report_place": _t("地点", "Place"),
    "reporter": _t("报告人及联系方式（可不填；填写后会告知处理结果）",
                   "Reporter and how to reach them; if given, they are told the result"),
    "report_send": _t("提交报告", "Send the report"),
    "said_reported": _t("已提交，值守人员会收到呼叫。", "Sent: the duty person is paged."),
    "mark": _t("专人办理", "Named officer"),
    "mark_note": _t(
        "标记后，所有名单、打印、导出和通知都只显示“专人办理”；由标记人在“强制报告”页撤回。",
        "Every list, print, export and notice says 专人办理; its maker takes it back.",
    ),
    "own_marks": _t("我设的标记", "My marks"),
    "mark_end": _t("撤回标记", "Take it back"),
    "protection": _t("儿童保护值守", "Child protection duty"),
    "protection_note": _t(
        "这里只有编号和时间；打开内容需要本岗位的密钥文件，用后不留存。",
        "Numbers and times only; opening one needs the role's key file, which is not kept.",
    ),
    "protection_none": _t("没有未结案件。", "No case is open."),
    "protection_none_hint": _t("有新案件时会呼叫值守人员。", "The duty person is paged when one comes."),
    "opened_at": _t("收到", "Came in"),
    "acknowledge": _t("应答", "Acknowledge"),
    "unanswered": _t("超过30分钟未应答", "not answered for 30 minutes"),
    "key_file": _t("岗位密钥文件", "The role's key file"),
    "open_case": _t("打开", "Open"),
    "back_to_duty": _t("返回值守", "Back to the duty page"),
    "sign_text": _t("所见所闻", "What was seen or heard"),
    "sign_name": _t("姓名", "Name"),
    "sign_id_number": _t("证件号码", "Number"),
    "sign_birth_date": _t("出生日期", "Born"),
    "sign_place": _t("地点", "Place"),
    "sign_source": _t("数据来源", "Source"),
    "sign_roll": _t("名册", "Roll"),
    "sign_row_ref": _t("交换包与行号", "Exchange and row"),
    "signs": _t("迹象", "Signs"),
    "next_step": _t("下一步", "Next step"),
    "record_step": _t("记录", "Record"),
    "notes_so_far": _t("历次说明", "Notes so far"),
    "told_to": _t("报告人", "Reporter"),
}  # fmt: skip
HARM_STEPS = {
    "reported": _t("报告", "reported"),
    "paged": _t("已呼叫", "paged"),
    "escalated": _t("已升级", "escalated"),
    "acknowledged": _t("应答", "acknowledged"),
    "identity_checked": _t("核对身份", "identity checked"),
    "assessed": _t("评估", "assessed"),
    "acted": _t("处置", "acted"),
    "helped": _t("帮扶", "helped"),
    "visited": _t("回访", "visited"),
    "reporter_told": _t("告知报告人", "reporter told"),
    "closed": _t("结案", "closed"),
}
HARM_SIGNS = {
    "student_missing": _t("学籍状态：下落不明", "enrolment: whereabouts unknown"),
    "trafficked": _t("登记：打拐解救", "registry: rescued from trafficking"),
    "abused": _t("登记：受虐待", "registry: abused"),
    "abandoned": _t("登记：恶意弃养", "registry: abandoned"),
    "unguarded": _t("监护缺失", "nobody guards"),
    "child_alone": _t("独自成户", "alone in a household"),
    "child_head": _t("未成年户主", "a child heads the household"),
    "no_adult_left": _t("监护人均死亡或在押", "no guardian is left"),
    "child_employed": _t("未满16岁有职工参保", "employee insurance under 16"),
    "child_parent": _t("未成年人登记为父母", "a child is recorded as a parent"),
    "report": _t("他人报告", "a report"),
}
MARKS = {
    "named_officer": _t("专人办理", "named officer"),
    "no_contact": _t("不得联系", "no contact"),
}
