"""A site's keys that never leave its own hardware: which ones, their certificates, and the PIN."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric import padding as paddings
from cryptography.hazmat.primitives.hashes import SHA256
from pydantic import Field

from gateway.evidence.durable import move_into_place
from gateway.exchange.policy import Use
from gateway.exchange.secret_file import read_secret
from gateway.exchange.token import (
    HardwareKind,
    Token,
    TokenEcKey,
    TokenRsaKey,
    open_token,
    token_key,
    unavailable,
)
from gateway.model.errors import KeyUnavailable
from gateway.specs import SpecModel, load_spec

HARDWARE_FILE = "pkcs11.yaml"
PIN_CREDENTIAL = "cwg-pin"


class HardwareKeySpec(SpecModel):
    """One private key of the token, by its label, and the file of its certificate below `keys/`."""

    use: Use
    kind: HardwareKind
    label: str = Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")
    certificate: str = Field(pattern=r"^[a-z0-9]+/[A-Za-z0-9._-]+\.cert\.pem$")


class HardwareSpec(SpecModel):
    """`keys/pkcs11.yaml`. The PIN stands in a file of its own (`pin_file`, below `keys/` or absolute),
    else in systemd's credential `cwg-pin`; never here."""

    module: str
    token: str
    pin_file: str = ""
    keys: tuple[HardwareKeySpec, ...] = ()


@dataclass(frozen=True, slots=True)
class HardwareKey:
    """A key of the token with its certificate, ready for the key ring."""

    use: Use
    kind: HardwareKind
    key: TokenEcKey | TokenRsaKey
    certificate: x509.Certificate


def read_hardware(folder: Path) -> HardwareSpec | None:
    """`keys/pkcs11.yaml`, where a site has one. Raises SpecError."""
    path = folder / HARDWARE_FILE
    return load_spec(path, HardwareSpec, f"keys/{HARDWARE_FILE}") if path.is_file() else None


def write_hardware(folder: Path, spec: HardwareSpec) -> None:
    """Write `keys/pkcs11.yaml` whole."""
    part = folder / f".{HARDWARE_FILE}.part"
    with part.open("w", encoding="utf-8") as out:
        yaml.safe_dump(spec.model_dump(mode="json"), out, allow_unicode=True, sort_keys=False)
        out.flush()
        os.fsync(out.fileno())
    move_into_place(part, folder / HARDWARE_FILE)


def site_token(folder: Path, spec: HardwareSpec) -> Token:
    """The token of a site's `keys/`. Raises KeyUnavailable."""
    return open_token(spec.module, spec.token, _pin(folder, spec))


def load_hardware(folder: Path) -> Iterator[HardwareKey]:
    """The token's keys, each having shown that it belongs to its certificate.

    Raises KeyUnavailable: no module, no token, a wrong PIN, no such key, one of another certificate, or
    a token that lacks a mechanism that the key's use needs.
    """
    spec = read_hardware(folder)
    if spec is None or not spec.keys:
        return
    token = site_token(folder, spec)
    for entry in spec.keys:
        certificate = _certificate(folder / entry.certificate)
        key = token_key(token, entry.label, certificate.public_key())
        if not _proves_itself(key, entry.use):
            unavailable(
                f"cannot {entry.use} with `{entry.label}`, or the key is another certificate's",
                spec.token,
                "RSA encryption needs OAEP with SHA-256, which some tokens lack",
            )
        yield HardwareKey(entry.use, entry.kind, key, certificate)


def _proves_itself(key: TokenEcKey | TokenRsaKey, use: Use) -> bool:
    """One operation of the key's use, undone with the certificate's public half."""
    probe = os.urandom(32)
    try:
        return _signs(key, probe) if use == "sign" else _opens(key, probe)
    except (InvalidSignature, ValueError):
        return False


def _signs(key: TokenEcKey | TokenRsaKey, probe: bytes) -> bool:
    if isinstance(key, TokenEcKey):
        ecdsa = ec.ECDSA(SHA256())
        key.public_key().verify(key.sign(probe, ecdsa), probe, ecdsa)
    else:
        pkcs1 = paddings.PKCS1v15()
        key.public_key().verify(key.sign(probe, pkcs1, SHA256()), probe, pkcs1, SHA256())
    return True


def _opens(key: TokenEcKey | TokenRsaKey, probe: bytes) -> bool:
    if isinstance(key, TokenEcKey):
        fresh = ec.generate_private_key(key.curve)
        theirs = fresh.exchange(ec.ECDH(), key.public_key())
        return key.exchange(ec.ECDH(), fresh.public_key()) == theirs
    oaep = paddings.OAEP(paddings.MGF1(SHA256()), SHA256(), None)
    return key.decrypt(key.public_key().encrypt(probe, oaep), oaep) == probe


def _certificate(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        raise KeyUnavailable(
            "The certificate of a key in the hardware token cannot be read.",
            where=str(path),
            mend=f"Put it there as PEM, or mend keys/{HARDWARE_FILE}.",
        ) from None


def _pin(folder: Path, spec: HardwareSpec) -> str:
    given = os.environ.get("CREDENTIALS_DIRECTORY")
    path = folder / spec.pin_file if spec.pin_file else Path(given or folder) / PIN_CREDENTIAL
    try:
        pin = read_secret(path)
    except OSError as error:
        raise KeyUnavailable(
            f"The hardware token's PIN cannot be read: {error.strerror}.",
            where=str(path),
            mend=f"Name a file as pin_file, or give systemd the credential {PIN_CREDENTIAL}.",
        ) from None
    return pin.decode("utf-8")
