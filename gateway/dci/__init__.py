"""The Digital Convergence Initiative's registry interface (see README.md)."""

from gateway.dci.envelope import Envelope, OwnKey, Reply, detached, opened, read_envelope, verify
from gateway.dci.facade import Facade
from gateway.dci.headers import Heads, UseOnce
from gateway.dci.later import Later
from gateway.dci.outgoing import JSON, Outgoing, Sign
from gateway.dci.refusals import Refused
from gateway.dci.subscriptions import Subscriptions
from gateway.dci.words import Words, load_words

__all__ = [
    "JSON", "Envelope", "Facade", "Heads", "Later", "Outgoing", "OwnKey", "Refused", "Reply", "Sign",
    "Subscriptions", "UseOnce", "Words", "detached", "load_words", "opened", "read_envelope",
    "verify",
]  # fmt: skip
