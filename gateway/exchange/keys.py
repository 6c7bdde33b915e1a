"""This site's own keys: one folder per kind (`ec`, `rsa`, `sm2`), in it pairs to sign and to encrypt.

    keys/ec/sign.key.pem  sign.cert.pem  encrypt.key.pem  encrypt.cert.pem      keys/rsa/…

More than one pair of a use may lie there while keys are renewed (`sign-2027.key.pem`): everything is
opened with whichever key it was sealed to, and sealed or signed with the newest one in force. Keys in a
hardware token stand beside them by `keys/pkcs11.yaml` (hardware.py).
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import AwareDatetime, Field

from gateway.exchange.hardware import load_hardware
from gateway.exchange.national import Sm2PrivateKey, public_key_of
from gateway.exchange.policy import KINDS, USES, Kind, Use, kind_of, thumbprint, weakness
from gateway.exchange.secret_file import read_secret
from gateway.model.errors import KeyUnavailable
from gateway.specs import SpecModel, load_spec

REVOKED_FILE = "revoked.yaml"
PASSPHRASE_CREDENTIAL = "cwg-keys"  # noqa: S105 (the name of a credential, not its value)
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | Sm2PrivateKey


@dataclass(frozen=True, slots=True)
class KeyPair:
    """One private key with its certificate. `key` never shows in a repr."""

    use: Use
    kind: Kind
    key: PrivateKey
    certificate: x509.Certificate
    thumbprint: str

    def __repr__(self) -> str:
        return f"KeyPair({self.use}, {self.kind}, {self.thumbprint[:16]}…)"


class KeyRing:
    """All key pairs of this site, loaded once: an RSA key takes a fifth of a second to load."""

    def __init__(
        self,
        pairs: Iterable[KeyPair],
        app_secrets: Mapping[str, bytes] | None = None,
        revoked: Mapping[str, datetime] | None = None,
    ) -> None:
        self._pairs = tuple(pairs)
        self._revoked = dict(revoked or {})
        self._app_secrets = dict(app_secrets or {})
        self._by_thumbprint = {pair.thumbprint: pair for pair in self._pairs}

    @classmethod
    def load(cls, folder: Path, passphrase: bytes | None = None) -> "KeyRing":
        """Read `<folder>/{ec,rsa,sm2}/{sign,encrypt}*.key.pem` (PKCS#8) with their certificates, and open
        the token of `<folder>/pkcs11.yaml`.

        Raises KeyUnavailable for an unreadable, locked, weak or lonely key, and for one that other
        accounts can read.
        """
        paths = [
            (path, use, kind)
            for kind in KINDS
            for use in USES
            for path in sorted((folder / kind).glob(f"{use}*.key.pem"))
        ]
        held = [
            KeyPair(key.use, key.kind, key.key, key.certificate, thumbprint(key.certificate))
            for key in load_hardware(folder)
        ]
        if not paths and not held:
            raise KeyUnavailable(
                "This site has no keys.", where=str(folder), mend="Make them with `cwg keys new`."
            )
        secrets = {path.stem: read_secret(path) for path in (folder / "app").glob("*.secret")}
        pairs = [_load_pair(path, use, kind, passphrase) for path, use, kind in paths]
        return cls([*pairs, *held], secrets, read_revoked(folder))

    def signing(self, kind: Kind, at: datetime) -> KeyPair:
        """The newest signing pair of a kind in force at that time. Raises KeyUnavailable."""
        return self._newest("sign", kind, at)

    def encrypting(self, kind: Kind, at: datetime) -> KeyPair:
        """The newest encryption pair of a kind, to be given to partners. Raises KeyUnavailable."""
        return self._newest("encrypt", kind, at)

    def opening(self, name: str, kind: Kind, at: datetime) -> KeyPair | None:
        """The encryption pair whose certificate has that thumbprint, in force or not; else None.

        A sealed exchange of the archive must open after its key was renewed; what was received (`at`)
        after we revoked it is not opened.
        """
        pair = self._by_thumbprint.get(name)
        if pair is None or (pair.use, pair.kind) != ("encrypt", kind):
            return None
        return None if self.is_revoked(pair, at) else pair

    def is_revoked(self, pair: KeyPair, at: datetime) -> bool:
        """Whether this site had revoked a pair of its own at that time."""
        gone = self._revoked.get(pair.thumbprint)
        return gone is not None and at >= gone

    def signed_by(self, name: str) -> KeyPair | None:
        """The signing pair with that thumbprint: to check a receipt of our own."""
        pair = self._by_thumbprint.get(name)
        return pair if pair and pair.use == "sign" else None

    def app_secret(self, partner: str) -> bytes:
        """The secret that a partner's form adds to the signed text; empty when none was agreed."""
        return self._app_secrets.get(partner, b"")

    def certificates(self) -> tuple[KeyPair, ...]:
        """Every pair, for listings: names, uses and validity."""
        return self._pairs

    def _newest(self, use: Use, kind: Kind, at: datetime) -> KeyPair:
        fits = [
            pair
            for pair in self._pairs
            if (pair.use, pair.kind) == (use, kind)
            and pair.certificate.not_valid_before_utc <= at <= pair.certificate.not_valid_after_utc
            and not self.is_revoked(pair, at)
        ]
        if not fits:
            raise KeyUnavailable(
                f"No {kind} key to {use} is in force.",
                mend="Renew it with `cwg keys rotate`, and give the new certificate to the partners.",
            )
        return max(fits, key=lambda pair: pair.certificate.not_valid_before_utc)


class RevokedKey(SpecModel):
    """A certificate that is not to be trusted from `at` on."""

    thumbprint: str = Field(pattern=r"^[0-9a-f]{64}$")
    at: AwareDatetime


class OwnRevocations(SpecModel):
    """`keys/revoked.yaml`: keys of this site that are not to be used from a time on."""

    revoked: tuple[RevokedKey, ...] = ()


def read_revoked(folder: Path) -> dict[str, datetime]:
    """Thumbprint → time of what this site revoked itself. Raises SpecError."""
    path = folder / REVOKED_FILE
    if not path.is_file():
        return {}
    spec = load_spec(path, OwnRevocations, f"keys/{REVOKED_FILE}")
    return {key.thumbprint: key.at for key in spec.revoked}


def read_passphrase(path: Path | None = None) -> bytes | None:
    """The keys' passphrase: from a file, else from systemd's credential `cwg-keys`, else None."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if path is None and folder and (Path(folder) / PASSPHRASE_CREDENTIAL).is_file():
        path = Path(folder) / PASSPHRASE_CREDENTIAL
    if path is None:
        return None
    try:
        return path.read_bytes().rstrip(b"\r\n") or None
    except OSError as error:
        raise KeyUnavailable(
            f"The keys' passphrase cannot be read: {error.strerror}.",
            where=str(path),
            mend="Let this account read the file, or name another one.",
        ) from None


def _read_key(pem: bytes, kind: Kind, passphrase: bytes | None) -> object:
    locked = b"ENCRYPTED" in pem
    if kind == "sm2":
        return Sm2PrivateKey.from_pem(pem, passphrase if locked else None)
    return load_pem_private_key(pem, passphrase)


def _load_pair(path: Path, use: Use, kind: Kind, passphrase: bytes | None) -> KeyPair:
    certificate_path = path.with_name(path.name.replace(".key.pem", ".cert.pem"))
    try:
        key = _read_key(read_secret(path), kind, passphrase)
        certificate = x509.load_pem_x509_certificate(certificate_path.read_bytes())
    except (OSError, ValueError, TypeError) as error:
        raise KeyUnavailable(
            "A key or its certificate cannot be read, or its passphrase is wrong or missing.",
            where=str(path),
            mend=f"Look at both files and at the passphrase ({type(error).__name__}).",
        ) from None
    if not isinstance(key, PrivateKey) or key.public_key() != public_key_of(certificate):
        raise KeyUnavailable(
            "A key and its certificate do not belong together.",
            where=str(path),
            mend="Put the certificate that was made for this key beside it.",
        )
    weak = weakness(certificate) or ("" if kind_of(certificate) == kind else "of another kind")
    if weak:
        raise KeyUnavailable(
            f"A key does not fit: {weak}.", where=str(path), mend="Make it anew: `cwg keys rotate`."
        )
    return KeyPair(use, kind, key, certificate, thumbprint(certificate))
