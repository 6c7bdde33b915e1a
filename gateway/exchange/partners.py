"""Changes to whom this site trusts: `partners/<name>/` written so that a reader never sees half of it."""

import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.evidence.durable import move_into_place
from gateway.exchange.keys import RevokedKey
from gateway.exchange.policy import USES, Use, kind_of, thumbprint, unfit, weakness
from gateway.exchange.trust import (
    PARTNER_FILE,
    USUAL,
    PartnerFile,
    TrustBook,
    load_certificate,
)
from gateway.model.errors import SpecError, UsageError
from gateway.specs import load_spec


def add_partner(folder: Path, spec: PartnerFile, certificates: Iterable[Path]) -> Path:
    """Write `<folder>/<name>/` with partner.yaml and copies of certificates (`sign….cert.pem`,
    `encrypt….cert.pem`); returns it. A partner.yaml that exists is replaced.

    Raises SpecError for a file that is no certificate or is not named for a use.
    """
    home = folder / spec.name
    home.mkdir(parents=True, exist_ok=True)
    for path in certificates:
        if not path.name.startswith(USES) or not path.name.endswith(".cert.pem"):
            raise SpecError(
                "A certificate's file is named for its use.",
                where=path.name,
                mend="Name it sign….cert.pem or encrypt….cert.pem.",
            )
        load_certificate(path)
        _write(home / path.name, path.read_bytes())
    _write(home / PARTNER_FILE, _yaml(spec).encode("utf-8"))
    return home


def trust_certificate(folder: Path, name: str, path: Path, uses: Sequence[Use] = ()) -> list[Path]:
    """Pin one more certificate of a partner beside those that it has; returns the files written.

    For the uses that are named, else for those that its key usage allows. Raises SpecError,
    UsageError for a weak one or one that allows neither.
    """
    home = _home(folder, name)
    certificate = load_certificate(path)
    weak = weakness(certificate)
    chosen = tuple(uses) or tuple(use for use in USES if not unfit(certificate, use))
    if len(chosen) > 1 and not uses:
        raise UsageError(
            "The certificate does not say whether it is to sign or to encrypt.",
            where=path.name,
            mend="Say it: --use sign, or --use encrypt.",
        )
    bad = weak or next((why for use in chosen if (why := unfit(certificate, use))), "")
    if bad or not chosen:
        raise UsageError(f"The certificate is unfit: {bad or 'no use'}.", where=path.name)
    pem = certificate.public_bytes(Encoding.PEM)
    written = []
    for use in chosen:
        target = home / export_name(certificate, use)
        _write(target, pem)
        written.append(target)
    return written


def revoke_partner_key(folder: Path, name: str, start: str, at: datetime) -> RevokedKey:
    """Trust a partner's certificate no more from `at` on; `start` begins its thumbprint.

    Its file stays: exchanges received before are judged by it. Raises UsageError, SpecError.
    """
    home = _home(folder, name)
    keys = [k for k in TrustBook.load(folder).partner(name).keys if k.thumbprint.startswith(start)]
    if len(keys) != 1 or len(start) < 8:
        raise UsageError(
            f"{len(keys)} certificates of this partner begin with that thumbprint.",
            where=name,
            mend="Give at least 8 digits of one of `cwg partner list`.",
        )
    spec = load_spec(home / PARTNER_FILE, PartnerFile, f"partners/{name}/{PARTNER_FILE}")
    gone = RevokedKey(thumbprint=keys[0].thumbprint, at=at)
    # A revocation is never moved to a later time: the earlier one was said first.
    earlier = [k for k in spec.revoked if k.thumbprint == gone.thumbprint and k.at <= at]
    if earlier:
        return earlier[0]
    kept = tuple(k for k in spec.revoked if k.thumbprint != gone.thumbprint)
    changed = spec.model_copy(update={"revoked": (*kept, gone)})
    _write(home / PARTNER_FILE, _yaml(changed).encode("utf-8"))
    return gone


def export_name(certificate: x509.Certificate, use: Use) -> str:
    """How a certificate is called when it is given to a partner."""
    return f"{use}-{kind_of(certificate)}-{thumbprint(certificate)[:12]}.cert.pem"


def _home(folder: Path, name: str) -> Path:
    home = folder / name
    if not (home / PARTNER_FILE).is_file():
        raise UsageError(
            "There is no such partner.", where=name, mend="`cwg partner list` shows them."
        )
    return home


def _write(target: Path, data: bytes) -> None:
    part = target.with_name(f".{target.name}.part")
    with part.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    move_into_place(part, target)


def _yaml(spec: PartnerFile) -> str:
    lines = [
        f'name: "{spec.name}"',
        f"sources: [{', '.join(spec.sources)}]",
        f"actions: [{', '.join(spec.actions)}]",
        f"grade: {spec.grade}",
    ]
    if spec.suites:
        lines.append(f"suites: [{', '.join(spec.suites)}]")
    if spec.sm2 != USUAL:
        lines.append(f'sm2: {{signature: {spec.sm2.signature}, user_id: "{spec.sm2.user_id}"}}')
    if spec.app_id:
        lines.append(f'app_id: "{spec.app_id}"')
    if spec.revoked:
        lines.append("revoked:")
    for key in spec.revoked:
        lines += [f'  - thumbprint: "{key.thumbprint}"', f"    at: {key.at.isoformat()}"]
    return "\n".join(lines) + "\n"
