"""Start and stop the three bureaus: for the demo and for tests."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import sandbox
from sandbox.bureaus.command import BUREAUS, prepare
from sandbox.bureaus.errors import SandboxError
from sandbox.bureaus.faults import FILE_NAME as FAULTS_FILE
from sandbox.bureaus.faults import parse_switch
from sandbox.bureaus.keys import copy_certificates
from sandbox.bureaus.rolls import RELEASED
from sandbox.bureaus.web import ADDRESS, write_atomically
from sandbox.bureaus.welfare import CONTROL, INBOX, OUTBOX

START_SECONDS = 20.0
STOP_SECONDS = 5.0
LOG = "log.txt"


@dataclass(frozen=True, slots=True)
class Bureau:
    """One running bureau. `base` is its URL (welfare: the outbox as a file URL)."""

    name: str
    folder: Path
    base: str
    tls_cert: Path | None
    process: subprocess.Popen[bytes] = field(repr=False)

    @property
    def public(self) -> Path:
        """The folder with the two certificates that the gateway imports."""
        return self.folder / "public"

    @property
    def outbox(self) -> Path:
        """Welfare: the pick-up folder."""
        return self.folder / OUTBOX

    @property
    def inbox(self) -> Path:
        """Welfare: the folder that it takes sealed files from."""
        return self.folder / INBOX

    def set_faults(self, *switches: str) -> None:
        """Turn on exactly these faults (`late`, `half:2026-11`, `altered:2026-11:registry`)."""
        for switch in switches:
            parse_switch(switch)
        write_atomically(self.folder / FAULTS_FILE, json.dumps(switches).encode())

    def release(self, *periods: str) -> None:
        """Serve only these periods from now on; others are still `preparing`."""
        write_atomically(self.folder / RELEASED, json.dumps(periods).encode())

    def drop_again(self, period: str, seconds: float = START_SECONDS) -> None:
        """Welfare: drop a period's files anew, naming those that they replace; waits for it."""
        request = self.folder / CONTROL / f"drop-{period}"
        request.touch()
        _wait(lambda: not request.exists(), seconds, f"{self.name}: {request.name}")


@dataclass(frozen=True, slots=True)
class Bureaus:
    """The three bureaus; a context manager that stops them."""

    education: Bureau
    medical_insurance: Bureau
    national_welfare_system: Bureau

    def __iter__(self) -> Iterator[Bureau]:
        return iter((self.education, self.medical_insurance, self.national_welfare_system))

    def stop(self) -> None:
        """End the three processes."""
        for bureau in self:
            _stop(bureau.process)

    def __enter__(self) -> "Bureaus":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


@dataclass(frozen=True, slots=True)
class GatewayCertificates:
    """Folders with the gateway's `{sign,encrypt}.cert.pem`: elliptic curve, and RSA for SOAP."""

    ec: Path
    rsa: Path


def prepare_bureaus(folder: Path) -> dict[str, Path]:
    """Make the bureaus' keys; each bureau's public folder by its name. Running twice is harmless."""
    return {name: prepare(folder / name, name) for name in BUREAUS}


def start_bureaus(
    folder: Path,
    city: Path,
    gateway: GatewayCertificates | None = None,
    faults: dict[str, tuple[str, ...]] | None = None,
    released: tuple[str, ...] | None = None,
) -> Bureaus:
    """Start the three bureaus under `folder/<name>/` and wait until they are ready.

    `gateway` is copied into each bureau's partner folder (None: it is there already). `faults`
    are switches by bureau; `released` limits the periods served (None: as it was, at first all).
    Raises SandboxError when one does not start within 20 seconds; its log is
    `folder/<name>/log.txt`.
    """
    prepare_bureaus(folder)
    started: dict[str, Bureau] = {}
    try:
        for name in BUREAUS:
            here = folder / name
            if gateway:
                copy_certificates(gateway.ec, here / "partners" / "gateway")
                copy_certificates(gateway.rsa, here / "partners" / "gateway-rsa")
            write_atomically(here / FAULTS_FILE, json.dumps((faults or {}).get(name, ())).encode())
            if released is not None:
                write_atomically(here / RELEASED, json.dumps(released).encode())
            started[name] = Bureau(name, here, "", None, _spawn(here, city, name))
        return Bureaus(**{name: _ready(bureau) for name, bureau in started.items()})
    except BaseException:
        for bureau in started.values():
            _stop(bureau.process)
        raise


def _spawn(folder: Path, city: Path, name: str) -> subprocess.Popen[bytes]:
    (folder / ADDRESS).unlink(missing_ok=True)
    root = str(Path(sandbox.__file__).resolve().parent.parent)
    path = os.pathsep.join(part for part in (root, os.environ.get("PYTHONPATH", "")) if part)
    command = [sys.executable, "-m", "sandbox", "bureau", name, "--with-parent"]
    with (folder / LOG).open("ab") as log:
        return subprocess.Popen(
            [*command, "--dir", str(folder), "--city", str(city.resolve())],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            env={**os.environ, "PYTHONPATH": path},
        )


def _ready(bureau: Bureau) -> Bureau:
    path = bureau.folder / ADDRESS

    def ready() -> bool:
        if bureau.process.poll() is not None:
            raise SandboxError(f"{bureau.name} ended at start; see {bureau.folder / LOG}")
        return path.exists()

    _wait(ready, START_SECONDS, f"{bureau.name}: {path.name}")
    address = json.loads(path.read_text("utf-8"))
    certificate = Path(address["tls_cert"]) if address["tls_cert"] else None
    return Bureau(bureau.name, bureau.folder, address["base"], certificate, bureau.process)


def _wait(done: Callable[[], bool], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise SandboxError(f"{what} did not come within {seconds:.0f} seconds")
        time.sleep(0.05)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Close its standard input, on which it ends by itself; kill it when it does not."""
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
