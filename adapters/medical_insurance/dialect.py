"""The two dialects of the health-insurance interface: the same messages in another wrapping.

`JOSE` is the interface as docs/exchange-format.md, section 3, has it; `FORM` is the field form
(`appId … encData, signData`) of section 8. The line seals in the one that its partner agreed to; this
names only what the transport must say of the bytes.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """A name as in `suite`, and the content type of a sealed request."""

    suite: str
    content_type: str


JOSE = Dialect("jose", "application/jose")
NATIONAL = Dialect("sm2", "application/jose")
FORM = Dialect("sm2-form", "application/json")
DIALECTS = (JOSE, NATIONAL, FORM)


def dialect_of(suite: str) -> Dialect:
    """The dialect that a suite is sent in; the usual one for a suite that is not listed."""
    return next((dialect for dialect in DIALECTS if dialect.suite == suite), JOSE)
