"""What time does to referrals: reminders, then the supervisor; and whether a roll showed a correction."""

from dataclasses import dataclass

from gateway.casework import Decision, Event, Who, decide
from gateway.dispatch.ports import DispatchStore, File
from gateway.dispatch.referring import ASKED, Office
from gateway.model.cases import CaseState, Notice
from gateway.model.errors import StaleCase
from gateway.model.referrals import ReferralRow

SUPERVISOR = "supervisor"
SHOWN_BY = (CaseState.RESOLVED, CaseState.AWAITING_REVERIFY, CaseState.AWAITING_SIGNATURE)
_DEFAULT_EVERY = 5


@dataclass(frozen=True, slots=True)
class Watched:
    """What one round did."""

    reminded: int = 0
    escalated: int = 0
    seen: int = 0
    not_seen: int = 0


class Watching:
    """Reminders, escalation, and the roll that must show what a bureau said."""

    def __init__(self, store: DispatchStore, office: Office) -> None:
        self._store = store
        self._office = office

    def watch(self) -> Watched:
        """One round. A case that somebody moves at that moment is left for the next round."""
        told = [self._late(row) for row in self._store.referrals.due(self._office.today())]
        looked = [self._look(row) for row in self._store.referrals.awaiting_roll()]
        return Watched(
            told.count(Event.REMINDED),
            told.count(Event.ESCALATED),
            looked.count(Event.CORRECTION_SEEN),
            looked.count(Event.CORRECTION_NOT_SEEN),
        )

    def _late(self, row: ReferralRow) -> Event | None:
        file = self._store.cases.find(row.case_id)
        if file is None or (row.kind == Notice.REFERRAL and file.state not in ASKED):
            self._store.referrals.change(row.referral_id, state="closed")
            return None
        template = self._office.templates.get(row.recipient)
        most = template.file.reminders if template and row.document else 0
        if row.reminders >= most:
            done = self._tell(file, row, Event.ESCALATED, SUPERVISOR, {"state": "escalated"})
            return Event.ESCALATED if done else None
        every = template.file.remind_every if template else _DEFAULT_EVERY
        step = {
            "reminders": row.reminders + 1,
            "next_step_on": self._office.working_days(self._office.today(), every),
        }
        done = self._tell(file, row, Event.REMINDED, row.recipient, step)
        return Event.REMINDED if done else None

    def _look(self, row: ReferralRow) -> Event | None:
        """A roll showed it when the case was closed by one; it did not when the wait ran out and the
        rule fired again, which only a verified roll makes it do."""
        file = self._store.cases.find(row.case_id)
        if file is None or file.state is CaseState.WAITING:
            return None
        said = _answered(file)
        ran_out = any(e.event == Event.WAIT_OVER and e.version > said for e in file.events)
        if file.state in SHOWN_BY:
            event, seen = Event.CORRECTION_SEEN, "seen"
        elif ran_out:
            event, seen = Event.CORRECTION_NOT_SEEN, "not_seen"
        else:
            # An officer has taken the case over: the roll is not asked any more.
            self._store.referrals.change(row.referral_id, seen=None)
            return None
        return event if self._tell(file, row, event, row.recipient, {"seen": seen}) else None

    def _tell(
        self, file: File, row: ReferralRow, event: Event, whom: str, step: dict[str, object]
    ) -> bool:
        decision = Decision(event, "work", self._office.clock(), row.kind, on_whom=whom)
        try:
            with self._store.transaction():
                move = decide(file, decision, today=self._office.today(), who=Who.WORKER)
                self._store.cases.move(move)
                self._store.referrals.change(row.referral_id, **step)
        except StaleCase:
            return False
        return True


def _answered(file: File) -> int:
    said = (Event.BUREAU_CORRECTED, Event.BUREAU_ACTED)
    return max((e.version for e in file.events if e.event in said), default=0)
