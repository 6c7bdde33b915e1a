"""docs/lifecycle.md, written from the table of moves so that the page cannot lag behind it."""

from collections.abc import Iterable

from gateway.casework.decisions import REQUIRED, REQUIRED_OF_OTHERS
from gateway.casework.transitions import TRANSITIONS, Event, Move, Who
from gateway.model.cases import CaseState, Notice, Resolution

STATES: dict[CaseState, tuple[str, str]] = {
    CaseState.BASELINE_PENDING: ("存量待放行", "found on the first night; an officer opens the batch"),
    CaseState.OPEN: ("待核查", "nobody has taken it yet"),
    CaseState.REOPENED: ("重新打开", "the condition is back, or the excuse has ended; history kept"),
    CaseState.IN_REVIEW: ("核查中", "an officer has taken it"),
    CaseState.CONFIRMED: ("属实", "the officer found it true"),
    CaseState.EXCUSED: ("有正当理由", "with reason, evidence and end; by data as long as the rolls say so"),
    CaseState.FALSE_ALARM: ("误报", "stays closed for its period unless its evidence changes"),
    CaseState.NOT_MINE: ("转交", "handed to another owner, who has not taken it yet"),
    CaseState.REFERRED: ("已转介", "another body was asked to act"),
    CaseState.WAITING: ("等待", "on whom, until when; the clock stands still"),
    CaseState.SETTLED: ("已办结", "ended by an officer, with one of the resolutions below"),
    CaseState.AWAITING_REVERIFY: ("待复核", "confirmed education case: attendance must last `reverify_days`"),
    CaseState.AWAITING_SIGNATURE: ("待签字", "attendance held; an officer signs"),
    CaseState.RESOLVED: ("已解决", "by positive evidence in a verified roll"),
    CaseState.LAPSED: ("失效", "the rule does not ask any more of this child"),
    CaseState.LOST_SUBJECT: ("对象失联", "the child is gone from its base roll; somebody must ask where to"),
    CaseState.AGED_OUT: ("超龄", "the child came of age"),
    CaseState.CONTINUED: ("续至下一周期", "goes on as the case of the next episode"),
}  # fmt: skip

EVENTS: dict[Event, tuple[str, str]] = {
    Event.FOUND: ("发现", "a rule fires and there is no case of that child, rule and episode"),
    Event.FOUND_AT_BASELINE: ("存量发现", "the same on the first verified night of a source or rule"),
    Event.FIRES: ("仍在", "the rule fires again on the same evidence"),
    Event.FIRES_ANEW: ("新证据", "the rule fires on other evidence"),
    Event.MOVED: ("区划变动", "the rule fires; the child belongs to another county now"),
    Event.EXCUSE_OVER: ("理由到期", "the rule fires; the excuse has ended"),
    Event.WAIT_OVER: ("等待到期", "the rule fires; the wait has ended"),
    Event.SATISFIED: ("已满足", "a verified roll shows the child enrolled, covered, paid"),
    Event.ATTENDS: ("已就学", "the same for a confirmed education case"),
    Event.ATTENDS_STILL: ("持续就学", "the same after `reverify_days`"),
    Event.EXCUSED: ("名册有理由", "the rolls excuse it"),
    Event.NOT_APPLICABLE: ("不适用", "the rule does not ask of this child"),
    Event.HELD: ("暂缓判断", "roll late, partial or unverified; rule asleep; or this child in doubt"),
    Event.SUBJECT_LOST: ("对象消失", "the child is not among the persons of the night any more"),
    Event.AGED_OUT: ("年满18", "the child came of age"),
    Event.NEXT_EPISODE: ("进入新周期", "the rule fires for a later episode of the same child"),
    Event.RELEASE: ("放行", "an officer opens a batch of the baseline"),
    Event.TAKE: ("领取", "an officer takes the case"),
    Event.PUT_BACK: ("放回", "the officer gives it back to the queue"),
    Event.ASSIGN: ("分派", "a supervisor gives it to somebody"),
    Event.CONFIRM: ("确认属实", ""),
    Event.EXCUSE: ("认定理由", ""),
    Event.DISMISS: ("认定误报", ""),
    Event.HAND_OVER: ("转交", "not mine"),
    Event.REFER: ("转介", ""),
    Event.WAIT: ("等待", ""),
    Event.RESUME: ("恢复核查", ""),
    Event.SETTLE: ("办结", ""),
    Event.SIGN: ("签字", ""),
    Event.REVISE: ("改判", "an officer takes a decision back"),
    Event.NOTE: ("备注", ""),
    Event.CHECK_DATA: ("提请校核", "a bureau is asked to check what it holds of the child"),
    Event.BUREAU_ACCEPTED: ("对方受理", "the bureau has taken the referral"),
    Event.BUREAU_CORRECTED: ("源头已更正", "it says that its data are corrected: the next roll must show it"),
    Event.BUREAU_FOUND: ("另处查实", "it found the child elsewhere, with evidence"),
    Event.BUREAU_DISPUTED: ("对方有异议", "it disputes the finding"),
    Event.BUREAU_ACTED: ("对方已办理", "it has acted: the next roll must show it"),
    Event.DATA_CHECKED: ("校核回复", "it answers a request to check its data"),
    Event.REMINDED: ("催办", "the time for an answer is over: the bureau is reminded"),
    Event.ESCALATED: ("上报", "reminded in vain: the supervisor hears of it"),
    Event.CORRECTION_SEEN: ("名册已更正", "a verified roll shows what the bureau had said"),
    Event.CORRECTION_NOT_SEEN: ("名册未见更正", "a verified roll does not show what the bureau had said"),
}  # fmt: skip

RESOLUTIONS: dict[Resolution, str] = {
    Resolution.HANDLED_OFFLINE: "已线下办理",
    Resolution.INFORMED: "已告知／协助申请",
    Resolution.DECLINED: "家长拒绝",
    Resolution.NOT_FOUND: "查无此人",
    Resolution.AWAY: "外出未归",
}

NOTICES: dict[Notice, str] = {
    Notice.OPENED: "to the owner: a new finding",
    Notice.REOPENED: "to the owner: it is back",
    Notice.HANDED_OVER: "to the new owner",
    Notice.WAIT_OVER: "to the owner: the wait has ended",
    Notice.SIGNATURE_DUE: "to the owner: attendance held, sign or not",
    Notice.SUBJECT_LOST: "to the owner: the child is gone from its base roll",
    Notice.REFERRAL: "to the body that is asked to act",
    Notice.DATA_CHECK: "to the bureau whose data are in doubt (校核)",
    Notice.REMINDER: "to the bureau that has not answered in time",
    Notice.REPLIED: "to the owner: a bureau has answered, somebody must look",
    Notice.ESCALATED: "to the supervisor: reminded in vain",
}


def lifecycle_page() -> str:
    """The whole page, in Markdown."""
    return "\n".join((
        "# How a case lives",
        "",
        "Written from `gateway/casework/transitions.py`; do not edit.",
        "A state without a row for an event is left alone: a rerun never reopens what somebody decided.",
        "A notice goes out once per finding, kind and period. What stays as it was is not recorded.",
        "`held` and rules that were not run change nothing but *unverified since*.",
        "",
        "## States",
        "",
        *_table(("state", "中文", "meaning"), ((f"`{s}`", *STATES[s]) for s in CaseState)),
        "",
        "## Events",
        "",
        *_table(("event", "中文", "when", "must carry"), (_event(e) for e in Event)),
        "",
        "## Moves of the night",
        "",
        *_moves(Who.NIGHT),
        "",
        "## Moves of an officer",
        "",
        *_moves(Who.OFFICER),
        "",
        "## Moves by a bureau's verified answer",
        "",
        *_moves(Who.BUREAU),
        "",
        "## Moves of the worker, by the time that has passed",
        "",
        *_moves(Who.WORKER),
        "",
        "## Resolutions of a settled case",
        "",
        *_table(("resolution", "中文"), ((f"`{r}`", RESOLUTIONS[r]) for r in Resolution)),
        "",
        "## Notices",
        "",
        *_table(("notice", "to whom"), ((f"`{n}`", NOTICES[n]) for n in Notice)),
        "",
    ))  # fmt: skip


def _event(event: Event) -> tuple[str, str, str, str]:
    needs = ", ".join(f"`{name}`" for name in (REQUIRED | REQUIRED_OF_OTHERS).get(event, ()))
    return (f"`{event}`", *EVENTS[event], needs)


def _moves(who: Who) -> list[str]:
    rows = (_move(m) for m in TRANSITIONS if m.who is who)
    return _table(("from", "event", "to", "notice"), rows)


def _move(move: Move) -> tuple[str, str, str, str]:
    before = f"`{move.from_state}`" if move.from_state else "–"
    after = f"`{move.to_state}`" if move.to_state != move.from_state else "="
    return before, f"`{move.event}`", after, f"`{move.notice}`" if move.notice else ""


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = (head, ("---",) * len(head), *rows)
    return [f"| {' | '.join(line)} |" for line in lines]
