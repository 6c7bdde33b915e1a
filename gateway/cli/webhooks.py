"""`cwg webhook`: who is told when a case changes, and what was missed."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from gateway.casework import Event
from gateway.cli.common import HERE, JsonOption, SiteOption, command, emit, moment, out, say
from gateway.cli.noting import note
from gateway.dispatch import new_secret, told_secret
from gateway.model.errors import UsageError
from gateway.model.hooks import HookRow
from gateway.transport import split_hook
from gateway.wiring import open_site_store

app = typer.Typer(no_args_is_help=True)
Number = Annotated[int, typer.Argument(help="the webhook's number, from `cwg webhook list`")]


@app.command()
@command
def add(
    client: Annotated[str, typer.Option(help="the client that is told (`cwg client list`)")],
    url: Annotated[str, typer.Option(help="an https address")],
    rule: Annotated[list[str] | None, typer.Option(help="only cases of this rule")] = None,
    event: Annotated[list[Event] | None, typer.Option(help="only this event")] = None,
    ed25519: Annotated[
        bool, typer.Option(help="sign with a key of ours, not a shared one")
    ] = False,
    site: SiteOption = HERE,
) -> None:
    """Tell a client of changed cases within its divisions: ids only. The secret is shown this once."""
    split_hook(url)
    secret = new_secret(own_key=ed25519)
    row = HookRow(
        0, client, url, tuple(rule or ()), tuple(e.value for e in event or ()),
        datetime.now(UTC), secret,
    )  # fmt: skip
    with open_site_store(site) as store:
        known = store.clients.get(client)
        if known is None or known.revoked_at is not None:
            raise UsageError("there is no client of that name", mend="`cwg client list` shows them")
        number = store.hooks.add(row)
    note(site, "webhook.add", "webhook", str(number), client=client)
    out(f"webhook  {number}")
    out(f"secret   {told_secret(secret)}")
    say("the secret is shown this once / 此密钥只显示一次")


@app.command("list")
@command
def list_hooks(site: SiteOption = HERE, as_json: JsonOption = False) -> None:
    """Every webhook: client, address, filters, and how much waits or was given up."""
    with open_site_store(site) as store:
        left = store.hooks.backlog()
        rows = [
            {
                "webhook": h.webhook_id,
                "client": h.client_id,
                "url": h.url,
                "rules": ", ".join(h.rules),
                "events": ", ".join(h.events),
                "waiting": left.get((h.webhook_id, "pending"), 0),
                "given_up": left.get((h.webhook_id, "dead"), 0),
                "ended": h.ended_at,
            }
            for h in store.hooks.all()
        ]
    emit(rows, "Webhooks · 事件订阅", as_json)


@app.command()
@command
def end(number: Number, site: SiteOption = HERE) -> None:
    """Tell a client nothing more."""
    with open_site_store(site) as store:
        store.hooks.end(number, datetime.now(UTC))
    note(site, "webhook.end", "webhook", str(number))
    say(f"webhook {number} has ended · 已停止")


@app.command()
@command
def replay(
    number: Number,
    since: Annotated[str, typer.Option(help="a day or a time")],
    site: SiteOption = HERE,
) -> None:
    """Send what happened since a time again, under the same ids."""
    now = datetime.now(UTC)
    start = moment(since, "--since")
    if len(since) == len("2026-11-16"):
        start = start.replace(hour=0, minute=0, second=0, microsecond=0)
    with open_site_store(site) as store:
        count = store.hooks.replay(number, start, now)
    note(site, "webhook.replay", "webhook", str(number), count=str(count))
    say(f"{count} events go out again with the next round · 将重新发送")


@app.command()
@command
def answers(site: SiteOption = HERE, as_json: JsonOption = False) -> None:
    """Answers of the DCI interface that still wait to be sent, or were given up."""
    with open_site_store(site) as store:
        rows = [
            {
                "answer": one.callback_id,
                "client": one.client_id,
                "action": one.action,
                "state": one.state,
                "attempts": one.attempts,
                "next": one.next_at,
                "error": one.error or "",
            }
            for one in store.callbacks.waiting()
        ]
    emit(rows, "Answers that follow · 待发应答", as_json)


@app.command()
@command
def retry(
    number: Annotated[int, typer.Argument(help="the answer's number, from `cwg webhook answers`")],
    site: SiteOption = HERE,
) -> None:
    """Try an answer that was given up again, from its first attempt."""
    with open_site_store(site) as store:
        store.callbacks.revive(number, datetime.now(UTC))
    note(site, "webhook.retry", "callback", str(number))
    say(f"answer {number} goes out with the next round · 将重新发送")
