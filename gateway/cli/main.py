"""`cwg`: the list of commands, each in a module of its own."""

import typer

from gateway.cli import (
    bounds,
    clients,
    demo,
    doctor,
    evidence,
    findings,
    handled,
    init,
    intake,
    keys,
    link_weights,
    linking,
    mapping,
    partners,
    people,
    relaying,
    replays,
    retain,
    rights,
    rules,
    run,
    sealing,
    serve,
    sources,
    stored,
    trials,
    verify,
    webhooks,
    work,
)

app = typer.Typer(
    name="cwg",
    help="童护数据网关 · child-welfare data gateway. Commands print data to stdout, all else to stderr.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(init.init)
app.command()(demo.demo)
app.command()(run.run)
app.command()(serve.serve)
app.command()(doctor.doctor)
app.command()(retain.retain)
app.command()(intake.intake)
app.command()(sealing.seal)
app.command("open")(sealing.open_)
app.command()(relaying.relay)
sources.app.command()(trials.trial)
sources.app.command()(trials.request)
sources.app.command()(bounds.bounds)
app.add_typer(
    sources.app,
    name="source",
    help="the bureaus: list, check, trial, request, bounds, pause, resume",
)
app.add_typer(mapping.app, name="mapping", help="lint, test and try mapping files")
app.add_typer(stored.quarantine, name="quarantine", help="rows set aside, with their reasons")
app.add_typer(rules.app, name="rule", help="what is looked for: list, show, test")
app.add_typer(findings.app, name="finding", help="the published night: list, export")
linking.app.command("train")(link_weights.train)
linking.app.command("export")(link_weights.export)
linking.app.command("import")(link_weights.import_)
app.add_typer(
    linking.app,
    name="link",
    help="who is who: explain, eval, train, export, import, ask, judge, judged, take-back",
)
app.add_typer(people.app, name="user", help="who may log in: add, list, reset, disable")
app.add_typer(clients.app, name="client", help="which systems may call: add, list, renew, revoke")
app.add_typer(keys.app, name="keys", help="this site's own keys: new, list, rotate, revoke, export")
app.add_typer(partners.app, name="partner", help="whom this site trusts: add, list, trust, revoke")
app.add_typer(evidence.app, name="evidence", help="what proves a finding: export")
app.add_typer(
    verify.app, name="verify", help="is the evidence as it was given: exchange, finding, log"
)
app.add_typer(handled.app, name="handled", help="an old ledger of handled cases: preview, import")
app.add_typer(
    work.app, name="work", help="what goes out between nights: a round; list, retry, skip"
)
app.add_typer(
    webhooks.app,
    name="webhook",
    help="who is told of what changed: add, list, end, replay, answers, retry",
)
app.add_typer(
    rights.app,
    name="rights",
    help="what families ask of their data: request, answer, erase, list, who-saw",
)
app.add_typer(replays.app, name="replay", help="looks at other days and rules: list, export")
app.add_typer(stored.database, name="db", help="the operational store: upgrade")


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
