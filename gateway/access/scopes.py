"""What a client may ask of the API: a closed list of scopes, each a line of the client's registration."""

from enum import StrEnum


class ApiScope(StrEnum):
    """A scope of OAuth 2 (RFC 6749, section 3.3)."""

    CHECK = "children.check"
    FINDINGS = "findings.read"
    CASES = "cases.write"
    DECIDE = "cases.decide"
    SUBMIT = "rolls.submit"
    NIGHT = "night.read"
    STATISTICS = "statistics.read"
    HARM = "harm.report"
    BULK = "bulk"
    EVENTS = "events"
    RIGHTS = "rights"
    EVIDENCE = "evidence.read"


MEANING: dict[ApiScope, tuple[str, str]] = {
    ApiScope.CHECK: ("查询儿童状态", "asks yes, no or not known about a child"),
    ApiScope.FINDINGS: ("读取疑点与个案", "reads findings and cases, masked"),
    ApiScope.CASES: ("评论、附件与回复", "comments, attaches, replies"),
    ApiScope.DECIDE: (
        "代经办人确认、排除、办结",
        "confirms, excuses, closes for a named officer",
    ),
    ApiScope.SUBMIT: ("报送名册", "submits rolls of its sources and fetches what was set aside"),
    ApiScope.NIGHT: ("读取批次与台账", "reads runs, ledgers, receipts"),
    ApiScope.STATISTICS: ("读取统计", "reads the fixed statistical tables"),
    ApiScope.HARM: ("报告侵害迹象", "reports signs of harm"),
    ApiScope.BULK: ("批量读取", "asks in batches and takes whole lists"),
    ApiScope.EVENTS: ("订阅事件", "subscribes to events"),
    ApiScope.RIGHTS: ("个人信息权利请求", "hands in requests of children and guardians"),
    ApiScope.EVIDENCE: ("取得证据文件", "takes evidence files, with a child's rows in the clear"),
}
"""Each scope in Chinese and English."""
