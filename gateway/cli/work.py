"""`cwg work`: what has to go out between nights."""

from datetime import UTC, datetime
from pathlib import Path

from gateway.cli.common import HERE, SiteOption, command, say
from gateway.dispatch import PageFolder, Round, page_round, work_once
from gateway.pipeline import tell_refused
from gateway.wiring import open_house, open_site_store

PAGES = "pages"
"""Pages are files in `var/pages`, for whatever rings the duty phone (docs/harm.md)."""


@command
def work(site: SiteOption = HERE) -> None:
    """One round: pages to the duty person, lists of refused rows to the bureaus. Meant for a timer."""
    with open_site_store(site) as store:
        sent = page_round(store.harm, PageFolder(site / "var" / PAGES), datetime.now(UTC))
        waiting = any(one.state in ("pending", "leased") for one in store.refusals.all())
    done = _tell(site) if waiting else Round()
    say(f"{len(sent)} pages; {done.sent} lists of refused rows sent, {done.again + done.dead} not")


def _tell(site: Path) -> Round:
    with open_house(site) as opened:
        house = opened.house
        return work_once(
            house.store.refusals, lambda told: tell_refused(house, told), lambda: datetime.now(UTC)
        )
