"""Makes a site's key pairs with self-signed certificates; partners pin the certificates."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from gateway.exchange.hardware import (
    HARDWARE_FILE,
    HardwareKeySpec,
    read_hardware,
    site_token,
    write_hardware,
)
from gateway.exchange.keys import PrivateKey
from gateway.exchange.national import Sm2PrivateKey
from gateway.exchange.national.certificate import self_signed as self_signed_sm2
from gateway.exchange.policy import MADE_RSA_BITS, USES, USUAL_KINDS, Kind, Use
from gateway.exchange.token import HardwareKind
from gateway.model.errors import UsageError

VALID_DAYS = 1095


@dataclass(frozen=True, slots=True)
class _Plan:
    party: str
    passphrase: bytes | None
    label: str
    start: datetime


def make_site_keys(
    folder: Path,
    party: str,
    now: datetime,
    *,
    passphrase: bytes | None = None,
    label: str = "",
    kinds: Sequence[Kind] = USUAL_KINDS,
    start: datetime | None = None,
) -> tuple[Path, ...]:
    """Make a pair to sign and one to encrypt of each kind; returns the certificates' paths.

    Keys are PKCS#8, readable by this account only, RSA of 3072 bits, P-256 or SM2, valid for three years
    from `start` (`now`, if left out): a pair that begins later gives the partners time to pin it, since
    the newest one in force is used. `label` tells renewed pairs apart (`sign-2027.key.pem`). Raises
    UsageError when a key of that name exists: a key is never overwritten.
    """
    plan = _Plan(party, passphrase, label, start or now - timedelta(minutes=5))
    made: list[Path] = []
    for kind in kinds:
        (folder / kind).mkdir(mode=0o700, parents=True, exist_ok=True)
        made.extend(_make_pair(folder / kind, kind, use, plan) for use in USES)
    return tuple(made)


def make_hardware_keys(
    folder: Path,
    party: str,
    now: datetime,
    *,
    kinds: Sequence[HardwareKind] = ("ec",),
    uses: Sequence[Use] = USES,
) -> tuple[Path, ...]:
    """Make pairs inside the token of `keys/pkcs11.yaml` and enter them there; returns certificates.

    The private halves are made in the token and never leave it; labels and files carry the day. Raises
    UsageError without that file, KeyUnavailable.
    """
    spec = read_hardware(folder)
    if spec is None:
        raise UsageError(
            "This site names no hardware token.",
            where=str(folder / HARDWARE_FILE),
            mend="Write `module:`, `token:` and `pin_file:` there (docs/site.md).",
        )
    plan = _Plan(party, None, f"hw-{now:%Y%m%d}", now - timedelta(minutes=5))
    token, made = site_token(folder, spec), []
    for kind in kinds:
        (folder / kind).mkdir(mode=0o700, parents=True, exist_ok=True)
        for use in uses:
            label = f"{party}-{use}-{kind}-{now:%Y%m%d}"
            name = f"{kind}/{use}-{plan.label}.cert.pem"
            certificate = _self_signed(token.make(kind, label), kind, use, plan)
            (folder / name).write_bytes(certificate.public_bytes(Encoding.PEM))
            entry = HardwareKeySpec(use=use, kind=kind, label=label, certificate=name)
            spec = spec.model_copy(update={"keys": (*spec.keys, entry)})
            write_hardware(folder, spec)
            made.append(folder / name)
    return tuple(made)


def _make_pair(folder: Path, kind: Kind, use: Use, plan: _Plan) -> Path:
    stem = f"{use}-{plan.label}" if plan.label else use
    key_path, certificate_path = folder / f"{stem}.key.pem", folder / f"{stem}.cert.pem"
    if key_path.exists():
        raise UsageError(
            "A key of that name exists.", where=str(key_path), mend="Give the new keys a label."
        )
    key = _new_key(kind)
    pem = _locked(key, plan.passphrase)
    certificate_path.write_bytes(_self_signed(key, kind, use, plan).public_bytes(Encoding.PEM))
    handle = os.open(key_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(pem)
    return certificate_path


def _new_key(kind: Kind) -> PrivateKey:
    if kind == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=MADE_RSA_BITS)
    if kind == "sm2":
        return Sm2PrivateKey.generate()
    return ec.generate_private_key(ec.SECP256R1())


def _locked(key: PrivateKey, passphrase: bytes | None) -> bytes:
    """PKCS#8 in PEM, under the passphrase when there is one."""
    if isinstance(key, Sm2PrivateKey):
        return key.to_pem(passphrase)
    lock: KeySerializationEncryption = (
        BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    )
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock)


def _self_signed(key: PrivateKey, kind: Kind, use: Use, plan: _Plan) -> x509.Certificate:
    start = plan.start
    if isinstance(key, Sm2PrivateKey):
        return self_signed_sm2(key, plan.party, use, start, start + timedelta(days=VALID_DAYS))
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, plan.party)])
    usage = x509.KeyUsage(
        digital_signature=use == "sign",
        key_agreement=use == "encrypt" and kind == "ec",
        key_encipherment=use == "encrypt" and kind == "rsa",
        content_commitment=False,
        data_encipherment=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=VALID_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
    )
    return builder.sign(key, SHA256())
