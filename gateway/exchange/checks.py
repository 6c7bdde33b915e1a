"""What a contract must say before its content is used: who, to whom, what, when, in answer to what."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.exchange.limits import Limits
from gateway.exchange.trust import Partner
from gateway.model.errors import ExchangeRefused, Refusal
from gateway.model.exchange import Action, Header


@dataclass(frozen=True, slots=True)
class Request:
    """A request that was sent and waits for its answer."""

    id: str
    action: Action
    source: str
    roll: str
    period: str


FindRequest = Callable[[str], Request | None]
"""Exchange id → the request of ours with that id, or None when it was never sent."""

ANSWERS = {
    Action.ROLL: Action.ROLL_ANSWER,
    Action.ASK: Action.ASK_ANSWER,
    Action.DELIVER: Action.DELIVER_ANSWER,
    Action.PROBE: Action.PROBE_ANSWER,
}


def check_parties(header: Header, partner: Partner, us: str) -> None:
    """Sender, recipient, source and action: the signer may send this, to us.

    Raises ExchangeRefused(wrong_recipient, unknown_sender, not_allowed).
    """
    where = f"{header.source}, {header.id}"
    if header.recipient != us:
        raise ExchangeRefused(
            Refusal.WRONG_RECIPIENT,
            "It is addressed to another party",
            where=where,
            mend="Somebody may have forwarded it: ask the sender.",
        )
    if header.sender != partner.name:
        raise ExchangeRefused(
            Refusal.UNKNOWN_SENDER,
            "The sender that it names is not the one who signed it",
            where=f"signed by {partner.name}",
            mend="Ask the signer: it may send only in its own name.",
        )
    if header.source not in partner.sources or header.action not in partner.actions:
        raise ExchangeRefused(
            Refusal.NOT_ALLOWED,
            "The sender may not send this source or this action",
            where=f"{partner.name}: {header.source}, {header.action}",
            mend="Allow it in the partner's partner.yaml, if that is right.",
        )


def check_age(header: Header, received: datetime, life: timedelta, limits: Limits) -> None:
    """Created and expires against the time of receipt and the life that the suite allows.

    Raises ExchangeRefused(malformed, future_dated, expired).
    """
    where = f"{header.source}, {header.id}"
    if not timedelta(0) < header.expires - header.created <= life:
        raise ExchangeRefused(
            Refusal.MALFORMED, "Its life is empty or longer than the format allows", where=where
        )
    if header.created > received + limits.skew:
        raise ExchangeRefused(
            Refusal.FUTURE_DATED,
            "It was created in the future",
            where=where,
            mend="Compare the clocks of both machines.",
        )
    if header.expires < received - limits.skew:
        raise ExchangeRefused(
            Refusal.EXPIRED, "It has expired", where=where, mend="Let the sender send it anew."
        )


def check_answer(header: Header, request: Request) -> None:
    """That an answer belongs to its request. Raises ExchangeRefused(wrong_reply)."""
    wanted = (request.id, ANSWERS[request.action], request.source, request.roll, request.period)
    given = (header.in_reply_to, header.action, header.source, header.roll, header.period)
    if wanted != given:
        names = ("in_reply_to", "action", "source", "roll", "period")
        wrong = [n for n, w, g in zip(names, wanted, given, strict=True) if w != g]
        raise ExchangeRefused(
            Refusal.WRONG_REPLY,
            f"It does not answer what was asked: {', '.join(wrong)}",
            where=f"{header.source}, {header.id}",
            mend="Ask the bureau which request it meant to answer.",
        )


def check_unasked(header: Header, source: str, find: FindRequest) -> None:
    """That a file which came by itself is of this source, and answers a request of ours if any.

    Raises ExchangeRefused(not_allowed, wrong_reply).
    """
    if header.source != source:
        raise ExchangeRefused(
            Refusal.NOT_ALLOWED, "It is of another source", where=f"{source}, {header.id}"
        )
    if header.in_reply_to:
        request = find(header.in_reply_to)
        if request is not None:
            check_answer(header, request)
            return
    if header.in_reply_to or header.action in ANSWERS.values():
        raise ExchangeRefused(
            Refusal.WRONG_REPLY,
            "It answers a request that was never sent",
            where=f"{header.source}, {header.id}",
            mend="Ask the bureau which request it meant to answer.",
        )
