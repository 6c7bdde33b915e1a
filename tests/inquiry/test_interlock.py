"""While a case of harm is open, every outlet says 专人办理 of the child, and nothing says why."""

import json
from dataclasses import asdict
from datetime import timedelta

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from online_seed import SECOND, key, make_inquiry, now, number

from gateway.access import Purpose, Reader, Role, User
from gateway.desk.protection import ProtectionDesk
from gateway.harm import HarmStep
from gateway.harm.signs import SIGN
from gateway.inquiry import Unmasking
from gateway.model.errors import NotAllowed, StoreError, UsageError
from gateway.model.outcomes import AccessScope
from gateway.model.unmask import GlassReason
from gateway.store import DataKeys, OutboxItem, Store
from gateway.store.interlock import harm_token
from gateway.store.sealed_box import make_pair

OFFICER = Reader("officer", "person", ("",))
SUPERVISOR = Reader("boss", "person", ("",), frozenset({AccessScope.ORDINARY, AccessScope.SEALED}))
GUARD = Reader("guard", "person", ("",), frozenset({AccessScope.PROTECTION}))
PROTECTION = User(GUARD, frozenset({Role.CHILD_PROTECTION}))
OTHERS = [
    User(Reader(role.value, "person", ("",), frozenset(AccessScope)), frozenset({role}))
    for role in Role
    if role is not Role.CHILD_PROTECTION
]
TEXT = "邻居说夜里常有哭声"
LATER = now() + timedelta(minutes=5)


def about(person: int) -> dict[str, object]:
    return {"id_number": number(person)}


def closed_children(store: Store) -> set[str]:
    """Keys of the findings whose child is 专人办理, by list, page and export alike."""
    inquiry = make_inquiry(store)
    page = inquiry.findings(OFFICER, Purpose.CASEWORK, limit=200).findings
    listed = {f.key for f in page if f.child and f.child.name == "专人办理"}
    exported = {
        str(row["key"])
        for row in inquiry.export(OFFICER, Purpose.CASEWORK)
        if (row["child"] or {}).get("name") == "专人办理"  # type: ignore[attr-defined]
    }
    shown = {
        f.key
        for f in page
        if (one := inquiry.finding(OFFICER, Purpose.CASEWORK, f.key))
        and one.child
        and one.child.name == "专人办理"
    }
    assert listed == exported == shown
    return listed


def leased(store: Store) -> set[str]:
    return {item.finding_key for item in store.outbox.lease(LATER, timedelta(minutes=1), 100)}


def test_nothing_is_closed_without_a_case(own_store: Store) -> None:
    assert closed_children(own_store) == set()


def test_every_outlet_says_the_same_of_the_child(own_store: Store) -> None:
    own_store.harm.report(about(1), "邻居", TEXT, now())
    mine = {key("edu"), key("local")}
    assert closed_children(own_store) == mine
    inquiry = make_inquiry(own_store)
    page = inquiry.search(OFFICER, Purpose.CASEWORK, number(1))
    assert {f.key for f in page.findings} == mine
    for finding in page.findings:
        assert finding.child is not None
        assert asdict(finding.child).pop("name") == "专人办理"
        assert set(asdict(finding.child).values()) == {"专人办理", ""}
        assert finding.words.first_action.zh.startswith("专人办理")
        assert finding.words.to_ask == ()
    unmask = Unmasking(own_store, now)
    data = User(OFFICER, frozenset({Role.DATA_OFFICER}))
    identity = unmask.identity(data, key("edu"), next(iter(GlassReason)))
    assert (identity.name, identity.number, identity.born) == ("专人办理", "", None)


def test_a_notice_of_the_child_waits(own_store: Store) -> None:
    with own_store._db.write() as c:
        from gateway.store.database import insert_rows
        from gateway.store.tables import finding, outbox

        cases = {row.finding_key: row.case_id for row in c.execute(finding.select())}
        made = [
            {
                "case_id": cases[key(name)], "finding_key": key(name), "kind": "referral",
                "period": "p", "recipient": "education", "state": "pending", "attempts": 0,
                "created_at": now(), "next_at": now(),
            }
            for name in ("edu", "dropout")
        ]  # fmt: skip
        insert_rows(c, outbox, made)
    own_store.harm.report(about(1), "", TEXT, now())
    item: OutboxItem
    (item,) = own_store.outbox.lease(LATER, timedelta(minutes=1), 100)
    assert item.finding_key == key("dropout")
    own_store.outbox.sent(item, "ex", LATER)
    (case,) = own_store.harm.open_files()
    for step in ("acknowledged", "identity_checked", "assessed", "closed"):
        own_store.harm.record(case.harm_id, step, LATER)
    assert own_store.outbox.lease(LATER, timedelta(minutes=1), 100) == ()
    after = own_store.outbox.lease(LATER + timedelta(hours=1), timedelta(minutes=1), 100)
    assert [one.finding_key for one in after] == [key("edu")]


def test_an_ordinary_mark_says_the_same_words(own_store: Store) -> None:
    by_mark, by_case = 1, 3
    inquiry = make_inquiry(own_store)
    mark = own_store.harm.mark(by_mark, "no_contact", "boss", now())
    own_store.harm.report(about(by_case), "", TEXT, now())
    one = inquiry.finding(OFFICER, Purpose.CASEWORK, key("edu"))
    other = inquiry.finding(OFFICER, Purpose.CASEWORK, key("dropout"))
    assert one is not None
    assert other is not None
    assert (one.child, one.words.first_action) == (other.child, other.words.first_action)
    own_store.harm.end_mark(mark, now())
    assert closed_children(own_store) == {key("dropout")}


def test_a_household_is_closed_with_the_child(own_store: Store) -> None:
    own_store.harm.report(about(1), "", TEXT, now())
    own_store.harm.put_shields([1, 3, 4])
    assert closed_children(own_store) == {key(n) for n in ("edu", "local", "dropout", "missed")}
    (case,) = own_store.harm.open_files()
    own_store.harm.record(case.harm_id, "closed", now())
    assert closed_children(own_store) == set()


def test_the_sql_and_the_store_make_one_token(own_store: Store) -> None:
    from gateway.engine import Engine, EngineSettings

    site_key = own_store.keys.site_key()
    with Engine(EngineSettings(__import__("pathlib").Path("/dev/shm"), "200MB", 1)) as engine:
        made = engine.value(
            "SELECT hmac_hex($k, 'harm:named|' || '张三' || '|' || CAST(DATE '2015-03-01' AS VARCHAR))",
            {"k": site_key},
        )
    assert made == harm_token(site_key, "named", "张三|2015-03-01")


def signs(*persons: int) -> pa.Table:
    rows = [
        dict.fromkeys(SIGN.names) | {
            "sign": "abused", "table_name": "child", "row_ref": f"x#{p}", "row_key": f"D{p}",
            "id_number": number(p), "refused": False,
        }
        for p in persons
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=SIGN)


def test_a_sign_is_kept_once_and_counted_once(own_store: Store) -> None:
    run = own_store.runs.begin_run(SECOND, now(), "night", False, "x").run_id
    assert own_store.harm.arrive(run, "s", "registry", signs(1, 2), now()) == 2
    later = own_store.runs.begin_run(SECOND, now(), "night", False, "x").run_id
    assert own_store.harm.arrive(later, "s", "registry", signs(1, 2, 3), now()) == 1
    assert (own_store.harm.restricted(run), own_store.harm.restricted(later)) == (2, 1)
    number_of = own_store.harm.report(about(1), "邻居", TEXT, now())
    assert len(own_store.harm.open_files()) == 3
    opened = own_store.harm.opened(number_of, own_store.keys.protection_private())
    assert [sign["sign"] for sign in opened.signs] == ["abused", "report"]
    assert opened.reporter == "邻居"


def test_the_role_goes_step_by_step_and_tells_the_reporter(own_store: Store) -> None:
    case = own_store.harm.report(about(1), "邻居", TEXT, now())
    desk = ProtectionDesk(own_store, clock=now)
    with pytest.raises(UsageError, match="not yet due"):
        desk.record(PROTECTION, case, HarmStep.ASSESSED)
    for step in (HarmStep.ACKNOWLEDGED, HarmStep.IDENTITY_CHECKED, HarmStep.ASSESSED):
        desk.record(PROTECTION, case, step, "已核")
    with pytest.raises(UsageError, match="not yet due"):
        desk.record(PROTECTION, case, HarmStep.CLOSED)
    for step in (HarmStep.ACTED, HarmStep.HELPED, HarmStep.VISITED, HarmStep.REPORTER_TOLD):
        desk.record(PROTECTION, case, step)
    desk.record(PROTECTION, case, HarmStep.CLOSED)
    opened = desk.case(PROTECTION, case, own_store.keys.protection_private())
    assert [step for step, _ in opened.file.steps][-1] == "closed"
    assert opened.notes == ("已核",) * 3


@pytest.mark.parametrize("user", OTHERS, ids=lambda u: u.reader.name)
def test_nobody_else_may(own_store: Store, user: User) -> None:
    case = own_store.harm.report(about(1), "邻居", TEXT, now())
    desk = ProtectionDesk(own_store, clock=now)
    private = own_store.keys.protection_private()
    for attempt in (
        lambda: desk.cases(user),
        lambda: desk.case(user, case, private),
        lambda: desk.record(user, case, HarmStep.ACKNOWLEDGED),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_without_the_role_s_key_nothing_opens(own_store: Store) -> None:
    case = own_store.harm.report(about(1), "邻居", TEXT, now())
    with pytest.raises(StoreError, match="role's own key"):
        own_store.harm.opened(case, make_pair()[0])


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["arrive", "report", "shield", "mark", "step", "close", "night"]),
        st.integers(1, 6),
    ),
    min_size=1,
    max_size=8,
)


@given(ACTS)
@settings(
    max_examples=20, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
def test_no_sequence_shows_a_case_to_the_wrong_role(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, int]]
) -> None:
    from online_seed import make_store

    with make_store(tmp_path_factory.mktemp("seq")) as store:
        before = make_inquiry(store).tallies(SUPERVISOR, Purpose.SUPERVISION)
        for act, person in acts:
            do(store, act, person)
            seen = everything_seen(store)
            assert not [word for word in ("abused", "harm_", TEXT) if word in seen]
            # Sums are made without it: the list is as long, and counts the same, as before.
            assert make_inquiry(store).tallies(SUPERVISOR, Purpose.SUPERVISION) == before
            assert_sealed(store)


def do(store: Store, act: str, person: int) -> None:
    files = store.harm.open_files()
    if act == "arrive":
        run = store.runs.begin_run(SECOND, now(), "night", False, "x").run_id
        store.harm.arrive(run, "s", "registry", signs(person), now())
        store.runs.finish_run(run, "done", now())
    elif act == "report":
        store.harm.report(about(person), "邻居", f"{TEXT}{person}", now())
    elif act == "shield":
        store.harm.put_shields([person] if files else [])
    elif act == "mark":
        store.harm.mark(person, "named_officer", "boss", now())
    elif files and act in ("step", "close"):
        store.harm.record(files[0].harm_id, "closed" if act == "close" else "assessed", now(), TEXT)


def everything_seen(store: Store) -> str:
    """All that officers and supervisors are given, with the night's ledger but for its one line."""
    inquiry = make_inquiry(store)
    parts: list[object] = []
    for reader in (OFFICER, SUPERVISOR):
        parts.extend(inquiry.export(reader, Purpose.CASEWORK))
        parts.append(inquiry.tallies(reader, Purpose.CASEWORK))
        night = inquiry.night(reader, Purpose.CASEWORK)
        assert night is not None
        parts.append((night.rolls, night.rules))
    return json.dumps(parts, ensure_ascii=False, default=str)


def assert_sealed(store: Store) -> None:
    """No byte of the database says what a case is about."""
    with store._db.read() as c:
        from sqlalchemy import text

        for table in ("harm_case", "harm_sign", "harm_event", "harm_subject", "harm_shield"):
            rows = str([tuple(row) for row in c.execute(text(f"SELECT * FROM {table}"))])
            assert "abused" not in rows
            assert "邻居" not in rows
            assert not any(number(p) in rows for p in range(1, 7))


def test_a_site_makes_the_role_s_key_once_and_runs_without_it(tmp_path) -> None:  # type: ignore[no-untyped-def]
    keys = DataKeys.create(tmp_path)
    public = keys.protection_public()
    (tmp_path / "protection-role.key").unlink()
    assert DataKeys.create(tmp_path).protection_public() == public
    assert not (tmp_path / "protection-role.key").exists()
