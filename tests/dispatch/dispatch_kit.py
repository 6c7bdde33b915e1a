"""A site with three running bureaus and cases of invented children, without any night."""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from unittest import mock

import pyarrow as pa
from fixed_keys import fixed_data_keys
from sqlalchemy import select, update

from gateway.access import Reader, Role, User
from gateway.casework import Event
from gateway.cli import demo
from gateway.cli.init import make_site
from gateway.desk import Asked, Desk
from gateway.dispatch import Answering, Office, Referring, Round, Watching, WorkSettings, work_once
from gateway.errands import make_office
from gateway.exchange import KeyRing
from gateway.model.cases import CASE_PERSON
from gateway.model.outcomes import AccessScope
from gateway.site import load_site
from gateway.store import Store
from gateway.store.database import insert_rows
from gateway.store.persons import put_people
from gateway.store.tables import case_event, case_file, finding, outbox, run
from gateway.wiring import make_room, open_site_store
from sandbox.bureaus.launch import (
    Bureau,
    Bureaus,
    GatewayCertificates,
    prepare_bureaus,
    start_bureaus,
)

NOW = datetime(2026, 11, 16, 2, tzinfo=UTC)
TODAY = date(2026, 11, 16)
NAMES = ("石小满", "柳青禾", "江一舟", "莫小雨", "乔木生", "易知秋")
OFFICER = User(
    Reader("officer", "person", ("",), frozenset(AccessScope)),
    frozenset({Role.DATA_OFFICER, Role.SUPERVISOR}),
)
OWNERS = {"EDU": "education", "MED": "medical_insurance", "WEL": "civil_affairs"}
BUREAU_OF = {
    "education": "education",
    "medical_insurance": "medical_insurance",
    "civil_affairs": "national_welfare_system",
}


@dataclass(frozen=True)
class Base:
    """A site that no test writes to, and its bureaus."""

    site: Path
    bureaus: Bureaus
    ring: KeyRing

    def bureau(self, recipient: str) -> Bureau:
        """The bureau behind a recipient."""
        return next(b for b in self.bureaus if b.name == BUREAU_OF[recipient])

    def answer(self, recipient: str, kind: str = "referral", **row: str) -> None:
        """Let a bureau answer by itself from now on; nothing: not at all."""
        wanted = {kind: row} if row else {}
        (self.bureau(recipient).folder / "answers.json").write_text(json.dumps(wanted))

    def asked(self, recipient: str) -> dict[str, dict[str, object]]:
        """Referrals that a bureau holds, by id."""
        folder = self.bureau(recipient).folder / "referrals"
        return {p.stem: json.loads(p.read_bytes()) for p in folder.glob("*.json")}


@contextmanager
def open_base(folder: Path) -> Iterator[Base]:
    """Make the site and start the bureaus."""
    site, city = folder / "site", folder / "city"
    (city / "rolls").mkdir(parents=True)
    make_site(site, "安禾市（虚构）", demo.DIVISION, demo.COUNTIES, as_of=TODAY.isoformat())
    fixed_data_keys(site / "keys" / "data")
    public = prepare_bureaus(folder / "bureaus")
    for source in demo.SOURCES:
        demo.trust_bureau(site, source, public[source.name])
    keys = GatewayCertificates(site / "keys" / "ec", site / "keys" / "rsa")
    with start_bureaus(folder / "bureaus", city, keys) as bureaus:
        demo.write_sources(site, bureaus)
        yield Base(site, bureaus, KeyRing.load(site / "keys"))


class Bench:
    """A copy of the site with its store open, a clock that is set, and the rooms over it."""

    def __init__(self, base: Base, folder: Path, store: Store) -> None:
        self.base, self.folder, self.store = base, folder, store
        self.now, self.day = NOW, TODAY
        self.office = self._office()
        self.desk = Desk(store, clock=lambda: self.now, today=lambda: self.day)

    def _office(self) -> Office:
        site = load_site(self.folder)
        with mock.patch.object(KeyRing, "load", lambda *_: self.base.ring):  # RSA keys load slowly.
            room = make_room(self.folder, site, self.store, Path(site.night.spill_dir))
        made = make_office(self.folder, site, room)
        return replace(made, clock=lambda: self.now, today=lambda: self.day)

    def case(
        self, number: int, rule: str = "EDU-01", state: str = "confirmed", access: str = "ordinary"
    ) -> int:
        """A case of a child of that number."""
        seed_case(self.store, number, rule, state, access)
        return number

    def decide(self, case_id: int, event: Event, **asked: object) -> None:
        """An officer decides."""
        version = self.store.cases.case(case_id).version
        self.desk.decide(OFFICER, case_id, version, Asked(event, **asked))  # type: ignore[arg-type]

    def refer(self, case_id: int, recipient: str) -> None:
        """An officer refers."""
        self.decide(case_id, Event.REFER, on_whom=recipient)

    def send(self) -> Round:
        """Rounds of the outbox until nothing is due."""
        settings, total = WorkSettings(max_attempts=2), Round()
        while True:
            send = Referring(self.store, self.office)
            done = work_once(self.store.outbox, send, lambda: self.now, settings)
            total += done
            if done.idle:
                return total

    def collect(self) -> tuple[int, int, tuple[str, ...]]:
        """Ask for replies, whosever turn it is."""
        self.now = max(self.now, datetime.now(UTC))
        with self.store._db.write() as c:
            c.exec_driver_sql("DELETE FROM reply_round")
        found = Answering(self.store, self.office).collect()
        return found.taken, found.refused, found.failed

    def watch(self) -> tuple[int, int, int, int]:
        """What time does."""
        found = Watching(self.store, self.office).watch()
        return found.reminded, found.escalated, found.seen, found.not_seen

    def state(self, case_id: int) -> str:
        """Where a case stands."""
        return str(self.store.cases.case(case_id).state)

    def story(self, case_id: int) -> list[str]:
        """The events of a case."""
        return [e.event for e in self.store.cases.case(case_id).events]

    def night_says(self, case_id: int, event: str, state: str) -> None:
        """A line of history as the night writes it."""
        with self.store._db.write() as c:
            mine = case_file.c.case_id == case_id
            version = c.execute(select(case_file.c.version).where(mine)).scalar_one() + 1
            before = c.execute(select(case_file.c.state).where(mine)).scalar_one()
            c.execute(update(case_file).where(mine).values(state=state, version=version))
            row = {
                "case_id": case_id, "version": version, "event": event, "from_state": before,
                "to_state": state, "by": "night", "at": self.now, "evidence": "[]",
            }  # fmt: skip
            insert_rows(c, case_event, [row])


@contextmanager
def open_bench(base: Base, folder: Path) -> Iterator[Bench]:
    """A site of a test's own."""
    site = copy_base(base, folder)
    with open_site_store(site) as store:
        yield Bench(base, site, store)


def copy_base(base: Base, folder: Path) -> Path:
    """A copy of the site, its store empty."""
    return Path(shutil.copytree(base.site, folder / "site"))


def child(number: int) -> dict[str, object]:
    """An invented child."""
    name = NAMES[number % len(NAMES)]
    return {
        "person_id": number, "name": name, "id_number": f"4199011{2000000000 + number}"[:18],
        "birth_date": date(2014, 5, 1 + number % 28), "sex": "2", "division": "419901001001",
        "household_key": f"h{number}", "guardian_name": f"{name[0]}守家", "address": f"柳溪村{number}号",
        "school_name": "柳溪小学",
    }  # fmt: skip


def seed_case(store: Store, number: int, rule: str, state: str, access: str = "ordinary") -> None:
    """One child, one finding, one case."""
    with store._db.write() as c:
        first = {
            "run_id": 1, "kind": "night", "as_of": TODAY, "known_at": NOW, "started_at": NOW,
            "inputs_digest": "x", "baseline": False, "state": "running",
        }  # fmt: skip
        insert_rows(c, run, [first], keep_first=True)
        put_people(c, store.keys, pa.Table.from_pylist([child(number % 100)], schema=CASE_PERSON))
        file = {
            "case_id": number, "state": state, "version": 1, "opened_on": TODAY,
            "assigned_to": OFFICER.reader.name,
        }  # fmt: skip
        insert_rows(c, case_file, [file])
        found = {
            "finding_key": f"{number:064x}", "case_id": number, "rule": rule, "rule_version": 1,
            "run_id": 1, "first_run": 1, "person_id": number % 100, "division": "419901001001",
            "severity": "2", "owner": OWNERS.get(rule[:3], "data_officer"), "answer": "no",
            "reason": "r", "access": access, "episode": TODAY, "evidence": "[]",
            "evidence_digest": "d", "known_from": NOW,
        }  # fmt: skip
        insert_rows(c, finding, [found])


def outbox_states(store: Store) -> list[tuple[int, str, str, str | None]]:
    """(case, kind, state, error) of every item, in order."""
    query = select(outbox.c.case_id, outbox.c.kind, outbox.c.state, outbox.c.error)
    with store._db.read() as c:
        return [tuple(row) for row in c.execute(query.order_by(outbox.c.outbox_id))]


def clear(base: Base) -> None:
    """The bureaus forget what they were asked and how to answer."""
    for bureau in base.bureaus:
        for name in ("referrals", "replies", "received"):
            shutil.rmtree(bureau.folder / name, ignore_errors=True)
        (bureau.folder / "answers.json").unlink(missing_ok=True)
    welfare = base.bureaus.national_welfare_system
    for path in (*welfare.outbox.glob("referral_reply-*"), *welfare.inbox.glob("*")):
        path.unlink()
    (welfare.folder / "dropped.json").unlink(missing_ok=True)


def no_names(text: str) -> bool:
    """Whether a text names none of the invented children."""
    return not re.search("|".join(NAMES), text)
