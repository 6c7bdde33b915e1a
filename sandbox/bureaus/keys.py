"""Keys and certificates of a party, made with the `openssl` command; who trusts whom, as folders.

A key folder holds `{sign,encrypt}.key.pem` (mode 0600) and `{sign,encrypt}.cert.pem`. A partner's
folder holds only its two certificates.
"""

import hashlib
import shutil
import ssl
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from Crypto.PublicKey import ECC, RSA

from sandbox.bureaus.errors import Refused, SandboxError

USES = ("sign", "encrypt")
DAYS = 730
MIN_RSA_BITS = 2048
_ALGORITHM = {
    "ec": ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
    "rsa": ("-newkey", "rsa:3072"),
}
_KEY_USAGE = {
    ("ec", "sign"): "digitalSignature",
    ("ec", "encrypt"): "keyAgreement",
    ("rsa", "sign"): "digitalSignature",
    ("rsa", "encrypt"): "keyEncipherment",
}


@dataclass(frozen=True, slots=True)
class Partner:
    """A party whose certificates (PEM) are trusted, with their SHA-256 thumbprints."""

    name: str
    sign_cert: bytes
    encrypt_cert: bytes

    @property
    def sign_thumbprint(self) -> str:
        """Names the signing certificate in `kid` and in the token."""
        return thumbprint(self.sign_cert)

    @property
    def encrypt_thumbprint(self) -> str:
        """Names the encryption certificate in `kid` and `ds:KeyName`."""
        return thumbprint(self.encrypt_cert)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """One party's own keys (PEM) and the partners that it trusts."""

    me: Partner
    sign_key: bytes
    sign_key_file: Path
    encrypt_key: bytes
    partners: tuple[Partner, ...] = ()

    def partner(self, name: str) -> Partner:
        """The partner of that name; Refused("unknown_sender") when there is none."""
        for partner in self.partners:
            if partner.name == name:
                return partner
        raise Refused("unknown_sender", "key ring: no such partner")

    def signer(self, kid: str) -> Partner:
        """The partner whose signing certificate has that thumbprint, or Refused."""
        for partner in self.partners:
            if partner.sign_thumbprint == kid:
                return partner
        raise Refused("unknown_sender", "key ring: certificate not trusted")


def make_keys(folder: Path, party: str, kind: str) -> None:
    """Make the two key pairs of `party` in `folder`; `kind` is `ec` (P-256) or `rsa` (3072).

    The certificates are self-signed, CN = party, valid for two years. Keys that exist stay.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for use in USES:
        key, cert = folder / f"{use}.key.pem", folder / f"{use}.cert.pem"
        if not (key.exists() and cert.exists()):
            usage = f"keyUsage=critical,{_KEY_USAGE[kind, use]}"
            _self_signed((key, cert), party, kind, (usage,))


def make_tls(folder: Path) -> tuple[Path, Path]:
    """Key and self-signed certificate of an HTTPS server on 127.0.0.1: (key file, cert file)."""
    folder.mkdir(parents=True, exist_ok=True)
    key, cert = folder / "server.key.pem", folder / "server.cert.pem"
    if not (key.exists() and cert.exists()):
        names = ("subjectAltName=IP:127.0.0.1,DNS:localhost", "extendedKeyUsage=serverAuth")
        _self_signed((key, cert), "127.0.0.1", "ec", names)
    return key, cert


def copy_certificates(source: Path, target: Path) -> None:
    """Copy the two certificates, never a key, from one folder to another."""
    target.mkdir(parents=True, exist_ok=True)
    for use in USES:
        shutil.copyfile(source / f"{use}.cert.pem", target / f"{use}.cert.pem")


def load_partner(folder: Path, name: str) -> Partner:
    """Read a partner's certificates and check their strength."""
    partner = Partner(name, *(_read(folder / f"{use}.cert.pem") for use in USES))
    for certificate in (partner.sign_cert, partner.encrypt_cert):
        _refuse_weak(certificate, folder)
    return partner


def load_ring(folder: Path, party: str, partners: dict[str, Path]) -> KeyRing:
    """The keys of `party` in `folder`, trusting the `partners` found in their folders."""
    trusted = tuple(load_partner(path, name) for name, path in partners.items())
    key_file = folder / "sign.key.pem"
    return KeyRing(
        me=load_partner(folder, party),
        sign_key=_read(key_file),
        sign_key_file=key_file,
        encrypt_key=_read(folder / "encrypt.key.pem"),
        partners=trusted,
    )


def thumbprint(certificate: bytes) -> str:
    """SHA-256 of the certificate's DER form, 64 lower-case hex digits."""
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate.decode().strip())).hexdigest()


def run_openssl(*arguments: str, data: bytes = b"") -> bytes:
    """Run the `openssl` command and return its standard output."""
    done = subprocess.run(
        ("openssl", *arguments), input=data, capture_output=True, check=False, timeout=60
    )
    if done.returncode:
        raise SandboxError(f"openssl {arguments[0]} failed; is OpenSSL 3 installed?")
    return done.stdout


def _self_signed(
    files: tuple[Path, Path], party: str, kind: str, extensions: tuple[str, ...]
) -> None:
    """`files` are (key, certificate). The configuration is our own: a system's may add a CA mark."""
    key, cert = files
    added = [part for extension in extensions for part in ("-addext", extension)]
    with tempfile.NamedTemporaryFile("w", suffix=".cnf") as config:
        config.write("[req]\ndistinguished_name = dn\nutf8 = yes\n[dn]\n")
        config.flush()
        run_openssl(
            *("req", "-x509", "-config", config.name, *_ALGORITHM[kind], "-noenc", "-sha256"),
            *("-keyout", str(key), "-out", str(cert), "-days", str(DAYS)),
            *("-subj", f"/CN={party}", *added),
        )
    key.chmod(0o600)


def _refuse_weak(certificate: bytes, where: Path) -> None:
    text = certificate.decode()
    try:
        strong = RSA.import_key(text).size_in_bits() >= MIN_RSA_BITS
    except ValueError:
        strong = ECC.import_key(text).curve == "NIST P-256"
    if not strong:
        raise Refused(
            "weak_key", f"{where.name}: RSA needs {MIN_RSA_BITS} bits, EC the curve P-256"
        )


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise SandboxError(f"{path} is missing; run make_keys, or copy the partner's certificates")
    return path.read_bytes()
