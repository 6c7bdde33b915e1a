"""Files in a folder: the newest that is ours and asked for, whatever its name says."""

import os
from pathlib import Path

import pytest
from rigs import PERIOD, WelfareRig, answer

from adapters.national_welfare_system import NationalWelfareAdapter, Settings
from gateway.model.errors import Busy, PeerRefused, Unreachable
from gateway.model.exchange import Action
from gateway.transport import Gate


@pytest.fixture
def rig(tmp_path: Path) -> WelfareRig:
    return WelfareRig(tmp_path)


def test_the_newest_file_of_the_roll_is_taken(rig: WelfareRig) -> None:
    for age, (name, roll, period) in enumerate([
        ("strange.cwgx", "assistance", PERIOD),
        ("newest.cwgx", "registry", "2026-10"),
        ("wanted.cwgx", "registry", PERIOD),
        ("registry-2026-11.cwgx", "registry", PERIOD),
    ]):  # fmt: skip
        rig.file(name, roll, period)
        os.utime(rig.inbox / name, (1_000_000 - age, 1_000_000 - age))
    rig.line.script.append(answer(roll="registry"))
    rig.adapter.collect("registry", PERIOD, rig.line)
    assert rig.line.accepted == ["wanted.cwgx"]


def test_what_is_not_ours_or_not_whole_is_passed_over(rig: WelfareRig) -> None:
    (rig.inbox / "stranger.cwgx").write_bytes(b"not addressed to us")
    (rig.inbox / "torn.cwgx").write_bytes(b"torn away")
    (rig.inbox / "half.cwgx.part").write_bytes(b"half")
    (rig.inbox / "folder.cwgx").mkdir()
    (rig.inbox / "link.cwgx").symlink_to(rig.inbox / "stranger.cwgx")
    with pytest.raises(Busy):
        rig.adapter.collect("registry", PERIOD, rig.line)
    assert rig.line.accepted == []


def test_a_folder_that_is_not_there_is_unreachable(rig: WelfareRig) -> None:
    rig.inbox.rmdir()
    with pytest.raises(Unreachable):
        rig.adapter.collect("registry", PERIOD, rig.line)


def test_single_people_cannot_be_asked_about(rig: WelfareRig) -> None:
    with pytest.raises(PeerRefused):
        rig.adapter.ask([{"certno": "x"}], rig.line, period=PERIOD)


def test_documents_are_dropped_where_the_bureau_takes_them(rig: WelfareRig) -> None:
    rig.adapter.deliver(b"document", rig.line, roll="registry", period=PERIOD)
    assert rig.line.dropped == [(Action.DELIVER, b"document", rig.outbox)]


def test_a_bureau_without_a_folder_for_ours_takes_none(rig: WelfareRig) -> None:
    adapter = NationalWelfareAdapter(Gate("w"), Settings(rig.inbox))
    with pytest.raises(PeerRefused):
        adapter.deliver(b"document", rig.line, roll="registry", period=PERIOD)


def test_a_paused_source_is_left_alone(rig: WelfareRig) -> None:
    rig.ready()
    adapter = NationalWelfareAdapter(Gate("w", closed=True), Settings(rig.inbox))
    with pytest.raises(Unreachable):
        adapter.collect("registry", PERIOD, rig.line)
    assert rig.line.accepted == []
