"""What every suite takes and gives."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from gateway.exchange.keys import KeyPair, KeyRing
from gateway.exchange.limits import Limits
from gateway.exchange.trust import TrustBook, TrustedKey
from gateway.model.exchange import Header


@dataclass(frozen=True, slots=True)
class Opening:
    """What a suite needs to open: our keys, whom we trust, and when the bytes were received.

    `partner` is whose exchange it must be, for suites whose outside names no signer.
    """

    keys: KeyRing
    trust: TrustBook
    received: datetime
    limits: Limits
    partner: str = ""


@dataclass(frozen=True, slots=True)
class Sealing:
    """What a suite needs to seal. `to` is the endpoint's URL, for SOAP; the last two
    belong to the national form."""

    signer: KeyPair
    recipient: TrustedKey
    to: str = ""
    app_id: str = ""
    app_secret: bytes = b""
    statement: str = ""


@dataclass(frozen=True, slots=True)
class Signed:
    """A decrypted exchange whose signature holds. Nothing else of it has been checked yet.

    `contract` is the contract's JSON object as signed; `check` compares the envelope's own signed
    fields with the parsed contract; `content` gives the content bytes, once; `statement`
    is the sender's root statement, if it gave one, not yet verified.
    """

    signer: TrustedKey
    contract: object
    content: Iterator[bytes | bytearray]
    check: Callable[[Header], None]
    statement: str = ""


def no_further_check(_header: Header) -> None:
    """For suites whose envelope says nothing beside the contract."""
