"""The keys that sealed requests and answers need."""

from collections.abc import Callable
from dataclasses import dataclass

from gateway.dci import OwnKey, Sign


@dataclass(frozen=True)
class JoseKeys:
    """Our signature (a compact JWS of a payload), our encryption keys by name, and a client's JWKS text."""

    sign: Sign
    own_key: OwnKey
    keys_of: Callable[[str], str]
