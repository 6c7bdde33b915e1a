"""The Digital Convergence Initiative's registry interface (see README.md)."""

from gateway.dci.envelope import Envelope, Reply, detached, read_envelope, verify
from gateway.dci.facade import Facade, Refused
from gateway.dci.words import Words, load_words

__all__ = [
    "Envelope", "Facade", "Refused", "Reply", "Words", "detached", "load_words", "read_envelope",
    "verify",
]  # fmt: skip
