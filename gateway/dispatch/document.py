"""The document that is sealed for a bureau: what its template lets out of a child, and what is asked.

It is written once and kept; a second sending after a crash has the same bytes and the same name, so that
the bureau knows it for the same (docs/referrals.md).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from gateway.dispatch.ports import Child
from gateway.dispatch.templates import Template
from gateway.model.cases import Notice, ReplyCode
from gateway.model.errors import UsageError

FORMAT = "cwg-referral/1"


@dataclass(frozen=True, slots=True)
class About:
    """What a document is about. `reason` is the code of the doubt, of a request to check data."""

    referral_id: str
    kind: str
    party: str
    rule: str
    reason: str
    issued_on: date
    answer_by: date


def referral_document(template: Template, about: About, child: Child) -> str:
    """A referral or a request to check data, as JSON text.

    Raises UsageError when the rule is not one that the recipient may be asked about.
    """
    file, checks = template.file, about.kind == Notice.DATA_CHECK
    if not checks and about.rule not in file.rules:
        raise UsageError(
            "the template does not let this rule go to that recipient",
            where=f"{template.name}: {about.rule}",
            mend="refer the case to the bureau that owns it",
        )
    asks = file.checks if checks else file.asks
    said: dict[str, object] = {
        "format": FORMAT,
        "kind": about.kind,
        "referral_id": about.referral_id,
        "from": about.party,
        "to": file.recipient,
        "template": template.name,
        "issued_on": about.issued_on.isoformat(),
        "answer_by": about.answer_by.isoformat(),
        "asks": {"zh": asks.zh, "en": asks.en},
        # A rule names what is doubted of the child; a check of data need not tell it.
        "about": {"reason": about.reason} if checks else {"rule": about.rule},
        "child": disclosed(template, child),
        "answers": [str(code) for code in ReplyCode],
    }
    return _text(said)


def reminder_document(referral_id: str, number: int, answer_by: date) -> str:
    """A reminder names the referral and nothing of the child."""
    return _text(
        {
            "format": FORMAT,
            "kind": str(Notice.REMINDER),
            "referral_id": referral_id,
            "reminder": number,
            "answer_by": answer_by.isoformat(),
        }
    )


def disclosed(template: Template, child: Child) -> Mapping[str, str]:
    """The fields of a child that the template names, those that are not known left out."""
    found = {}
    for name in template.file.fields:
        value = getattr(child, name)
        if value is not None:
            found[str(name)] = value.isoformat() if isinstance(value, date) else str(value)
    return found


def _text(said: Mapping[str, object]) -> str:
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
