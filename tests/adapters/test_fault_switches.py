"""Every fault of the sandbox over every transport on which it makes sense: what the adapter and the
door say of it, and that the same line takes the roll once the bureau has mended it."""

import contextlib
import functools
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pairs import PERIOD, ROWS, PairKeys, PairRig

from gateway.model.errors import (
    Busy,
    DeliveryIncomplete,
    ExchangeRefused,
    GatewayError,
    PeerRefused,
    Unreachable,
)
from gateway.transport import post
from gateway.transport.retry import Patience, retrying
from sandbox.bureaus import faults, web
from sandbox.bureaus.drops import take_column

BUREAU_OF = {
    "soap": ("education", faults.CALLED),
    "rest": ("medical_insurance", faults.CALLED),
    "folder": ("national_welfare_system", faults.DROPPED),
    "sftp": ("national_welfare_system", faults.ON_A_SERVER),
    "table": ("education", faults.PUT_DOWN),
}


@dataclass(frozen=True)
class Says:
    """What is raised (None: the roll comes, with so many rows), and words of it."""

    error: type[GatewayError] | None
    words: str = ""
    rows: int = ROWS


TWICE = Patience(attempts=2)
REFUSED = functools.partial(Says, ExchangeRefused)
SAYS: dict[str, dict[str, Says]] = {
    # fault: {transport, or "": all others}
    "altered": {"": REFUSED("altered")},
    "clock_skew": {"": REFUSED("future_dated")},
    "column_gone": {"": Says(PeerRefused, "lacks column sealed")},
    "cut": {"": Says(Unreachable, "did not answer"), "folder": REFUSED("altered"),
            "sftp": REFUSED("altered"), "table": REFUSED("altered")},
    "doubled": {"": Says(None, rows=2 * ROWS)},
    "endless": {"": Says(DeliveryIncomplete, "no end"), "table": Says(Busy, "not dropped")},
    "half": {"": Says(DeliveryIncomplete, "not whole")},
    "half_honest": {"": Says(None, rows=15)},
    "late": {"": Says(Busy)},
    "new_column": {"": Says(None)},
    "readdressed": {"": REFUSED("wrong_recipient"), "folder": Says(Busy, "not dropped"),
                    "sftp": Says(Busy, "not dropped"), "table": Says(Busy, "not dropped")},
    "server_error": {"": Says(Unreachable, "server failed"),
                     "sftp": Says(Unreachable, "did not answer (OSError)")},
    "slow": {"": Says(Unreachable, "did not answer (ReadTimeout)"),
             "sftp": Says(Unreachable, "did not answer (TimeoutError)")},
    "swapped": {"": Says(None)},
    "wrong_signer": {"": REFUSED("unknown_sender"), "folder": Says(Busy, "not dropped"),
                     "sftp": Says(Busy, "not dropped"), "table": Says(Busy, "not dropped")},
    "wrong_total": {"": Says(DeliveryIncomplete, "1025 rows, 25 came")},
}  # fmt: skip
CASES = [
    (transport, fault)
    for transport, (_, known) in BUREAU_OF.items()
    for fault in sorted(known - {faults.REPLAYED})
]


@pytest.fixture(scope="module", autouse=True)
def in_a_hurry() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(web, "SLOW_SECONDS", 2.5)
        patch.setattr(
            post,
            "retrying",
            lambda call, _, **more: retrying(call, TWICE, sleep=lambda _: None, **more),
        )
        yield


@pytest.fixture(scope="module")
def rigs(keys: PairKeys, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, PairRig]]:
    with contextlib.ExitStack() as stack:
        yield {
            transport: stack.enter_context(
                PairRig(bureau, transport, tmp_path_factory.mktemp(transport), keys).open()
            )
            for transport, (bureau, _) in BUREAU_OF.items()
        }


def clear(rig: PairRig) -> None:
    for path in (rig.folder / "out").iterdir():
        path.unlink()
    if rig.transport == "table":
        with contextlib.closing(sqlite3.connect(rig.folder / "front.db")) as c, c:
            c.execute("DELETE FROM cwg_out")


def collected(rig: PairRig) -> int:
    line = rig.line()
    rows = 0
    for exchange in line.verified(rig.adapter.collect(rig.roll, PERIOD, line)):
        rows += exchange.header.row_count
        exchange.payload.close()
    return rows


def test_every_fault_is_in_the_table() -> None:
    assert {*SAYS, faults.REPLAYED} == set(faults.FAULTS)
    assert set(faults.FAULTS) == faults.CALLED | faults.PUT_DOWN
    assert faults.FAULTS.keys() - {"column_gone", "endless"} == faults.ON_A_SERVER


@pytest.mark.parametrize(("transport", "fault"), CASES)
def test_a_fault_is_said_and_mended(rigs: dict[str, PairRig], transport: str, fault: str) -> None:
    rig = rigs[transport]
    says = SAYS[fault].get(transport, SAYS[fault][""])
    clear(rig)
    rig.ready(fault)
    if fault == "column_gone":
        take_column(rig.folder / "front.db", "cwg_out", there=True)
    if says.error is None:
        assert collected(rig) == says.rows
    else:
        with pytest.raises(says.error) as said:
            collected(rig)
        assert says.words in str(said.value)
        assert "\n" not in str(said.value)
    if fault == "column_gone":
        take_column(rig.folder / "front.db", "cwg_out", there=False)
    clear(rig)
    rig.ready()
    assert collected(rig) == ROWS


@pytest.mark.parametrize("transport", ["soap", "rest"])
def test_an_answer_given_again_answers_nothing(rigs: dict[str, PairRig], transport: str) -> None:
    rig = rigs[transport]
    rig.ready()
    assert collected(rig) == ROWS
    rig.ready("replayed")
    with pytest.raises(ExchangeRefused) as refused:
        collected(rig)
    assert "wrong_reply" in str(refused.value)
    rig.ready()
    assert collected(rig) == ROWS


@pytest.mark.parametrize("transport", ["folder", "sftp", "table"])
def test_a_file_given_again_is_taken_as_the_one_it_is(
    rigs: dict[str, PairRig], transport: str
) -> None:
    """The same sealed bytes twice are one delivery; for another period they are none."""
    rig = rigs[transport]
    clear(rig)
    rig.ready()
    copy(rig)
    first = rig.adapter.waiting(rig.roll, PERIOD, rig.line())
    assert len(set(first)) == 1
    with pytest.raises(Busy):
        rig.adapter.collect(rig.roll, "2026-12", rig.line())


def copy(rig: PairRig) -> None:
    if rig.transport == "table":
        with contextlib.closing(sqlite3.connect(rig.folder / "front.db")) as c, c:
            c.execute(
                "INSERT INTO cwg_out SELECT 'again' || delivery, part, closing, sealed FROM cwg_out"
            )
        return
    (path,) = Path(rig.folder / "out").iterdir()
    path.with_name("again.cwgx").write_bytes(path.read_bytes())
