"""What the DCI interface is given."""

from collections.abc import Callable
from dataclasses import dataclass

from gateway.dci import Facade, Later, Outgoing, OwnKey, Subscriptions


@dataclass(frozen=True)
class DciRooms:
    """Where it is mounted, what answers, whose keys verify (JWKS by client id), and our own keys."""

    prefix: str
    facade: Facade
    subscriptions: Subscriptions
    later: Later
    outgoing: Outgoing
    keys_of: Callable[[str], str]
    own_key: OwnKey
