"""Words of every page: its frame, the log-in, search, keys and errors."""

from gateway.specs import Text


def _t(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


FRAME_WORDS: dict[str, Text] = {
    "product": _t("童护数据网关", "Child welfare gateway"),
    "findings": _t("线索", "Findings"),
    "finding": _t("线索", "Finding"),
    "night": _t("当夜总账", "The night"),
    "skip": _t("跳到正文", "Skip to the content"),
    "motto": _t("线索是提给工作人员的问题，不是结论。", "A finding is a question, never a verdict."),
    "overview": _t("总览", "Overview"),
    "log_in": _t("登录", "Log in"),
    "log_out": _t("退出", "Log out"),
    "account": _t("账号", "Account"),
    "password": _t("密码", "Password"),
    "one_time_code": _t("动态码（如有）", "One-time code, if you have one"),
    "login_refused": _t(
        "登录失败：请核对账号、密码和动态码；多次错误后需稍候。",
        "Refused: check name, password and code; after several wrong tries wait a little.",
    ),
    "old_password": _t("现密码", "Current password"),
    "new_password": _t("新密码", "New password"),
    "once_again": _t("再输一次", "Once again"),
    "change": _t("修改", "Change"),
    "password_hint": _t(
        "至少12个字符，不含账号名；其他已登录的会话会被退出。",
        "12 characters at least, without the account's name; your other sessions end.",
    ),
    "password_differ": _t("两次输入的新密码不同。", "The two new passwords differ."),
    "password_old": _t("现密码不对。", "The current password is not right."),
    "password_weak": _t("新密码过于简单。", "The new password is too easy."),
    "search": _t("查找", "Search"),
    "search_hint": _t("姓名、证件号码或案件号", "name, number or case"),
    "none_found": _t("没有找到。", "Nothing found."),
    "none_found_hint": _t(
        "姓名须完整；只显示您权限内的线索。", "A name must be whole; only what is within your reach is shown."
    ),
    "yes": _t("是", "yes"),
    "no": _t("否", "no"),
    "keys": _t("快捷键", "Keys"),
    "keys_note": _t(
        "案件页上每个按钮旁写着它的键；输入文字时不起作用。",
        "On a case page each button shows its key; none acts while you type.",
    ),
    "key_down": _t("下一条", "next"),
    "key_up": _t("上一条", "previous"),
    "key_open": _t("打开", "open"),
    "key_choose": _t("选中", "choose"),
    "key_search": _t("查找", "search"),
    "key_undo": _t("撤回", "undo"),
    "key_list": _t("回到列表", "to the list"),
    "key_help": _t("本页", "this page"),
    "close": _t("关闭", "Close"),
    "back": _t("返回线索列表", "Back to the findings"),
    "error_404": _t("这里没有可查看的内容。", "There is nothing here to see."),
    "error_400": _t("内容无法识别，或缺少必填项。", "That is not understood, or something is missing."),
    "error_403": _t("表单已失效，请重新登录后再试。", "The form is no longer good: log in and try again."),
    "error_409": _t(
        "案件刚刚被别人改动，请重新打开后再决定。", "Somebody changed the case first: open it again."
    ),
    "error_410": _t("列表已更新到新的一夜，请从第一页重新开始。", "A newer night is out: start again."),
    "error_503": _t("暂时无法读取，请稍后再试。", "This cannot be read just now: try again later."),
    "error_500": _t("出错了，没有显示任何内容。", "Something failed; nothing is shown."),
}  # fmt: skip
