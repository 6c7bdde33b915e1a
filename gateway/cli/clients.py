"""`cwg client`: which systems may call the API, what for, and with which keys."""

from dataclasses import replace
from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path
from typing import Annotated

import typer

from gateway.access import ApiScope, Purpose, check_client, read_certificate, read_keys
from gateway.cli.common import HERE, JsonOption, SiteOption, command, emit, say
from gateway.cli.integrators import sandbox
from gateway.model.clients import ClientRow
from gateway.model.errors import UsageError
from gateway.store import AuditEntry, Store
from gateway.wiring import open_site_store

app = typer.Typer(no_args_is_help=True)
app.command()(sandbox)
Name = Annotated[str, typer.Argument(help="the client's id")]
KeyFile = Annotated[
    Path, typer.Option("--key", help="its public keys: PEM, a certificate, or a JWKS", exists=True)
]


@app.command()
@command
def add(
    name: Name,
    key: KeyFile,
    title: Annotated[str, typer.Option(help="the organisation and its system")],
    scope: Annotated[list[ApiScope], typer.Option(help="may be given several times")],
    purpose: Annotated[list[str], typer.Option(help="purpose=legal basis, several times")],
    division: Annotated[
        list[str] | None,
        typer.Option(help="prefix of division codes; the whole site if left out"),
    ] = None,
    source: Annotated[list[str] | None, typer.Option(help="whose rolls it submits")] = None,
    certificate: Annotated[
        Path | None, typer.Option(help="TLS certificate (PEM) that its tokens are bound to")
    ] = None,
    sealed: Annotated[
        bool, typer.Option("--sealed", help="its requests and answers are a JWS in a JWE")
    ] = False,
    site: SiteOption = HERE,
) -> None:
    """Register a client: its keys, scopes, divisions, and purposes each with its legal basis."""
    made = ClientRow(
        client_id=name,
        title=title.strip(),
        jwks=read_keys(key.read_bytes()),
        scopes=tuple(sorted(set(scope))),
        divisions=tuple(division or ()) or ("",),
        purposes=dict(_purpose(text) for text in purpose),
        created_by=f"{getuser()}@cli",
        created_at=datetime.now(UTC),
        sources=tuple(source or ()),
        certificate=read_certificate(certificate.read_bytes()) if certificate else "",
        sealed=sealed,
    )
    check_client(made)
    with open_site_store(site) as store:
        if store.clients.get(name) is not None:
            raise UsageError("there is a client of that id", mend="`cwg client list` shows it")
        _keep(store, "client.add", made)
    say(f"{name} is registered · 已登记")


@app.command("list")
@command
def list_clients(site: SiteOption = HERE, as_json: JsonOption = False) -> None:
    """Every client: scopes, divisions, purposes with their basis, and whether it is revoked."""
    with open_site_store(site) as store:
        rows = [
            {
                "client": c.client_id,
                "title": c.title,
                "scopes": ", ".join(c.scopes),
                "divisions": ", ".join(d or "*" for d in c.divisions),
                "purposes": "; ".join(f"{p}: {basis}" for p, basis in sorted(c.purposes.items())),
                "sources": ", ".join(c.sources),
                "certificate": c.certificate,
                "sealed": c.sealed,
                "since": c.created_at.date(),
                "revoked": c.revoked_at.date() if c.revoked_at else None,
            }
            for c in store.clients.all()
        ]
    emit(rows, "Clients · 接入系统", as_json)


@app.command()
@command
def renew(name: Name, key: KeyFile, site: SiteOption = HERE) -> None:
    """Replace a client's keys; give the old and the new one together while it changes over."""
    jwks = read_keys(key.read_bytes())
    with open_site_store(site) as store:
        _keep(store, "client.renew", replace(_known(store, name), jwks=jwks))
    say(f"{name} has new keys · 已更换公钥")


@app.command()
@command
def revoke(name: Name, site: SiteOption = HERE) -> None:
    """Refuse a client from now on, its present tokens too; what it did stays under its name."""
    with open_site_store(site) as store:
        known = _known(store, name)
        with store.transaction():
            store.clients.revoke(name, datetime.now(UTC))
            _note(store, "client.revoke", known)
    say(f"{name} is revoked · 已吊销")


def _purpose(text: str) -> tuple[str, str]:
    code, sign, basis = text.partition("=")
    if not sign or code not in set(Purpose):
        raise UsageError(
            "a purpose is written as code=legal basis",
            where="--purpose",
            mend=f"codes: {', '.join(Purpose)}",
        )
    return code, basis.strip()


def _keep(store: Store, action: str, client: ClientRow) -> None:
    with store.transaction():
        store.clients.put(client)
        _note(store, action, client)


def _known(store: Store, name: str) -> ClientRow:
    found = store.clients.get(name)
    if found is None:
        raise UsageError("there is no client of that id", mend="`cwg client list` shows them")
    return found


def _note(store: Store, action: str, client: ClientRow) -> None:
    # Scopes and purposes are in the audit: who gave whom the right to ask is what is asked later.
    detail = f'{{"scopes": "{" ".join(client.scopes)}", "purposes": "{" ".join(client.purposes)}"}}'
    store.audit.add(
        AuditEntry(
            datetime.now(UTC), f"{getuser()}@cli", "person", action, "administration", "client",
            client.client_id, detail,
        )
    )  # fmt: skip
