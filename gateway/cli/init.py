"""`cwg init`: a new site."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.common import command, say
from gateway.cli.site_files import write_site
from gateway.exchange import make_site_keys, read_passphrase
from gateway.model.errors import UsageError
from gateway.store import DataKeys
from gateway.wiring import PARTY, open_site_store


@command
def init(
    folder: Annotated[Path, typer.Argument(help="the new site's folder")],
    name: Annotated[str, typer.Option(help="the place, as people call it")] = "我的城市",
    division: Annotated[str, typer.Option(help="six digits, GB/T 2260")] = "",
    county: Annotated[list[str] | None, typer.Option(help="a county; once for each")] = None,
) -> None:
    """Make a new site: folders, keys, an empty database."""
    if len(division) != 6 or not division.isdigit():
        raise UsageError("--division is not six digits", mend="e.g. --division 411300")
    make_site(folder, name, division, tuple(county or (division,)))
    say(f"A new site in {folder}. Next:")
    say("  1. `cwg keys export` for the bureaus, `cwg partner add` with theirs")
    say("  2. write sources/<bureau>.yaml (docs/site.md has one to copy)")
    say(
        "  3. give keys/data/protection-role.key to child protection; then delete it here (docs/harm.md)"
    )
    say(f"  4. cwg doctor --site {folder}")


def make_site(
    folder: Path, name: str, division: str, counties: tuple[str, ...], as_of: str = ""
) -> None:
    """Write a site's files, make its keys and its database. Raises UsageError when there is one."""
    if (folder / "site.toml").exists():
        raise UsageError("there is a site already", where=str(folder), mend="choose another folder")
    write_site(folder, name, division, counties, as_of)
    make_site_keys(folder / "keys", PARTY, datetime.now(UTC), passphrase=read_passphrase())
    DataKeys.create(folder / "keys" / "data")
    with open_site_store(folder, check=False) as store:
        store.upgrade()
