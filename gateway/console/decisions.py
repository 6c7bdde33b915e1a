"""Forms of decisions: which fields each one shows, and what a posted form asks for."""

from dataclasses import dataclass
from datetime import date

from gateway.casework import Event
from gateway.casework.decisions import REQUIRED
from gateway.console.codes import OWNERS
from gateway.console.sessions import Form
from gateway.desk import Asked
from gateway.model.cases import Resolution
from gateway.model.errors import UsageError

SIMPLE = (Event.TAKE, Event.CONFIRM, Event.RESUME, Event.SIGN, Event.PUT_BACK)
"""One button each: they carry nothing."""

WITH_FIELDS = (
    Event.EXCUSE, Event.DISMISS, Event.SETTLE, Event.WAIT, Event.REFER, Event.HAND_OVER,
    Event.REVISE, Event.RELEASE, Event.ASSIGN, Event.CHECK_DATA, Event.NOTE,
)  # fmt: skip
"""A form each, in the order in which the case page shows them."""

BULK = (Event.TAKE, Event.HAND_OVER, Event.RELEASE, Event.ASSIGN, Event.NOTE)
"""What may be decided about many cases at once: nothing that says what became of a child."""

KEYS: dict[Event, str] = {
    Event.TAKE: "t",
    Event.CONFIRM: "c",
    Event.EXCUSE: "e",
    Event.DISMISS: "d",
    Event.SETTLE: "s",
    Event.WAIT: "w",
    Event.REFER: "r",
    Event.HAND_OVER: "h",
    Event.NOTE: "n",
}
"""The key of each decision on the case page."""

REASONS: dict[Event, tuple[str, ...]] = {
    Event.EXCUSE: (
        "leave", "deferral", "elsewhere", "special_school", "home_teaching", "newborn",
        "other_scheme", "paid_not_effective", "number_corrected", "moved", "sealed_by_office",
        "other",
    ),
    Event.DISMISS: ("wrong_person", "wrong_data", "old_data", "rule_unfit", "other"),
    Event.SETTLE: tuple(Resolution),
    Event.HAND_OVER: ("other_owner", "other_division", "other"),
    Event.REVISE: ("new_evidence", "mistake", "other"),
    Event.CHECK_DATA: ("wrong_person", "wrong_data", "old_data"),
}  # fmt: skip
"""The coded reasons that a form offers."""

MAX_TEXT = 2000


@dataclass(frozen=True, slots=True)
class FormShape:
    """One decision's form: `fields` in order; those of `required` must be filled."""

    event: Event
    fields: tuple[str, ...]
    required: tuple[str, ...]
    reasons: tuple[str, ...]
    key: str


def shape(event: Event) -> FormShape:
    """What the form of a decision shows."""
    required = REQUIRED[event]
    fields = required if "note" in required else (*required, "note")
    return FormShape(event, fields, required, REASONS.get(event, ()), KEYS.get(event, ""))


def asked_of(form: Form, events: tuple[Event, ...]) -> Asked:
    """The decision of a posted form. Raises UsageError for one that is not among `events`."""
    name = form.get("event")
    event = next((e for e in events if e.value == name), None)
    if event is None:
        raise UsageError("that is not a decision", where="event")
    reason = form.get("reason")
    if reason and reason not in REASONS.get(event, ()):
        raise UsageError("that is not a reason", where="reason")
    owner = form.get("owner")
    if owner and owner not in OWNERS:
        raise UsageError("that is not an owner", where="owner")
    note = form.get("note")
    if len(note) > MAX_TEXT:
        raise UsageError("the note is too long", where="note", mend=f"{MAX_TEXT} characters")
    return Asked(
        event, reason, day(form, "until"), form.get("on_whom")[:64], owner, day(form, "due_on"),
        form.get("assign_to")[:64], note,
    )  # fmt: skip


def day(form: Form, name: str) -> date | None:
    """A date field; None when it is empty. Raises UsageError."""
    text = form.get(name)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError("that is not a date", where=name, mend="write 2026-11-16") from None
