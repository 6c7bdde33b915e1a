"""Requests of children and guardians, to the running bureaus and back."""

from datetime import timedelta

import pytest
from dispatch_kit import NAMES, OFFICER, Bench, no_names

from gateway.access import Reader, Role, User
from gateway.desk import Rights, Sheets, Wish
from gateway.dispatch import Round
from gateway.model.errors import GatewayError, NotAllowed, StaleCase, UsageError
from gateway.model.rights import RefusalReason, RightsKind, RightsState

STRANGER = User(Reader("far", "person", ("411300",)), frozenset({Role.DATA_OFFICER}))
CORRECT = Wish(RightsKind.CORRECTION, "guardian", "出生日期写错了", ("medical_insurance",))


def rights_of(town: Bench) -> Rights:
    return Rights(
        town.store, clock=lambda: town.now, today=lambda: town.day,
        working_days=town.office.working_days,
    )  # fmt: skip


def test_a_correction_is_forwarded_disputes_the_case_and_stops_outreach_until_it_is_answered(
    town: Bench,
) -> None:
    town.base.answer("medical_insurance", kind="data_check", answer="corrected")
    case, rights = town.case(1, "EDU-01"), rights_of(town)
    town.refer(case, "education")
    made = rights.request(OFFICER, case, CORRECT)
    assert made.due_on == town.office.working_days(town.day, 15)
    assert town.story(case)[-1] == "check_data"
    assert town.desk.case(OFFICER, case).disputed
    sheets = Sheets(town.store, clock=lambda: town.now, today=lambda: town.day)
    with pytest.raises(NotAllowed, match="专人办理"):
        sheets.print(OFFICER, case)
    # The referral, an outreach, is held; from then on the request to check the data overtakes it.
    assert town.send() == Round()
    assert town.send() == Round(sent=1)
    assert town.base.asked("education") == {}
    assert len(town.base.asked("medical_insurance")) == 1
    assert town.collect() == (1, 0, ())
    assert town.send() == Round()
    done = rights.answer(OFFICER, case, made.request_id, "已转请医保部门更正")
    assert (done.state, done.reason) == (RightsState.ANSWERED, None)
    assert not town.desk.case(OFFICER, case).disputed
    town.now += timedelta(hours=1)
    assert town.send() == Round(sent=2)  # And that the bureau has answered, to the case's owner.
    assert len(town.base.asked("education")) == 1
    assert sheets.print(OFFICER, case).name == NAMES[1]


def test_a_correction_of_a_case_that_was_not_referred_goes_out_at_once(town: Bench) -> None:
    town.base.answer("medical_insurance", kind="data_check", answer="corrected", note="已更正")
    case = town.case(2, "MED-01", "in_review")
    rights_of(town).request(OFFICER, case, CORRECT)
    assert town.send() == Round(sent=1)
    (said,) = town.base.asked("medical_insurance").values()
    assert said["kind"] == "data_check"
    assert "出生日期" not in str(said)
    assert town.collect() == (1, 0, ())
    assert town.story(case)[-1] == "data_checked"


def test_a_refusal_has_a_reason_and_words_and_is_final(town: Bench) -> None:
    case, rights = town.case(1), rights_of(town)
    wish = Wish(RightsKind.DELETION, "child", "", ("education",))
    made = rights.request(OFFICER, case, wish)
    with pytest.raises(UsageError, match="says why"):
        rights.answer(OFFICER, case, made.request_id, "  ", RefusalReason.KEPT_BY_LAW)
    done = rights.answer(OFFICER, case, made.request_id, "依法留存", RefusalReason.KEPT_BY_LAW)
    assert (done.state, done.reason) == (RightsState.REFUSED, "kept_by_law")
    with pytest.raises(StaleCase):
        rights.answer(OFFICER, case, made.request_id, "又改了")
    kept = town.store.rights.find(made.request_id)
    assert kept is not None
    assert (kept.answer, kept.state) == ("依法留存", RightsState.REFUSED)


def test_access_and_explanation_are_no_dispute(town: Bench) -> None:
    case, rights = town.case(1, "MED-01"), rights_of(town)
    for kind in (RightsKind.ACCESS, RightsKind.EXPLANATION):
        rights.request(OFFICER, case, Wish(kind, "guardian", "请说明"))
    town.refer(case, "medical_insurance")
    assert town.send() == Round(sent=1)
    assert [r.kind for r in rights.open(OFFICER)] == ["access", "explanation"]


WRONG = [
    (Wish(RightsKind.CORRECTION, "child"), "asked of the bureaus"),
    (Wish(RightsKind.ACCESS, "child", "", ("education",)), "asked of the bureaus"),
    (Wish(RightsKind.ACCESS, "child", "x" * 2001), "too long"),
]


@pytest.mark.parametrize(("wish", "words"), WRONG)
def test_a_request_that_is_none(town: Bench, wish: Wish, words: str) -> None:
    case = town.case(1)
    with pytest.raises(UsageError, match=words):
        rights_of(town).request(OFFICER, case, wish)
    assert town.store.rights.open() == ()


def test_a_stranger_and_an_unknown_number_hear_the_same(town: Bench) -> None:
    case, said = town.case(1), []
    for user, number in ((STRANGER, case), (OFFICER, 999)):
        with pytest.raises(NotAllowed) as refused:
            rights_of(town).request(user, number, Wish(RightsKind.ACCESS, "child"))
        said.append(refused.value.what)
    assert said[0] == said[1]


def test_a_request_of_another_child_is_not_answered_here(town: Bench) -> None:
    rights = rights_of(town)
    made = rights.request(OFFICER, town.case(1), Wish(RightsKind.ACCESS, "child"))
    with pytest.raises(UsageError, match="no such request"):
        rights.answer(OFFICER, town.case(2), made.request_id, "x")


def test_nothing_is_told_where_a_named_officer_is(town: Bench) -> None:
    case = town.case(1)
    town.store.harm.mark(1, "named_officer", "officer", town.now)
    for ask in (
        lambda: rights_of(town).request(OFFICER, case, Wish(RightsKind.ACCESS, "guardian")),
        lambda: rights_of(town).who_saw(OFFICER, case),
    ):
        with pytest.raises(GatewayError, match="专人办理"):
            ask()


def test_the_family_is_told_which_bureau_saw_which_fields_and_no_officers_name(
    town: Bench,
) -> None:
    case, rights = town.case(1, "MED-01"), rights_of(town)
    town.desk.case(OFFICER, case)
    town.refer(case, "medical_insurance")
    town.send()
    found = rights.who_saw(OFFICER, case)
    told = [s for s in found if s.who == "medical_insurance"]
    assert [set(s.fields) for s in told] == [{"name", "id_number", "birth_date", "sex", "division"}]
    assert {s.who for s in found} == {"officer", "medical_insurance"}
    assert "officer" not in {s.action for s in found}
    assert no_names(str(found))
