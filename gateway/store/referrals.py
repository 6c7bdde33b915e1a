"""Referrals and requests to check data: what was disclosed to whom, and what was answered."""

import hmac
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, or_, select, update

from gateway.model.cases import ReplyCode
from gateway.model.errors import StoreError
from gateway.model.referrals import ReferralRow, ReplyRow
from gateway.store.child_keys import made_salts, with_salt
from gateway.store.database import Database, insert_rows
from gateway.store.keys import DataKeys
from gateway.store.tables import referral, referral_reply, reply_round

OPEN = ("sent", "by_hand", "accepted", "escalated")
"""States in which an answer is still wanted."""


class Referrals:
    """What left, and what came back."""

    def __init__(self, db: Database, keys: DataKeys) -> None:
        self._db = db
        self._keys = keys

    def referral_id(self, outbox_id: int) -> str:
        """The name of what an outbox item sends: 32 hex digits that tell nothing of the case."""
        key = bytes.fromhex(self._keys.site_key())
        return hmac.digest(key, f"referral|{outbox_id}".encode(), "sha256").hex()[:32]

    def draft(self, new: ReferralRow) -> ReferralRow:
        """Keep what is about to be sent; the one that is kept already, when there is one."""
        values = {name: getattr(new, name) for name in _PLAIN}
        with self._db.write() as c:
            salt = None if new.person_id is None else made_salts(c, [new.person_id])[0]
            seal = self._keys.sealer("referral.document", salt=salt)
            values |= {
                "fields": " ".join(new.fields),
                "document": seal(new.referral_id, new.document or None),
            }
            insert_rows(c, referral, [values], keep_first=True)
            row = c.execute(_referrals().where(_named(new.referral_id))).one()
        return self._row(row)

    def find(self, referral_id: str) -> ReferralRow | None:
        """One referral, or None."""
        with self._db.read() as c:
            row = c.execute(_referrals().where(_named(referral_id))).first()
        return None if row is None else self._row(row)

    def of_case(self, case_id: int) -> tuple[ReferralRow, ...]:
        """What was sent about a case, oldest first."""
        return self._many(referral.c.case_id == case_id)

    def of_person(self, person_id: int) -> tuple[ReferralRow, ...]:
        """What was sent about a person, oldest first."""
        return self._many(referral.c.person_id == person_id)

    def due(self, today: date) -> tuple[ReferralRow, ...]:
        """Unanswered ones whose next step (reminder, escalation) is due."""
        waits = referral.c.state.in_(("sent", "by_hand", "accepted"))
        return self._many(waits, referral.c.next_step_on <= today)

    def awaiting_roll(self) -> tuple[ReferralRow, ...]:
        """Those whose correction a roll has still to show."""
        return self._many(referral.c.seen == "awaited")

    def asked(self, recipients: Collection[str], since: datetime) -> bool:
        """Whether one of the recipients owes an answer, or may have more to say: one that has answered
        a referral sent after `since` is still listened to."""
        wanted = (
            referral.c.recipient.in_(sorted(recipients)),
            or_(referral.c.state.in_(OPEN), referral.c.sent_at >= since),
        )
        with self._db.read() as c:
            return c.execute(select(referral.c.referral_id).where(*wanted)).first() is not None

    def sent(self, referral_id: str, exchange_id: str, at: datetime, *, by_hand: bool) -> None:
        """Say that it was handed over; the first time stays."""
        values = {
            "state": "by_hand" if by_hand else "sent",
            "exchange_id": exchange_id,
            "sent_at": at,
        }
        change = update(referral).where(_named(referral_id), referral.c.state == "drafted")
        with self._db.write() as c:
            c.execute(change.values(values))

    def change(self, referral_id: str, **values: object) -> None:
        """Write a step: `state`, `answer`, `seen`, `reminders`, `next_step_on`. Raises StoreError."""
        with self._db.write() as c:
            done = c.execute(update(referral).where(_named(referral_id)).values(values))
            if not done.rowcount:
                raise StoreError("there is no such referral", where=f"referral {referral_id}")

    def keep_reply(self, new: ReplyRow) -> bool:
        """Keep a reply; False when one of that source and number is known already."""
        seal = self._keys.sealer("referral_reply.body")
        names = ("source", "reply_id", "referral_id", "answer", "digest", "exchange_id", "at")
        values = {name: getattr(new, name) for name in (*names, "refused")}
        values["body"] = seal(f"{new.source}.{new.reply_id}", new.body or None)
        with self._db.write() as c:
            return bool(insert_rows(c, referral_reply, [values], keep_first=True))

    def replies(self, referral_id: str | None = None) -> tuple[ReplyRow, ...]:
        """Replies to one referral (all of them for None), oldest first."""
        query = select(referral_reply).order_by(referral_reply.c.at, referral_reply.c.reply_id)
        if referral_id is not None:
            query = query.where(referral_reply.c.referral_id == referral_id)
        with self._db.read() as c:
            return tuple(self._reply(row) for row in c.execute(query))

    def known_replies(self, source: str, ids: Sequence[str]) -> dict[str, str]:
        """Of those reply numbers the known ones, each with its digest."""
        mine = (referral_reply.c.source == source, referral_reply.c.reply_id.in_(ids))
        query = select(referral_reply.c.reply_id, referral_reply.c.digest).where(*mine)
        with self._db.read() as c:
            return {row.reply_id: row.digest for row in c.execute(query)}

    def claim_round(self, source: str, period: str, now: datetime, next_at: datetime) -> str | None:
        """Take the turn of asking a source for its replies; the mark of last time, None when it is
        not yet due or another worker has it."""
        mine = (reply_round.c.source == source, reply_round.c.period == period)
        with self._db.write() as c:
            row = {"source": source, "period": period, "next_at": next_at, "mark": ""}
            if insert_rows(c, reply_round, [row], keep_first=True):
                return ""
            taken = update(reply_round).where(*mine, reply_round.c.next_at <= now)
            if not c.execute(taken.values(next_at=next_at)).rowcount:
                return None
            return str(c.execute(select(reply_round.c.mark).where(*mine)).scalar_one())

    def end_round(self, source: str, period: str, mark: str) -> None:
        """Remember what was collected last (`mark`)."""
        mine = (reply_round.c.source == source, reply_round.c.period == period)
        with self._db.write() as c:
            c.execute(update(reply_round).where(*mine).values(mark=mark[:1024]))

    def _many(self, *where: Any) -> tuple[ReferralRow, ...]:
        query = _referrals().where(*where).order_by(referral.c.outbox_id)
        with self._db.read() as c:
            return tuple(self._row(row) for row in c.execute(query))

    def _row(self, row: Row[Any]) -> ReferralRow:
        document = self._keys.opener("referral.document", row.salt)(row.referral_id, row.document)
        values = {name: getattr(row, name) for name in (*_PLAIN, "exchange_id", "sent_at")}
        return ReferralRow(
            **values, fields=tuple(row.fields.split()), document=document or "",
            answer=row.answer, seen=row.seen,
        )  # fmt: skip

    def _reply(self, row: Row[Any]) -> ReplyRow:
        place = f"{row.source}.{row.reply_id}"
        return ReplyRow(
            row.source, row.reply_id, row.referral_id,
            ReplyCode(row.answer) if row.answer else None, row.digest,
            row.exchange_id, row.at, row.refused,
            self._keys.opener("referral_reply.body")(place, row.body) or "",
        )  # fmt: skip


_PLAIN = (
    "referral_id", "outbox_id", "case_id", "person_id", "kind", "recipient", "template", "digest",
    "issued_on", "answer_by", "next_step_on", "state", "reminders",
)  # fmt: skip


def _referrals() -> Select[Any]:
    return with_salt(select(referral), referral.c.person_id)


def _named(referral_id: str) -> Any:
    return referral.c.referral_id == referral_id
