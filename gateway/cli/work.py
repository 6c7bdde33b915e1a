"""`cwg work`: what goes out between nights and what comes back, and what an operator mends of it."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.common import HERE, JsonOption, SiteOption, command, emit, say
from gateway.cli.noting import note
from gateway.dispatch import Round, work_once
from gateway.errands import Done, open_errands
from gateway.model.errors import UsageError
from gateway.pipeline import tell_refused
from gateway.wiring import open_house, open_site_store

app = typer.Typer(invoke_without_command=True, no_args_is_help=False)
Number = Annotated[int, typer.Argument(help="the item's number, from `cwg work list`")]


@app.callback()
@command
def work(
    context: typer.Context,
    site: SiteOption = HERE,
    forever: Annotated[bool, typer.Option(help="rounds until stopped")] = False,
    every: Annotated[float, typer.Option(min=0.1, help="seconds of rest between idle rounds")] = 20,
) -> None:
    """One round: pages that are due, referrals, reminders, and the bureaus' replies. For a timer, every
    minute; or --forever, beside as many others as wanted."""
    if context.invoked_subcommand is not None:
        return
    with open_errands(site) as errands:
        while True:
            done = errands.once()
            told = lists_of_refused(site)
            if not forever or not done.idle or not told.idle:
                failed = told.again + told.dead
                say(f"{line(done)}; {told.sent} lists of refused rows sent, {failed} not")
            if not forever:
                return
            if done.idle:
                time.sleep(every)


@app.command("list")
@command
def list_items(
    all_: Annotated[bool, typer.Option("--all", help="also what waits for its time")] = False,
    site: SiteOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Items that were given up and wait for an operator: case, kind, recipient, why."""
    states = ("dead", "leased", "pending") if all_ else ("dead",)
    names = ("outbox_id", "case_id", "kind", "recipient", "state", "attempts", "error", "next_at")
    with open_site_store(site) as store:
        items = store.outbox.listed(states)
    emit([{n: getattr(i, n) for n in names} for i in items], "Outbox · 待发", as_json)


@app.command()
@command
def retry(
    number: Number,
    recipient: Annotated[str, typer.Option(help="another recipient, when it was mistyped")] = "",
    site: SiteOption = HERE,
) -> None:
    """Try an item that was given up again, from its first attempt."""
    with open_site_store(site) as store:
        store.outbox.revive(number, datetime.now(UTC), recipient)
    note(site, "outbox.retry", "outbox", str(number), recipient=recipient)
    say(f"{number}: tried again with the next round · 将重新发送")


@app.command()
@command
def skip(
    number: Number,
    yes: Annotated[bool, typer.Option(help="yes, it shall never be sent")] = False,
    site: SiteOption = HERE,
) -> None:
    """Never send an item that was given up; the later ones of its case may go."""
    if not yes:
        raise UsageError(
            "a skipped item is never sent / 跳过的事项不再发送",
            mend="say --yes when it was told otherwise",
        )
    with open_site_store(site) as store:
        store.outbox.skip(number)
    note(site, "outbox.skip", "outbox", str(number))
    say(f"{number}: skipped · 已跳过")


def lists_of_refused(site: Path) -> Round:
    """Tell bureaus which rows of theirs were refused."""
    with open_site_store(site) as store:
        waiting = any(one.state in ("pending", "leased") for one in store.refusals.all())
    if not waiting:
        return Round()
    with open_house(site) as opened:
        house = opened.house
        return work_once(
            house.store.refusals, lambda told: tell_refused(house, told), lambda: datetime.now(UTC)
        )


def line(done: Done) -> str:
    """What a round did, in one line."""
    out, back, watched = done.outbox, done.answered, done.watched
    parts = [
        f"{done.pages} pages",
        f"{out.sent} sent, {out.again} to try again, {out.dead} given up",
        f"{done.hooks.sent} webhooks, {done.hooks.again} to try again, {done.hooks.dead} given up",
        *callbacks_of(done),
        f"{back.taken} replies, {back.refused} refused",
        f"{watched.reminded} reminders, {watched.escalated} escalated",
    ]
    if back.failed:
        parts.append(f"not reached: {', '.join(back.failed)}")
    return "; ".join(parts)


def callbacks_of(done: Done) -> list[str]:
    """What a round did of answers that follow, if anything."""
    said = done.callbacks
    if said.idle:
        return []
    return [f"{said.sent} answers, {said.again} to try again, {said.dead} given up"]
