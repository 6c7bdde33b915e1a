"""SM4-GCM (GB/T 32907, RFC 8998) with the shape of `cryptography`'s AESGCM."""

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

TAG = 16
Bytes = bytes | memoryview


class Sm4Gcm:
    """SM4 of 128 bits in GCM with a nonce of 12 bytes; ciphertext ends with its tag of 16 bytes."""

    def __init__(self, key: bytes) -> None:
        """`key` is 16 bytes. Raises ValueError."""
        self._key = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: Bytes, associated_data: bytes | None) -> bytes:
        """Ciphertext ‖ tag."""
        run = Cipher(self._key, modes.GCM(nonce)).encryptor()
        if associated_data:
            run.authenticate_additional_data(associated_data)
        return run.update(data) + run.finalize() + run.tag

    def encrypt_into(
        self, nonce: bytes, data: Bytes, associated_data: bytes | None, place: memoryview
    ) -> int:
        """Ciphertext ‖ tag into a place of just their length; that length."""
        place[:] = self.encrypt(nonce, data, associated_data)
        return len(place)

    def decrypt(self, nonce: bytes, data: Bytes, associated_data: bytes | None) -> bytes:
        """The plaintext. Raises InvalidTag, and ValueError when there is no tag."""
        view = memoryview(data)
        run = Cipher(self._key, modes.GCM(nonce, bytes(view[-TAG:]))).decryptor()
        if associated_data:
            run.authenticate_additional_data(associated_data)
        return run.update(view[:-TAG]) + run.finalize()

    def decrypt_into(
        self, nonce: bytes, data: Bytes, associated_data: bytes | None, place: memoryview
    ) -> int:
        """The plaintext into a place of just its length; that length. Raises as `decrypt` does."""
        place[:] = self.decrypt(nonce, data, associated_data)
        return len(place)
