"""SM4-GCM (GB/T 32907, RFC 8998) with the shape of `cryptography`'s AESGCM."""

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

TAG = 16


class Sm4Gcm:
    """SM4 of 128 bits in GCM with a nonce of 12 bytes; ciphertext ends with its tag of 16 bytes."""

    def __init__(self, key: bytes) -> None:
        """`key` is 16 bytes. Raises ValueError."""
        self._key = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """Ciphertext ‖ tag."""
        run = Cipher(self._key, modes.GCM(nonce)).encryptor()
        if associated_data:
            run.authenticate_additional_data(associated_data)
        return run.update(data) + run.finalize() + run.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """The plaintext. Raises InvalidTag, and ValueError when there is no tag."""
        run = Cipher(self._key, modes.GCM(nonce, data[-TAG:])).decryptor()
        if associated_data:
            run.authenticate_additional_data(associated_data)
        return run.update(data[:-TAG]) + run.finalize()
