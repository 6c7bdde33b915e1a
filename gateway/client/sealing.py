"""Sealed requests and answers (docs/api/README.md): a JWS in a JWE, both ways."""

import hashlib

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwe, jws
from joserfc.errors import JoseError
from joserfc.jwe import JWERegistry
from joserfc.jwk import ECKey
from joserfc.jws import JWSRegistry

JOSE = "application/jose"
_WRAP, _CIPHER = "ECDH-ES+A256KW", "A256GCM"
_MOST = 64 * 1024 * 1024
"""Bytes of a sealed answer, which the library would end at 64 KB; the site gives 32 MB, base64 twice."""


class NotSealed(Exception):
    """An answer that is not sealed to this client by its site: none of it is believed."""


class Sealing:
    """`site_encrypt` and `site_sign` are the site's certificates (PEM, `cwg keys export`); `decrypt` is the
    private key (PEM, P-256) whose public part is registered with `use: enc`. Raises ValueError."""

    def __init__(self, site_encrypt: str, site_sign: str, decrypt: str) -> None:
        certificate = x509.load_pem_x509_certificate(site_encrypt.encode())
        self._site = _public(certificate)
        self._site_name = hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()
        self._signer = _public(x509.load_pem_x509_certificate(site_sign.encode()))
        self._own = ECKey.import_key(decrypt)

    def seal(self, body: bytes, key: ECKey) -> bytes:
        """A body for the site, signed with the client's key."""
        token = jws.serialize_compact({"alg": "ES256"}, body, key)
        head = {"alg": _WRAP, "enc": _CIPHER, "cty": "JWS", "kid": self._site_name}
        whole = jwe.encrypt_compact(head, token.encode(), self._site, algorithms=[_WRAP, _CIPHER])
        return whole.encode()

    def open(self, body: bytes) -> bytes:
        """What the site sealed. Raises NotSealed."""
        try:
            outer, inner = (
                JWERegistry(algorithms=[_WRAP, _CIPHER]),
                JWSRegistry(algorithms=["ES256"]),
            )
            outer.max_ciphertext_length = inner.max_payload_length = _MOST
            token = jwe.decrypt_compact(body, self._own, registry=outer).plaintext
            return jws.deserialize_compact(token or b"", self._signer, registry=inner).payload
        except (JoseError, ValueError):
            raise NotSealed("the answer is not sealed to us by the site") from None


def _public(certificate: x509.Certificate) -> ECKey:
    pem = certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return ECKey.import_key(pem.decode())
