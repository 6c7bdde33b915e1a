"""Evidenced yes/no questions a second on one node, beside a bare async FastAPI route on the same machine.

`python -m bench.api [--children 100000] [--seconds 4]`: a site with so many kept answers, served as
`cwg serve` does it by one process; the load comes from another. Every answer is checked to be 200, and
audited like any other.
"""

import argparse
import hashlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

import pyarrow as pa
import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse

from bench.load import measure, request
from gateway.cli.init import make_site
from gateway.model.answers import GROUND, Kept, Question, number_token, pack
from gateway.model.clients import ClientRow, TokenRow
from gateway.model.identifiers import check_digit
from gateway.store import Store
from gateway.wiring import open_site_store
from gateway.wiring_apps import make_app

TOKEN = "bench-token-of-a-client-that-exists-here-only"
CONNECTIONS = 32
PAIRS = 5
RATIO, RATE, P95 = 0.25, 500, 0.050
"""The limits: of the bare route's rate, answers a second, seconds at half of that."""


def number(child: int) -> str:
    """An invented number."""
    first = f"419901{2010 + child % 12}{child // 12 % 12 + 1:02d}{child // 144 % 28 + 1:02d}"
    first += f"{child // 4032 % 1000:03d}"
    return first + check_digit(first)


def make(folder: Path, children: int) -> None:
    """A site with a published night, kept answers, and a client with a token."""
    make_site(folder, "安禾市（虚构）", "419900", ("419901",))
    with open_site_store(folder) as store:
        now = datetime.now(UTC)
        run = store.runs.begin_run(date(2026, 11, 16), now, "night", False, "2026-11/all", now)
        key = store.answers.index_key
        kept = (
            ("number", number_token(key, number(n)), Kept(n, "419901001002", "yno"))
            for n in range(children)
        )
        day = date(2026, 11, 16)
        ground = [
            {"question": q, "county": "419901", "roll_as_of": day, "coverage": "province", "until_day": day}
            for q in Question
        ]  # fmt: skip
        store.answers.put(run.run_id, pack(kept), pa.Table.from_pylist(ground, schema=GROUND))
        store.runs.finish_run(run.run_id, "done", now)
        store.night.publish(run.run_id)
        basis = {"casework": "未成年人保护法 第八十一条"}
        store.clients.put(
            ClientRow(
                "bench", "bench", '{"keys": []}', ("children.check",), ("",), basis, "bench", now
            )
        )
        _give_token(store, now)


def _give_token(store: Store, now: datetime) -> None:
    digest = hashlib.sha256(TOKEN.encode()).hexdigest()
    scopes = ("children.check",)
    row = TokenRow(digest, "bench", scopes, "", now, now + timedelta(hours=1))
    store.client_tokens.add(row)


def serve(folder: str, port: int) -> None:
    """One node: the site's application, or (without a folder) the bare route."""
    if folder:
        with open_site_store(Path(folder)) as store:
            uvicorn.run(
                make_app(Path(folder), store), port=port, access_log=False, log_level="error"
            )
        return
    app = FastAPI()

    @app.get("/bare")
    async def bare() -> JSONResponse:
        return JSONResponse({"answer": "yes"})

    uvicorn.run(app, port=port, access_log=False, log_level="error")


def started(folder: str) -> tuple[subprocess.Popen[bytes], int]:
    """A node in a process of its own, ready."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    node = subprocess.Popen(
        [sys.executable, "-m", "bench.api", "--serve", folder, "--port", str(port)]
    )
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return node, port
        time.sleep(0.1)
    raise SystemExit("the node did not start")


def questions(port: int, children: int) -> list[bytes]:
    """A thousand different questions."""
    step = max(1, children // 1000)
    bodies = [
        {
            "idtype": "resident_number", "value": number(n), "question": list(Question)[n % 2],
            "purpose": "casework", "case_ref": f"B-{n}",
        }
        for n in range(0, children, step)
    ]  # fmt: skip
    path = "/api/v1/children:check"
    return [request(path, port, json.dumps(body).encode(), TOKEN) for body in bodies]


def main() -> None:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--children", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--serve")
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args()
    if given.serve is not None:
        serve(given.serve, given.port)
        return
    with tempfile.TemporaryDirectory(prefix="cwg-bench-") as folder:
        site = Path(folder) / "site"
        make(site, given.children)
        print(json.dumps(compared(str(site), given.children, given.seconds), indent=1))


def compared(site: str, children: int, seconds: float) -> dict[str, object]:
    """Pairs of the bare route and the question as fast as they go, and the question at half of its limit.

    What the machine does besides changes from second to second, so that only what was measured one after
    the other is divided, and the middle of several such ratios counts.
    """
    bare, bare_port = started("")
    node, port = started(site)
    asked, simple = questions(port, children), [request("/bare", bare_port)]
    try:
        measure(port, asked, seconds=1, connections=CONNECTIONS)
        pairs = [
            (
                measure(bare_port, simple, seconds=seconds, connections=CONNECTIONS),
                measure(port, asked, seconds=seconds, connections=CONNECTIONS),
            )
            for _ in range(PAIRS)
        ]
        half = measure(port, asked, seconds=seconds, connections=CONNECTIONS, rate=RATE / 2)
    finally:
        bare.terminate()
        node.terminate()
    ratios = sorted(most.rate / least.rate for least, most in pairs)
    rate = median(most.rate for _, most in pairs)
    wrong = half.wrong + sum(least.wrong + most.wrong for least, most in pairs)
    good = rate >= RATE and median(ratios) >= RATIO and half.p95 <= P95 and not wrong
    return {
        "cores": os.cpu_count(),
        "children": children,
        "bare": median(least.rate for least, _ in pairs),
        "check": rate,
        "p95": median(most.p95 for _, most in pairs),
        "check_at_half": asdict(half),
        "ratios": [round(one, 3) for one in ratios],
        "ratio": round(median(ratios), 3),
        "within": good,
    }


if __name__ == "__main__":
    main()
