"""The one table of moves that a case may make: from, event, to, who, notice (findings' lifecycle).

docs/lifecycle.md is written from it, the nightly plan joins it, decisions are checked against it, and
nothing else allows a move.
"""

from dataclasses import dataclass
from enum import StrEnum

from gateway.model.cases import CaseState as S
from gateway.model.cases import Notice


class Who(StrEnum):
    """Who may cause a move."""

    NIGHT = "night"
    OFFICER = "officer"
    BUREAU = "bureau"
    WORKER = "worker"


class Event(StrEnum):
    """What happens to a case."""

    FOUND = "found"
    FOUND_AT_BASELINE = "found_at_baseline"
    FIRES = "fires"
    FIRES_ANEW = "fires_anew"
    MOVED = "moved"
    EXCUSE_OVER = "excuse_over"
    WAIT_OVER = "wait_over"
    SATISFIED = "satisfied"
    ATTENDS = "attends"
    ATTENDS_STILL = "attends_still"
    EXCUSED = "excused"
    NOT_APPLICABLE = "not_applicable"
    HELD = "held"
    SUBJECT_LOST = "subject_lost"
    AGED_OUT = "aged_out"
    NEXT_EPISODE = "next_episode"

    RELEASE = "release"
    TAKE = "take"
    PUT_BACK = "put_back"
    ASSIGN = "assign"
    CONFIRM = "confirm"
    EXCUSE = "excuse"
    DISMISS = "dismiss"
    HAND_OVER = "hand_over"
    REFER = "refer"
    WAIT = "wait"
    RESUME = "resume"
    SETTLE = "settle"
    SIGN = "sign"
    REVISE = "revise"
    NOTE = "note"
    CHECK_DATA = "check_data"

    BUREAU_ACCEPTED = "bureau_accepted"
    BUREAU_CORRECTED = "bureau_corrected"
    BUREAU_FOUND = "bureau_found"
    BUREAU_DISPUTED = "bureau_disputed"
    BUREAU_ACTED = "bureau_acted"
    DATA_CHECKED = "data_checked"

    REMINDED = "reminded"
    ESCALATED = "escalated"
    CORRECTION_SEEN = "correction_seen"
    CORRECTION_NOT_SEEN = "correction_not_seen"


@dataclass(frozen=True, slots=True)
class Move:
    """One allowed move. `from_state` None: there is no case yet."""

    from_state: S | None
    event: Event
    to_state: S
    who: Who
    notice: Notice | None

    @property
    def recorded(self) -> bool:
        """Whether the move is a line in the history; what merely stays as it was is not."""
        says = self.event in _ALWAYS_RECORDED or self.who in (Who.BUREAU, Who.WORKER)
        return self.from_state != self.to_state or says


_ALWAYS_RECORDED = (
    Event.FIRES_ANEW, Event.MOVED, Event.NOTE, Event.HAND_OVER, Event.ASSIGN, Event.CHECK_DATA,
)  # fmt: skip

FRESH = (S.OPEN, S.REOPENED)
UNDECIDED = (*FRESH, S.IN_REVIEW, S.NOT_MINE)
CONFIRMED = (S.CONFIRMED, S.REFERRED, S.WAITING)
REVERIFYING = (S.AWAITING_REVERIFY, S.AWAITING_SIGNATURE)
LIVE = (S.BASELINE_PENDING, *UNDECIDED, *CONFIRMED, S.EXCUSED, *REVERIFYING)
"""Cases that somebody still has to bring to an end."""
DECIDED = (S.FALSE_ALARM, S.SETTLED)
"""Ended by a person; a rerun never reopens them."""
ENDED_BY_DATA = (S.RESOLVED, S.LAPSED, S.AGED_OUT, S.CONTINUED)

SAME = None
"""In the rows below: the state stays."""

_Row = tuple[tuple[S | None, ...], Event, S | None, Notice | None]

_NIGHT: tuple[_Row, ...] = (
    # The condition holds.
    ((None,), Event.FOUND, S.OPEN, Notice.OPENED),
    ((None,), Event.FOUND_AT_BASELINE, S.BASELINE_PENDING, None),
    ((S.BASELINE_PENDING, *UNDECIDED, *CONFIRMED, S.EXCUSED), Event.FIRES, SAME, None),
    ((*ENDED_BY_DATA, S.LOST_SUBJECT, *REVERIFYING), Event.FIRES, S.REOPENED, Notice.REOPENED),
    # It holds on other evidence: a decided case is asked again, with both shown.
    ((S.BASELINE_PENDING, *UNDECIDED, *CONFIRMED, S.EXCUSED), Event.FIRES_ANEW, SAME, None),
    ((*ENDED_BY_DATA, S.LOST_SUBJECT, *REVERIFYING, *DECIDED), Event.FIRES_ANEW, S.REOPENED,
     Notice.REOPENED),
    # It holds, and the child lives in another county now.
    ((S.BASELINE_PENDING,), Event.MOVED, SAME, None),
    ((*FRESH, *CONFIRMED), Event.MOVED, SAME, Notice.HANDED_OVER),
    ((S.IN_REVIEW, S.NOT_MINE), Event.MOVED, S.OPEN, Notice.HANDED_OVER),
    # It holds, and a time has run out.
    ((S.EXCUSED,), Event.EXCUSE_OVER, S.REOPENED, Notice.REOPENED),
    ((S.WAITING,), Event.WAIT_OVER, S.IN_REVIEW, Notice.WAIT_OVER),
    # Positive evidence in a verified roll.
    ((S.BASELINE_PENDING, *UNDECIDED, *CONFIRMED, S.EXCUSED, S.SETTLED, S.LOST_SUBJECT),
     Event.SATISFIED, S.RESOLVED, None),
    (REVERIFYING, Event.SATISFIED, SAME, None),
    (CONFIRMED, Event.ATTENDS, S.AWAITING_REVERIFY, None),
    ((S.AWAITING_REVERIFY,), Event.ATTENDS_STILL, S.AWAITING_SIGNATURE, Notice.SIGNATURE_DUE),
    # The rolls excuse it; a confirmed case stays with its officer.
    ((S.BASELINE_PENDING, *UNDECIDED), Event.EXCUSED, S.EXCUSED, None),
    ((*CONFIRMED, *REVERIFYING, S.EXCUSED), Event.EXCUSED, SAME, None),
    # The rule does not ask any more, or cannot be asked tonight.
    ((*LIVE, S.LOST_SUBJECT), Event.NOT_APPLICABLE, S.LAPSED, None),
    ((*LIVE, S.LOST_SUBJECT), Event.HELD, SAME, None),
    (LIVE, Event.SUBJECT_LOST, S.LOST_SUBJECT, Notice.SUBJECT_LOST),
    ((*LIVE, S.LOST_SUBJECT), Event.AGED_OUT, S.AGED_OUT, None),
    ((*LIVE, S.LOST_SUBJECT), Event.NEXT_EPISODE, S.CONTINUED, None),
)  # fmt: skip

_OFFICER: tuple[_Row, ...] = (
    ((S.BASELINE_PENDING,), Event.RELEASE, S.OPEN, None),
    ((*FRESH, S.NOT_MINE), Event.TAKE, S.IN_REVIEW, None),
    ((S.IN_REVIEW,), Event.PUT_BACK, S.OPEN, None),
    ((*UNDECIDED, *CONFIRMED, S.AWAITING_SIGNATURE), Event.ASSIGN, SAME, None),
    ((S.IN_REVIEW,), Event.CONFIRM, S.CONFIRMED, None),
    ((S.IN_REVIEW, *CONFIRMED), Event.EXCUSE, S.EXCUSED, None),
    ((S.IN_REVIEW,), Event.DISMISS, S.FALSE_ALARM, None),
    (UNDECIDED, Event.HAND_OVER, S.NOT_MINE, Notice.HANDED_OVER),
    ((S.CONFIRMED,), Event.REFER, S.REFERRED, Notice.REFERRAL),
    ((S.IN_REVIEW, S.CONFIRMED, S.REFERRED), Event.WAIT, S.WAITING, None),
    ((S.REFERRED, S.WAITING), Event.RESUME, S.IN_REVIEW, None),
    ((S.IN_REVIEW, *CONFIRMED, S.LOST_SUBJECT), Event.SETTLE, S.SETTLED, None),
    ((S.AWAITING_SIGNATURE,), Event.SIGN, S.RESOLVED, None),
    ((S.CONFIRMED, S.EXCUSED, *DECIDED), Event.REVISE, S.IN_REVIEW, None),
    (tuple(S), Event.NOTE, SAME, None),
    (tuple(S), Event.CHECK_DATA, SAME, Notice.DATA_CHECK),
)

ASKED = (S.REFERRED, S.WAITING)
"""A body was asked and has not ended the matter: its answer moves the case."""
_ELSEWHERE = tuple(s for s in S if s not in ASKED)

_BUREAU: tuple[_Row, ...] = (
    (ASKED, Event.BUREAU_ACCEPTED, SAME, None),
    # Words close nothing: the case waits for the roll that must show it.
    (ASKED, Event.BUREAU_CORRECTED, S.WAITING, None),
    (ASKED, Event.BUREAU_ACTED, S.WAITING, None),
    (ASKED, Event.BUREAU_FOUND, S.IN_REVIEW, Notice.REPLIED),
    (ASKED, Event.BUREAU_DISPUTED, S.IN_REVIEW, Notice.REPLIED),
    # An answer that comes when the case has gone on is kept in its history.
    (_ELSEWHERE, Event.BUREAU_ACCEPTED, SAME, None),
    (_ELSEWHERE, Event.BUREAU_CORRECTED, SAME, None),
    (_ELSEWHERE, Event.BUREAU_ACTED, SAME, None),
    (_ELSEWHERE, Event.BUREAU_FOUND, SAME, None),
    (_ELSEWHERE, Event.BUREAU_DISPUTED, SAME, None),
    (tuple(S), Event.DATA_CHECKED, SAME, Notice.REPLIED),
)

_WORKER: tuple[_Row, ...] = (
    (tuple(S), Event.REMINDED, SAME, Notice.REMINDER),
    (tuple(S), Event.ESCALATED, SAME, Notice.ESCALATED),
    (tuple(S), Event.CORRECTION_SEEN, SAME, None),
    (tuple(S), Event.CORRECTION_NOT_SEEN, SAME, None),
)


def _moves(rows: tuple[_Row, ...], who: Who) -> tuple[Move, ...]:
    moves = []
    for states, event, to, notice in rows:
        for state in states:
            target = to if to is not None else state
            assert target is not None  # noqa: S101 (a row of the table that leads nowhere)
            moves.append(Move(state, event, target, who, notice))
    return tuple(moves)


TRANSITIONS: tuple[Move, ...] = (
    *_moves(_NIGHT, Who.NIGHT),
    *_moves(_OFFICER, Who.OFFICER),
    *_moves(_BUREAU, Who.BUREAU),
    *_moves(_WORKER, Who.WORKER),
)


def allowed(state: S, who: Who) -> tuple[Move, ...]:
    """The moves that somebody may make from a state, in the table's order."""
    return tuple(m for m in TRANSITIONS if m.from_state == state and m.who == who)
