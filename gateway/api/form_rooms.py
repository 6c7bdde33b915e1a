"""What the form profile is given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.access import Client
from gateway.exchange.national import Sm2PrivateKey, Sm2PublicKey
from gateway.exchange.suites.sm2_call import OwnSm2


@dataclass(frozen=True, slots=True)
class FormClient:
    """A client with its SM2 keys: to verify with, and (name, key) to answer to. `certificate`: the
    thumbprint of the TLS certificate that it must show; empty: none."""

    client: Client
    signers: Sequence[Sm2PublicKey]
    reader: tuple[str, Sm2PublicKey]
    certificate: str = ""


@dataclass(frozen=True)
class FormRooms:
    """Who a client is (None: nobody of that id with SM2 keys), our keys, and whether a nonce is new."""

    client: Callable[[str], FormClient | None]
    own_key: OwnSm2
    signer: Callable[[], Sm2PrivateKey]
    once: Callable[[str, datetime], bool]
    clock: Callable[[], datetime]
