"""What a CMS message says of itself before OpenSSL is asked: the one kind and the algorithms we take.

OpenSSL opens whatever it can, so a weak message must be told by its shape. Read as BER, because
streaming writers leave lengths open. RFC 5652, RFC 5083 (AuthEnvelopedData), RFC 5084 (AES-GCM).
"""

from gateway.exchange.national import der
from gateway.model.errors import ExchangeRefused, Refusal

AUTH_ENVELOPED = der.oid("1.2.840.113549.1.9.16.1.23")
ENVELOPED = der.oid("1.2.840.113549.1.7.3")
SIGNED = der.oid("1.2.840.113549.1.7.2")
_AES_256_GCM = der.oid("2.16.840.1.101.3.4.1.46")
_OAEP = der.oid("1.2.840.113549.1.1.7")
_HASHES = tuple(der.oid(f"2.16.840.1.101.3.4.2.{n}") for n in (1, 2, 3))


def check_encrypted(head: bytes) -> frozenset[bytes]:
    """That the start of a message is AuthEnvelopedData with AES-256-GCM, keys by RSA-OAEP only; for whom,
    each by the DER of issuer and serial number.

    Raises ExchangeRefused(not_encrypted, bad_algorithm, malformed).
    """
    reader = _Reader(head)
    kind = reader.content_info(Refusal.NOT_ENCRYPTED)
    if kind == SIGNED:
        raise ExchangeRefused(Refusal.NOT_ENCRYPTED, "It is signed, but not encrypted")
    if kind == ENVELOPED:
        raise ExchangeRefused(
            Refusal.BAD_ALGORITHM,
            "It is encrypted without authentication",
            mend="The sender must encrypt with -aes-256-gcm (docs/exchange-format.md, section 9).",
        )
    if kind != AUTH_ENVELOPED:
        raise ExchangeRefused(Refusal.NOT_ENCRYPTED, "It is no encrypted CMS message")
    reader.enter(der.SEQUENCE)
    reader.take(der.INTEGER)
    recipients, names = _Reader(reader.take(der.SET)), set()
    while recipients.more():
        one = _Reader(recipients.take(der.SEQUENCE))
        one.take(der.INTEGER)
        names.add(one.take(None))
        if not one.take(der.SEQUENCE).startswith(_OAEP):
            raise ExchangeRefused(Refusal.BAD_ALGORITHM, "A key is not wrapped with RSA-OAEP")
    reader.enter(der.SEQUENCE)
    reader.take(der.OID)
    if not reader.take(der.SEQUENCE).startswith(_AES_256_GCM):
        raise ExchangeRefused(Refusal.BAD_ALGORITHM, "The content is not under AES-256-GCM")
    return frozenset(names)


def check_signed(head: bytes) -> None:
    """That the start of a message is SignedData over SHA-256, 384 or 512 only.

    Raises ExchangeRefused(not_signed, bad_algorithm, malformed).
    """
    reader = _Reader(head)
    if reader.content_info(Refusal.NOT_SIGNED) != SIGNED:
        raise ExchangeRefused(Refusal.NOT_SIGNED, "What was encrypted is not signed")
    reader.enter(der.SEQUENCE)
    reader.take(der.INTEGER)
    digests = _Reader(reader.take(der.SET))
    while digests.more():
        if not digests.take(der.SEQUENCE).startswith(_HASHES):
            raise ExchangeRefused(Refusal.BAD_ALGORITHM, "It is signed over a weak digest")


def check_end(head: bytes, size: int) -> None:
    """That nothing follows a message of so many bytes that states its length; a streamed one states none.

    Raises ExchangeRefused(malformed).
    """
    end = _Reader(head).end()
    if end is not None and size > end:
        raise ExchangeRefused(Refusal.MALFORMED, "Something follows the CMS message")


class _Reader:
    """Walks elements from the left; lengths may be open where an element is entered, not taken."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def more(self) -> bool:
        return self._at < len(self._data)

    def end(self) -> int | None:
        """Where the first element ends; None when its length is open."""
        size = self._head(None, Refusal.MALFORMED)
        return None if size is None else self._at + size

    def content_info(self, otherwise: Refusal) -> bytes:
        self.enter(der.SEQUENCE, otherwise)
        kind = der.wrap(der.OID, self.take(der.OID))
        self.enter(0xA0)
        return kind

    def enter(self, tag: int, otherwise: Refusal = Refusal.MALFORMED) -> None:
        """Go into an element."""
        self._head(tag, otherwise)

    def take(self, tag: int | None) -> bytes:
        """The content of a whole element of definite length."""
        size = self._head(tag, Refusal.MALFORMED)
        if size is None or self._at + size > len(self._data):
            raise _malformed()
        content = self._data[self._at : self._at + size]
        self._at += size
        return content

    def _head(self, tag: int | None, otherwise: Refusal) -> int | None:
        """The element's length, None when it is open; the place is then at its content."""
        head = self._data[self._at : self._at + 2]
        if len(head) < 2 or (tag is not None and head[0] != tag):
            raise ExchangeRefused(otherwise, "It is no CMS message of the form that is read")
        self._at += 2
        if head[1] < 0x80:
            return head[1]
        count = head[1] & 0x7F
        if count == 0:
            return None
        if count > 8:
            raise _malformed()
        size = int.from_bytes(self._data[self._at : self._at + count], "big")
        self._at += count
        return size


def _malformed() -> ExchangeRefused:
    return ExchangeRefused(Refusal.MALFORMED, "It is no CMS message of the form that is read")
