"""Changes to this site's own keys: rotate with an overlap, revoke, export the certificates."""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from gateway.evidence.durable import move_into_place
from gateway.exchange.keymaking import make_site_keys
from gateway.exchange.keys import REVOKED_FILE, KeyPair, KeyRing, read_revoked
from gateway.exchange.partners import export_name
from gateway.exchange.policy import Kind
from gateway.model.errors import UsageError


def rotate_keys(
    folder: Path, party: str, start: datetime, kinds: Sequence[Kind], passphrase: bytes | None
) -> tuple[Path, ...]:
    """Make the next pairs of each kind, to be used from `start` on; returns their certificates.

    The present ones are used until then, and open for ever what was sealed to them. Raises UsageError
    when a rotation for that day was prepared before.
    """
    label = f"{start:%Y%m%d}"
    return make_site_keys(
        folder, party, start, passphrase=passphrase, label=label, kinds=kinds, start=start
    )


def revoke_own(folder: Path, ring: KeyRing, start: str, at: datetime) -> KeyPair:
    """Use a key of this site no more from `at` on; `start` begins its thumbprint. Partners must be
    told: they trust it until they revoke it too. Raises UsageError."""
    pairs = [pair for pair in ring.certificates() if pair.thumbprint.startswith(start)]
    if len(pairs) != 1 or len(start) < 8:
        raise UsageError(
            f"{len(pairs)} keys of this site begin with that thumbprint.",
            where=start,
            mend="Give at least 8 digits of one of `cwg keys list`.",
        )
    pair, known = pairs[0], read_revoked(folder)
    known[pair.thumbprint] = min(at, known.get(pair.thumbprint, at))
    lines = ["revoked:"]
    for name, moment in known.items():
        lines += [f'  - thumbprint: "{name}"', f"    at: {moment.isoformat()}"]
    part = folder / f".{REVOKED_FILE}.part"
    with part.open("w", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")
        out.flush()
        os.fsync(out.fileno())
    move_into_place(part, folder / REVOKED_FILE)
    return pair


def export_certificates(ring: KeyRing, target: Path, now: datetime) -> list[Path]:
    """Write the certificates that partners need (not ended, not revoked) into a folder, each named by
    use, kind and thumbprint. Never a private key."""
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for pair in ring.certificates():
        if ring.is_revoked(pair, now) or pair.certificate.not_valid_after_utc < now:
            continue
        path = target / export_name(pair.certificate, pair.use)
        path.write_bytes(pair.certificate.public_bytes(Encoding.PEM))
        written.append(path)
    return written
