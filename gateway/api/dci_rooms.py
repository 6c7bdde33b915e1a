"""What the DCI interface is given."""

from collections.abc import Callable
from dataclasses import dataclass

from gateway.dci import Facade


@dataclass(frozen=True)
class DciRooms:
    """Where it is mounted, what answers, whose keys verify (JWKS by client id), and our signature (a
    compact JWS of a payload)."""

    prefix: str
    facade: Facade
    keys_of: Callable[[str], str]
    sign: Callable[[bytes], str]
