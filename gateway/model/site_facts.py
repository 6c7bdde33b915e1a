"""What a site's files say of its sources and partners, for the pages of administrators."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class SourceFact:
    """One source as declared; `paused` by its file or by an operator."""

    name: str
    adapter: str
    partner: str
    suite: str
    rolls: tuple[str, ...]
    grant_until: date
    paused: bool


@dataclass(frozen=True, slots=True)
class KeyFact:
    """A key that ends on a day; the empty owner is this site."""

    owner: str
    use: str
    kind: str
    days: int


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One step from an empty site to a first night; `command` is what an operator types."""

    name: str
    done: bool
    command: str
