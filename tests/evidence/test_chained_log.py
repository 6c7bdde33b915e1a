import hashlib
import json
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.evidence import ChainedLog
from gateway.model.errors import EvidenceBroken, UsageError


def filled(folder: Path, records: int = 5) -> ChainedLog:
    log = ChainedLog(folder, "node-1")
    for i in range(records):
        log.append("accepted", {"digest": f"sha-256:{i}", "at": "2026-11-16T01:02:03Z"})
    return log


def test_records_come_back_in_order_and_the_head_is_the_last(tmp_path: Path) -> None:
    log = filled(tmp_path)
    assert [r.fields["digest"] for r in log.records()] == [f"sha-256:{i}" for i in range(5)]
    assert log.verify() == log.head() == ChainedLog(tmp_path, "node-1").head()
    assert log.head().records == 5


def test_the_chain_is_checked_with_nothing_but_json_and_sha256(tmp_path: Path) -> None:
    prev = "0" * 64
    for line in filled(tmp_path).path.read_text().splitlines():
        body = json.loads(line)
        mark = body.pop("hash")
        assert body["prev"] == prev
        prev = hashlib.sha256(
            json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        ).hexdigest()
        assert mark == prev


BREAKS = [
    (
        "a field changed",
        lambda ls: [*ls[:2], ls[2].replace(b"sha-256:2", b"sha-256:9"), *ls[3:]],
        "Record 3 ",
    ),
    ("a record taken out", lambda ls: [*ls[:1], *ls[2:]], "Record 2 "),
    ("the first taken out", lambda ls: ls[1:], "Record 1 "),
    ("two swapped", lambda ls: [ls[1], ls[0], *ls[2:]], "Record 1 "),
    ("one doubled", lambda ls: [*ls[:3], ls[2], *ls[3:]], "Record 4 "),
    ("rubbish put in", lambda ls: [*ls[:4], b"{}\n", *ls[4:]], "Record 5 "),
    ("no JSON", lambda ls: [*ls[:1], b"\xff\xfe\n", *ls[1:]], "Record 2 "),
]


@pytest.mark.parametrize(("_name", "change", "named"), BREAKS, ids=[b[0] for b in BREAKS])
def test_the_first_broken_record_is_named(tmp_path: Path, _name: str, change, named: str) -> None:  # type: ignore[no-untyped-def]
    log = filled(tmp_path)
    log.path.write_bytes(b"".join(change(log.path.read_bytes().splitlines(keepends=True))))
    with pytest.raises(EvidenceBroken, match=named):
        ChainedLog(tmp_path, "node-1").verify()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cut=st.integers(1, 10_000))
def test_a_crash_in_mid_append_leaves_a_tail_that_is_recovered(tmp_path: Path, cut: int) -> None:
    for old in tmp_path.glob("*.log"):
        old.unlink()
    path = filled(tmp_path, 3).path
    whole = path.read_bytes()
    last = len(whole) - whole[:-1].rfind(b"\n") - 1
    torn = whole[: len(whole) - 1 - (cut - 1) % (last - 1)]
    path.write_bytes(torn)
    log = ChainedLog(tmp_path, "node-1")
    assert log.verify().records == 2, "a torn line is neither a record nor a break"
    log.append("accepted", {"digest": "sha-256:new"})
    assert [r.kind for r in log.records()] == ["accepted", "accepted", "recovered", "accepted"]


def test_a_broken_last_record_is_not_built_upon(tmp_path: Path) -> None:
    log = filled(tmp_path)
    log.path.write_bytes(log.path.read_bytes().replace(b"sha-256:4", b"sha-256:x"))
    with pytest.raises(EvidenceBroken, match="Record 5 "):
        ChainedLog(tmp_path, "node-1").append("accepted", {})


def _append_many(folder: Path) -> None:
    log = ChainedLog(folder, "node-1")
    for i in range(40):
        log.append("accepted", {"i": str(i)})


def test_processes_of_one_node_share_the_chain(tmp_path: Path) -> None:
    with ProcessPoolExecutor(3) as pool:
        list(pool.map(_append_many, [tmp_path] * 3))
    assert ChainedLog(tmp_path, "node-1").verify().records == 120


def test_a_long_record_is_found_from_the_end(tmp_path: Path) -> None:
    log = ChainedLog(tmp_path, "node-1")
    log.append("note", {"text": "长" * 100_000})
    assert ChainedLog(tmp_path, "node-1").append("note", {}).records == 2
    assert log.verify().records == 2


@pytest.mark.parametrize("node", ["", "../x", "A", "a/b"])
def test_a_node_name_is_no_path(tmp_path: Path, node: str) -> None:
    with pytest.raises(UsageError):
        ChainedLog(tmp_path, node)
