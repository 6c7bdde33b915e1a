"""Words of the page of one child's file, and of school sheets."""

from gateway.specs import Text


def _t(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


FILE_WORDS: dict[str, Text] = {
    "child_file": _t("一人一档", "The child's file"),
    "file_note": _t(
        "每项事实注明来源、名册期别和得知的夜次；本页已记入审计。",
        "Each fact with its source, its roll's month and the night that told it; this look is audited.",
    ),
    "file_closed": _t(
        "专人办理：本档由指定人员保管。", "With a named officer, who keeps this file."
    ),
    "file_hidden": _t(
        "按规定保障：另有限制级信息，由有权限人员查看。",
        "Cared for as provided: more is with those who may read it.",
    ),
    "file_empty": _t("名册中还没有事实。", "No roll has told a fact yet."),
    "file_from": _t("得知", "known since"),
    "file_gone": _t("名册已无", "gone from the roll"),
    "file_link": _t("关联", "link"),
    "file_why": _t("关联依据", "Why this row is the child's"),
    "file_alone": _t("没有其他相近的人。", "Nobody else was like it."),
    "file_second": _t("其次相近者的权重", "Weight of the next-best person"),
    "file_left": _t("历史", "past"),
    "bits": _t("权重", "weight"),
    "guardian": _t("监护人", "Guardian"),
    "address": _t("住址", "Address"),
    "timeline": _t("时间线", "Time line"),
    "print": _t("打印或存为PDF", "Print, or save as PDF"),
    "printed_by": _t("查阅人", "looked up by"),
    "review": _t("季度复核", "Quarterly review"),
    "review_note": _t(
        "对照本档逐项核对；您经办的“季度复核逾期”线索将随之办结。",
        "Check each point against the file; a case of an overdue review that is yours is settled with it.",
    ),
    "reviewed_on": _t("复核日期", "Reviewed on"),
    "record_review": _t("记录复核", "Record the review"),
    "said_reviewed": _t("复核已记录。", "The review is recorded."),
    "school_sheets": _t("学校核查表", "School sheets"),
    "school_note": _t(
        "为您经办的儿童所在学校生成名单：与同年级其他学生混排，不含事由。",
        "A class list for a school of your cases: children stand among others; no reason is told.",
    ),
    "school_make": _t("生成表格", "Make the sheet"),
    "school_none": _t(
        "您经办的案件中没有在校儿童。", "None of your cases is about a child at a school."
    ),
    "school_none_hint": _t(
        "领取案件后，学校列在这里。", "Take a case, and its school is listed here."
    ),
    "school_read": _t("录入学校发回的表格", "Take in a sheet that came back"),
    "school_file": _t("表格（xlsx）", "The workbook (xlsx)"),
    "school_out": _t("尚未发回", "Not back yet"),
    "school_found": _t(
        "{n} 件案件有回答，另有 {others} 名其他学生的回答不记录。",
        "Cases answered: {n}. Answers about others, which are not kept: {others}.",
    ),
    "school_odd": _t(
        "以下行与发出时不符，未采用：", "These lines are not as they went out, and are left:"
    ),
}
