"""Two worker processes that send referrals and collect the replies, killed one after the other at random
instants: nothing is lost, nothing has its effect twice."""

import json
import multiprocessing
import os
import random
import signal
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dispatch_kit import Base, Bench, child, clear, copy_base
from sqlalchemy import text

from gateway.dispatch import Referring, WorkSettings, answering, work_once
from gateway.store import DataKeys, Store
from gateway.store.database import Database
from gateway.store.tables import metadata

CASES, KILLS, MORE = 24, 5, 2
LEASE = timedelta(seconds=1)
FORK = multiprocessing.get_context("fork")


def worker(base: Base, folder: Path, url: str) -> None:
    """A worker until it is killed: a short lease, so that what a dead one held is soon taken over."""
    with Store(url, keys_of(folder)) as store:
        bench = Bench(base, folder, store)
        office = replace(bench.office, clock=lambda: datetime.now(UTC))
        settings = WorkSettings(batch=3, lease=LEASE, max_attempts=50, first_pause=LEASE / 10)
        answering.ASK_EVERY = LEASE / 4
        while True:
            work_once(store.outbox, Referring(store, office), office.clock, settings)
            answering.Answering(store, office).collect()
            time.sleep(0.02)


def keys_of(folder: Path) -> DataKeys:
    return DataKeys(folder / "keys" / "data")


def start(base: Base, folder: Path, url: str) -> multiprocessing.process.BaseProcess:
    process = FORK.Process(target=worker, args=(base, folder, url), daemon=True)
    process.start()
    return process


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path, base: Base) -> tuple[str, Path]:
    folder = copy_base(base, tmp_path)
    if request.param == "sqlite":
        return f"sqlite:///{folder}/var/gateway.db", folder
    url = request.getfixturevalue("postgres_url")
    with Store(url, keys_of(folder)) as store:
        store.upgrade()
    db = Database(url)
    names = ", ".join(t.name for t in metadata.sorted_tables if t.name != "counter")
    with db.write() as c:
        c.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
    db.close()
    return url, folder


def test_nothing_is_lost_or_doubled_when_a_worker_is_killed(
    base: Base, store_url: tuple[str, Path]
) -> None:
    url, folder = store_url
    clear(base)
    chance = random.Random(20261116)
    bureau = base.bureaus.medical_insurance.folder / "referrals"
    answers = {"referral": {"answer": "corrected"}, "data_check": {"answer": "accepted"}}
    (bureau.parent / "answers.json").write_text(json.dumps(answers))
    with Store(url, keys_of(folder)) as store:
        bench = Bench(base, folder, store)
        for number in range(1, CASES + 1):
            bench.refer(bench.case(number, "MED-01"), "medical_insurance")
        for number in range(1, MORE + 1):  # Of one case: a check after its referral, in that order.
            bench.decide(number, "check_data", on_whom="medical_insurance", reason="old_data")
        workers = [start(base, folder, url) for _ in range(2)]
        killed_at = []
        try:
            for _ in range(KILLS):
                time.sleep(chance.uniform(0.05, 0.35))
                victim = chance.randrange(2)
                os.kill(workers[victim].pid, signal.SIGKILL)
                workers[victim].join()
                killed_at.append(store.outbox.backlog().sent)
                workers[victim] = start(base, folder, url)
            end = time.monotonic() + 60
            while len(store.referrals.replies()) < CASES + MORE and time.monotonic() < end:
                time.sleep(0.05)
            while store.outbox.backlog().sent < CASES + 2 * MORE and time.monotonic() < end:
                time.sleep(0.05)
        finally:
            for process in workers:
                process.kill()
                process.join()
        assert killed_at[0] < CASES + MORE, "the kills came after the work was done"
        backlog = store.outbox.backlog()
        # A check that was answered tells the case's owner: one more item each.
        assert (backlog.sent, backlog.dead, backlog.pending, backlog.leased) == (
            CASES + 2 * MORE, 0, 0, 0,
        )  # fmt: skip
        for number in range(1, CASES + 1):
            story = bench.story(number)
            assert story.count("bureau_corrected") == 1
            assert story.count("data_checked") == (number <= MORE)
            assert bench.state(number) == "waiting"
        held = base.asked("medical_insurance")
        ours = {row.referral_id: row for n in range(1, CASES + 1)
                for row in store.referrals.of_case(n)}  # fmt: skip
        # One effect by key: what the bureau holds is what we sent, each once, each to the right child.
        assert set(held) == set(ours)
        assert len(ours) == CASES + MORE
        for name, said in held.items():
            assert said["child"]["id_number"] == child(ours[name].case_id)["id_number"]
        deliveries = [line.split() for p in bureau.glob("*.came") for line in
                      p.read_text().splitlines()]  # fmt: skip
        assert len({exchange for exchange, _ in deliveries}) == len(deliveries)
        assert len({digest for _, digest in deliveries}) == CASES + MORE
        for number in range(1, MORE + 1):
            first, second = store.referrals.of_case(number)
            assert (first.kind, second.kind) == ("referral", "data_check")
            assert first.sent_at is not None
            assert second.sent_at is not None
            assert first.sent_at <= second.sent_at
