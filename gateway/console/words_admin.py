"""Words of the administrators' pages."""

from gateway.policy.rule import Text


def _t(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


ADMIN_WORDS: dict[str, Text] = {
    "runs": _t("运行", "Runs"),
    "run_kind": _t("种类", "Kind"),
    "started": _t("开始", "Started"),
    "finished": _t("结束", "Finished"),
    "steps": _t("已完成的步骤", "Steps finished"),
    "running_note": _t("正在运行，本页每5秒更新。", "A night is running; renewed every 5 seconds."),
    "no_runs": _t("还没有运行过。", "Nothing has run yet."),
    "to_ledger": _t("当夜总账", "The ledger of the night shown"),
    "site": _t("站点", "Site"),
    "first_steps": _t("从空站点到第一夜", "From an empty site to a first night"),
    "step_sources": _t("声明数据来源", "Declare the sources"),
    "step_partners": _t("信任来源方的证书，且均在有效期", "Trust the bureaus' certificates; none has ended"),
    "step_reach": _t("逐家连通", "Reach each bureau"),
    "step_officers": _t("为工作人员开设账号", "Open accounts for officers"),
    "step_night": _t("运行第一夜（存量）", "Run the first night, the baseline"),
    "step_done": _t("完成", "done"),
    "step_open": _t("待办", "to do"),
    "sources": _t("数据来源", "Sources"),
    "adapter": _t("接入方式", "Adapter"),
    "suite": _t("密码套件", "Suite"),
    "partner": _t("来源方", "Partner"),
    "grant_until": _t("授权至", "Granted until"),
    "pause": _t("暂停", "Pause"),
    "resume_source": _t("恢复", "Resume"),
    "paused": _t("已暂停", "paused"),
    "no_sources": _t("还没有声明来源。", "No source is declared yet."),
    "keys_ending": _t("即将到期的密钥和证书", "Keys and certificates that end soon"),
    "no_keys_ending": _t("近期没有到期的。", "None ends soon."),
    "days_left": _t("天", "days"),
    "own_key": _t("本站点", "this site"),
    "users": _t("账号", "Users"),
    "roles": _t("角色", "Roles"),
    "second_factor": _t("动态码", "Second factor"),
    "disabled": _t("已停用", "disabled"),
    "disable": _t("停用", "Disable"),
    "enable": _t("启用", "Enable"),
    "users_note": _t(
        "新增和重置用命令 cwg user；停用立即结束其会话。",
        "Accounts are made and reset with `cwg user`; disabling one ends its sessions at once.",
    ),
    "audit": _t("审计", "Audit"),
    "audit_note": _t("最近24小时，最多500条；查阅本身也记入。", "The last 24 hours, 500 lines at most."),
    "at": _t("时间", "Time"),
    "actor": _t("人", "Who"),
    "action_done": _t("事", "What"),
    "purpose": _t("目的", "Purpose"),
    "subject": _t("对象", "About"),
    "go_to_start": _t("系统管理员：查看开始步骤", "System administrators: the first steps"),
}  # fmt: skip
