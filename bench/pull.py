"""What the client of a called bureau takes: SOAP and JSON pages asked for, verified, archived and counted.

A process of its own hands out pages that it sealed before (for request ids that both sides know), so that it
is not the limit. Measured are the client's CPU seconds and the wall clock for `adapter.collect`
and every verified payload, and how much memory stays with twice as many pages.
`python -m bench.pull [pages]`, 1,000 rows a page.
"""

import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from unittest import mock

import pyarrow as pa
from lxml import etree

from adapters.education import EducationAdapter
from adapters.medical_insurance import MedicalInsuranceAdapter
from gateway.evidence import Archive, ChainedLog, Shelf
from gateway.exchange import (
    KeyRing,
    PartnerFile,
    Room,
    SourceLine,
    SourceProfile,
    TrustBook,
    add_partner,
    make_site_keys,
)
from gateway.exchange import sealing as gateway_sealing
from gateway.exchange.contract import new_id
from gateway.model.exchange import Action
from gateway.transport import Gate, Http, HttpSettings, Post
from gateway.wiring_sources import ROWS, SERVICE_PATH
from sandbox.bureaus import education, insurance
from sandbox.bureaus import soap_names as names
from sandbox.bureaus.contract import Content as SandboxContent
from sandbox.bureaus.contract import Terms, complete
from sandbox.bureaus.desk import Desk
from sandbox.bureaus.faults import Faults
from sandbox.bureaus.keys import load_ring, make_keys
from sandbox.bureaus.rolls import COUNTIES, Roll, RollStore, count_scopes, county_column
from sandbox.bureaus.soap_open import OpenedSoap

PERIOD, PAGE = "2026-11", 1000
KINDS = {"education": "rsa", "medical_insurance": "ec"}
WANTED = {"education": 15_000, "medical_insurance": 20_000}
COVERAGE = (
    *("psn_insu_rlts_id", "psn_no", "psn_cert_type", "certno", "psn_name", "gend", "naty", "brdy"),
    *("surv_stas", "insutype", "psn_type", "psn_insu_stas", "crt_insu_date", "paus_insu_date"),
    *("clct_flag", "clct_time", "insu_year", "insuplc_admdvs", "resd_loc_admdvs", "emp_name"),
)


class OneRoll(RollStore):
    """The same rows whatever is asked."""

    roll: Roll

    def find(self, period: str, roll: str) -> Roll | None:
        """Always ready."""
        return self.roll


def invented(columns: tuple[str, ...], division: str, rows: int) -> Roll:
    """Rows of 27 or 20 columns, a dozen characters each."""
    table = pa.table({
        name: [f"{name[:4]}{n:08d}" for n in range(rows)] for name in columns if name != division
    } | {division: [f"{COUNTIES[n % 6]}001002" for n in range(rows)]})  # fmt: skip
    return Roll(table, rows, count_scopes(county_column(table, division)))


def make_desk(folder: Path, bureau: str, pages: int) -> Desk:
    """A bureau that keeps `pages` pages of rows."""
    ring = load_ring(folder / bureau, bureau, {"gateway": folder / "site" / KINDS[bureau]})
    faults = Faults(folder)
    store = OneRoll(folder, folder, faults)
    columns, division = {
        "education": (education.FIELDS, "xxsszgjyxzdm"),
        "medical_insurance": (COVERAGE, "resd_loc_admdvs"),
    }[bureau]
    object.__setattr__(store, "roll", invented(columns, division, pages * PAGE))
    roll = {"education": education.ROLL, "medical_insurance": insurance.ROLL}[bureau]
    return Desk(folder, roll, ring, store, faults)


def sealed_pages(desk: Desk, ids: list[str]) -> Iterator[bytes]:
    """The answers to these requests, in order."""
    cursor = ""
    for number, exchange_id in enumerate(ids, start=2):
        terms = Terms("gateway", desk.ring.me.name, "roll", desk.ring.me.name, desk.roll, PERIOD)
        asked = replace(complete(terms, SandboxContent("", "0" * 64)), id=exchange_id)
        yield _answer(desk, asked, cursor)
        (delivery,) = desk.deliveries._open
        cursor = f"{delivery}.{number}"


def _answer(desk: Desk, asked: Any, cursor: str) -> bytes:
    if desk.roll == insurance.ROLL:
        data = {"period": PERIOD, "cursor": cursor, "page_size": str(PAGE)}
        content = {"infno": "CWG01", "msgid": "0" * 30, "input": {"data": data}}
        return insurance.Insurance(desk)._seal(asked, content)
    payload = etree.Element(f"{{{names.EDUCATION}}}GetRoll")
    for name, text in (("period", PERIOD), ("cursor", cursor), ("pageSize", str(PAGE))):
        etree.SubElement(payload, f"{{{names.EDUCATION}}}{name}").text = text
    opened = OpenedSoap(asked, "GetRoll", payload, "")
    return education.Education(desk)._seal(opened)


def serve(folder: Path, bureau: str, ids: list[str], said: Connection) -> None:
    """The page server's process: seals, says its port, and answers the n-th post with page n."""
    pages = iter(list(sealed_pages(make_desk(folder, bureau, len(ids)), ids)))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = next(pages)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    said.send(server.server_address[1])
    server.serve_forever(0.5)


@contextmanager
def page_server(folder: Path, bureau: str, ids: list[str]) -> Iterator[int]:
    """The server in a process of its own; its port."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(folder, bureau, ids, theirs), daemon=True)
    process.start()
    try:
        yield int(ours.recv())
    finally:
        process.terminate()
        process.join()


class Seen:
    """The SeenIds port in memory."""

    def __init__(self) -> None:
        self.rows: dict[str, str | None] = {}

    def first_seen(self, exchange_id: str, *_: object) -> str:
        """Every id comes once here."""
        self.rows[exchange_id] = None
        return "new"

    def keep_receipt(self, exchange_id: str, sender: str, receipt: str, now: datetime) -> None:
        """Kept, as the store would."""
        self.rows[exchange_id] = receipt

    def receipt(self, exchange_id: str, sender: str) -> str | None:
        """The receipt given."""
        return self.rows.get(exchange_id)


def make_room(folder: Path, work: Path) -> Room:
    """The gateway's exchange room over real keys; evidence on disk."""
    for bureau in KINDS:
        spec = PartnerFile(name=bureau, sources=(bureau,), actions=tuple(Action))
        add_partner(work / "partners", spec, sorted((folder / bureau).glob("*.cert.pem")))
    return Room(
        party="gateway",
        keys=KeyRing.load(folder / "site"),
        trust=TrustBook.load(work / "partners"),
        archive=Archive(work / "archive"),
        log=ChainedLog(work / "log", "node-1"),
        sent=Shelf(work / "sent"),
        seen=Seen(),
        clock=lambda: datetime.now(UTC),
        spill_dir=Path("/dev/shm"),
    )


def pull(folder: Path, bureau: str, pages: int) -> tuple[float, float, int]:
    """Rows per CPU second of the client, rows per second of wall clock, bytes of memory that stay."""
    now = datetime.now(UTC)
    ids = [new_id(now) for _ in range(pages)]
    given = iter(ids)
    with (
        tempfile.TemporaryDirectory() as work,
        page_server(folder, bureau, ids) as port,
        mock.patch.object(gateway_sealing, "new_id", lambda _: next(given)),
    ):
        base = f"http://127.0.0.1:{port}"
        suite = {"education": "soap", "medical_insurance": "jose"}[bureau]
        roll = {"education": "enrolment", "medical_insurance": "coverage"}[bureau]
        profile = SourceProfile(
            bureau,
            bureau,
            suite,
            ROWS[bureau],
            roll,
            base + SERVICE_PATH.get(bureau, ""),  # type: ignore[arg-type]
        )
        line = SourceLine(make_room(folder, Path(work)), profile)
        post = Post(Http(HttpSettings(base)), Gate(bureau))
        adapter: Any = (
            EducationAdapter(post)
            if bureau == "education"
            else MedicalInsuranceAdapter(post, datetime.now)
        )
        before, cpu, wall = resident(), time.process_time(), time.perf_counter()
        delivery = adapter.collect(roll, PERIOD, line)
        for exchange in line.verified(delivery):
            exchange.payload.close()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        rows = delivery.closing.rows
        assert rows == pages * PAGE
        return rows / cpu, rows / wall, resident() - before


def resident() -> int:
    """Bytes of memory that the process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def main() -> None:
    """Print a table for docs/benchmarks.md."""
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        make_site_keys(folder / "site", "gateway", datetime.now(UTC) - timedelta(hours=1))
        for bureau, kind in KINDS.items():
            make_keys(folder / bureau, bureau, kind)
        print(
            "| client | pages | rows per CPU second | rows/s, wall clock | memory kept | wanted |"
        )
        print("|---|---|---|---|---|---|")
        measure: Callable[[Path, str, int], tuple[float, float, int]] = pull
        for bureau in KINDS:
            measure(folder, bureau, 5)  # warm
            for count in (pages, 2 * pages):
                cpu, wall, kept = measure(folder, bureau, count)
                wanted = f"{WANTED[bureau]:,}"
                print(
                    f"| {bureau} | {count} | {cpu:,.0f} | {wall:,.0f} | {kept / 2**20:.0f} MB | {wanted} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
