"""The operations of the DCI interface whose answer follows, subscriptions, and the encrypted form: a client
sends, `cwg work`'s rounds send back, and both are held to the published documents."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from api_kit import BORN
from dci_kit import (
    BACK,
    IBR,
    asked_schema,
    conforms,
    dci,
    dci_site,
    decrypted,
    enveloped,
    items,
    now,
    one,
    search,
    send,
    signed,
    verified,
)
from online_seed import number
from sqlalchemy import text

from gateway.casework import Event
from gateway.dci import Heads
from gateway.dispatch import Round, WorkSettings, send_hooks, work_once
from gateway.model.callbacks import CallbackItem
from gateway.model.errors import PeerRefused, Unreachable
from gateway.model.exchange import Sent
from gateway.store import Store
from gateway.wiring_api import make_outgoing, use_once
from gateway.wiring_dci import hook_message

SETTINGS = WorkSettings(max_attempts=2)


@dataclass
class Platform:
    """A client that also receives; it may be out of reach."""

    store: Store
    http: httpx.Client
    fails: list[Exception] = field(default_factory=list)
    got: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    later: timedelta = timedelta()

    def clock(self) -> datetime:
        return datetime.now(UTC) + self.later

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> None:
        if self.fails:
            raise self.fails.pop(0)
        _, message = verified(body.decode())
        said = json.loads(body)
        conforms(said, asked_schema(f"/registry/{ON[said['header']['action']]}"))
        if said["header"]["is_msg_encrypted"]:
            said["message"] = decrypted(message)
        self.got.append((url, said))

    def round(self, after: timedelta = timedelta()) -> Round:
        """One round of `cwg work`: events, then kept answers."""
        self.later += after
        outgoing = make_outgoing(
            self.store, Heads("gateway", use_once(self.store, self.clock), self.clock), dci()
        )
        told = send_hooks(self.store.hooks, self, self.clock, SETTINGS, hook_message(outgoing))

        def sent(item: CallbackItem) -> Sent:
            return outgoing.sender(self.post)(item)

        return told + work_once(self.store.callbacks, sent, self.clock, SETTINGS)

    def ask(self, path: str, body: bytes, client: str = "cases") -> dict[str, Any]:
        """The acknowledgement of an operation whose answer follows."""
        answer = send(self.http, body, client, path)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()["message"]
        return found

    def follows(self) -> dict[str, Any]:
        """The one answer that the next round sends."""
        self.got.clear()
        assert self.round().sent == 1
        ((url, said),) = self.got
        assert url == BACK
        return said


ON = {
    "on-search": "on-search", "on-subscribe": "on-subscribe", "on-unsubscribe": "on-unsubscribe",
    "notify": "notify", "txn-on-status": "txn/on-status",
}  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, httpx.Client]]:
    with dci_site(tmp_path_factory.mktemp("dci-later")) as made:
        yield made


@pytest.fixture
def platform(site: tuple[Store, httpx.Client]) -> Iterator[Platform]:
    store, http = site
    yield Platform(store, http)
    with store._db.write() as c:
        for table in ("dci_callback", "hook_item", "case_feed", "webhook"):
            c.execute(text(f"DELETE FROM {table}"))


def asked(*requests: dict[str, Any], **header: Any) -> bytes:
    return signed(list(requests), path="/registry/search", **header)


def status(kind: str, by: str, value: object, path: str = "/registry/sync/txn/status") -> bytes:
    request = {
        "reference_id": "S-1", "txn_type": kind, "attribute_type": by, "attribute_value": value,
    }  # fmt: skip
    message = {"transaction_id": "T-9", "txnstatus_request": request}
    return enveloped(message, 1, path, verb="txn-status")


def subscription(reference: str = "S-1", **changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "reg_event_type": "ns:cwg:EventType:CaseChanged", "filter_type": "predicate", "filter": [],
        "notify_record_type": "ns:cwg:RecordType:Case",
        "authorize": {"purpose": {"code": "casework"}},
    }  # fmt: skip
    criteria = {k: v for k, v in (given | changes).items() if v is not None}
    return {"reference_id": reference, "timestamp": now(), "subscribe_criteria": criteria}


def subscribed(*requests: dict[str, Any], **header: Any) -> bytes:
    message = {"transaction_id": "T-2", "subscribe_request": list(requests)}
    path = "/registry/subscribe"
    return enveloped(message, len(requests), path, verb="subscribe", **header)


def ended(*codes: str) -> bytes:
    message = {
        "transaction_id": "T-3", "timestamp": now(), "subscription_codes": list(codes),
        "sunscription_codes": list(codes),
    }  # fmt: skip
    return enveloped(message, len(codes), "/registry/unsubscribe", verb="unsubscribe")


def predicate(name: str, operator: str, value: str) -> dict[str, Any]:
    return {"attribute_name": name, "operator": operator, "attribute_value": value}


def test_a_search_is_acknowledged_and_its_signed_answer_follows(platform: Platform) -> None:
    ack = platform.ask("/registry/search", asked(one("A"), one("B", authorize=None)))
    assert ack["ack_status"] == "ACK"
    said = platform.follows()
    assert said["message"]["correlation_id"] == ack["correlation_id"]
    assert (said["header"]["action"], said["header"]["completed_count"]) == ("on-search", 1)
    first, second = said["message"]["search_response"]
    assert first["data"]["reg_records"]["insured"]["answer"] == "yes"
    assert second["status_reason_code"] == "rjct.search_criteria.invalid"
    assert platform.round().idle


def test_what_was_asked_is_not_kept_and_the_answer_only_sealed(platform: Platform) -> None:
    platform.ask("/registry/search", asked(one("A")))
    (item,) = platform.store.callbacks.of_client("cases", "on-search")
    assert number(1) not in item.body and "in_school" not in repr(item)
    with platform.store._db.read() as c:
        row = c.execute(text("SELECT * FROM dci_callback")).one()
    assert b"in_school" not in row.body


def test_a_receiver_out_of_reach_is_tried_again_under_the_same_id(platform: Platform) -> None:
    platform.ask("/registry/search", asked(one()))
    platform.fails = [Unreachable("x", where="y")]
    assert platform.round() == Round(again=1)
    (kept,) = platform.store.callbacks.of_client("cases", "on-search")
    assert platform.round().idle
    assert platform.round(timedelta(minutes=3)) == Round(sent=1)
    assert platform.got[0][1]["header"]["message_id"] == kept.message_id


def test_what_is_given_up_waits_for_an_operator(platform: Platform) -> None:
    platform.ask("/registry/search", asked(one()))
    platform.fails = [PeerRefused("x")]
    assert platform.round() == Round(dead=1)
    ((waiting, state, error),) = [
        (w.callback_id, w.state, w.error) for w in platform.store.callbacks.waiting()
    ]
    assert (state, error) == ("dead", "PeerRefused")
    platform.store.callbacks.revive(waiting, platform.clock())
    assert platform.round() == Round(sent=1)


def test_a_revoked_client_gets_no_answer(platform: Platform) -> None:
    platform.ask("/registry/search", asked(one()))
    with platform.store._db.write() as c:
        c.execute(text("UPDATE client SET revoked_at = '2026-11-01' WHERE client_id = 'cases'"))
    assert platform.round().idle
    with platform.store._db.write() as c:
        c.execute(text("UPDATE client SET revoked_at = NULL WHERE client_id = 'cases'"))
    assert platform.round().sent == 1


NOWHERE = ["http://platform.example/x", "https://u:p@platform.example/x", "file:///etc/passwd", ""]


@pytest.mark.parametrize("url", NOWHERE)
def test_an_answer_goes_to_an_https_address_only(platform: Platform, url: str) -> None:
    for path, body in (
        ("/registry/search", asked(one(), sender_uri=url)),
        ("/registry/subscribe", subscribed(subscription(), sender_uri=url)),
    ):
        assert send(platform.http, body, path=path).status_code == 400
    assert platform.round().idle and not platform.store.hooks.all()


def test_a_message_that_came_before_is_not_acknowledged(platform: Platform) -> None:
    body = asked(one())
    assert platform.ask("/registry/search", body)["ack_status"] == "ACK"
    again = platform.ask("/registry/search", body)
    assert again["ack_status"] == "NACK"
    assert again["error"]["message"].startswith("rjct.message_id.duplicate")
    assert platform.round().sent == 1


BY = [("transaction_id", "T-1"), ("reference_id_list", ["B"]), ("correlation_id", None)]


@pytest.mark.parametrize(("by", "value"), BY, ids=[b for b, _ in BY])
def test_the_state_of_a_search_is_asked_at_once_and_later(
    platform: Platform, by: str, value: object
) -> None:
    ack = platform.ask("/registry/search", asked(one("A"), one("B")))
    value = value or ack["correlation_id"]
    answer = send(
        platform.http, status("search", by, value), path="/registry/sync/txn/status"
    ).json()["message"]
    conforms(answer, {"$ref": "#/components/schemas/TxnStatusResponse"})
    found = answer["txnstatus_response"]["txn_status"]
    wanted = ["B"] if by == "reference_id_list" else ["A", "B"]
    assert [one["reference_id"] for one in found["search_response"]] == wanted
    assert found["correlation_id"] == ack["correlation_id"]
    platform.round()
    path = "/registry/txn/status"
    platform.ask(path, status("search", by, value, path))
    later = platform.follows()["message"]["txnstatus_response"]["txn_status"]
    assert later == found


def test_nothing_is_told_of_another_clients_transactions(platform: Platform) -> None:
    platform.ask(
        "/registry/search", signed([one()], client="county", path="/registry/search"), "county"
    )
    answer = send(platform.http, status("search", "transaction_id", "T-1"),
                  path="/registry/sync/txn/status")  # fmt: skip
    assert answer.json()["message"]["txnstatus_response"]["txn_status"]["search_response"] == []


WRONG_STATUS = [
    ("link", "transaction_id", "T-1"), ("search", "subscription_code_list", ["x"]),
    ("search", "transaction_id", 7), ("search", "reference_id_list", []),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "by", "value"), WRONG_STATUS)
def test_a_state_is_asked_by_what_the_standard_has(
    platform: Platform, kind: str, by: str, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dci_kit.conforms", lambda *_: None)
    path = "/registry/sync/txn/status"
    assert send(platform.http, status(kind, by, value), path=path).status_code == 400


def test_subscribed_told_asked_about_and_ended(platform: Platform) -> None:
    narrow = [{"expression1": predicate("rule", "eq", "EDU-01"), "condition": "and",
               "expression2": predicate("event", "in", "take,confirm")}]  # fmt: skip
    platform.ask("/registry/subscribe", subscribed(subscription(filter=narrow)))
    (said,) = platform.follows()["message"]["subscribe_response"]
    (made,) = said["subscriptions"]
    assert (said["status"], made["status"]) == ("succ", "subscribe")
    (hook,) = platform.store.hooks.all("cases")
    assert (hook.rules, hook.events, hook.url) == (("EDU-01",), ("confirm", "take"), BACK)
    told(platform, made["code"])
    path = "/registry/sync/txn/status"
    body = status("subscribe", "subscription_code_list", [made["code"]])
    (known,) = send(platform.http, body, path=path).json()["message"]["txnstatus_response"][
        "txn_status"
    ]["subscribe_response"]
    assert known["subscriptions"][0]["code"] == made["code"]
    platform.ask("/registry/unsubscribe", ended(made["code"]))
    over = platform.follows()["message"]
    assert over["subscription_status"] == [{"code": made["code"], "status": "unsubscribe"}]
    platform.ask("/registry/unsubscribe", ended(made["code"]))
    assert platform.follows()["message"]["status_reason_code"] == "rjct.event.already_unsubscribed"
    feed(platform.store, Event.TAKE)
    assert platform.round().idle


def told(platform: Platform, code: str) -> None:
    """An event within the filter is told, ids only; one outside is not."""
    case, version = feed(platform.store, Event.TAKE)
    feed(platform.store, Event.NOTE)
    notified = platform.follows()
    (event,) = notified["message"]["notify_event"]
    assert notified["header"]["action"] == "notify" and event["reference_id"] == code
    record = event["data"]["reg_records"]
    assert set(record) == {"@type", "case_id", "finding_key", "sequence"}
    assert (record["case_id"], record["sequence"]) == (case, version)


def feed(store: Store, event: Event) -> tuple[int, int]:
    """An event of the case of rule EDU-01, as the store feeds it."""
    with store._db.write() as c:
        case = c.execute(
            text(
                "SELECT f.case_id, (SELECT MAX(version) FROM case_event e WHERE e.case_id = f.case_id)"
                " AS last FROM finding f WHERE f.rule = 'EDU-01' AND f.access = 'ordinary' LIMIT 1"
            )
        ).one()
        c.execute(
            text(
                "INSERT INTO case_event (case_id, version, event, to_state, by, at, evidence) "
                "VALUES (:c, :v, :e, 'confirmed', 'x', '2026-11-16 00:00:00', '[]')"
            ),
            {"c": case.case_id, "v": case.last + 1, "e": str(event)},
        )
        row = {"c": case.case_id, "v": case.last + 1}
        c.execute(text("INSERT INTO case_feed (case_id, version) VALUES (:c, :v)"), row)
    return case.case_id, case.last + 1


NOT_SUBSCRIBED: list[tuple[str, dict[str, Any], str]] = [
    ("another event", {"reg_event_type": "BIRTH"}, "rjct.notify_types.invalid"),
    ("another record", {"notify_record_type": "Person"}, "rjct.notify_types.invalid"),
    ("no purpose", {"authorize": None}, "rjct.notify_details.invalid"),
    ("a child", {"filter_type": "idtype-value", "filter": {"type": "UIN", "value": number(1)}},
     "rjct.notify_details.invalid"),
    ("another attribute", {"filter": [{"expression1": predicate("name", "eq", "x")}]},
     "rjct.notify_details.invalid"),
    ("no rule", {"filter": [{"expression1": predicate("rule", "eq", "x")}]},
     "rjct.notify_details.invalid"),
    ("or", {"filter": [{"expression1": predicate("rule", "eq", "EDU-01"), "condition": "or"}]},
     "rjct.notify_details.invalid"),
]  # fmt: skip


def test_what_cannot_be_subscribed_to_has_the_standards_code(platform: Platform) -> None:
    requests = [subscription(f"S-{n}", **c[1]) for n, c in enumerate(NOT_SUBSCRIBED)]
    platform.ask("/registry/subscribe", subscribed(*requests, subscription("X"), subscription("Y")))
    *refused, made, twice = platform.follows()["message"]["subscribe_response"]
    assert [one["status_reason_code"] for one in refused] == [c[2] for c in NOT_SUBSCRIBED]
    assert made["status"] == "succ"
    assert twice["status_reason_code"] == "rjct.event.already_subscribed"
    assert len(platform.store.hooks.all("cases")) == 1


def test_a_client_without_the_scope_subscribes_to_nothing(platform: Platform) -> None:
    body = subscribed(subscription(), client="county")
    assert send(platform.http, body, "county", "/registry/subscribe").status_code == 403


ENROLLED = [(number(1), ["yes"]), (number(2), ["no"]), (number(99), []), (number(7), [])]


@pytest.mark.parametrize(("value", "said"), ENROLLED, ids=["yes", "no", "unknown", "sealed"])
def test_enrolled_is_yes_no_or_nothing(platform: Platform, value: str, said: list[str]) -> None:
    path = "/registry/sync/enrolled"
    criteria = {
        "query_type": "idtype-value", "query": {"type": "UIN", "value": value},
        "authorize": {"purpose": {"code": "casework"}},
    }  # fmt: skip
    message = {"transaction_id": "T-4", "enrolled_criteria": criteria}
    answer = send(platform.http, enveloped(message, 1, path, document=IBR), path=path)
    found = answer.json()["message"]
    conforms(found, {"$ref": "#/components/schemas/EnrolledResponse"}, IBR)
    assert [one["enrolled_status"] for one in found["enrolled_response"]] == said


def test_enrolled_needs_a_purpose(platform: Platform) -> None:
    path = "/registry/sync/enrolled"
    criteria = {"query_type": "idtype-value", "query": {"type": "UIN", "value": number(1)}}
    message = {"transaction_id": "T-4", "enrolled_criteria": criteria}
    assert send(platform.http, enveloped(message, 1, path, document=IBR), path=path).is_error


def test_an_encrypted_search_has_an_encrypted_answer(platform: Platform) -> None:
    path = "/registry/sync/search"
    answer = send(platform.http, enveloped(search([one("A")]), 1, path, encrypt=True))
    _, message = verified(answer.text)
    assert answer.json()["header"]["is_msg_encrypted"] is True
    assert "in_school" not in answer.text
    (item,) = decrypted(message)["search_response"]
    assert item["data"]["reg_records"]["in_school"]["answer"] == "yes"
    path = "/registry/search"
    platform.ask(path, enveloped(search([one("B")]), 1, path, encrypt=True))
    later = platform.follows()
    assert later["header"]["is_msg_encrypted"] is True
    assert later["message"]["search_response"][0]["reference_id"] == "B"


def broken(kind: str) -> dict[str, Any]:
    said = json.loads(enveloped(search([one()]), 1, "/registry/sync/search", encrypt=True))
    message: dict[str, Any] = said["message"]
    if kind == "another key":
        message["header"]["kid"] = "theirs"
    if kind == "another algorithm":
        message["header"]["alg"] = "RSA1_5"
    if kind == "altered":
        message["ciphertext"] = "AAAA" + message["ciphertext"][4:]
    if kind == "plain":
        message = search([one()])
    if kind == "no parts":
        del message["tag"]
    return message


@pytest.mark.parametrize(
    "kind", ["another key", "another algorithm", "altered", "plain", "no parts"]
)
def test_what_cannot_be_decrypted_is_a_bad_request(
    platform: Platform, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = broken(kind)
    monkeypatch.setattr("dci_kit.conforms", lambda *_: None)
    body = enveloped(message, 1, "/registry/sync/search", is_msg_encrypted=True)
    assert send(platform.http, body).status_code == 400


def test_a_client_without_a_key_gets_no_encrypted_answer(platform: Platform) -> None:
    path = "/registry/sync/search"
    body = enveloped(search([one()]), 1, path, encrypt=True, client="county")
    assert send(platform.http, body, "county").status_code == 400


def test_plain_answers_stay_plain_for_who_has_a_key(platform: Platform) -> None:
    query = [
        {"expression1": predicate("name", "eq", "某某"), "condition": "and",
         "expression2": predicate("birthdate", "eq", BORN.isoformat())},
        {"expression1": predicate("guardian_name", "eq", "赵一")},
    ]  # fmt: skip
    (item,) = items(send(platform.http, signed([one(query_type="predicate", query=query)])))
    assert item["data"]["reg_records"]["in_school"]["answer"] == "no"
