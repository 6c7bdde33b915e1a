"""`cwg work`: what has to go out between nights."""

from datetime import UTC, datetime

from gateway.cli.common import HERE, SiteOption, command, say
from gateway.dispatch import PageFolder, page_round
from gateway.wiring import open_site_store

PAGES = "pages"
"""Pages are files in `var/pages`, for whatever rings the duty phone (docs/harm.md)."""


@command
def work(site: SiteOption = HERE) -> None:
    """One round: pages to the duty person that are due. Meant for a timer, every minute."""
    with open_site_store(site) as store:
        sent = page_round(store.harm, PageFolder(site / "var" / PAGES), datetime.now(UTC))
    say(f"{len(sent)} pages")
