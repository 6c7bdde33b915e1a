"""The composition root of what goes out between nights (`cwg work`): a site's settings become the
channels to its bureaus and one worker. The night's own composition is gateway/wiring.py."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from ipaddress import ip_network
from pathlib import Path
from zoneinfo import ZoneInfo

from gateway.dci import Outgoing
from gateway.dispatch import (
    REPLY_ROLL,
    Answered,
    Answering,
    BureauChannel,
    Channel,
    Office,
    PageFolder,
    Referring,
    Round,
    Template,
    Watched,
    Watching,
    WorkSettings,
    load_templates,
    page_round,
    send_hooks,
    work_once,
)
from gateway.exchange import Room, RowProfile, SourceLine, SourceProfile
from gateway.pipeline import Silent, check_spill
from gateway.site import Site, load_site
from gateway.sources import SourceSettings, load_sources
from gateway.store import Store
from gateway.transport import Hooks, HookSettings
from gateway.wiring import make_room, open_site_store
from gateway.wiring_dci import hook_message, site_outgoing
from gateway.wiring_files import MAPPINGS, load_calendar
from gateway.wiring_sources import SERVICE_PATH, make_adapter

PAGES = "pages"
"""Pages are files in `var/pages`, for whatever rings the duty phone (docs/harm.md)."""

REPLY_ROWS: Mapping[str, RowProfile] = {
    "education": RowProfile("xml", rows_at="reply"),
    "medical_insurance": RowProfile("json", rows_at=f"output.{REPLY_ROLL}"),
    "pick_up": RowProfile("csv"),
}
"""Where the rows of each adapter's reply roll stand."""


@dataclass(frozen=True, slots=True)
class Done:
    """What one round did, part by part."""

    pages: int
    outbox: Round
    hooks: Round
    callbacks: Round
    answered: Answered
    watched: Watched

    @property
    def idle(self) -> bool:
        """Whether there was nothing to do."""
        rounds = (self.outbox, self.hooks, self.callbacks)
        return not self.pages and all(r.idle for r in rounds) and not self.answered.taken


class Errands:
    """One worker of a site: any number may run beside each other."""

    def __init__(
        self, folder: Path, store: Store, office: Office, hooks: Hooks, settings: WorkSettings,
        dci: Outgoing | None = None,
    ) -> None:  # fmt: skip
        self._dci = dci
        self._pager = PageFolder(folder / "var" / PAGES)
        self._store = store
        self._office = office
        self._hooks = hooks
        self._settings = settings

    def once(self) -> Done:
        """One round: pages first, then what goes out, then what came back, then what time did."""
        store, office = self._store, self._office
        pages = page_round(store.harm, self._pager, office.clock())
        outbox = work_once(store.outbox, Referring(store, office), office.clock, self._settings)
        tell = hook_message(self._dci)
        hooks = send_hooks(store.hooks, self._hooks, office.clock, self._settings, tell)
        callbacks = self._callbacks()
        answered = Answering(store, office).collect()
        return Done(len(pages), outbox, hooks, callbacks, answered, Watching(store, office).watch())

    def _callbacks(self) -> Round:
        if self._dci is None:
            return Round()
        send = self._dci.sender(self._hooks.post)
        return work_once(self._store.callbacks, send, self._office.clock, self._settings)


@contextmanager
def open_errands(folder: Path, settings: WorkSettings | None = None) -> Iterator[Errands]:
    """A site's worker. Raises SpecError, KeyUnavailable, SpillUnsafe."""
    folder = folder.resolve()
    site = load_site(folder)
    spill = Path(site.night.spill_dir)
    check_spill(spill, declared_encrypted=site.night.spill_encrypted)
    with open_site_store(folder) as store:
        room = make_room(folder, site, store, spill)
        office, dci = make_office(folder, site, room), site_outgoing(site, store, room)
        hooks = make_hooks(folder, site)
        yield Errands(folder, store, office, hooks, settings or WorkSettings(), dci)


def make_hooks(folder: Path, site: Site) -> Hooks:
    """What posts to webhooks, and where it may not go."""
    places = site.webhooks
    allow = tuple(ip_network(text) for text in places.allow)
    return Hooks(HookSettings(allow, folder / places.ca if places.ca else None))


def site_templates(folder: Path) -> Mapping[str, Template]:
    """Our referral templates and the site's own, by recipient. Raises SpecError."""
    return load_templates([MAPPINGS / "referral", folder / "mappings" / "referral"])


def make_office(folder: Path, site: Site, room: Room) -> Office:
    """Templates, ways and time of a site."""
    zone = ZoneInfo(site.site.time_zone)
    templates = site_templates(folder)
    sources = {source.name: source for source in load_sources(folder)}
    channels: dict[str, Channel] = {}
    for recipient, template in templates.items():
        source = sources.get(template.file.source)
        if source is not None and source.attested is None:
            channels[recipient] = make_channel(folder, site, source, room)

    def today() -> date:
        return site.site.as_of or datetime.now(zone).date()

    return Office(
        site.site.party, templates, channels, lambda: datetime.now(UTC), today,
        load_calendar(folder, site).add_working_days,
    )  # fmt: skip


def make_channel(folder: Path, site: Site, source: SourceSettings, room: Room) -> BureauChannel:
    """The way to one bureau, over the transport of its rolls."""
    endpoint = source.endpoint.base.rstrip("/") + SERVICE_PATH.get(source.adapter, "")

    def lines(roll: str) -> Callable[[], SourceLine]:
        rows = REPLY_ROWS[source.adapter]
        profile = SourceProfile(source.name, source.partner, source.suite, rows, roll, endpoint)
        return lambda: SourceLine(room, profile)

    adapter = make_adapter(folder, site, source, Silent())
    return BureauChannel(source.name, adapter, lines(""), lines(REPLY_ROLL))
