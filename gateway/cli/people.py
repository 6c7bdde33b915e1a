"""`cwg user`: who may log in, with which roles, for which divisions."""

from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from getpass import getuser
from typing import Annotated

import typer

from gateway.access import (
    Role,
    check_account,
    hash_password,
    needs_code,
    new_password,
    new_secret,
    secret_uri,
)
from gateway.cli.common import HERE, JsonOption, SiteOption, command, emit, out, say
from gateway.model.accounts import AccountRow
from gateway.model.errors import UsageError
from gateway.site import load_site
from gateway.store import AuditEntry, Store
from gateway.wiring import open_site_store

app = typer.Typer(no_args_is_help=True)


class ProviderName(StrEnum):
    """Where else people log in."""

    OIDC = "oidc"
    CAS = "cas"


Name = Annotated[str, typer.Argument(help="the account's name")]
RolesOption = Annotated[list[Role], typer.Option("--role", help="may be given several times")]
DivisionsOption = Annotated[
    list[str] | None,
    typer.Option("--division", help="prefix of division codes; the whole site if left out"),
]


@app.command()
@command
def add(
    name: Name, role: RolesOption, division: DivisionsOption = None, site: SiteOption = HERE
) -> None:
    """Make an account. Prints its first password (and, where the role needs it, the secret) once."""
    reach = tuple(division or ()) or ("",)
    check_account(name, role, reach)
    with open_site_store(site) as store:
        if store.accounts.get(name) is not None:
            raise UsageError("there is an account of that name", mend="`cwg user list` shows it")
        password = open_account(store, name, role, reach)
        made = _known(store, name)
    out(f"name      {name}")
    out(f"password  {password}")
    if made.secret:
        out(f"code      {secret_uri(made.secret, name, load_site(site).site.name)}")
    say("the password is shown this once and must be changed at the first log-in")
    say("此密码只显示一次，首次登录须修改")


@app.command("list")
@command
def list_accounts(site: SiteOption = HERE, as_json: JsonOption = False) -> None:
    """Every account, without anything secret."""
    with open_site_store(site) as store:
        rows = [
            {
                "name": a.name,
                "roles": ", ".join(a.roles),
                "divisions": ", ".join(d or "*" for d in a.divisions),
                "second_factor": needs_code(a),
                "disabled": a.disabled,
                "since": a.created_at.date(),
            }
            for a in store.accounts.all()
        ]
    emit(rows, "Accounts · 账号", as_json)


@app.command()
@command
def disable(name: Name, site: SiteOption = HERE) -> None:
    """Shut an account and end its sessions; what it did stays under its name."""
    with open_site_store(site) as store:
        account = _known(store, name)
        with store.transaction():
            store.accounts.put(replace(account, disabled=True))
            store.sessions.close_all(name)
            _note(store, "account.disable", account)
    say(f"{name} is disabled · 已停用")


@app.command()
@command
def link(
    name: Name,
    provider: Annotated[ProviderName, typer.Option(help="as in site.toml, [login]")],
    subject: Annotated[
        str, typer.Option(help="how the provider names the person: `sub` or the user")
    ],
    site: SiteOption = HERE,
) -> None:
    """Match an account with a person whom a provider identifies; nobody is matched by themselves."""
    if not 1 <= len(subject) <= 255:
        raise UsageError("that is not a subject", where="--subject")
    with open_site_store(site) as store:
        account = _known(store, name)
        with store.transaction():
            store.subjects.put(provider.value, subject, name)
            _note(store, "account.link", account)
    say(f"{name} logs in by {provider.value} too · 已绑定")


@app.command()
@command
def unlink(name: Name, site: SiteOption = HERE) -> None:
    """Take back every match of an account with a provider, and end its sessions."""
    with open_site_store(site) as store:
        account = _known(store, name)
        with store.transaction():
            gone = store.subjects.drop(name)
            store.sessions.close_all(name)
            _note(store, "account.unlink", account)
    say(f"{gone} matches of {name} are gone · 已解绑")


@app.command()
@command
def reset(name: Name, site: SiteOption = HERE) -> None:
    """A new first password (and secret) for somebody who lost theirs; ends their sessions."""
    with open_site_store(site) as store:
        account, password = _known(store, name), new_password()
        secret = new_secret() if needs_code(account) else ""
        fresh = replace(
            account,
            password_hash=hash_password(password, name),
            secret=secret,
            last_step=0,
            must_change=True,
            disabled=False,
            failed=0,
            resting_until=None,
        )
        with store.transaction():
            store.accounts.put(fresh)
            store.sessions.close_all(name)
            _note(store, "account.reset", fresh)
    out(f"name      {name}")
    out(f"password  {password}")
    if secret:
        out(f"code      {secret_uri(secret, name, load_site(site).site.name)}")


def open_account(
    store: Store,
    name: str,
    roles: list[Role],
    reach: tuple[str, ...],
    *,
    must_change: bool = True,
) -> str:
    """Write a new account; its password, which is kept nowhere."""
    password = new_password()
    made = AccountRow(
        name=name,
        roles=tuple(sorted(str(r) for r in set(roles))),
        divisions=reach,
        created_by=f"{getuser()}@cli",
        created_at=datetime.now(UTC),
        password_hash=hash_password(password, name),
        must_change=must_change,
    )
    made = replace(made, secret=new_secret()) if needs_code(made) else made
    with store.transaction():
        store.accounts.put(made)
        _note(store, "account.add", made)
    return password


def _known(store: Store, name: str) -> AccountRow:
    account = store.accounts.get(name)
    if account is None:
        raise UsageError("there is no account of that name", mend="`cwg user list` shows them")
    return account


def _note(store: Store, action: str, account: AccountRow) -> None:
    # The roles are in the audit: who gave whom the right to what is the first thing asked later.
    detail = f'{{"roles": "{" ".join(account.roles)}"}}'
    store.audit.add(
        AuditEntry(
            datetime.now(UTC),
            f"{getuser()}@cli",
            "person",
            action,
            "administration",
            "account",
            account.name,
            detail,
        )
    )
