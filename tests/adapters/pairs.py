"""Every bureau over every transport that makes sense, with real keys on both sides: the sandbox's
bureaus (which share no code with the gateway) seal, wiring's own adapters and lines open."""

import contextlib
import json
import sqlite3
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from gateway.evidence import Archive, ChainedLog, Shelf
from gateway.exchange import (
    KeyRing,
    PartnerFile,
    Room,
    SourceLine,
    TrustBook,
    add_partner,
    make_site_keys,
)
from gateway.model.exchange import Action
from gateway.model.ports import Adapter
from gateway.pipeline import Silent
from gateway.site import Site
from gateway.sources import SourceSettings
from gateway.wiring_sources import make_adapter, make_line
from sandbox.bureaus import education, files, insurance
from sandbox.bureaus.contract import Exchange
from sandbox.bureaus.desk import Desk
from sandbox.bureaus.drops import Drop, dropped_file, dropped_pages, write_table
from sandbox.bureaus.faults import Faults
from sandbox.bureaus.keys import KeyRing as TheirRing
from sandbox.bureaus.keys import load_ring, make_keys, make_tls
from sandbox.bureaus.rolls import DIVISION_COLUMN, RollStore
from sandbox.bureaus.web import Application, handler
from tests.transport.sftp_server import USER, sftp_server

PERIOD, ROWS, PAGE = "2026-11", 25, 10
ROLL = {
    "education": "enrolment",
    "medical_insurance": "coverage",
    "national_welfare_system": "registry",
}
PAIRS = [
    ("education", "soap"),
    ("education", "folder"),
    ("education", "sftp"),
    ("education", "table"),
    ("medical_insurance", "rest"),
    ("medical_insurance", "folder"),
    ("medical_insurance", "sftp"),
    ("medical_insurance", "table"),
    ("national_welfare_system", "folder"),
    ("national_welfare_system", "sftp"),
    ("national_welfare_system", "table"),
]
LEFT_OUT = {
    ("education", "rest"): "the student-record system is described by a WSDL; it speaks SOAP only",
    ("medical_insurance", "soap"): "the health-insurance interface is JSON over HTTPS only",
    ("national_welfare_system", "soap"): "it offers no service, only exports",
    ("national_welfare_system", "rest"): "it offers no service, only exports",
}
"""Pairs that make no sense, with the reason."""
COLUMNS = {
    "enrolment": ("xsJbxxId", "grbsm", "xm", "sfzjlxm", "sfzjh", "xxsszgjyxzdm"),
    "coverage": ("psn_insu_rlts_id", "psn_name", "psn_cert_type", "certno", "resd_loc_admdvs"),
    "registry": ("档案编号", "姓名", "身份证件号码", "户籍区划"),
}


@dataclass
class PairKeys:
    """Keys of the gateway and of each bureau, made and read once."""

    folder: Path
    own: KeyRing = field(init=False)
    trusted: TrustBook = field(init=False)
    rings: dict[tuple[str, str], TheirRing] = field(init=False)

    def make(self) -> "PairKeys":
        make_site_keys(self.folder / "site", "gateway", datetime.now(UTC) - timedelta(hours=1))
        for bureau in ROLL:
            for kind in ("ec", "rsa"):
                make_keys(self.folder / bureau / kind, bureau, kind)
        self.own = KeyRing.load(self.folder / "site")
        self.trusted = self._trust(self.folder / "partners")
        self.rings = {(b, k): self._ring(b, k) for b in ROLL for k in ("ec", "rsa")}
        return self

    def _ring(self, bureau: str, kind: str) -> TheirRing:
        own = self.folder / bureau / kind
        return load_ring(own, bureau, {"gateway": self.folder / "site" / kind})

    def _trust(self, folder: Path) -> TrustBook:
        for bureau in ROLL:
            spec = PartnerFile(name=bureau, sources=(bureau,), actions=tuple(Action))
            add_partner(folder, spec, [])
            for kind in ("ec", "rsa"):
                for use in ("sign", "encrypt"):
                    pem = (self.folder / bureau / kind / f"{use}.cert.pem").read_bytes()
                    (folder / bureau / f"{use}-{kind}.cert.pem").write_bytes(pem)
        return TrustBook.load(folder)


class Seen:
    """The SeenIds port in memory."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], list[str | None]] = {}

    def first_seen(
        self, exchange_id: str, sender: str, signed_digest: str, sealed_digest: str, now: datetime
    ) -> Any:
        row = self.rows.setdefault((sender, exchange_id), [signed_digest, None])
        if row[0] != signed_digest:
            return "other"
        return "new" if row[1] is None else "same"

    def keep_receipt(self, exchange_id: str, sender: str, receipt: str, now: datetime) -> None:
        self.rows[sender, exchange_id][1] = self.rows[sender, exchange_id][1] or receipt

    def receipt(self, exchange_id: str, sender: str) -> str | None:
        row = self.rows.get((sender, exchange_id))
        return row[1] if row else None


@dataclass
class PairRig:
    """One bureau over one transport: its adapter, a line, and what the bureau can be told to do."""

    bureau: str
    transport: str
    folder: Path
    keys: PairKeys
    adapter: Adapter = field(init=False)
    room: Room = field(init=False)
    dropped: list[str] = field(default_factory=list)

    @property
    def roll(self) -> str:
        return ROLL[self.bureau]

    @property
    def called(self) -> bool:
        return self.transport in ("soap", "rest")

    def line(self) -> SourceLine:
        return make_line(self.room, self.source, self.source.rolls[0], self.folder)

    @contextmanager
    def open(self) -> Iterator["PairRig"]:
        with ExitStack() as stack:
            for name in ("out", "in", "scratch"):
                (self.folder / name).mkdir()
            self._write_roll()
            endpoint = self._endpoint(stack)
            self.source = self._settings(endpoint | {"timeout_seconds": 1.0})
            site = Site.model_validate({
                "site": {"name": "x", "division": "419900", "counties": ["419901"]},
                "night": {"spill_dir": str(self.folder / "scratch")},
            })  # fmt: skip
            self.room = self._room()
            self.adapter = make_adapter(self.folder, site, self.source, Silent())
            yield self
            place = getattr(self.adapter, "_place", None)
            if place is not None and hasattr(place, "close"):
                place.close()

    def faults(self, *switches: str) -> None:
        (self.folder / "faults.json").write_text(json.dumps(switches))

    def ready(self, *faults: str, replaces: str = "") -> None:
        """The bureau has the roll: a called one serves it anyway, the others drop it now."""
        self.faults(*faults)
        if self.called:
            return
        ring, faults = self.keys.rings[self.bureau, "ec"], Faults(self.folder)
        roll = RollStore(self.folder, self.folder, faults).find(PERIOD, self.roll)
        if roll is None:
            return
        drop = Drop(PERIOD, self.roll, roll, replaces)
        if self.transport == "table":
            pages = dropped_pages(ring, drop, PAGE, faults)
            write_table(self.folder / "front.db", "cwg_out", pages)
            self.dropped.append(pages[0][0].id)
            return
        exchange_id, sealed = dropped_file(ring, drop, faults)
        files.write(self.folder / "out", f"name{len(self.dropped)}-says-nothing.cwgx", sealed)
        self.dropped.append(exchange_id)

    def preparing(self) -> None:
        if self.called:
            self.faults("late")

    def received(self) -> list[tuple[Exchange, bytes]]:
        """What the bureau got from us, opened with its own keys."""
        if self.called:
            return [
                (None, path.read_bytes())  # type: ignore[misc]
                for path in sorted((self.folder / "received").glob("*.bin"))
            ]
        ring = self.keys.rings[self.bureau, "ec"]
        if self.transport == "table":
            with contextlib.closing(sqlite3.connect(self.folder / "front.db")) as c:
                sealed = [row[0] for row in c.execute("SELECT sealed FROM cwg_in")]
        else:
            sealed = [path.read_bytes() for path in (self.folder / "in").iterdir()]
        return [(f.exchange, f.content) for f in (files.open_file(ring, one) for one in sealed)]

    def _write_roll(self) -> None:
        counties = [f"41990{1 + i % 5}001002" for i in range(ROWS)]
        division = DIVISION_COLUMN[self.roll]
        rows = {name: [f"{name}-{i}" for i in range(ROWS)] for name in COLUMNS[self.roll]}
        path = self.folder / "rolls" / PERIOD / f"{self.roll}.parquet"
        path.parent.mkdir(parents=True)
        pq.write_table(pa.table(rows | {division: counties}), path)

    def _settings(self, endpoint: dict[str, Any]) -> SourceSettings:
        suite = {"soap": "soap", "rest": "jose"}.get(self.transport, "file")
        mapping = f"{self.bureau}/{self.roll}.v1"
        return SourceSettings.model_validate({
            "name": self.bureau, "partner": self.bureau, "suite": suite, "endpoint": endpoint,
            "adapter": self.bureau if self.called else "pick_up",
            "rolls": [{"roll": self.roll, "mapping": mapping, "coverage": "city"}],
            "grant": {
                "catalog_id": "x", "application_no": "x", "purpose": "x", "valid_to": "2027-12-31",
            },
        })  # fmt: skip

    def _room(self) -> Room:
        evidence = self.folder / "evidence"
        return Room(
            party="gateway",
            keys=self.keys.own,
            trust=self.keys.trusted,
            archive=Archive(evidence / "archive"),
            log=ChainedLog(evidence / "log", "node-1"),
            sent=Shelf(evidence / "sent"),
            seen=Seen(),
            clock=lambda: datetime.now(UTC),
            spill_dir=self.folder / "scratch",
        )

    def _endpoint(self, stack: ExitStack) -> dict[str, Any]:
        makers: dict[str, Callable[[ExitStack], dict[str, Any]]] = {
            "soap": self._soap, "rest": self._rest, "sftp": self._sftp, "table": self._table,
            "folder": lambda _: {"folder": "out", "hand_over": "in"},
        }  # fmt: skip
        return makers[self.transport](stack)

    def _desk(self, kind: str) -> Desk:
        faults = Faults(self.folder)
        rolls = RollStore(self.folder, self.folder, faults)
        return Desk(self.folder, self.roll, self.keys.rings[self.bureau, kind], rolls, faults)

    def _soap(self, stack: ExitStack) -> dict[str, Any]:
        port = stack.enter_context(serving(education.Education(self._desk("rsa"))))
        return {"base": f"http://127.0.0.1:{port}"}

    def _rest(self, stack: ExitStack) -> dict[str, Any]:
        key, certificate = make_tls(self.folder / "tls")
        tls = (key, certificate)
        port = stack.enter_context(serving(insurance.Insurance(self._desk("ec")), tls))
        return {"base": f"https://127.0.0.1:{port}", "tls_ca": str(certificate)}

    def _sftp(self, stack: ExitStack) -> dict[str, Any]:
        faults = Faults(self.folder)
        server = stack.enter_context(
            sftp_server(
                self.folder,
                self.folder / "sftp.key",
                manner=lambda: faults.manner(PERIOD, self.roll),
            )
        )
        return {
            "sftp": {
                "host": "127.0.0.1", "port": server.port, "user": USER, "key": "sftp.key",
                "host_key": server.host_key, "pick_up": "/out", "hand_over": "/in",
            }
        }  # fmt: skip

    def _table(self, stack: ExitStack) -> dict[str, Any]:
        database = self.folder / "front.db"
        for side in ("cwg_out", "cwg_in"):
            write_empty(database, side)
        url = f"sqlite:///{database}"
        return {"table": {"url": url, "pick_up": "cwg_out", "hand_over": "cwg_in"}}


def write_empty(database: Path, table: str) -> None:
    """A front-end table without rows, as docs/site.md shows it."""
    with contextlib.closing(sqlite3.connect(database)) as c:
        c.execute(
            f"CREATE TABLE {table} (delivery VARCHAR(64) NOT NULL, part INTEGER NOT NULL, "
            "closing INTEGER NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (delivery, part))"
        )
        c.commit()


@contextmanager
def serving(application: Application, tls: tuple[Path, Path] | None = None) -> Iterator[int]:
    """A bureau's application on a thread; gives its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(application))
    server.daemon_threads = True
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls[1], tls[0])
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
