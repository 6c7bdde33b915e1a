"""Referrals against running bureaus: SOAP, REST and folder, sealed both ways, by crypto of their own."""

import json
import time
from datetime import timedelta

import pytest
from dispatch_kit import Bench, child, no_names, outbox_states
from sqlalchemy import text

from gateway.casework import Event
from gateway.dispatch import Round
from gateway.model.errors import GatewayError

WAYS = [
    ("EDU-01", "education", {"name", "id_number", "birth_date", "sex", "division", "school_name",
                             "guardian_name"}),
    ("MED-01", "medical_insurance", {"name", "id_number", "birth_date", "sex", "division"}),
    ("WEL-02", "civil_affairs", {"name", "id_number", "birth_date", "sex", "division",
                                 "guardian_name", "address"}),
]  # fmt: skip


def wait_for(town: Bench, recipient: str, count: int) -> dict[str, dict[str, object]]:
    end = time.monotonic() + 60
    while len(found := town.base.asked(recipient)) < count and time.monotonic() < end:
        time.sleep(0.05)
    return found


def collect_until(town: Bench, taken: int) -> None:
    """Replies of a bureau that drops files come a moment later."""
    end, total = time.monotonic() + 60, 0
    while total < taken and time.monotonic() < end:
        total += town.collect()[0]
        time.sleep(0.05 if total < taken else 0)
    assert total == taken


@pytest.mark.parametrize(("rule", "recipient", "fields"), WAYS, ids=[w[1] for w in WAYS])
def test_a_referral_arrives_with_its_whitelist_and_its_answer_moves_the_case(
    town: Bench, rule: str, recipient: str, fields: set[str]
) -> None:
    town.base.answer(recipient, answer="corrected", note="已补录")
    case = town.case(1, rule)
    town.refer(case, recipient)
    assert town.send() == Round(sent=1)
    (said,) = wait_for(town, recipient, 1).values()
    assert set(said["child"]) == fields
    assert said["child"]["name"] == child(1)["name"]
    assert (said["kind"], said["to"], said["about"]) == ("referral", recipient, {"rule": rule})
    collect_until(town, 1)
    assert town.state(case) == "waiting"
    assert town.story(case)[-2:] == ["refer", "bureau_corrected"]
    file = town.store.cases.case(case)
    assert (file.waiting_on, file.wait_until) == (recipient, town.day + timedelta(days=45))
    assert file.events[-1].note == "已补录"
    assert town.collect() == (0, 0, ())


ANSWERS = [
    ("accepted", {}, "referred", "bureau_accepted"),
    ("corrected", {}, "waiting", "bureau_corrected"),
    ("action_taken", {}, "waiting", "bureau_acted"),
    ("found_elsewhere", {"evidence": "在邻县柳河小学就读"}, "in_review", "bureau_found"),
    ("disputed", {"note": "本局无此记录"}, "in_review", "bureau_disputed"),
]


@pytest.mark.parametrize(("answer", "more", "state", "event"), ANSWERS, ids=[a[0] for a in ANSWERS])
def test_every_answer_moves_the_case_by_the_table(
    town: Bench, answer: str, more: dict[str, str], state: str, event: str
) -> None:
    town.base.answer("medical_insurance", answer=answer, **more)
    case = town.case(2, "MED-01")
    town.refer(case, "medical_insurance")
    town.send()
    assert town.collect() == (1, 0, ())
    assert (town.state(case), town.story(case)[-1]) == (state, event)
    (row,) = town.store.referrals.of_case(case)
    assert row.answer == answer
    assert row.seen == ("awaited" if state == "waiting" else None)


def reply_by_hand(town: Bench, **row: str) -> None:
    folder = town.base.bureau("medical_insurance").folder / "replies" / "2026-11"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{row['reply_id']}.json").write_text(json.dumps(row))


REFUSED = [
    ({"answer": "found_elsewhere"}, "no_evidence"),
    ({"answer": "please_stop_paying"}, "unknown_answer"),
    ({"answer": "accepted", "referral_id": "0" * 32}, "unknown_referral"),
    ({"answer": "accepted", "referral_id": "case 3"}, "no_referral_id"),
]


@pytest.mark.parametrize(("row", "reason"), REFUSED, ids=[r[1] for r in REFUSED])
def test_a_reply_that_says_nothing_good_moves_nothing_and_is_kept(
    town: Bench, row: dict[str, str], reason: str
) -> None:
    case = town.case(3, "MED-02")
    town.refer(case, "medical_insurance")
    town.send()
    (sent,) = town.store.referrals.of_case(case)
    reply_by_hand(town, **{"reply_id": "r1", "referral_id": sent.referral_id, **row})
    assert town.collect() == (0, 1, ())
    assert (town.state(case), town.story(case)[-1]) == ("referred", "refer")
    assert [r.refused for r in town.store.referrals.replies()] == [reason]


def test_another_bureau_cannot_answer_for_the_one_that_was_asked(town: Bench) -> None:
    asked, other = town.case(1, "EDU-01"), town.case(2, "MED-01")
    town.refer(asked, "education")
    town.refer(other, "medical_insurance")
    town.send()
    (sent,) = town.store.referrals.of_case(asked)
    reply_by_hand(town, reply_id="r1", referral_id=sent.referral_id, answer="disputed")
    assert town.collect() == (0, 1, ())
    assert town.state(asked) == "referred"
    assert [r.refused for r in town.store.referrals.replies()] == ["not_its_referral"]


def test_a_reply_that_changes_under_its_number_moves_nothing(town: Bench) -> None:
    case = town.case(3, "MED-02")
    town.refer(case, "medical_insurance")
    town.send()
    (sent,) = town.store.referrals.of_case(case)
    first = {"reply_id": "r1", "referral_id": sent.referral_id, "answer": "accepted"}
    reply_by_hand(town, **first)
    assert town.collect() == (1, 0, ())
    reply_by_hand(town, **{**first, "answer": "disputed"})
    assert town.collect() == (0, 1, ())
    assert town.state(case) == "referred"
    assert sorted(r.refused or "" for r in town.store.referrals.replies()) == ["", "id_reused"]


def test_a_bureau_may_add_to_its_answer(town: Bench) -> None:
    case = town.case(3, "MED-02")
    town.refer(case, "medical_insurance")
    town.send()
    (sent,) = town.store.referrals.of_case(case)
    reply_by_hand(town, reply_id="r1", referral_id=sent.referral_id, answer="disputed")
    assert town.collect() == (1, 0, ())
    reply_by_hand(town, reply_id="r2", referral_id=sent.referral_id, answer="corrected")
    assert town.collect() == (1, 0, ())
    assert town.state(case) == "in_review"
    assert town.story(case)[-2:] == ["bureau_disputed", "bureau_corrected"]


def test_what_was_sent_but_not_noted_goes_again_with_the_same_bytes(town: Bench) -> None:
    case = town.case(4, "MED-01")
    town.refer(case, "medical_insurance")
    town.send()
    (row,) = town.store.referrals.of_case(case)
    with (
        town.store._db.write() as c
    ):  # As a crash between the bureau's answer and our note leaves it.
        c.execute(text("UPDATE referral SET state = 'drafted', sent_at = NULL, exchange_id = NULL"))
        c.execute(text("UPDATE outbox SET state = 'pending', sent_at = NULL"))
    assert town.send() == Round(sent=1)
    came = town.base.bureau("medical_insurance").folder / "referrals" / f"{row.referral_id}.came"
    lines = came.read_text().splitlines()
    assert len(lines) == 2
    assert len({line.split()[1] for line in lines}) == 1
    assert len(town.base.asked("medical_insurance")) == 1


NEVER = ["harm", "no_contact", "sealed", "idn_02", "disputed"]


@pytest.mark.parametrize("why", NEVER)
def test_some_children_never_leave(town: Bench, why: str) -> None:
    case = town.case(5, "MED-01")
    town.refer(case, "medical_insurance")
    if why == "harm":
        number = str(child(5)["id_number"])
        town.store.harm.report({"id_number": number}, "", "x", town.now)
    elif why == "no_contact":
        town.store.harm.mark(5, "no_contact", "officer", town.now)
    elif why == "idn_02":
        town.case(105, "IDN-02", "open")
    else:
        with town.store._db.write() as c:
            c.execute(text("UPDATE finding SET access = 'sealed'" if why == "sealed" else
                "INSERT INTO rights_request (person_id, kind, asked_by, asked_at, taken_by, due_on, "
                "state) VALUES (5, 'correction', 'guardian', '2026-11-01', 'x', '2026-12-01', 'open')"
            ))  # fmt: skip
    assert town.send() == Round()
    assert town.base.asked("medical_insurance") == {}
    assert [(kind, state) for _, kind, state, _ in outbox_states(town.store)] == [
        ("referral", "pending")
    ]
    if why == "idn_02":  # Decided: it goes.
        town.night_says(105, "dismiss", "false_alarm")
        town.now += timedelta(hours=1)
        assert town.send() == Round(sent=1)


def test_a_sealed_case_is_not_even_referred(town: Bench) -> None:
    case = town.case(5, "WEL-02", access="sealed")
    with pytest.raises(GatewayError, match="专人办理"):
        town.refer(case, "civil_affairs")
    assert town.state(case) == "confirmed"


def test_a_rule_that_the_recipient_may_not_hear_of_goes_to_an_operator(town: Bench) -> None:
    case = town.case(6, "WEL-02")
    town.refer(case, "education")
    assert town.send() == Round(dead=1)
    (item,) = town.store.outbox.listed(["dead"])
    assert (item.case_id, item.error) == (case, "UsageError")
    town.store.outbox.revive(item.outbox_id, town.now, "civil_affairs")
    assert town.send() == Round(sent=1)
    assert town.base.asked("education") == {}
    assert len(wait_for(town, "civil_affairs", 1)) == 1


def test_a_body_that_no_transport_reaches_is_told_by_hand_and_watched(town: Bench) -> None:
    case = town.case(1, "REG-02")
    town.refer(case, "派出所")
    assert town.send() == Round(sent=1)
    (row,) = town.store.referrals.of_case(case)
    assert (row.state, row.document, row.fields) == ("by_hand", "", ())
    town.day = row.next_step_on
    assert town.watch() == (0, 1, 0, 0)
    assert town.story(case)[-1] == "escalated"


def test_a_case_that_went_on_before_its_referral_left_discloses_nothing(town: Bench) -> None:
    case = town.case(1, "MED-01")
    town.refer(case, "medical_insurance")
    town.night_says(case, "satisfied", "resolved")
    assert town.send() == Round(sent=1)
    assert town.base.asked("medical_insurance") == {}
    assert town.store.referrals.of_case(case) == ()


def test_reminders_then_the_supervisor_then_silence(town: Bench) -> None:
    case = town.case(1, "MED-01")
    town.refer(case, "medical_insurance")
    town.send()
    (row,) = town.store.referrals.of_case(case)
    assert row.answer_by == town.office.working_days(town.day, 10)
    told = []
    for _ in range(40):
        told.append(town.watch()[:2])
        town.send()
        town.day += timedelta(days=1)
    assert [t for t in told if t != (0, 0)] == [(1, 0), (1, 0), (0, 1)]
    assert town.story(case)[-3:] == ["reminded", "reminded", "escalated"]
    assert town.state(case) == "referred"
    came = town.base.asked("medical_insurance")
    reminders = sorted(name for name in came if "reminder" in name)
    assert reminders == [f"{row.referral_id}.reminder-{n}" for n in (1, 2)]
    assert no_names(json.dumps([came[name] for name in reminders], ensure_ascii=False))


@pytest.mark.parametrize(
    ("night", "story", "seen"),
    [
        (("satisfied", "resolved"), "correction_seen", "seen"),
        (("wait_over", "in_review"), "correction_not_seen", "not_seen"),
        (("resume", "in_review"), None, None),
    ],
    ids=["shown", "not_shown", "taken_over"],
)
def test_the_next_roll_shows_the_correction_or_the_case_says_so(
    town: Bench, night: tuple[str, str], story: str | None, seen: str | None
) -> None:
    town.base.answer("medical_insurance", answer="corrected")
    case = town.case(1, "MED-01")
    town.refer(case, "medical_insurance")
    town.send()
    town.collect()
    assert town.watch() == (0, 0, 0, 0)
    town.night_says(case, *night)
    town.watch()
    assert town.story(case)[-1] == (story or night[0])
    (row,) = town.store.referrals.of_case(case)
    assert row.seen == seen
    assert town.watch() == (0, 0, 0, 0)


def test_a_request_to_check_data_names_a_doubt_and_no_rule(town: Bench) -> None:
    town.base.answer("education", kind="data_check", answer="corrected", note="出生日期已更正")
    case = town.case(3, "MED-01", "in_review")
    town.decide(case, Event.CHECK_DATA, on_whom="education", reason="wrong_data")
    town.send()
    (said,) = town.base.asked("education").values()
    assert (said["kind"], said["about"]) == ("data_check", {"reason": "wrong_data"})
    assert "MED" not in json.dumps(said)
    assert town.collect() == (1, 0, ())
    assert (town.state(case), town.story(case)[-1]) == ("in_review", "data_checked")


def test_every_disclosure_is_in_the_audit_and_names_nobody(town: Bench) -> None:
    case = town.case(1, "MED-01")
    town.refer(case, "medical_insurance")
    town.send()
    entries = [e for e in town.store.audit.unchained() if e.action == "referral.send"]
    (entry,) = entries
    detail = json.loads(entry.detail)
    assert (entry.actor_kind, entry.subject, detail["recipient"]) == (
        "worker", str(case), "medical_insurance",
    )  # fmt: skip
    assert "id_number" in detail["fields"]
    assert no_names(entry.detail)
