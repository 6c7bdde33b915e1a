"""The little DER (X.690) that SM2 needs: written in one way, read only in that way."""

from collections.abc import Iterator

INTEGER, BIT_STRING, OCTETS, OID, UTF8, SEQUENCE, SET = 0x02, 0x03, 0x04, 0x06, 0x0C, 0x30, 0x31
UTC_TIME, BOOLEAN = 0x17, 0x01


def wrap(tag: int, *parts: bytes) -> bytes:
    """One element around its content."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def integer(value: int) -> bytes:
    """A number that is not negative."""
    return wrap(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    """An object identifier."""
    first, second, *rest = (int(part) for part in dotted.split("."))
    out = bytearray()
    for arc in (40 * first + second, *rest):
        digits = [arc & 0x7F]
        while arc := arc >> 7:
            digits.append(0x80 | arc & 0x7F)
        out += bytes(reversed(digits))
    return wrap(OID, bytes(out))


def elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(tag, content) of each element, which must fill `data`. Raises ValueError for other than DER."""
    at = 0
    while at < len(data):
        if len(data) < at + 2:
            raise ValueError("DER breaks off")
        tag, size = data[at], data[at + 1]
        at += 2
        if size >= 0x80:
            count = size & 0x7F
            size = int.from_bytes(data[at : at + count], "big")
            at += count
            if not 0 < count <= 4 or size < 0x80 or size >> (8 * (count - 1)) == 0:
                raise ValueError("a length is not DER")
        if at + size > len(data):
            raise ValueError("DER breaks off")
        yield tag, data[at : at + size]
        at += size


def sequence(data: bytes, *tags: int) -> list[bytes]:
    """The contents of a SEQUENCE that fills `data` and holds exactly these tags. Raises ValueError."""
    outer = list(elements(data))
    if [tag for tag, _ in outer] != [SEQUENCE]:
        raise ValueError("no sequence")
    inner = list(elements(outer[0][1]))
    if [tag for tag, _ in inner] != list(tags):
        raise ValueError("a sequence holds other elements")
    return [content for _, content in inner]


def number(content: bytes) -> int:
    """The value of an INTEGER's content that is not negative. Raises ValueError."""
    if not content or content[0] & 0x80 or (len(content) > 1 and not content[0] | content[1] >> 7):
        raise ValueError("a number is not DER, or negative")
    return int.from_bytes(content, "big")
