"""What comes back: each verified reply is kept once and moves its case by the table of moves."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from gateway.casework import Decision, Event, Who, decide
from gateway.dispatch.ports import Channel, DispatchStore
from gateway.dispatch.referring import Office
from gateway.dispatch.replies import Reply, read_reply
from gateway.model.audit import AuditNote
from gateway.model.cases import Notice, ReplyCode
from gateway.model.errors import GatewayError, StaleCase
from gateway.model.referrals import ReferralRow, ReplyRow

ASK_EVERY = timedelta(minutes=30)
"""How often a bureau that owes an answer is asked for it."""

LISTEN_FOR = timedelta(days=60)
"""How long after a referral its bureau may add to its answer."""

EVENTS = {
    ReplyCode.ACCEPTED: Event.BUREAU_ACCEPTED,
    ReplyCode.CORRECTED: Event.BUREAU_CORRECTED,
    ReplyCode.FOUND_ELSEWHERE: Event.BUREAU_FOUND,
    ReplyCode.DISPUTED: Event.BUREAU_DISPUTED,
    ReplyCode.ACTION_TAKEN: Event.BUREAU_ACTED,
}
"""What each answer to a referral does; one to a request to check data is `data_checked`."""

SHOWN = (ReplyCode.CORRECTED, ReplyCode.ACTION_TAKEN)
"""Answers that the next roll must show."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What one round of collecting did. `failed` are sources that could not be collected."""

    taken: int = 0
    refused: int = 0
    failed: tuple[str, ...] = ()


class Answering:
    """Collects replies and applies them."""

    def __init__(self, store: DispatchStore, office: Office) -> None:
        self._store = store
        self._office = office

    def collect(self) -> Answered:
        """Ask every bureau that owes an answer and whose turn it is. One that fails stops no other."""
        taken, refused, failed = 0, 0, []
        for channel in self._owing():
            try:
                good, bad = self._from(channel)
                taken, refused = taken + good, refused + bad
            except GatewayError:
                failed.append(channel.source)
        return Answered(taken, refused, tuple(failed))

    def apply(self, source: str, exchange_id: str, reply: Reply) -> bool:
        """Keep one reply and move its case, both or neither; whether it was new and good.

        Raises StaleCase when somebody moved the case meanwhile: the reply is then new next time too.
        """
        with self._store.transaction():
            row = self._store.referrals.find(reply.referral_id)
            wrong = reply.wrong or self._wrong(source, row)
            body = json.dumps({"evidence": reply.evidence, "note": reply.note}, ensure_ascii=False)
            kept = ReplyRow(
                source, reply.reply_id, row.referral_id if row and not wrong else None,
                reply.answer, reply.digest, exchange_id, self._office.clock(), wrong or None, body,
            )  # fmt: skip
            if not self._store.referrals.keep_reply(kept):
                return False
            if row is None or wrong or reply.answer is None:
                self._note("reply.refused", "source", source, wrong)
                return False
            self._move(row, reply, reply.answer)
            self._note("reply.take", "case", str(row.case_id), reply.answer)
        return True

    def _owing(self) -> Sequence[Channel]:
        found: dict[str, Channel] = {}
        since = self._office.clock() - LISTEN_FOR
        for recipient, channel in self._office.channels.items():
            if self._store.referrals.asked([recipient], since):
                found.setdefault(channel.source, channel)
        return tuple(found.values())

    def _from(self, channel: Channel) -> tuple[int, int]:
        now, today = self._office.clock(), self._office.today()
        months = (f"{today.replace(day=1) - timedelta(days=1):%Y-%m}", f"{today:%Y-%m}")
        taken = refused = 0
        for period in months:
            mark = self._store.referrals.claim_round(channel.source, period, now, now + ASK_EVERY)
            found = None if mark is None else channel.replies(period, mark)
            if found is None:
                continue
            replies = [(exchange, read_reply(row)) for exchange, row in found.rows]
            ids = [reply.reply_id for _, reply in replies]
            known = self._store.referrals.known_replies(channel.source, ids)
            again = False
            for exchange_id, reply in replies:
                if reply.reply_id in known:
                    refused += self._changed(channel.source, reply, known[reply.reply_id])
                    continue
                try:
                    good = self.apply(channel.source, exchange_id, reply)
                except StaleCase:
                    again = True
                    continue
                taken, refused = taken + good, refused + (not good)
            self._store.referrals.end_round(channel.source, period, "" if again else found.mark)
        return taken, refused

    def _changed(self, source: str, reply: Reply, digest: str) -> int:
        """A reply that was known says something else now: kept apart, the first one stands."""
        if reply.digest == digest:
            return 0
        other = replace(reply, reply_id=f"changed-{reply.digest[:48]}", wrong="id_reused")
        self.apply(source, "", other)
        return 1

    def _wrong(self, source: str, row: ReferralRow | None) -> str:
        if row is None:
            return "unknown_referral"
        channel = self._office.channels.get(row.recipient)
        return "" if channel is not None and channel.source == source else "not_its_referral"

    def _move(self, row: ReferralRow, reply: Reply, answer: ReplyCode) -> None:
        checked = row.kind == Notice.DATA_CHECK
        file = self._store.cases.find(row.case_id)
        if file is None:
            return
        template = self._office.templates[row.recipient].file
        today = self._office.today()
        shown = answer in SHOWN and not checked
        until = today + timedelta(days=template.shown_within_days) if shown else None
        decision = Decision(
            Event.DATA_CHECKED if checked else EVENTS[answer],
            f"bureau:{row.recipient}",
            self._office.clock(),
            str(answer),
            until,
            row.recipient,
            note="\n".join(filter(None, (reply.evidence, reply.note))),
        )
        self._store.cases.move(decide(file, decision, today=today, who=Who.BUREAU))
        state = "accepted" if answer is ReplyCode.ACCEPTED else "answered"
        seen = {"seen": "awaited"} if shown else {}
        self._store.referrals.change(row.referral_id, state=state, answer=str(answer), **seen)

    def _note(self, action: str, kind: str, subject: str, detail: str) -> None:
        said = json.dumps({"said": detail})
        self._store.audit.add(
            AuditNote(
                self._office.clock(), "cwg work", "worker", action, "casework", kind, subject, said
            )
        )  # fmt: skip
