"""The three bureaus as real processes, started as the demo starts them."""

import json
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from bureaus_support import (
    PERIOD,
    Keys,
    education_request,
    flip,
    get_roll,
    insurance_request,
    make_small_city,
    post,
    refused,
)

from sandbox.bureaus import files, messages, soap_open
from sandbox.bureaus.contract import Exchange
from sandbox.bureaus.keys import KeyRing, load_partner
from sandbox.bureaus.launch import Bureau, Bureaus, GatewayCertificates, start_bureaus

ROLL = {"period": PERIOD, "cursor": "", "page_size": "50"}


@pytest.fixture(scope="module")
def bureaus(bureau_keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureaus]:
    city = make_small_city(tmp_path_factory.mktemp("served"))
    folder = tmp_path_factory.mktemp("bureaus")
    certificates = GatewayCertificates(
        bureau_keys.folder / "gateway", bureau_keys.folder / "gateway-rsa"
    )
    shutil.copytree(bureau_keys.folder / "education", folder / "education" / "keys")
    with start_bureaus(folder, city, certificates, released=("2026-10",)) as started:
        yield started


def gateway(keys: Keys, bureau: Bureau) -> KeyRing:
    """The gateway's keys, trusting the certificates that the bureau published."""
    ring = keys.gateway_rsa if bureau.name == "education" else keys.gateway
    return replace(ring, partners=(load_partner(bureau.public, bureau.name),))


def ask_roll(keys: Keys, bureau: Bureau) -> tuple[int, bytes]:
    ring = gateway(keys, bureau)
    if bureau.name == "education":
        body = education_request(ring, "GetRoll", get_roll(size=50))
        return post(bureau, "/soap", body, "application/soap+xml; charset=utf-8")
    body = insurance_request(ring, "roll", ROLL)
    return post(bureau, "/fsi/api/roll", body, "application/jose")


def opened(keys: Keys, bureau: Bureau, body: bytes) -> Exchange:
    ring = gateway(keys, bureau)
    if bureau.name == "education":
        return soap_open.open_message(ring, body).exchange
    return messages.open_message(ring, body).exchange


def answering(bureaus: Bureaus) -> tuple[Bureau, Bureau]:
    return bureaus.education, bureaus.medical_insurance


def test_addresses(bureaus: Bureaus) -> None:
    assert bureaus.education.base.startswith("http://127.0.0.1:")
    assert bureaus.medical_insurance.base.startswith("https://127.0.0.1:")
    assert bureaus.national_welfare_system.base == bureaus.national_welfare_system.outbox.as_uri()
    for bureau in bureaus:
        address = json.loads((bureau.folder / "address.json").read_text("utf-8"))
        assert address["pid"] == bureau.process.pid
        assert sorted(path.name for path in bureau.public.iterdir()) == [
            "encrypt.cert.pem",
            "sign.cert.pem",
        ]


@pytest.mark.parametrize("index", [0, 1], ids=["education", "medical_insurance"])
def test_a_period_is_served_when_released(bureaus: Bureaus, bureau_keys: Keys, index: int) -> None:
    bureau = answering(bureaus)[index]
    bureau.release("2026-10")
    status, body = ask_roll(bureau_keys, bureau)
    assert (status, opened(bureau_keys, bureau, body).row_count) == (200, 0)
    bureau.release("2026-10", PERIOD)
    status, body = ask_roll(bureau_keys, bureau)
    exchange = opened(bureau_keys, bureau, body)
    assert exchange.row_count == {"education": 25, "medical_insurance": 30}[bureau.name]
    assert exchange.closing is not None
    assert exchange.closing.rows == exchange.row_count


@pytest.mark.parametrize("index", [0, 1], ids=["education", "medical_insurance"])
def test_faults_are_switched_while_running(bureaus: Bureaus, bureau_keys: Keys, index: int) -> None:
    bureau = answering(bureaus)[index]
    bureau.release(PERIOD)
    bureau.set_faults(f"altered:{PERIOD}")
    _, body = ask_roll(bureau_keys, bureau)
    with refused("altered"):
        opened(bureau_keys, bureau, body)
    bureau.set_faults("half")
    exchange = opened(bureau_keys, bureau, ask_roll(bureau_keys, bureau)[1])
    assert exchange.closing is not None
    assert exchange.row_count < exchange.closing.rows
    bureau.set_faults("half_honest")
    exchange = opened(bureau_keys, bureau, ask_roll(bureau_keys, bureau)[1])
    assert exchange.closing is not None
    assert exchange.closing.held_scopes == ("419904", "419905", "419906")
    bureau.set_faults()
    exchange = opened(bureau_keys, bureau, ask_roll(bureau_keys, bureau)[1])
    assert exchange.closing is not None
    assert exchange.row_count == exchange.closing.rows


@pytest.mark.parametrize("index", [0, 1], ids=["education", "medical_insurance"])
def test_what_is_altered_on_the_way_is_refused(
    bureaus: Bureaus, bureau_keys: Keys, index: int
) -> None:
    bureau = answering(bureaus)[index]
    ring = gateway(bureau_keys, bureau)
    if bureau.name == "education":
        path, kind, body = "/soap", "application/soap+xml", education_request(ring, "Probe")
    else:
        path, kind = "/fsi/api/probe", "application/jose"
        body = insurance_request(ring, "probe")
    position = len(body) - 300
    status, answer = post(bureau, path, flip(body, position), kind)
    assert status == 400
    assert b"refused" in answer
    assert post(bureau, path, body, kind)[0] == 200
    log = (bureau.folder / "log.txt").read_text("utf-8")
    assert "altered" in log
    assert "number-" not in log


def test_too_large_is_refused(bureaus: Bureaus) -> None:
    status, _ = post(bureaus.education, "/soap", b"x" * (messages.MAX_BYTES + 1), "text/xml")
    assert status == 413
    status, _ = post(bureaus.education, "/soap", b"", "text/xml")
    assert status == 400


def test_wsdl_is_served(bureaus: Bureaus) -> None:
    with urllib.request.urlopen(f"{bureaus.education.base}/soap?wsdl", timeout=10) as answer:
        assert b"StudentRecordPort" in answer.read()


def dropped(keys: Keys, bureau: Bureau) -> dict[tuple[str, str], files.OpenedFile]:
    ring = gateway(keys, bureau)
    found = [files.open_file(ring, path.read_bytes()) for path in bureau.outbox.glob("*.cwgx")]
    return {(file.exchange.period, file.exchange.roll): file for file in found}


def wait_for(bureau: Bureau, count: int) -> None:
    end = time.monotonic() + 60
    while len(list(bureau.outbox.glob("*.cwgx"))) < count:
        assert time.monotonic() < end, "files were not dropped"
        time.sleep(0.05)


def test_welfare_drops_released_periods_and_drops_again(
    bureaus: Bureaus, bureau_keys: Keys
) -> None:
    bureau = bureaus.national_welfare_system
    first = dropped(bureau_keys, bureau)
    assert sorted(first) == [("2026-10", "assistance"), ("2026-10", "registry")]
    registry = first["2026-10", "registry"]
    lines = registry.content.decode("gb18030").splitlines()
    assert lines[0].startswith("档案编号,姓名")
    assert len(lines) == registry.exchange.row_count + 1 == 13
    assert registry.exchange.replaces == ""
    assert registry.exchange.closing is not None
    assert registry.exchange.closing.rows == 12

    bureau.set_faults(f"late:{PERIOD}:assistance", f"altered:{PERIOD}:registry")
    bureau.release("2026-10", PERIOD)
    wait_for(bureau, 3)
    (spoilt,) = bureau.outbox.glob(f"registry-{PERIOD}-*.cwgx")
    with refused("altered"):
        files.open_file(gateway(bureau_keys, bureau), spoilt.read_bytes())
    spoilt_id = spoilt.stem.removeprefix(f"registry-{PERIOD}-")
    spoilt.unlink()

    bureau.set_faults()
    wait_for(bureau, 3)
    bureau.drop_again(PERIOD)
    again = dropped(bureau_keys, bureau)
    assert again[PERIOD, "registry"].exchange.replaces == spoilt_id
    assert len(again) == 4


def test_stop_ends_the_processes(bureau_keys: Keys, small_city: Path, tmp_path: Path) -> None:
    shutil.copytree(bureau_keys.folder / "education", tmp_path / "education" / "keys")
    certificates = GatewayCertificates(
        bureau_keys.folder / "gateway", bureau_keys.folder / "gateway-rsa"
    )
    started = start_bureaus(
        tmp_path, small_city, certificates, faults={"education": ("late",)}, released=()
    )
    assert (tmp_path / "education" / "faults.json").read_text("utf-8") == '["late"]'
    assert not list(started.national_welfare_system.outbox.glob("*"))
    education, insurance = started.education.process, started.medical_insurance.process
    assert education.stdin is not None
    education.stdin.close()  # as when the starter dies
    insurance.terminate()
    assert (education.wait(5), insurance.wait(5)) == (0, 0)
    started.stop()
    assert [bureau.process.poll() for bureau in started] == [0, 0, 0]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sandbox", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_one_shot_drop(bureau_keys: Keys, small_city: Path, tmp_path: Path) -> None:
    shutil.copytree(bureau_keys.folder / "gateway", tmp_path / "partners" / "gateway")
    command = ("bureau", "national_welfare_system", "--dir", str(tmp_path), "--city")
    done = run(*command, str(small_city), "--drop", PERIOD)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.split()) == 2
    assert all(Path(line).is_file() for line in done.stdout.split())
    late = run(*command, str(small_city), "--drop", PERIOD, "--fault", "late")
    assert (late.returncode, late.stdout) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("bureau", "police", "--dir", "x", "--city", "y"), 2, "invalid choice"),
        (("other",), 2, "invalid choice"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], code: int, message: str) -> None:
    done = run(*arguments)
    assert (done.returncode, message in done.stderr) == (code, True)


def test_unknown_fault_and_missing_partner_say_the_mend(tmp_path: Path) -> None:
    command = ("bureau", "national_welfare_system", "--dir", str(tmp_path), "--city", "x")
    missing = run(*command)
    assert missing.returncode == 1
    assert "copy the partner's certificates" in missing.stderr
    (tmp_path / "partners").mkdir()
    shutil.copytree(tmp_path / "public", tmp_path / "partners" / "gateway")
    unknown = run(*command, "--fault", "sleepy")
    assert unknown.returncode == 1
    assert "choose from altered" in unknown.stderr
