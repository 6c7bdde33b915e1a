"""What goes to a bureau: a referral, a request to check its data, a reminder; sealed once, kept, sent."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from gateway.dispatch.document import About, disclosed, referral_document, reminder_document
from gateway.dispatch.ports import Channel, Child, DispatchStore, File, Item
from gateway.dispatch.templates import Template
from gateway.model.audit import AuditNote
from gateway.model.cases import CaseState, Notice
from gateway.model.digests import text_digest
from gateway.model.errors import Busy, UsageError
from gateway.model.exchange import Sent
from gateway.model.referrals import ReferralRow

IN_HOUSE = "in-house"
"""What stands for an exchange where an officer is told: the pages show it."""
WITHDRAWN = "withdrawn"
"""The same for a case that went on before its referral had left: then nothing is disclosed."""
BY_HAND = "by-hand"
"""The same for a recipient that no transport reaches: somebody tells it, its time is watched."""

ASKED = (CaseState.REFERRED, CaseState.WAITING)
_HAND_DAYS = 10


@dataclass(frozen=True, slots=True)
class Office:
    """What the conversation needs of its site. `today` is the day where the site is, `working_days`
    counts by its calendar."""

    party: str
    templates: Mapping[str, Template]
    channels: Mapping[str, Channel]
    clock: Callable[[], datetime]
    today: Callable[[], date]
    working_days: Callable[[date, int], date]


class Referring:
    """Sends one outbox item; satisfies `Send`."""

    def __init__(self, store: DispatchStore, office: Office) -> None:
        self._store = store
        self._office = office

    def __call__(self, item: Item) -> Sent:
        """Send one item. A referral that has left already is not sent again.

        Raises TransportError, ExchangeRefused, and UsageError for what no template lets out.
        """
        if item.kind == Notice.REMINDER:
            return self._remind(item)
        if item.kind not in (Notice.REFERRAL, Notice.DATA_CHECK):
            return Sent(IN_HOUSE, "shown")
        book = self._store.referrals
        row = book.find(book.referral_id(item.outbox_id)) or self._draft(item)
        if row is None:
            return Sent(WITHDRAWN, "the case has gone on")
        if row.state != "drafted":
            return Sent(row.exchange_id or BY_HAND, "sent before")
        return self._send(row)

    def _send(self, row: ReferralRow) -> Sent:
        channel = self._office.channels.get(row.recipient) if row.document else None
        if channel is None:
            sent = Sent(BY_HAND, "no transport")
        else:
            sent = channel.deliver(row.document, f"{row.issued_on:%Y-%m}")
        with self._store.transaction():
            now = self._office.clock()
            self._store.referrals.sent(
                row.referral_id, sent.exchange_id, now, by_hand=channel is None
            )
            self._note(row, now)
        return sent

    def _draft(self, item: Item) -> ReferralRow | None:
        """The referral as it will be sent; None when the case no longer asks for it."""
        file = self._store.cases.find(item.case_id)
        if file is None or (item.kind == Notice.REFERRAL and file.state not in ASKED):
            return None
        office, today = self._office, self._office.today()
        template = office.templates.get(item.recipient)
        if template is not None and item.recipient not in office.channels:
            template = None
        days = template.file.answer_days if template else _HAND_DAYS
        answer_by = office.working_days(today, days)
        row = ReferralRow(
            self._store.referrals.referral_id(item.outbox_id), item.outbox_id, item.case_id,
            file.person_id, item.kind, item.recipient, template.name if template else "",
            (), "", today, answer_by, office.working_days(answer_by, 1),
        )  # fmt: skip
        if template is not None:
            row = self._written(row, template, file, item)
        return self._store.referrals.draft(row)

    def _written(self, row: ReferralRow, template: Template, file: File, item: Item) -> ReferralRow:
        child = self._child(file)
        about = About(
            row.referral_id, row.kind, self._office.party, file.rule, _reason(file, item),
            row.issued_on, row.answer_by,
        )  # fmt: skip
        text = referral_document(template, about, child)
        return ReferralRow(
            row.referral_id, row.outbox_id, row.case_id, row.person_id, row.kind, row.recipient,
            row.template, tuple(disclosed(template, child)), text_digest(text), row.issued_on,
            row.answer_by, row.next_step_on, document=text,
        )  # fmt: skip

    def _child(self, file: File) -> Child:
        where = f"case {file.case_id}"
        child = None if file.person_id is None else self._store.persons.person(file.person_id)
        if child is None:
            raise UsageError(
                "a finding about a roll is no referral", where=where, mend="call the bureau"
            )
        if child.named_officer:
            # The interlock has fallen since the item was leased.
            raise Busy("由专人办理 / with a named officer", where=where)
        return child

    def _remind(self, item: Item) -> Sent:
        rows = [r for r in self._store.referrals.of_case(item.case_id) if _reminded(r, item)]
        channel = self._office.channels.get(item.recipient)
        if not rows or channel is None:
            return Sent(WITHDRAWN, "answered meanwhile")
        row = rows[-1]
        text = reminder_document(row.referral_id, row.reminders, row.answer_by)
        return channel.deliver(text, f"{self._office.today():%Y-%m}")

    def _note(self, row: ReferralRow, now: datetime) -> None:
        # Who was told what: the list that a family may ask for is read from here.
        detail = {
            "referral": row.referral_id,
            "recipient": row.recipient,
            "fields": list(row.fields),
            "by_hand": not row.document,
        }
        purpose = "casework" if row.kind == Notice.REFERRAL else "data_quality"
        self._store.audit.add(
            AuditNote(
                now, "cwg work", "worker", f"{row.kind}.send", purpose, "case", str(row.case_id),
                json.dumps(detail),
            )
        )  # fmt: skip


def _reminded(row: ReferralRow, item: Item) -> bool:
    return row.recipient == item.recipient and row.state in ("sent", "accepted")


def _reason(file: File, item: Item) -> str:
    """The code that the officer gave with the request: that of the move which made the notice."""
    version = item.period.rpartition(".")[2]
    made = (e.reason for e in file.events if str(e.version) == version)
    return next(made, None) or ""
