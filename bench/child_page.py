"""A child's page among ten million: the case and the whole file of children met at random, timed.

    python -m bench.child_page [--people 10000000] [--url postgresql+psycopg://…] [--folder DIR]

Everybody has a case, a finding, a line of history, a key and a file of one night, written by the database
itself: numbers, no real envelopes. A thousand of them, far from one another, are then written as
the night writes people, so that their pages open. Fifty officers look at them, one action each per five
seconds, against a real uvicorn in a process of its own. A folder is filled once.
"""

import argparse
import json
import random
import tempfile
import threading
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import httpx
import pyarrow as pa
from lxml import html
from sqlalchemy import insert, text

from bench.console import EVERY, KNOWN, OFFICERS, TODAY, accounts, looked, name_of
from gateway.console.sessions import COOKIE
from gateway.model.cases import CASE_PERSON
from gateway.model.child_files import FACTS, RECORD, UNIT
from gateway.store import DataKeys, Store
from gateway.store.persons import put_people
from gateway.store.tables import published_run

SHOWN = 1000
_DIVISION = "'41990' || (n % 10) || '001001'"
_COLUMNS = {
    "person": {
        "person_id": "n", "birth_year": "2009 + n % 16", "birth_month": "n % 12 + 1", "sex": "'1'",
        "division": _DIVISION, "household_key": "'H' || n", "name": "{blob48}",
        "id_number": "{blob64}", "birth_date": "{blob48}", "guardian_name": "{blob48}",
        "address": "{blob96}", "school_name": "{blob64}", "id_token": "{key}", "name_token": "{key}",
    },
    "child_key": {"person_id": "n", "salt": "{blob32}"},
    "case_file": {
        "case_id": "n", "state": "'in_review'", "version": "1", "opened_on": f"'{TODAY}'",
        "due_on": f"'{TODAY}'", "assigned_to": "'officer-' || (n % 50)",
    },
    "finding": {
        "finding_key": "{key}", "case_id": "n", "rule": "'EDU-01'", "rule_version": "1", "run_id": "1",
        "person_id": "n", "division": _DIVISION, "severity": "'1'", "owner": "'education'",
        "answer": "'no'", "reason": "'no_enrolment'", "access": "'ordinary'", "episode": "'2026-09-01'",
        "evidence": "'[]'", "evidence_digest": "{key}", "first_run": "1", "known_from": f"'{KNOWN:%F %T}'",
    },
    "case_event": {
        "case_id": "n", "version": "1", "event": "'found'", "to_state": "'in_review'", "by": "'night'",
        "at": f"'{KNOWN:%F %T}'", "run_id": "1", "evidence": "'[]'",
    },
    "child_file": {"person_id": "n", "run_id": "1", "digest": "{key}", "facts": "{blob400}"},
}  # fmt: skip


def shown_of(people: int) -> list[int]:
    """The numbers of those whose pages open."""
    return random.Random(7).sample(range(1, people + 1), SHOWN)


def fill(store: Store, people: int) -> None:
    """Everybody, written by the database; those who are shown as the night writes people."""
    run = store.runs.begin_run(TODAY, KNOWN, "night", False, "bench")
    for table, columns in _COLUMNS.items():
        began = time.perf_counter()
        with store._db.engine.connect() as c:
            if store._db.is_sqlite:
                # Nobody needs the journal of a bench; the checks would ask each row for its parents.
                for pragma in ("foreign_keys=OFF", "journal_mode=OFF", "synchronous=OFF"):
                    c.connection.driver_connection.execute(f"PRAGMA {pragma}")  # type: ignore[union-attr]
            c.execute(text(_filling(table, columns, store._db.is_sqlite)), {"people": people})
            c.commit()
            c.detach()
        print(f"{table}: {time.perf_counter() - began:.0f} s", flush=True)
    shown = shown_of(people)
    with store._db.write() as c:
        put_people(c, store.keys, _people(shown))
    files = [{"person_id": n, "digest": f"{n:064x}", "facts": _facts(n)} for n in shown]
    store.child_files.put(run.run_id, [one | {"sealed_facts": None} for one in files])
    store.runs.finish_run(run.run_id, "done", KNOWN)
    with store._db.write() as c:
        c.execute(insert(published_run).values(name="online", run_id=run.run_id))
        if not store._db.is_sqlite:
            c.exec_driver_sql("ANALYZE")


def _filling(table: str, columns: dict[str, str], lite: bool) -> str:
    key = "printf('%064x', n)" if lite else "lpad(to_hex(n), 64, '0')"
    blob = "zeroblob({})" if lite else "decode(repeat(md5(n::text), {} / 16), 'hex')"
    blobs = {f"blob{size}": blob.format(size) for size in (32, 48, 64, 96, 400)}
    told = ", ".join(value.format(key=key, **blobs) for value in columns.values())
    names = ", ".join(f'"{name}"' for name in columns)
    if lite:
        numbers = (
            "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < :people)"
        )
        return f"INSERT INTO {table} ({names}) {numbers} SELECT {told} FROM t"
    # The casts of literals to dates are PostgreSQL's own only outside of a SELECT.
    told = told.replace(f"'{TODAY}'", f"date '{TODAY}'").replace(
        "'2026-09-01'", "date '2026-09-01'"
    )
    told = told.replace(f"'{KNOWN:%F %T}'", f"timestamptz '{KNOWN:%F %T}+00'")
    return f"INSERT INTO {table} ({names}) SELECT {told} FROM generate_series(1, :people) AS t(n)"


def _people(shown: Sequence[int]) -> pa.Table:
    rows = [
        {
            "person_id": n, "name": name_of(n), "birth_date": date(2009 + n % 16, n % 12 + 1, 1),
            "sex": "1", "division": f"41990{n % 10}001001", "household_key": f"H{n}",
            "guardian_name": name_of(n + 1), "address": "安禾区和平路8号", "school_name": "安禾第二小学",
        }
        for n in shown
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=CASE_PERSON)


def _facts(n: int) -> str:
    """Two years of school, insurance and benefits by month: thirty facts."""
    months = [f"{year}-{month:02d}" for year in (2025, 2026) for month in range(1, 12)]
    told = [
        ("child", {"category": "303", "recognised_on": "2025-03-01"}),
        *(("enrolment", {"school_name": "安禾第二小学", "grade": g, "status": "01"}) for g in "34"),
        *(("coverage", {"insurance_year": y, "status": "1"}) for y in ("2025", "2026")),
        *(("aid", {"month": m, "kind": "low_income", "amount": "300.00"}) for m in months),
    ]
    return RECORD.join(
        UNIT.join((table, "bureau", table, f"{n}#{line}", "score", "12.5", "", "", "1",
                   *(values.get(name, "") for name in FACTS[table])))
        for line, (table, values) in enumerate(told)
    )  # fmt: skip


class Officer(threading.Thread):
    """Opens a case of their own, then the child's whole file."""

    def __init__(self, n: int, base: str, token: str, until: float, shown: Sequence[int]) -> None:
        super().__init__(daemon=True)
        self.times: dict[str, list[float]] = {"case": [], "file": []}
        self.size = 0
        self._until, self._wait = until, n * EVERY / OFFICERS
        self._mine = [one for one in shown if one % OFFICERS == n]
        cookie = {"cookie": f"{COOKIE}={token}"}
        self._client = httpx.Client(base_url=base, trust_env=False, timeout=60, headers=cookie)

    def run(self) -> None:
        """Act until the time is over."""
        time.sleep(self._wait)
        while time.monotonic() < self._until and self._mine:
            path = f"/findings/{self._mine.pop():064x}"
            page = self._act("case", "GET", path)
            form = html.fromstring(page.text).xpath("string(//input[@name='form']/@value)")
            self._act("file", "POST", f"{path}/file", {"form": str(form)})

    def _act(
        self, name: str, method: str, path: str, form: dict[str, str] | None = None
    ) -> httpx.Response:
        began = time.perf_counter()
        answer = self._client.request(method, path, data=form)
        took = time.perf_counter() - began
        assert answer.status_code == 200, answer.status_code
        self.times[name].append(took)
        self.size = max(self.size, len(answer.content))
        time.sleep(max(0.0, EVERY - took))
        return answer


def main() -> None:
    """Fill, serve, look, and print one JSON line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=10_000_000)
    parser.add_argument("--url", default="")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    shown = shown_of(asked.people)
    with tempfile.TemporaryDirectory(prefix="cwg-bench-") as name:
        folder = asked.folder or Path(name)
        url = asked.url or f"sqlite:///{folder / 'store.db'}"
        if not (folder / "filled").exists():
            with Store(url, DataKeys.create(folder / "keys")) as store:
                store.upgrade()
                accounts(store)
                fill(store, asked.people)
            (folder / "filled").touch()
        officers = looked(url, folder, asked.seconds, lambda *seat: Officer(*seat, shown))
        print(json.dumps({"people": asked.people, "store": url.split(":")[0]} | summary(officers)))


def summary(officers: Sequence[Officer]) -> dict[str, object]:
    """Milliseconds of each page, and the largest in KiB."""
    found: dict[str, object] = {"max_KiB": max(one.size for one in officers) // 1024}
    for name in ("case", "file"):
        times = sorted(t for one in officers for t in one.times[name])
        points = {f"p{p}_ms": round(1000 * times[int(len(times) * p / 100)]) for p in (50, 95, 99)}
        found[name] = {"n": len(times)} | points
    return found


if __name__ == "__main__":
    main()
