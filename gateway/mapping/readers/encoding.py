"""Which encoding a text is in, told from up to 1 MB of it and never from its first line alone.

A heading may be plain ASCII where the names below it are GB18030. BIG5 is never guessed: most of
its bytes are GB18030 too; a bureau that sends it says so.
"""

SNIFF = 1024 * 1024
ENOUGH = 8
"""Characters beyond ASCII, fewer of which may look like another encoding by chance."""
SHOWN = {"utf-8": "UTF-8", "gb18030": "GB18030", "big5": "BIG5"}
_FEW = 100
"""One broken line in so many is a broken line; more of them are another encoding."""


def sniff(sample: bytes) -> str | None:
    """`utf-8` or `gb18030`; None when the sample is neither."""
    for encoding in ("utf-8", "gb18030"):
        if wrong_at(sample[:SNIFF], encoding) is None:
            return encoding
    return None


def wrong_at(sample: bytes, encoding: str) -> int | None:
    """The first byte that is not of the encoding, or None. A character cut off at the end is no fault."""
    try:
        sample.decode(encoding)
    except UnicodeDecodeError as wrong:
        return None if len(sample) - wrong.start < 4 and len(sample) > 4 else wrong.start
    return None


def contradiction(sample: bytes, declared: str) -> tuple[str, int] | None:
    """(what it is instead, byte) when most of a sample cannot be what was declared."""
    sample = sample[:SNIFF]
    if declared != "utf-8":
        return ("utf-8", 0) if _is_utf8(sample) else None
    at = wrong_at(sample, "utf-8")
    if at is None or wrong_at(sample, "gb18030") is not None:
        return None
    lines = sample.split(b"\n")[:-1] or [sample]
    broken = sum(wrong_at(line + b"\n", "utf-8") is not None for line in lines)
    return ("gb18030", at) if broken * _FEW > len(lines) and broken > 1 else None


def _is_utf8(sample: bytes) -> bool:
    """Whether text beyond ASCII, enough of it not to be chance, reads as UTF-8."""
    whole = sample[: sample.rfind(b"\n") + 1]
    try:
        text = whole.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return sum(not c.isascii() for c in text[:100_000]) >= ENOUGH
