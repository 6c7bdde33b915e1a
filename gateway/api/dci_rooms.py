"""What the DCI interface is given."""

from collections.abc import Callable
from dataclasses import dataclass

from gateway.dci import Facade, Later, Outgoing, OwnKey, Subscriptions, Words


@dataclass(frozen=True)
class DciRooms:
    """Where it is mounted, in which words, what answers, whose keys verify (JWKS by client id), our keys."""

    prefix: str
    words: Words
    facade: Facade
    subscriptions: Subscriptions
    later: Later
    outgoing: Outgoing
    keys_of: Callable[[str], str]
    own_key: OwnKey
