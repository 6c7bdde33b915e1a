"""Dropped files: the one that stands, of those asked for, whatever its name says."""

import os
from pathlib import Path

import pytest
from rigs import PERIOD, PickUpRig, answer

from gateway.model.errors import Busy, ExchangeRefused, PeerRefused, Refusal, Unreachable
from gateway.model.exchange import Action


@pytest.fixture
def rig(tmp_path: Path) -> PickUpRig:
    return PickUpRig(tmp_path)


def test_the_file_of_the_roll_is_taken_whatever_its_name_and_age(rig: PickUpRig) -> None:
    for age, (name, roll, period) in enumerate([
        ("strange.cwgx", "assistance", PERIOD),
        ("registry-2026-11.cwgx", "registry", "2026-10"),
        ("wanted.cwgx", "registry", PERIOD),
    ]):  # fmt: skip
        rig.file(name, roll, period)
        os.utime(rig.inbox / name, (1_000_000 - age, 1_000_000 - age))
    rig.line.script.append(answer(roll="registry"))
    rig.adapter.collect("registry", PERIOD, rig.line)
    assert rig.line.accepted == ["wanted.cwgx"]


CHAINS = [
    ({"a": "", "b": "a"}, "b"),
    ({"a": "b", "b": "", "c": "a"}, "c"),
    ({"b": "long gone"}, "b"),
]


@pytest.mark.parametrize(("chain", "stands"), CHAINS)
def test_a_delivery_that_names_the_one_it_replaces_stands(
    rig: PickUpRig, chain: dict[str, str], stands: str
) -> None:
    for age, (name, replaces) in enumerate(chain.items()):
        rig.file(f"{name}.cwgx", replaces=f"{replaces}.cwgx" if replaces else "")
        os.utime(rig.inbox / f"{name}.cwgx", (1_000_000 - age, 1_000_000 - age))
    rig.line.script.append(answer(roll="registry"))
    assert rig.adapter.waiting("registry", PERIOD, rig.line) == (f"{stands}.cwgx",)
    rig.adapter.collect("registry", PERIOD, rig.line)
    assert rig.line.accepted == [f"{stands}.cwgx"]


def test_two_deliveries_that_do_not_know_each_other_are_refused(rig: PickUpRig) -> None:
    rig.file("a.cwgx")
    rig.file("b.cwgx")
    rig.line.script += [answer(roll="registry"), answer(roll="registry")]
    with pytest.raises(ExchangeRefused) as two:
        rig.adapter.collect("registry", PERIOD, rig.line)
    assert two.value.reason is Refusal.NOT_ALLOWED
    assert "replaces" in two.value.mend
    assert rig.line.closed == []


def test_one_of_two_that_does_not_verify_is_no_delivery(rig: PickUpRig) -> None:
    rig.file("a.cwgx")
    rig.file("b.cwgx")
    rig.line.script += [ExchangeRefused(Refusal.ALTERED, "altered"), answer(roll="registry")]
    rig.adapter.collect("registry", PERIOD, rig.line)
    assert len(rig.line.closed) == 1


def test_what_is_not_ours_or_not_whole_is_passed_over(rig: PickUpRig) -> None:
    (rig.inbox / "stranger.cwgx").write_bytes(b"not addressed to us")
    (rig.inbox / "torn.cwgx").write_bytes(b"torn away")
    (rig.inbox / "half.cwgx.part").write_bytes(b"half")
    (rig.inbox / "folder.cwgx").mkdir()
    (rig.inbox / "link.cwgx").symlink_to(rig.inbox / "stranger.cwgx")
    with pytest.raises(Busy):
        rig.adapter.collect("registry", PERIOD, rig.line)
    assert rig.line.accepted == []


def test_a_folder_that_is_not_there_is_unreachable(rig: PickUpRig) -> None:
    rig.inbox.rmdir()
    with pytest.raises(Unreachable):
        rig.adapter.collect("registry", PERIOD, rig.line)


def test_a_file_taken_back_between_two_looks_is_unreachable(rig: PickUpRig) -> None:
    rig.ready()
    rig.line.script[:] = [FileNotFoundError()]  # type: ignore[list-item]
    with pytest.raises(Unreachable):
        rig.adapter.collect("registry", PERIOD, rig.line)


def test_single_people_cannot_be_asked_about(rig: PickUpRig) -> None:
    with pytest.raises(PeerRefused):
        rig.adapter.ask([{"certno": "x"}], rig.line, period=PERIOD)


def test_documents_are_put_down_where_the_bureau_takes_them(rig: PickUpRig) -> None:
    rig.adapter.deliver(b"document", rig.line, roll="registry", period=PERIOD)
    assert rig.line.dropped == [(Action.DELIVER, b"document")]
    assert [p.name for p in rig.outbox.iterdir()] == ["exchange-1.cwgx"]
    assert list(rig.scratch.iterdir()) == []


def test_a_bureau_without_a_place_for_ours_takes_none(rig: PickUpRig) -> None:
    with pytest.raises(PeerRefused):
        rig.make(takes=False).deliver(b"document", rig.line, roll="registry", period=PERIOD)


def test_a_paused_source_is_left_alone(rig: PickUpRig) -> None:
    rig.ready()
    with pytest.raises(Unreachable):
        rig.make(closed=True).collect("registry", PERIOD, rig.line)
    assert rig.line.accepted == []
