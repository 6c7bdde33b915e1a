"""Mutations of every suite: outside, in the bytes as they came; inside, changed and sealed to us again
by a wrong signer or by none. `make fuzz` runs 10,000 of each suite, the tests a part of them."""

import io
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

from exchange_kit import (
    BUREAU,
    NOW,
    OTHER,
    SUITES,
    Keys,
    World,
    forge,
    make_keys,
    profile,
    roll_draft,
    rows_content,
)

from gateway.exchange import Door
from gateway.exchange.contract import signed_digest
from gateway.exchange.policy import KIND_OF_SUITE
from gateway.model.errors import ExchangeRefused

LONGEST = 20.0
"""Seconds that one mutation may take, on a busy machine."""


def outside(data: bytes, dice: random.Random) -> bytes:
    """One to three changes of the bytes as they came."""
    out = bytearray(data)
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(out) + 1)
        size = dice.choice((1, 1, 2, 8, 64, 1000))
        kind = dice.randrange(7)
        if kind == 0 and at < len(out):
            out[at] ^= 1 << dice.randrange(8)
        elif kind == 1:
            del out[at : at + size]
        elif kind == 2:
            out[at:at] = dice.randbytes(size)
        elif kind == 3:
            out[at:at] = out[at : at + size]
        elif kind == 4:
            other = dice.randrange(len(out) + 1)
            out[at : at + size] = out[other : other + size]
        elif kind == 5:
            del out[at:]
        else:
            out[at : at + size] = bytes([dice.choice(b'.{}[]"<>&=\x00\xff0Aa\n')]) * size
    return bytes(out) or b"."


def bend(values: dict[str, Any], dice: random.Random) -> None:
    """Change a field of the contract, or none: then the signer alone is wrong."""
    name = dice.choice(sorted(values))
    if dice.random() < 0.7:
        odd = ("", "x", None, 0, -1, True, {}, [], "gateway", "9" * 40, 2**70, "\x85", {"rows": 1})
        values[name] = dice.choice(odd)


def wrong_signers(world: World, suite: str) -> list[Callable[[Any], Any]]:
    """Who signs instead of the bureau: another partner under the bureau's name, or we ourselves."""
    kind = KIND_OF_SUITE[suite]  # type: ignore[index]
    theirs = world.keys.ring(BUREAU).signing(kind, NOW)
    found = []
    for party in (OTHER, "gateway"):
        key = world.keys.ring(party).signing(kind, NOW).key
        certificate = world.keys.ring(party).signing(kind, NOW).certificate
        # openssl refuses a certificate that is not the key's.
        shown = certificate if suite == "cms" else theirs.certificate
        pair = replace(theirs, key=key, certificate=shown)
        found.append(lambda parts, pair=pair: replace(parts, signer=pair))
    return found


@contextmanager
def unsigned(suite: str) -> Iterator[None]:
    """No signature at all, or an empty one, where the suite would sign."""
    from gateway.exchange.suites import nested, sm2_box

    def none(payload: bytes, pair: Any, typ: str, habit: Any = None) -> str:
        head = json.dumps({"alg": "none", "kid": pair.thumbprint, "typ": typ}).encode()
        return b".".join((sm2_box.encoded(head), sm2_box.encoded(payload), b"")).decode()

    with mock.patch.object(nested, "sign", none), mock.patch.object(sm2_box, "sign", none):
        yield


def inside(world: World, suite: str, dice: random.Random) -> bytes:
    """A contract that was changed, sealed to us by somebody who is not the bureau."""
    signers = wrong_signers(world, suite)
    change = lambda values: bend(values, dice)  # noqa: E731
    draft, content = roll_draft(), rows_content(suite)
    if suite in ("jose", "file", "sm2", "sm2-file") and dice.random() < 0.3:
        with unsigned(suite):
            return forge(world, suite, content, draft, change)
    return forge(world, suite, content, draft, change, sealing=dice.choice(signers))


def fuzz(world: World, suite: str, count: int, seed: int) -> Counter[str]:
    """`count` mutations, half of each sort; reasons by how often. AssertionError for an acceptance, a
    crash or a hang. A change outside that leaves the signed content as it was is counted `unchanged`."""
    dice, room = random.Random(seed), world.room()
    door = Door(room, profile(suite))
    header, honest = world.seal(suite, roll_draft(), rows_content(suite))
    found: Counter[str] = Counter()
    for number in range(count):
        is_inside = number % 2 == 1
        data = inside(world, suite, dice) if is_inside else outside(honest, dice)
        began = time.monotonic()
        try:
            opened = door.receive(io.BytesIO(data), lambda header: None)
        except ExchangeRefused as why:
            found[why.reason] += 1
            assert why.receipt == "" or why.receipt.count(".") == 2
        else:
            opened.exchange.payload.close()
            assert not is_inside, f"{suite} {seed} {number}: accepted"
            assert signed_digest(opened.exchange.header) == signed_digest(header), number
            found["unchanged"] += 1
        assert time.monotonic() - began < LONGEST, f"{suite} {seed} {number}: too slow"
    kept = list((world.folder / "evidence/archive/sealed").glob("*/*"))
    known = found["unchanged"] + sum(
        1 for r in room.log.records() if r.kind in ("refused", "alarm")
    )
    assert len(kept) <= known, "a stranger's bytes are not kept"
    assert not list((world.folder / "evidence/archive/part").iterdir())
    assert not list(world.spill.iterdir())
    return found


def main() -> None:
    """Every suite, or those named after count and seed, 10,000 mutations each: two minutes, and eleven for
    CMS, which starts three programs a time."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
    with tempfile.TemporaryDirectory() as folder, mock.patch("os.fsync", lambda handle: None):
        keys: Keys = make_keys(Path(folder) / "keys")
        for suite in sys.argv[3:] or SUITES:
            began = time.process_time()
            found = fuzz(World(Path(folder) / suite, keys), suite, count, seed)
            spent = time.process_time() - began
            print(
                f"{suite:9} {count:6} seed {seed}: {dict(found)} in {spent:.0f} s of CPU",
                flush=True,
            )


if __name__ == "__main__":
    main()
