"""Fifty officers at the console: filter, page, count, search and decide over many findings, timed.

    python -m bench.console [--findings 1000000] [--url postgresql+psycopg://…] [--seconds 60]

Findings are written straight into the store's tables: invented people, ten findings each. Each officer
makes one action every five seconds against a real uvicorn in a process of its own. `--explain` prints
how the database answers the list and its counts instead.
"""

import argparse
import json
import random
import statistics
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from multiprocessing import Process, Queue
from pathlib import Path
from typing import TypeVar

import httpx
import uvicorn
from lxml import html
from sqlalchemy import ColumnElement, case, func, insert, literal, select, update

from gateway.access import LogIn, Role, hash_password
from gateway.console import create_console
from gateway.console.sessions import COOKIE
from gateway.inquiry import Inquiry
from gateway.mapping.codes import read_code_lists
from gateway.model.accounts import AccountRow
from gateway.model.cases import CaseState
from gateway.model.names import name_key
from gateway.policy import load_rules
from gateway.store import DataKeys, Store
from gateway.store.queue_counts import renew
from gateway.store.tables import (
    case_event,
    case_file,
    finding,
    person,
    published_run,
    queue_count,
    queue_due,
)  # fmt: skip
from gateway.wiring_files import MAPPINGS
from gateway.wiring_rooms import Around, make_rooms
from gateway.wiring_site import Files

TODAY = date(2026, 11, 16)
KNOWN = datetime(2026, 11, 16, 18, tzinfo=UTC)
RULES = (
    "EDU-01", "EDU-02", "MED-01", "MED-02", "WEL-01", "WEL-02", "WEL-04", "REG-01", "REG-02", "EDU-03",
)  # fmt: skip
STATES = ("open",) * 5 + ("in_review",) * 2 + ("resolved",) * 2 + ("confirmed", "waiting")
OFFICERS, EVERY = 50, 5.0
PASSWORD = "correct horse battery"


def fill(store: Store, count: int) -> None:
    """`count` findings about a tenth as many people, in ten counties of ten townships."""
    run = store.runs.begin_run(TODAY, KNOWN, "night", False, "bench")
    seal, draw, base = store.keys.sealer("person.name"), random.Random(7), count // len(RULES)
    numbers = range(1, base + 1)
    with store._db.write() as c:
        c.execute(insert(person), [_person(store, seal, n) for n in numbers])
        cases = [_case(n, draw) for n in numbers]
        c.execute(insert(case_file), cases)
        c.execute(insert(finding), [_finding(n, run.run_id, draw) for n in numbers])
        c.execute(insert(case_event), [_event(row, run.run_id) for row in cases])
        for n, rule in enumerate(RULES[1:], 1):
            key_of = func.substr(finding.c.finding_key, 1, 60) + f"{n:04x}"
            told = {"rule": literal(rule), "severity": _severity(rule)}
            for table, changed in (
                (case_file, {}),
                (finding, {"finding_key": key_of} | told),
                (case_event, {}),
            ):
                moved = {"case_id": table.c.case_id + n * base}
                values = {x.name: x for x in table.c} | moved | changed
                rows = select(*values.values()).where(table.c.case_id <= base)
                c.execute(insert(table).from_select(list(values), rows))
        c.execute(
            update(finding).where(finding.c.rule == RULES[0]).values(severity=_severity(RULES[0]))
        )
        c.exec_driver_sql("ANALYZE")
    store.runs.finish_run(run.run_id, "done", KNOWN)
    with store._db.write() as c:
        renew(c)
        c.execute(insert(published_run).values(name="online", run_id=run.run_id))


def _person(store: Store, seal: Callable[[int, str], bytes], n: int) -> dict[str, object]:
    name = name_of(n)
    return {
        "person_id": n, "birth_year": 2009 + n % 16, "birth_month": n % 12 + 1, "sex": "12"[n % 2],
        "division": _division(n), "household_key": f"H{n}", "name": seal(n, name),
        "name_token": store.keys.token("name", name_key(name) or ""),
    }  # fmt: skip


def name_of(n: int) -> str:
    """Nobody's name."""
    return f"张{chr(0x4E00 + n % 5000)}{chr(0x4E00 + n // 5000 % 5000)}"


def _division(n: int) -> str:
    return f"4199{n % 10:02d}{n // 10 % 10:03d}001"


def _case(n: int, draw: random.Random) -> dict[str, object]:
    state = draw.choice(STATES)
    return {
        "case_id": n, "state": state, "version": 1, "opened_on": TODAY,
        "due_on": TODAY + timedelta(days=draw.randrange(-20, 60)),
        "assigned_to": None if state == "open" else f"officer-{n % OFFICERS}",
    }  # fmt: skip


def _finding(n: int, run_id: int, draw: random.Random) -> dict[str, object]:
    answer = "not_found_locally" if draw.random() < 0.1 else "no"
    return {
        "finding_key": f"{n:064x}"[::-1], "case_id": n, "first_run": run_id, "known_from": KNOWN,
        "rule": RULES[0], "rule_version": 1, "run_id": run_id, "person_id": n,
        "division": _division(n), "severity": "1", "owner": "education",
        "answer": answer, "reason": "no_enrolment", "access": "ordinary",
        "episode": date(2026, 9, 1), "evidence": "[]", "evidence_digest": f"{n:064x}",
    }  # fmt: skip


def _severity(rule: str) -> ColumnElement[str]:
    """The rule's own, one step milder where it was only not found locally."""
    (own,) = (r.file.severity.default for r in load_rules(MAPPINGS / "policy") if r.id == rule)
    local = finding.c.answer == "not_found_locally"
    return case((local, str(min(own + 1, 4))), else_=str(own))


def _event(row: dict[str, object], run_id: int) -> dict[str, object]:
    return {
        "case_id": row["case_id"], "version": 1, "event": "found", "to_state": row["state"],
        "by": "night", "at": KNOWN, "run_id": run_id, "evidence": "[]",
    }  # fmt: skip


def serve(url: str, folder: Path, told: "Queue[tuple[int, list[str]]]") -> None:
    """The server process: every officer is logged in, and the port and tokens are told."""
    with Store(url, DataKeys(folder / "keys")) as store:
        rules = load_rules(MAPPINGS / "policy")
        inquiry = Inquiry(store, rules, grades={}, clock=lambda: datetime.now(UTC))
        login = LogIn(store.accounts, store.sessions, lambda: datetime.now(UTC))
        around = Around(
            lambda: datetime.now(UTC), lambda: TODAY, read_code_lists(MAPPINGS / "codes"),
            lambda school: (), Files(folder),
        )  # fmt: skip
        app = create_console(make_rooms(store, inquiry, login, around))
        tokens = [login.admit(f"officer-{n}") for n in range(OFFICERS)]
        server = uvicorn.Server(
            # Officers act every five seconds: just when a connection would be closed as idle.
            uvicorn.Config(
                app, "127.0.0.1", 0, access_log=False, log_level="error", timeout_keep_alive=30
            )
        )

        def tell() -> None:
            while not server.started:
                time.sleep(0.05)
            told.put((server.servers[0].sockets[0].getsockname()[1], tokens))

        threading.Thread(target=tell, daemon=True).start()
        server.run()


def accounts(store: Store) -> None:
    """An officer each; half see the site, the others a county."""
    made, known = hash_password(PASSWORD, "nobody"), datetime(2026, 11, 1, tzinfo=UTC)
    for n in range(OFFICERS):
        reach = ("",) if n % 2 else (f"4199{n % 10:02d}",)
        roles = (str(Role.DATA_OFFICER),)
        row = AccountRow(f"officer-{n}", roles, reach, "bench", known, made, must_change=False)
        store.accounts.put(row)


Seat = TypeVar("Seat", bound=threading.Thread)


class Officer(threading.Thread):
    """One officer's hour in a minute: filters, goes on a page, searches, opens a case, takes it."""

    def __init__(self, n: int, base: str, token: str, until: float, people: int) -> None:
        super().__init__(daemon=True)
        self.times: dict[str, list[float]] = defaultdict(list)
        self.sizes: dict[str, int] = defaultdict(int)
        self._draw, self._until, self._people = random.Random(n), until, people
        cookie = {"cookie": f"{COOKIE}={token}"}
        self._client = httpx.Client(base_url=base, trust_env=False, timeout=60, headers=cookie)
        self._wait = n * EVERY / OFFICERS

    def run(self) -> None:
        """Act until the time is over."""
        time.sleep(self._wait)
        acts = (self.filter, self.filter, self.page, self.search, self.case)
        while time.monotonic() < self._until:
            began = time.monotonic()
            self._draw.choice(acts)()
            time.sleep(max(0.0, EVERY - (time.monotonic() - began)))

    def filter(self) -> httpx.Response:
        """A list with its counts."""
        choice = {
            "rule": self._draw.choice(("", *RULES)),
            "state": self._draw.choice(("", "", "open", "all")),
            "due": self._draw.choice(("", "", "overdue")),
            "mine": self._draw.choice(("", "", "yes")),
        }
        return self._timed("filter", lambda: self._client.get("/findings", params=choice))

    def page(self) -> None:
        """The next page of a list."""
        links = html.fromstring(self.filter().text).xpath("//a[@rel='next']/@href")
        if links:
            self._timed("page", lambda: self._client.get(links[0]))

    def search(self) -> None:
        """A name."""
        page = html.fromstring(self._client.get("/report").text)
        token = page.xpath("//input[@name='form']/@value")[0]
        form = {"form": token, "text": name_of(self._draw.randrange(1, self._people))}
        self._timed("search", lambda: self._client.post("/search", data=form))

    def case(self) -> None:
        """A case page, and the case taken when nobody has it."""
        links = html.fromstring(self.filter().text).xpath("//table//a/@href")
        if not links:
            return
        shown = self._timed("case", lambda: self._client.get(self._draw.choice(links)))
        forms = html.fromstring(shown.text).xpath(
            "//form[.//input[@name='event' and @value='take']]"
        )
        if forms:
            fields = {i.get("name"): i.get("value") for i in forms[0].xpath(".//input")}
            where = forms[0].get("action")
            self._timed("decide", lambda: self._client.post(where, data=fields))

    def _timed(self, name: str, act: Callable[[], httpx.Response]) -> httpx.Response:
        began = time.perf_counter()
        answer = act()
        self.times[name].append(time.perf_counter() - began)
        self.sizes[name] = max(self.sizes[name], len(answer.content))
        # Two officers may want one case: the later is told so.
        assert answer.status_code in (200, 303, 409), answer.status_code
        return answer


def explain(store: Store) -> None:
    """Print the plans and times of the queries behind a list."""
    from gateway.model.queue import FindingFilter
    from gateway.store.finding_query import anew as counted_anew
    from gateway.store.findings import Findings

    asked = []

    def anew(wanted: FindingFilter) -> object:
        with store._db.read() as c:
            return c.execute(counted_anew(wanted)).all()

    reads = Findings(store._db)
    everyone = FindingFilter(("ordinary",), ("",))
    for name, wanted in {
        "all": everyone,
        "county": FindingFilter(("ordinary",), ("419903",)),
        "county, open": FindingFilter(("ordinary",), ("419903",), states=(CaseState.OPEN,)),
        "overdue": FindingFilter(("ordinary",), ("",), due_before=TODAY),
        "county, overdue": FindingFilter(("ordinary",), ("419903",), due_before=TODAY),
        "mine": FindingFilter(("ordinary",), ("",), assigned_to=("officer-3",)),
    }.items():
        for what, act in (("page", reads.page), ("counts", reads.counts), ("anew", anew)):
            asked.append(f"{name} {what}: {_ms(partial(act, wanted))}")
    with store._db.write() as c:
        asked.append(f"renewed when nothing changed: {_ms(partial(renew, c))}")
        tables = (queue_count, queue_due)
        rows = [c.execute(select(func.count()).select_from(t)).scalar_one() for t in tables]
        asked.append(f"rows kept: {rows[0]} and {rows[1]}")
    print("\n".join(asked))


def _ms(act: Callable[[], object]) -> str:
    times = []
    for _ in range(3):
        began = time.perf_counter()
        act()
        times.append(1000 * (time.perf_counter() - began))
    return " / ".join(f"{t:.0f}" for t in times) + " ms"


def looked(
    url: str, folder: Path, seconds: float, seat: Callable[[int, str, str, float], Seat]
) -> list[Seat]:
    """The officers after their time at a console in a process of its own.

    `seat` makes one of a number, the console's address, a session's token, and the time to stop at.
    """
    told: Queue[tuple[int, list[str]]] = Queue()
    server = Process(target=serve, args=(url, folder, told), daemon=True)
    server.start()
    port, tokens = told.get(timeout=300)
    until = time.monotonic() + seconds
    officers = [seat(n, f"http://127.0.0.1:{port}", t, until) for n, t in enumerate(tokens)]
    for one in officers:
        one.start()
    for one in officers:
        one.join()
    server.terminate()
    return officers


def main() -> None:
    """Fill, serve, act, and print one JSON line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--findings", type=int, default=1_000_000)
    parser.add_argument("--url", default="")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--explain", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cwg-bench-") as name:
        folder = Path(name)
        url = asked.url or f"sqlite:///{folder / 'store.db'}"
        began = time.perf_counter()
        with Store(url, DataKeys.create(folder / "keys")) as store:
            store.upgrade()
            accounts(store)
            fill(store, asked.findings)
            filled = time.perf_counter() - began
            if asked.explain:
                explain(store)
                return
        known = asked.findings // len(RULES)
        officers = looked(url, folder, asked.seconds, lambda *seat: Officer(*seat, known))
        print(json.dumps(summary(officers, asked.findings, url.split(":")[0], filled)))


def summary(officers: list[Officer], count: int, store: str, filled: float) -> dict[str, object]:
    """Milliseconds and bytes of each kind of action."""
    found: dict[str, object] = {"findings": count, "store": store, "fill_s": round(filled, 1)}
    for name in ("filter", "page", "search", "case", "decide"):
        times = sorted(t for one in officers for t in one.times[name])
        if times:
            found[name] = {
                "n": len(times), "p50_ms": round(1000 * statistics.median(times)),
                "p95_ms": round(1000 * times[int(len(times) * 0.95) - 1]),
                "max_KiB": max(o.sizes[name] for o in officers) // 1024,
            }  # fmt: skip
    return found


if __name__ == "__main__":
    main()
