"""Webhooks to a real HTTPS receiver, which verifies every message by itself (Standard Webhooks 1.0)."""

import base64
import hashlib
import hmac
import ipaddress
import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from Crypto.PublicKey import ECC
from Crypto.Signature import eddsa
from dispatch_kit import NOW, OFFICER, seed_case

from gateway.casework import Event
from gateway.desk import Asked, Desk
from gateway.dispatch import Round, WorkSettings, new_secret, send_hooks, signature, told_secret
from gateway.model.clients import ClientRow
from gateway.model.errors import Unreachable, UsageError
from gateway.model.hooks import HookRow
from gateway.store import DataKeys, Store
from gateway.transport import Hooks, HookSettings, split_hook
from gateway.transport.hook import allowed_address
from sandbox.bureaus.keys import make_tls

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)
SETTINGS = WorkSettings(batch=50, max_attempts=3)


@dataclass
class Receiver:
    """What a client runs: takes messages, verifies each, may be told to fail."""

    url: str = ""
    ca: Path = Path()
    secret: str = ""
    statuses: list[int] = field(default_factory=list)
    got: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    bad: int = 0
    hosts: list[str] = field(default_factory=list)

    def take(self, headers: dict[str, str], body: bytes) -> int:
        if not verified(self.secret, headers, body):
            self.bad += 1
            return 400
        self.hosts.append(headers["host"])
        status = self.statuses.pop(0) if self.statuses else 204
        if status < 300:
            self.got.append((headers["webhook-id"], json.loads(body)))
        return status

    def sequences(self) -> list[tuple[int, int]]:
        return [(d["data"]["case_id"], d["data"]["sequence"]) for _, d in self.got]  # type: ignore[index]


def verified(told: str, headers: dict[str, str], body: bytes) -> bool:
    """The check of the specification, written from its text, with other libraries than the sender's."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    prefix, _, text = told.partition("_")
    raw = base64.b64decode(text)
    for part in headers["webhook-signature"].split(" "):
        version, _, given = part.partition(",")
        if version == "v1" and prefix == "whsec":
            want = hmac.new(raw, signed, hashlib.sha256).digest()
            return hmac.compare_digest(want, base64.b64decode(given))
        if version == "v1a" and prefix == "whpk":
            key = eddsa.import_public_key(raw)
            try:
                eddsa.new(key, "rfc8032").verify(signed, base64.b64decode(given))
            except ValueError:
                return False
            return isinstance(key, ECC.EccKey)
    return False


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    key, cert = make_tls(tmp_path_factory.mktemp("tls"))
    found = Receiver(ca=cert)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = found.take({k.lower(): v for k, v in self.headers.items()}, body)
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "https://127.0.0.1/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    http.socket = context.wrap_socket(http.socket, server_side=True)
    threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    found.url = f"https://localhost:{http.server_address[1]}/cases"
    yield found
    http.shutdown()
    http.server_close()


@pytest.fixture
def receiver(server: Receiver) -> Receiver:
    server.secret, server.statuses, server.got = "", [], []
    server.bad, server.hosts = 0, []
    return server


class Sender:
    """A store with cases, and a worker's round of webhooks."""

    def __init__(self, store: Store, receiver: Receiver) -> None:
        self.store, self.receiver, self.now = store, receiver, NOW
        settings = HookSettings(LOOPBACK, receiver.ca, timeout_seconds=2)
        self.hooks = Hooks(settings, lambda host, port: ["127.0.0.1"])
        self.desk = Desk(store, clock=lambda: self.now, today=lambda: NOW.date())

    def client(self, name: str = "platform", divisions: tuple[str, ...] = ("",)) -> None:
        row = ClientRow(name, name, "{}", (), divisions, {"casework": "x"}, "x", NOW)
        self.store.clients.put(row)

    def subscribe(self, secret: str = "", **more: tuple[str, ...]) -> int:
        secret = secret or new_secret()
        self.receiver.secret = told_secret(secret)
        rules, events = more.get("rules", ()), more.get("events", ())
        row = HookRow(0, "platform", self.receiver.url, rules, events, NOW, secret)
        return self.store.hooks.add(row)

    def decide(self, case: int, *events: Event) -> None:
        for event in events:
            version = self.store.cases.case(case).version
            note = {"note": "家访"} if event is Event.NOTE else {}
            self.desk.decide(OFFICER, case, version, Asked(event, **note))

    def round(self, after: timedelta = timedelta()) -> Round:
        self.now += after
        return send_hooks(self.store.hooks, self.hooks, lambda: self.now, SETTINGS)

    def all(self) -> Round:
        total = Round()
        while not (done := self.round()).idle:
            total += done
        return total


@pytest.fixture
def sender(tmp_path: Path, receiver: Receiver) -> Iterator[Sender]:
    with Store(f"sqlite:///{tmp_path}/store.db", DataKeys.create(tmp_path / "keys")) as store:
        store.upgrade()
        made = Sender(store, receiver)
        made.client()
        for number in (1, 2):
            seed_case(store, number, "EDU-01", "open")
        yield made


def test_the_published_vector_of_the_specification() -> None:
    said = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
        b'{"test": 2432232314}',
    )  # fmt: skip
    assert said == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("own_key", [False, True], ids=["hmac", "ed25519"])
def test_events_arrive_signed_in_the_order_of_their_case_with_ids_only(
    sender: Sender, receiver: Receiver, own_key: bool
) -> None:
    sender.subscribe(new_secret(own_key=own_key))
    sender.decide(1, Event.TAKE, Event.NOTE, Event.CONFIRM)
    sender.decide(2, Event.TAKE)
    assert sender.all() == Round(sent=4)
    assert receiver.bad == 0
    assert [v for c, v in receiver.sequences() if c == 1] == [2, 3, 4]
    assert (2, 2) in receiver.sequences()
    for _, said in receiver.got:
        assert set(said) == {"type", "timestamp", "data"}
        assert set(said["data"]) == {"case_id", "finding_key", "sequence"}  # type: ignore[call-overload]
    assert len({event_id for event_id, _ in receiver.got}) == 4


def test_nobody_listens_and_nothing_is_kept(sender: Sender) -> None:
    sender.decide(1, Event.TAKE)
    sender.subscribe()
    assert sender.all() == Round()


def test_a_failure_is_tried_again_with_the_same_id_and_holds_its_case_only(
    sender: Sender, receiver: Receiver
) -> None:
    sender.subscribe()
    sender.decide(1, Event.TAKE, Event.NOTE)
    sender.decide(2, Event.TAKE)
    receiver.statuses = [500]
    assert sender.all() == Round(sent=1, again=1)
    assert receiver.sequences() == [(2, 2)]
    assert sender.round(timedelta(minutes=2)).sent == 1
    assert sender.all() == Round(sent=1)
    assert receiver.sequences() == [(2, 2), (1, 2), (1, 3)]


GIVEN_UP = [(400, 1), (404, 1), (302, 1), (500, 3), (429, 3)]


@pytest.mark.parametrize(("status", "tries"), GIVEN_UP, ids=[str(s) for s, _ in GIVEN_UP])
def test_what_is_given_up_lets_the_case_go_on_and_is_replayed_with_its_id(
    sender: Sender, receiver: Receiver, status: int, tries: int
) -> None:
    number = sender.subscribe()
    sender.decide(1, Event.TAKE)
    receiver.statuses = [status] * tries
    while (number, "dead") not in sender.store.hooks.backlog():
        sender.round(timedelta(minutes=10))
    assert receiver.statuses == []
    sender.decide(1, Event.NOTE)
    assert sender.all() == Round(sent=1)
    first = receiver.got[-1][0]
    assert sender.store.hooks.replay(number, NOW, sender.now) == 2
    assert sender.all() == Round(sent=2)
    assert receiver.sequences() == [(1, 3), (1, 2), (1, 3)]
    assert receiver.got[-1][0] == first


def test_gone_ends_the_webhook(sender: Sender, receiver: Receiver) -> None:
    sender.subscribe()
    sender.decide(1, Event.TAKE)
    receiver.statuses = [410]
    assert sender.all().dead == 1
    sender.decide(1, Event.NOTE)
    assert sender.all() == Round()
    assert sender.store.hooks.all()[0].ended_at == sender.now


def test_a_client_hears_of_its_divisions_rules_and_events_and_of_nothing_secret(
    sender: Sender, receiver: Receiver
) -> None:
    seed_case(sender.store, 3, "MED-01", "open")
    seed_case(sender.store, 4, "EDU-01", "open", access="sealed")
    seed_case(sender.store, 5, "EDU-01", "open", access="protection")
    sender.subscribe(rules=("EDU-01",), events=("confirm",))
    for case in (1, 3):
        sender.decide(case, Event.TAKE, Event.CONFIRM)
    for case in (4, 5):
        with sender.store._db.write() as c:
            c.exec_driver_sql(
                "INSERT INTO case_event (case_id, version, event, to_state, by, at, evidence) "
                f"VALUES ({case}, 2, 'confirm', 'confirmed', 'x', '2026-11-16 00:00:00', '[]')"
            )
            c.exec_driver_sql(f"INSERT INTO case_feed (case_id, version) VALUES ({case}, 2)")
    assert sender.all() == Round(sent=1)
    assert receiver.sequences() == [(1, 3)]
    sender.client(divisions=("411300",))
    sender.decide(2, Event.TAKE, Event.CONFIRM)
    assert sender.all() == Round()
    sender.client()
    sender.store.clients.revoke("platform", sender.now)
    with sender.store._db.write() as c:
        c.exec_driver_sql("INSERT INTO case_feed (case_id, version) VALUES (1, 3)")
    assert sender.all() == Round()


def test_a_child_with_a_named_officer_waits(sender: Sender, receiver: Receiver) -> None:
    sender.subscribe()
    mark = sender.store.harm.mark(1, "no_contact", "officer", NOW)
    sender.decide(1, Event.TAKE)
    sender.decide(2, Event.TAKE)
    assert sender.all() == Round(sent=1)
    assert receiver.sequences() == [(2, 2)]
    sender.store.harm.end_mark(mark, NOW)
    assert sender.round(timedelta(hours=1)) == Round(sent=1)
    assert receiver.sequences()[-1] == (1, 2)


INSIDE = [
    "127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "224.0.0.1", "255.255.255.255", "::1", "fe80::1", "fc00::1", "::ffff:10.0.0.1",
    "::ffff:8.8.8.8", "64:ff9b::a00:1", "2002:a00:1::", "ff02::1",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_no_address_inside_is_reached_whatever_its_name(address: str) -> None:
    posted = Hooks(HookSettings(), lambda host, port: [address])
    with pytest.raises(UsageError, match="no webhook may reach"):
        posted.post("https://example.test/x", b"{}", {})


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    posted = Hooks(HookSettings(), lambda host, port: ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(UsageError):
        posted.post("https://example.test/x", b"{}", {})


def test_a_name_is_resolved_once_and_the_judged_address_is_dialled(
    sender: Sender, receiver: Receiver
) -> None:
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    sender.hooks._resolve = rebinding
    sender.subscribe()
    sender.decide(1, Event.TAKE)
    assert sender.all() == Round(sent=1)
    assert asked == ["localhost"]
    assert receiver.hosts == [receiver.url.split("/")[2]]


def test_a_certificate_of_another_name_is_not_spoken_to(receiver: Receiver) -> None:
    posted = Hooks(HookSettings(LOOPBACK, receiver.ca), lambda host, port: ["127.0.0.1"])
    url = receiver.url.replace("localhost", "receiver.test")
    with pytest.raises(Unreachable):
        posted.post(url, b"{}", {})


def test_a_certificate_of_nobody_known_is_not_spoken_to(receiver: Receiver) -> None:
    posted = Hooks(HookSettings(LOOPBACK), lambda host, port: ["127.0.0.1"])
    with pytest.raises(Unreachable):
        posted.post(receiver.url, b"{}", {})


def test_listed_networks_and_public_addresses_may_be_reached() -> None:
    listed = (ipaddress.ip_network("10.1.2.0/24"),)
    assert allowed_address(ipaddress.ip_address("10.1.2.3"), listed)
    assert not allowed_address(ipaddress.ip_address("10.1.3.3"), listed)
    assert allowed_address(ipaddress.ip_address("8.8.8.8"), ())
    assert allowed_address(ipaddress.ip_address("2001:4860:4860::8888"), ())


ODD_URLS = [
    "http://example.test/x", "https://user:pw@example.test/", "https://example.test/#x", "ftp://x/",
    "https:///x", "https://example.test:99999/", "https://例子.test/", "https://a b/", "x" * 600,
]  # fmt: skip


@pytest.mark.parametrize("url", ODD_URLS)
def test_only_plain_https_addresses_are_taken(url: str) -> None:
    with pytest.raises(UsageError):
        split_hook(url)
