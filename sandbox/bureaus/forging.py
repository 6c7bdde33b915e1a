"""Seals that are wrong: by a key nobody knows, to somebody else, by a clock that is ahead."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from Crypto.PublicKey import RSA

from sandbox.bureaus.contract import Terms
from sandbox.bureaus.faults import CLOCK_SKEW, READDRESSED, WRONG_SIGNER, Faults
from sandbox.bureaus.keys import KeyRing, Partner, load_ring, make_keys

NEIGHBOUR = "neighbour"
AHEAD = timedelta(hours=2)
UNTOLD = "untold-keys"

S = TypeVar("S")


def sealed_wrongly(
    ring: KeyRing, terms: Terms, faults: Faults, seal: Callable[[KeyRing, Terms], S]
) -> S:
    """What `seal` makes of the ring and the terms, bent by the faults that are on."""
    on = (terms.period, terms.roll)
    if faults.on(CLOCK_SKEW, *on):
        terms = replace(terms, ahead=AHEAD)
    if faults.on(READDRESSED, *on):
        ring, terms = _to_a_neighbour(ring, terms)
    if faults.on(WRONG_SIGNER, *on):
        ring = _untold(ring, faults.folder / UNTOLD)
    return seal(ring, terms)


def _to_a_neighbour(ring: KeyRing, terms: Terms) -> tuple[KeyRing, Terms]:
    """Encrypted to the recipient, and addressed to another: what a forwarder would hand on."""
    ours = ring.partner(terms.recipient)
    neighbour = Partner(NEIGHBOUR, ours.sign_cert, ours.encrypt_cert)
    told = replace(ring, partners=(*ring.partners, neighbour))
    return told, replace(terms, recipient=NEIGHBOUR)


def _untold(ring: KeyRing, folder: Path) -> KeyRing:
    """The same bureau's ring with a pair of keys that it has told nobody of."""
    make_keys(folder, ring.me.name, _kind(ring.me.sign_cert))
    stranger = load_ring(folder, ring.me.name, {})
    return replace(stranger, partners=ring.partners)


def _kind(certificate: bytes) -> str:
    try:
        RSA.import_key(certificate.decode())
    except ValueError:
        return "ec"
    return "rsa"
