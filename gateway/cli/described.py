"""What a command is about: a child described as JSON on stdin, for identifiers are never given as arguments;
and the night that is published."""

import json
from datetime import UTC, date, datetime

from gateway.linkage.levels import Face
from gateway.model.errors import UsageError
from gateway.model.identifiers import ResidentNumber, clean_number
from gateway.model.names import name_key
from gateway.pipeline import NightAsk
from gateway.wiring import OpenSite

ASKED = {
    "name", "number", "birth_date", "sex", "division", "guardian", "guardian_number", "address",
}  # fmt: skip


def described(text: str) -> Face:
    """The child that a JSON text describes. Raises UsageError, which quotes nothing of it."""
    try:
        told = json.loads(text)
        odd = set(told) - ASKED
        born = date.fromisoformat(told["birth_date"]) if told.get("birth_date") else None
    except (ValueError, TypeError, AttributeError):
        raise UsageError(
            "stdin is not a description of a child", mend=f"JSON with {', '.join(sorted(ASKED))}"
        ) from None
    if odd:
        raise UsageError("stdin has fields that nobody asks for", mend=", ".join(sorted(ASKED)))
    number, guardian = (ResidentNumber.parse(told.get(k)) for k in ("number", "guardian_number"))
    return Face(
        name_key=name_key(told.get("name")),
        birth_date=born or (number.birth_date if number else None),
        sex=told.get("sex"),
        id_number=number.value if number else None,
        number_given=number.value if number else clean_number(told.get("number")),
        firm=number is not None and born in (None, number.birth_date),
        division=told.get("division"),
        guardian_name_key=name_key(told.get("guardian")),
        guardian_id=guardian.value if guardian else None,
        address=told.get("address"),
    )


def night_of(opened: OpenSite) -> NightAsk:
    """The published night's day, with all that is known by now."""
    shown = opened.house.store.runs.published()
    day = shown.as_of if shown is not None else opened.default_day
    return NightAsk(day, datetime.now(UTC))
