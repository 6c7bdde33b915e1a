"""CMS files for a partner with OpenSSL alone (docs/exchange-format.md, section 9).

    sealed  = CMS AuthEnvelopedData( CMS SignedData( manifest ‖ "\\n" ‖ content ) )

Written and read with the `openssl` command. It holds a file whole and gives plaintext before it has
checked all of it: what it writes goes to memory that has no name, and is looked at only when the
command has ended well. Keys are handed over the same way.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.evidence.durable import CHUNK
from gateway.exchange.contract import header_values
from gateway.exchange.documents import read_object
from gateway.exchange.keys import KeyPair
from gateway.exchange.national import Sm2PrivateKey, der
from gateway.exchange.policy import thumbprint
from gateway.exchange.suites import cms_shape
from gateway.exchange.suites.compact import cannot_be_decrypted, not_for_us, signature_fails
from gateway.exchange.suites.parts import Opening, Sealing, Signed, no_further_check
from gateway.exchange.trust import TrustedKey
from gateway.model.errors import ExchangeRefused, KeyUnavailable, Refusal, UsageError
from gateway.model.exchange import Header

MOST = 256 << 20
_SECONDS = 120
_NAMES = frozenset({"exchange"})
_OAEP = ("rsa_padding_mode:oaep", "rsa_oaep_md:sha256", "rsa_mgf1_md:sha256")


def seal(header: Header, content: BinaryIO, target: BinaryIO, sealing: Sealing) -> None:
    """Write a sealed file. Raises UsageError when it is larger than CMS files may be."""
    manifest = json.dumps({"exchange": header_values(header)}, ensure_ascii=False).encode()
    with _memory(manifest + b"\n") as plain, _memory() as signed, _memory() as sealed:
        size = _copy(content, plain)
        if size > MOST:
            raise UsageError("The content is too large for CMS.", mend="Use the suite `file`.")
        ours = _pem(sealing.signer.certificate)
        with _memory(ours) as signer, _memory(_private(sealing.signer)) as key:
            sign = ("-sign", "-nodetach", "-nosmimecap", "-md", "sha256", "-outform", "DER")
            names = ("-signer", _name(signer), "-inkey", _name(key))
            _run(plain, signed, *sign, *names)
        with _memory(_pem(sealing.recipient.certificate)) as recipient:
            encrypt = ("-encrypt", "-aes-256-gcm", "-outform", "DER", "-recip", _name(recipient))
            options = [part for option in _OAEP for part in ("-keyopt", option)]
            _run(signed, sealed, *encrypt, *options)
        sealed.seek(0)
        shutil.copyfileobj(sealed, target, CHUNK)


def unseal(sealed: BinaryIO, opening: Opening) -> Signed:
    """Decrypt and verify a file; nothing of it is given before both have been done. ExchangeRefused."""
    with _memory() as taken, _memory() as signed:
        size = _copy(sealed, taken)
        if size > MOST:
            raise ExchangeRefused(Refusal.TOO_LARGE, "The file is larger than CMS files may be")
        names = cms_shape.check_encrypted(_head(taken))
        cms_shape.check_end(_head(taken), size)
        _decrypt(taken, signed, _recipient(names, opening))
        cms_shape.check_signed(_head(signed))
        cms_shape.check_end(_head(signed), os.fstat(signed.fileno()).st_size)
        plain = _unlinked()
        try:
            signer = _verify(signed, plain, opening)
            plain.seek(0)
            manifest = _manifest(plain, opening)
        except BaseException:
            plain.close()
            raise
    return Signed(signer, manifest["exchange"], _rest(plain), no_further_check)


def is_ours(sealed: BinaryIO, opening: Opening) -> bool:
    """Whether it is encrypted for one of our keys. CMS tells only by decrypting."""
    try:
        unseal(sealed, opening)
    except ExchangeRefused as why:
        return why.reason is not Refusal.WRONG_RECIPIENT
    return True


def _recipient(names: frozenset[bytes], opening: Opening) -> KeyPair:
    for pair in opening.keys.certificates():
        found, certificate = opening.keys, pair.certificate
        name = certificate.issuer.public_bytes() + der.integer(certificate.serial_number)
        if name in names and found.opening(pair.thumbprint, "rsa", opening.received):
            return pair
    raise not_for_us()


def _decrypt(taken: BinaryIO, signed: BinaryIO, pair: KeyPair) -> None:
    with _memory(_pem(pair.certificate)) as mine, _memory(_private(pair)) as key:
        names = ("-recip", _name(mine), "-inkey", _name(key))
        if _try(taken, signed, "-decrypt", "-inform", "DER", *names):
            raise cannot_be_decrypted()


def _verify(signed: BinaryIO, plain: BinaryIO, opening: Opening) -> TrustedKey:
    """Whose signature holds, of all pinned certificates: none that the message brings is looked at."""
    pinned = [
        key
        for partner in opening.trust.partners()
        for key in partner.keys
        if (key.use, key.kind) == ("sign", "rsa")
    ]
    pems = b"".join(_pem(key.certificate) for key in pinned)
    with _memory(pems) as known, _memory() as found:
        how = ("-verify", "-inform", "DER", "-noverify", "-nointern", "-certfile", _name(known))
        trouble = _try(signed, plain, *how, "-signer", _name(found))
        found.seek(0)
        pem = found.read()
    if "signer certificate not found" in trouble or not pinned:
        raise ExchangeRefused(
            Refusal.UNKNOWN_SENDER,
            "It is signed with a certificate that no partner is known by",
            mend="If it is genuine, add the certificate to the partner's folder.",
        )
    if trouble:
        raise signature_fails()
    signers = x509.load_pem_x509_certificates(pem)
    if len(signers) != 1:
        raise ExchangeRefused(Refusal.MALFORMED, "It has more than one signature")
    return opening.trust.signer(thumbprint(signers[0]), "rsa", opening.received)


def _manifest(plain: BinaryIO, opening: Opening) -> dict[str, object]:
    line = plain.readline(opening.limits.manifest_bytes + 1)
    if not line.endswith(b"\n"):
        raise ExchangeRefused(Refusal.MALFORMED, "The signed part has no manifest line")
    return read_object(line, opening.limits.depth, _NAMES)


def _rest(plain: BinaryIO) -> Iterator[bytes]:
    with plain:
        while piece := plain.read(CHUNK):
            yield piece


def _run(source: BinaryIO, target: BinaryIO, *words: str) -> None:
    if _try(source, target, *words):
        raise KeyUnavailable("openssl cms could not seal with these keys.", where=words[0])


def _try(source: BinaryIO, target: BinaryIO, *words: str) -> str:
    """Run `openssl cms`; what it says when it fails, else nothing. `target` is emptied first."""
    command = shutil.which("openssl")
    if command is None:
        raise KeyUnavailable(
            "The command openssl is not installed.", mend="Install OpenSSL 3, or use another suite."
        )
    target.seek(0)
    target.truncate()
    handles = [int(word.rpartition("/")[2]) for word in words if word.startswith("/dev/fd/")]
    done = subprocess.run(
        [command, "cms", *words, "-binary", "-in", _name(source), "-out", _name(target)],
        pass_fds=(*handles, source.fileno(), target.fileno()),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_SECONDS,
        env={"PATH": os.environ.get("PATH", ""), "OPENSSL_CONF": os.devnull},
        check=False,
    )
    return "" if done.returncode == 0 else done.stderr.decode("utf-8", "replace") or "failed"


@contextmanager
def _memory(data: bytes = b"") -> Iterator[BinaryIO]:
    """Memory with a file handle and no name, wiped by being given back."""
    with _unlinked() as file:
        file.write(data)
        file.flush()
        yield file


def _unlinked() -> BinaryIO:
    return os.fdopen(os.memfd_create("cwg-cms", os.MFD_CLOEXEC), "w+b", buffering=0)


def _copy(source: BinaryIO, target: BinaryIO) -> int:
    size = 0
    while size <= MOST and (piece := source.read(CHUNK)):
        target.write(piece)
        size += len(piece)
    return size


def _head(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read(1 << 16)


def _name(file: BinaryIO) -> str:
    return f"/dev/fd/{file.fileno()}"


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def _private(pair: KeyPair) -> bytes:
    if isinstance(pair.key, Sm2PrivateKey):
        raise TypeError("CMS is given RSA keys only")
    return pair.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
