"""Rolls over HTTP: what verifies lies where the night picks it up, with its receipt; nothing else does."""

import hashlib
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from api_kit import bearer
from client_kit import client_row
from online_fixtures import app_of
from online_seed import make_store
from online_server import serving
from typer.testing import CliRunner

from adapters.pick_up import PickUpAdapter
from gateway.access import ApiScope
from gateway.cli.main import app
from gateway.exchange import make_site_keys
from gateway.exchange.receipts import read_receipt
from gateway.model.errors import ExchangeRefused, NoRoom, SpecError, WrongOffset
from gateway.model.submissions import SubmissionState
from gateway.reception import Reception, Rooms, SourceDoor
from gateway.reception.pieces import put_in_place
from gateway.site import load_site
from gateway.store import Store
from gateway.transport import Folder, Gate
from gateway.wiring import open_site_store
from gateway.wiring_apps import late_room, make_reception

sys.path.append(str(Path(__file__).parents[1] / "exchange"))
from exchange_kit import BUREAU, NOW, OTHER, US, Keys, World, roll_draft, rows_content

PATH = "/api/v1/roll-submissions"
ZONE = ZoneInfo("Asia/Shanghai")
EARLIER = "01990000-0000-7000-8000-000000000001"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    made = Keys(tmp_path_factory.mktemp("roll-keys"))
    for party in (US, BUREAU, OTHER):
        folder = made.folder / "given" / party
        folder.mkdir(parents=True)
        began = NOW - timedelta(days=30)
        for path in make_site_keys(made.folder / party, party, began, kinds=("ec",)):
            (folder / path.name).write_bytes(path.read_bytes())
    return made


class Counter:
    """A bureau's keys and a fresh folder that the night picks up from, at a site that serves them all."""

    def __init__(self, served: "Served", world: World, folder: Path, period: str) -> None:
        self.store, self.reception, self.http = served.store, served.reception, served.http
        self.world, self.folder, self.period = world, folder, period
        door = SourceDoor(
            folder, ("enrolment",), ("enrolment_changes",),
            lambda roll, path, expect: world.line("file").admit(path, expect),
        )  # fmt: skip
        self.reception._doors = {"education": door}
        self.reception._clock = self.clock

    def clock(self) -> Any:
        return self.world.clock().astimezone(ZONE)

    def seal(self, party: str = BUREAU, **changes: Any) -> bytes:
        draft = roll_draft(**({"sender": party, "period": self.period} | changes))
        return self.world.seal("file", draft, rows_content("file"), party)[1]

    def declare(self, sealed: bytes, **changes: Any) -> httpx.Response:
        body = {
            "source": "education", "roll": "enrolment", "period": self.period, "kind": "full",
            "size": len(sealed), "digest": f"sha-256:{hashlib.sha256(sealed).hexdigest()}",
        }  # fmt: skip
        return self.http.post(PATH, json=body | changes)

    def send(self, number: str, data: bytes, offset: int = 0) -> httpx.Response:
        head = {"upload-offset": str(offset), "content-type": "application/octet-stream"}
        return self.http.patch(f"{PATH}/{number}", content=data, headers=head)

    def hand_in(self, sealed: bytes, **changes: Any) -> Any:
        number = self.declare(sealed, **changes).json()["submission"]
        return self.send(number, sealed).json()

    def picked_up(self) -> Any:
        """What the night's adapter makes of the folder."""
        adapter = PickUpAdapter(Gate("education", 1), Folder(self.folder), self.world.spill)
        return adapter.collect("enrolment", self.period, self.world.line("file"))

    def there(self) -> list[str]:
        return sorted(path.suffix for path in self.folder.iterdir())


@dataclass
class Served:
    """One served site for all tests; each has a period of its own, so that none meets another's rolls."""

    store: Store
    reception: Reception
    http: httpx.Client
    used: int = 0

    def period(self) -> str:
        self.used += 1
        return f"{2030 + self.used}-12"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with make_store(tmp_path_factory.mktemp("rolls")) as store:
        rolls = {"scopes": (str(ApiScope.SUBMIT),), "sources": ("education",)}
        store.clients.put(client_row("bureau", **rolls))
        store.clients.put(client_row("elsewhere", **(rolls | {"sources": ("assistance",)})))
        reception = Reception(store, {}, lambda: NOW)
        with serving(app_of(store, reception=reception)) as http:
            http.headers.update(bearer(http, "bureau"))
            yield Served(store, reception, http)


@pytest.fixture
def counter(
    tmp_path: Path, keys: Keys, served: Served, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Counter]:
    monkeypatch.setattr("os.fsync", lambda handle: None)
    folder = tmp_path / "inbox"
    folder.mkdir()
    made = Counter(served, World(tmp_path / "world", keys), folder, served.period())
    served.reception._rooms = Rooms(keep_free=0, at_once=2, client_bytes=10**6)
    yield made
    for row in served.store.submissions.open():
        served.store.submissions.end(
            replace(row, state=SubmissionState.CANCELLED, ended_at=datetime.now(UTC))
        )


def test_what_is_handed_in_whole_is_what_the_night_picks_up(counter: Counter) -> None:
    sealed = counter.seal()
    declared = counter.declare(sealed)
    said = declared.json()
    assert (declared.status_code, said["state"], said["offset"]) == (202, "uploading", 0)
    done = counter.send(said["submission"], sealed)
    said = done.json()
    assert (done.status_code, said["state"], said["night"]) == (202, "accepted", "2026-11-16")
    receipt = read_receipt(said["receipt"], counter.world.room().keys)
    assert (receipt.result, receipt.exchange_id) == ("accepted", said["exchange_id"])
    assert receipt.sealed_digest == f"sha-256:{hashlib.sha256(sealed).hexdigest()}"
    delivery = counter.picked_up()
    assert [ref.exchange_id for ref in delivery.exchanges] == [said["exchange_id"]]
    counter.store.deliveries.add(delivery, NOW)
    one = counter.http.get(f"{PATH}/{said['submission']}").json()
    assert (one["delivery"], one["state"]) == ("current", "accepted")
    assert one in counter.http.get(PATH).json()["submissions"]


def test_an_upload_that_broke_off_goes_on_where_it_was(counter: Counter) -> None:
    sealed = counter.seal()
    number = counter.declare(sealed).json()["submission"]
    assert counter.send(number, sealed[:100]).json()["offset"] == 100
    assert counter.there() == [".part"]
    for wrong in (0, 99, 101):
        refused = counter.send(number, sealed[wrong:], wrong)
        assert (refused.status_code, refused.json()["code"]) == (409, "offset")
    found = counter.http.get(f"{PATH}/{number}")
    assert (found.headers["upload-offset"], found.json()["state"]) == ("100", "uploading")
    assert counter.send(number, sealed[100:], 100).json()["state"] == "accepted"
    assert counter.there() == [".cwgx"]
    assert counter.send(number, b"x", len(sealed)).status_code == 404


def test_more_than_was_declared_is_refused_and_not_kept(counter: Counter) -> None:
    sealed = counter.seal()
    number = counter.declare(sealed).json()["submission"]
    assert counter.send(number, sealed + b"x").status_code == 400
    assert counter.http.get(f"{PATH}/{number}").json()["state"] == "uploading"


WRONG: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("another period than declared", {"period": "2026-10"}, {}),
    ("another roll than declared", {"roll": "coverage"}, {}),
    ("a replacement declared as full", {"replaces": EARLIER}, {}),
    ("signed by another partner", {"party": OTHER}, {}),
    ("of another source", {"source": "coverage"}, {}),
    ("other bytes", {}, {"digest": "sha-256:" + "0" * 64}),
]


@pytest.mark.parametrize(("sealing", "said"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
def test_what_does_not_verify_is_refused_and_lies_nowhere(
    counter: Counter, sealing: dict[str, Any], said: dict[str, Any]
) -> None:
    done = counter.hand_in(counter.seal(**sealing), **said)
    assert (done["state"], done["exchange_id"], done["night"]) == ("refused", "", None)
    assert counter.there() == []
    if done["receipt"]:
        receipt = read_receipt(done["receipt"], counter.world.room().keys)
        assert (receipt.result, receipt.reason) == ("refused", "refused"), "one word to the peer"


def test_bytes_that_are_no_exchange_are_refused(counter: Counter) -> None:
    assert counter.hand_in(b"x" * 5000)["state"] == "refused"
    assert counter.there() == []


def test_a_second_whole_roll_is_a_correction_that_names_the_first(counter: Counter) -> None:
    first = counter.hand_in(counter.seal())
    again = counter.seal()
    refused = counter.declare(again)
    assert (refused.status_code, first["exchange_id"] in refused.text) == (400, True)
    other = counter.declare(again, kind="correction", replaces=EARLIER)
    assert other.status_code == 400
    mended = counter.seal(replaces=first["exchange_id"])
    done = counter.hand_in(mended, kind="correction", replaces=first["exchange_id"])
    assert done["state"] == "accepted"
    assert counter.picked_up().exchanges[0].exchange_id == done["exchange_id"]


def test_the_same_file_twice_is_one_delivery(counter: Counter) -> None:
    sealed = counter.seal(replaces=EARLIER)
    said = {"kind": "correction", "replaces": EARLIER}
    numbers = [counter.declare(sealed, **said).json()["submission"] for _ in range(2)]
    done = [counter.send(number, sealed).json() for number in numbers]
    assert {one["state"] for one in done} == {"accepted"}
    assert done[0]["exchange_id"] == done[1]["exchange_id"]
    assert done[0]["receipt"] == done[1]["receipt"]
    assert counter.there() == [".cwgx"]


def test_several_who_finish_at_once_get_one_delivery(counter: Counter) -> None:
    sealed = counter.seal()
    number = counter.declare(sealed).json()["submission"]
    (counter.folder / f".{number}.part").write_bytes(sealed)
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda _: counter.send(number, b"", len(sealed)), range(6)))
    assert {answer.status_code for answer in done} <= {202, 404, 409}
    assert {a.json()["state"] for a in done if a.status_code == 202} == {"accepted"}
    assert counter.there() == [".cwgx"]


Act = Callable[[Counter, Any, str], Any]
MEANWHILE: list[tuple[str, Act]] = [
    ("sends the end again", lambda c, who, n: c.reception.piece(who, n, 0)),
    ("asks for the end", lambda c, who, n: c.reception.finish(who, n)),
    ("cancels", lambda c, who, n: c.reception.cancel(who, n)),
]


@pytest.mark.parametrize("act", [m[1] for m in MEANWHILE], ids=[m[0] for m in MEANWHILE])
def test_who_comes_between_the_file_and_its_record_changes_nothing(
    counter: Counter, act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = counter.seal()
    number = counter.declare(sealed).json()["submission"]
    who, came = SimpleNamespace(client_id="bureau", needs=lambda scope: None), list[str]()

    def then_another(folder: Path, name: str) -> None:
        put_in_place(folder, name)
        with pytest.raises(WrongOffset):
            act(counter, who, number)
        counter.reception._sweep()
        came.append(name)

    monkeypatch.setattr("gateway.reception.reception.put_in_place", then_another)
    counter.world.clock.forward(hours=25)
    done = counter.send(number, sealed)
    assert (done.status_code, done.json()["state"], came) == (202, "accepted", [number])
    assert counter.there() == [".cwgx"]
    assert counter.http.delete(f"{PATH}/{number}").status_code == 404


@pytest.mark.parametrize("how", ["cancel", "sweep"])
def test_what_lies_there_whole_is_not_called_cancelled(counter: Counter, how: str) -> None:
    sealed = counter.seal()
    number = counter.declare(sealed).json()["submission"]
    (counter.folder / f".{number}.part").unlink()
    (counter.folder / f"{number}.cwgx").write_bytes(sealed)
    if how == "cancel":
        assert counter.http.delete(f"{PATH}/{number}").status_code == 404
    else:
        counter.world.clock.forward(hours=25)
        counter.reception._sweep()
    assert counter.http.get(f"{PATH}/{number}").json()["state"] == "accepted"
    assert counter.there() == [".cwgx"]


def test_a_crash_after_it_was_laid_down_is_mended_by_whoever_asks_next(counter: Counter) -> None:
    sealed = counter.seal()
    number = counter.declare(sealed).json()["submission"]
    (counter.folder / f".{number}.part").unlink()
    (counter.folder / f"{number}.cwgx").write_bytes(sealed)
    assert counter.send(number, sealed).status_code == 404
    assert counter.http.get(f"{PATH}/{number}").json()["state"] == "accepted"
    assert counter.there() == [".cwgx"]


def test_what_is_whole_after_the_cut_off_is_of_the_next_night(counter: Counter) -> None:
    counter.world.clock.now = NOW.replace(hour=14, minute=30)
    assert counter.hand_in(counter.seal())["night"] == "2026-11-17"


BAD = [
    {"roll": "none"}, {"kind": "delta"}, {"kind": "correction"}, {"replaces": "0199"}, {"size": 0},
    {"size": 2**34}, {"period": "2026-13"}, {"digest": "x"}, {"more": 1},
]  # fmt: skip


@pytest.mark.parametrize("changes", BAD, ids=[str(n) for n in range(len(BAD))])
def test_what_cannot_be_is_not_declared(counter: Counter, changes: dict[str, Any]) -> None:
    assert counter.declare(b"x", **changes).status_code == 400
    assert counter.store.submissions.open() == ()


def test_a_client_has_its_share_of_the_disk_and_no_more(counter: Counter) -> None:
    held = [counter.declare(b"x", period=f"2026-0{n}") for n in (1, 2, 3)]
    assert [h.status_code for h in held] == [202, 202, 507]
    assert held[2].json()["code"] == "no-room"
    number = held[0].json()["submission"]
    counter.send(number, b"")
    assert counter.http.delete(f"{PATH}/{number}").status_code == 204
    assert counter.http.delete(f"{PATH}/{number}").status_code == 404
    assert counter.there() == [".part"], "the other one's"
    assert counter.declare(b"x", period="2026-03").status_code == 202


def test_too_many_bytes_or_too_full_a_disk_are_no_room(counter: Counter) -> None:
    assert counter.declare(b"x", size=10**6 + 1).status_code == 507
    counter.reception._rooms = replace(counter.reception._rooms, keep_free=2**60)
    assert counter.declare(b"x").json()["code"] == "no-room"
    counter.folder.rmdir()
    with pytest.raises(NoRoom, match="not there"):
        counter.reception._check_room(SimpleNamespace(), counter.reception._doors["education"], 1)  # type: ignore[arg-type]


def test_what_nobody_finished_goes_after_a_day(counter: Counter) -> None:
    sealed = counter.seal()
    old = counter.declare(sealed).json()["submission"]
    counter.send(old, sealed[:10])
    counter.world.clock.forward(hours=25)
    counter.declare(sealed, period="2026-10")
    assert counter.http.get(f"{PATH}/{old}").json()["state"] == "cancelled"
    assert not list(counter.folder.glob(f".{old}*")) and counter.there() == [".part"]


def test_another_client_sees_nothing_of_it(counter: Counter) -> None:
    number = counter.declare(b"x").json()["submission"]
    head = bearer(counter.http, "elsewhere") | {"upload-offset": "0"}
    ask = counter.http
    assert ask.get(f"{PATH}/{number}", headers=head).status_code == 404
    assert ask.patch(f"{PATH}/{number}", headers=head, content=b"x").status_code == 404
    assert ask.delete(f"{PATH}/{number}", headers=head).status_code == 404
    assert ask.get(f"{PATH}/{number}/quarantine", headers=head).status_code == 404
    assert ask.get(PATH, headers=head).json() == {"submissions": []}
    body = {"source": "education", "roll": "enrolment", "period": counter.period, "kind": "full",
            "size": 1, "digest": "sha-256:" + "0" * 64}  # fmt: skip
    assert ask.post(PATH, json=body, headers=head).status_code == 403


SOURCE = """
name: welfare
adapter: pick_up
partner: welfare
suite: file
endpoint: {folder: inbox}
rolls:
  - roll: registry
    mapping: national_welfare_system/registry.v1
    coverage: city
    delta: {changed: registry_changes, gone: registry_gone}
grant: {catalog_id: x, application_no: x, purpose: x, valid_to: 2027-12-31}
"""


def test_a_site_takes_rolls_of_sources_whose_files_lie_in_a_folder(tmp_path: Path) -> None:
    site = tmp_path / "site"
    place = ("--division", "419900", "--county", "419901")
    assert CliRunner().invoke(app, ["init", str(site), *place]).exit_code == 0
    (site / "sources" / "welfare.yaml").write_text(SOURCE, "utf-8")
    with open_site_store(site) as store:
        settings = load_site(site)
        rooms = make_reception(site, settings, store, late_room(site, settings, store))
    door = rooms._doors["welfare"]
    assert (door.folder, door.rolls) == (site / "inbox", ("registry",))
    assert door.deltas == ("registry_changes", "registry_gone")
    unsealed = tmp_path / "x"
    unsealed.write_bytes(b"no sealed file")
    with pytest.raises((ExchangeRefused, SpecError)):
        door.admit("registry_gone", unsealed, lambda header: None)


def test_the_page_for_integrators_runs_as_it_stands(counter: Counter, tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "api" / "rolls.md").read_text("utf-8")
    file = tmp_path / "roll.cwgx"
    file.write_bytes(counter.seal())
    names: dict[str, Any] = {
        "BASE": str(counter.http.base_url).rstrip("/"), "FILE": file, "SOURCE": "education",
        "ROLL": "enrolment", "PERIOD": counter.period,
        "token": counter.http.headers["authorization"].removeprefix("Bearer "),
    }  # fmt: skip
    for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(block, names)
    assert names["one"]["state"] == "accepted"
    (line,) = re.findall(r"^    (curl .*)$", page, re.MULTILINE)
    file.write_bytes(counter.seal(period="2027-01"))
    number = counter.declare(file.read_bytes(), period="2027-01").json()["submission"]
    said = line.replace("$PLACE", f"{names['BASE']}{PATH}/{number}").replace(
        "$TOKEN", names["token"]
    )
    words = [*shlex.split(said.replace("roll.cwgx", str(file))), "--noproxy", "*"]
    got = subprocess.run(words, check=True, capture_output=True)
    assert json.loads(got.stdout)["state"] == "accepted"
