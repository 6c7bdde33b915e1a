"""`cwg`: the list of commands, each in a module of its own that is imported when it is called."""

import typer

from gateway.cli.later import Listed, group_of

COMMANDS = (
    Listed("init", "init:init", "新建站点 · make a new site: folders, keys, an empty database"),
    Listed("demo", "demo:demo", "演示 · three nights over an invented city, held against its truth"),
    Listed("run", "run:run", "跑一夜 · run one night"),
    Listed("serve", "serve:serve", "开启服务 · serve health, the API and the console until stopped"),
    Listed("doctor", "doctor:doctor", "体检 · check files, keys, certificates, database, mappings, rules"),
    Listed("retain", "retain:retain", "到期清理 · what is past its time to keep; --destroy lets it go"),
    Listed("intake", "intake:intake", "收文件 · seal a plain file that two people vouch for"),
    Listed("seal", "sealing:seal", "封装 · seal a document for a partner, signed by this site"),
    Listed("open", "sealing:open_", "启封 · verify a sealed file and write its content"),
    Listed("relay", "relaying:relay", "摆渡 · carry sealed files between network zones"),
    Listed("source", "sources:app", "来源 · the bureaus: list, check, trial, request, bounds, pause, resume"),
    Listed("mapping", "mapping:app", "映射 · mapping files: lint, test, try, suggest"),
    Listed("quarantine", "stored:quarantine", "隔离区 · rows set aside, with their reasons"),
    Listed("rule", "rules:app", "规则 · what is looked for: list, show, explain, test, diff, impact"),
    Listed("finding", "findings:app", "发现 · the published night: list, export"),
    Listed("link", "linking:app", "认人 · who is who: explain, ask, judge, take back, eval, train"),
    Listed("user", "people:app", "用户 · who may log in: add, list, reset, disable"),
    Listed("client", "clients:app", "接口用户 · which systems may call: add, list, renew, revoke"),
    Listed("keys", "keys:app", "密钥 · this site's own keys: new, list, rotate, revoke, export"),
    Listed("partner", "partners:app", "伙伴 · whom this site trusts: add, list, trust, revoke"),
    Listed("evidence", "evidence:app", "证据 · what proves a finding: export"),
    Listed("verify", "verify:app", "核验 · is the evidence as it was given: exchange, finding, log"),
    Listed("handled", "handled:app", "旧台账 · an old ledger of handled cases: preview, import"),
    Listed("work", "work:app", "外发 · what goes out between nights: a round; list, retry, skip"),
    Listed("webhook", "webhooks:app", "通知 · who is told of what changed: add, list, end, replay, retry"),
    Listed("rights", "rights:app", "家庭权利 · what families ask of their data: request, answer, erase"),
    Listed("replay", "replays:app", "回看 · looks at other days and rules: list, export"),
    Listed("db", "stored:database", "数据库 · the operational store: upgrade"),
)  # fmt: skip

app = typer.Typer(
    name="cwg",
    cls=group_of(COMMANDS),
    help="童护数据网关 · child-welfare data gateway. Commands print data to stdout, all else to stderr.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def cwg() -> None:
    """The command line has no options of its own."""


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
