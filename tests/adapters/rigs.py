"""A line that records and answers from a script, and one rig for each adapter."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from adapters.education import EducationAdapter
from adapters.medical_insurance import MedicalInsuranceAdapter
from adapters.pick_up import PickUpAdapter
from gateway.model.exchange import (
    Action,
    Answer,
    Closing,
    Delivery,
    SealedRef,
    Sent,
    Waiting,
)
from gateway.model.ports import Adapter, Carry, Controls, Sealed
from gateway.transport import Folder, Gate

PERIOD = "2026-11"
CLOSING = Closing(rows=0, pages=0, pages_root="", scopes=())


def answer(page: int = 1, *, last: bool = True, roll: str = "", **controls: str) -> Answer:
    """What a line shows of one verified answer."""
    ref = SealedRef(f"exchange-{page}", f"sha-256:{page}", 10)
    return Answer(ref, roll, PERIOD, page, last, 3, controls)


@dataclass
class Call:
    """One request as the adapter gave it to the line."""

    action: Action
    document: bytes
    controls: Mapping[str, str]
    period: str


@dataclass
class FakeLine:
    """Satisfies gateway.model.ports.Line: no keys, no sealing; answers come from `script`."""

    script: list[Answer | Exception] = field(default_factory=list)
    manifests: Mapping[str, Waiting] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    closed: list[tuple[str, str, tuple[Answer, ...]]] = field(default_factory=list)
    dropped: list[tuple[Action, bytes]] = field(default_factory=list)

    def call(
        self, action: Action, document: bytes, carry: Carry, controls: Controls, *, period: str
    ) -> Answer:
        self.calls.append(Call(action, document, controls, period))
        carry(b"sealed")
        return self._next()

    def accept(self, sealed: Sealed, controls: Controls) -> Answer:
        assert isinstance(sealed, Path)
        self.accepted.append(sealed.name)
        return self._next()

    def peek(self, sealed: Sealed) -> Waiting | None:
        assert isinstance(sealed, Path)
        if sealed.read_bytes() == b"torn away":
            raise FileNotFoundError(sealed)
        return self.manifests.get(sealed.name)

    def drop(
        self, action: Action, document: bytes, folder: Path, *, roll: str, period: str
    ) -> Sent:
        self.dropped.append((action, document))
        (folder / "exchange-1.cwgx").write_bytes(b"sealed")
        return Sent("exchange-1", "dropped")

    def close(self, roll: str, period: str, answers: Sequence[Answer]) -> Delivery:
        self.closed.append((roll, period, tuple(answers)))
        return Delivery("source", roll, period, tuple(a.ref for a in answers), CLOSING)

    def _next(self) -> Answer:
        found = self.script.pop(0)
        if isinstance(found, Exception):
            raise found
        return found


@dataclass
class FakePost:
    """Satisfies what adapters need of gateway.transport.Post."""

    sent: list[tuple[str, bytes, str]] = field(default_factory=list)
    error: Exception | None = None

    def send(self, path: str, body: bytes, content_type: str) -> bytes:
        self.sent.append((path, body, content_type))
        if self.error:
            raise self.error
        return b"sealed answer"


class Rig(Protocol):
    """One adapter on fakes, ready for one conversation."""

    roll: str
    adapter: Adapter
    line: FakeLine

    def ready(self) -> None:
        """The bureau has the roll."""

    def preparing(self) -> None:
        """The bureau is there, and the roll is not."""

    def broken(self, error: Exception) -> None:
        """Whatever the adapter tries ends with that error."""


class EducationRig:
    """SOAP over a recorded post."""

    roll = "enrolment"
    good: Mapping[str, str] = {"status": "ready", "total": "6"}

    def __init__(self, folder: Path) -> None:
        self.post, self.line = FakePost(), FakeLine()
        self.told: list[tuple[int, int | None]] = []
        self.adapter: Adapter = self.make()

    def make(self) -> Adapter:
        return EducationAdapter(self.post, watch=self.watch)  # type: ignore[arg-type]

    def watch(self, rows: int, total: int | None) -> None:
        self.told.append((rows, total))

    def page(self, number: int, *, last: bool = True, **more: str) -> Answer:
        return answer(number, last=last, roll=self.roll, **{**self.good, **more})

    def ready(self) -> None:
        self.line.script += [self.page(1, last=False, cursor="two"), self.page(2, cursor="")]

    def preparing(self) -> None:
        self.line.script.append(self.page(1, status="preparing"))

    def broken(self, error: Exception) -> None:
        self.line.script += [error, error]


class MedicalInsuranceRig(EducationRig):
    """JSON over a recorded post."""

    roll = "coverage"
    good: Mapping[str, str] = {"infcode": "0", "status": "ready", "total": "6"}

    def make(self) -> Adapter:
        clock = lambda: datetime(2026, 11, 16, 1, 2, 3)  # noqa: E731
        return MedicalInsuranceAdapter(self.post, clock, watch=self.watch)  # type: ignore[arg-type]


class PickUpRig:
    """Files in a folder."""

    roll = "registry"

    def __init__(self, folder: Path) -> None:
        self.inbox, self.outbox = folder / "in", folder / "out"
        self.inbox.mkdir()
        self.outbox.mkdir()
        self.scratch = folder / "scratch"
        self.scratch.mkdir()
        self.line = FakeLine(manifests={})
        self.adapter: Adapter = self.make()

    def make(self, closed: bool = False, takes: bool = True) -> Adapter:
        place = Folder(self.inbox, self.outbox if takes else None)
        return PickUpAdapter(Gate("w", closed=closed), place, self.scratch)

    def file(
        self, name: str, roll: str = "registry", period: str = PERIOD, replaces: str = ""
    ) -> None:
        (self.inbox / name).write_bytes(b"sealed")
        found = Waiting(roll, period, name, replaces)
        self.line.manifests = {**self.line.manifests, name: found}

    def ready(self) -> None:
        self.file("a.cwgx")
        self.line.script.append(answer(roll=self.roll))

    def preparing(self) -> None:
        self.file("other.cwgx", "assistance")
        self.file("older.cwgx", period="2026-10")

    def broken(self, error: Exception) -> None:
        self.file("a.cwgx")
        self.line.script += [error, error]


RIGS: tuple[Callable[[Path], Rig], ...] = (EducationRig, MedicalInsuranceRig, PickUpRig)
