"""Code lists: every code of a status list carries a class; an unlisted code is quarantined."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class CodeClass(StrEnum):
    """What a code means to a rule (findings.md, rule 10)."""

    ENROLLED = "enrolled"
    ACTIVE = "active"
    EXCUSED = "excused"
    TRANSFER = "transfer"
    ENDED = "ended"
    PAUSED = "paused"
    NONE = "none"
    LEAD = "lead"
    HARM = "harm"
    DEATH = "death"
    UNKNOWN = "unknown"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Code:
    """One code: its value, its two names, its class, and other spellings that bureaus use.

    `marks` say what else a rule may ask of it (insurance_scheme: `basic`).
    """

    value: str
    zh: str
    en: str
    cls: CodeClass = CodeClass.PLAIN
    spellings: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeList:
    """A code list with its source document and the date on which it was read.

    `crosswalks` names other systems' codes for the same things: name → their code → our value.
    """

    name: str
    zh: str
    source: str
    dated: str
    codes: tuple[Code, ...]
    licence: str = ""
    crosswalks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def code(self, value: str) -> Code | None:
        """The code of that value, or None."""
        return next((c for c in self.codes if c.value == value), None)

    def marked(self, mark: str) -> tuple[str, ...]:
        """Values of the codes that carry a mark."""
        return tuple(c.value for c in self.codes if mark in c.marks)
