"""What a lived city is: people, households, lasting facts and events."""

from dataclasses import dataclass

from sandbox.city.chance import below
from sandbox.city.days import Codes, Column, Ints
from sandbox.city.events import Events
from sandbox.city.family import Children, Homes, People, Span
from sandbox.city.faults import Profile


@dataclass(frozen=True)
class Traits:
    """Lasting facts: each child's disability (0 none, 1–7), and by household the guardian and the
    head (family.FATHER, MOTHER, GRANDPARENT; guardian NOBODY when an institution has custody)."""

    disability: Codes
    guardian: Codes
    head: Codes


@dataclass(frozen=True)
class City:
    """A lived city. Births and household registrations stand in `people`; all else is events.

    `school`, `cover`, `welfare` and `life` have children (uids from 0) as subjects; `aid` has
    households, those with children first, then the childless ones.
    """

    seed: int
    span: Span
    faults: Profile
    children: Children
    people: People
    homes: Homes
    traits: Traits
    school: Events
    cover: Events
    welfare: Events
    life: Events
    aid: Events

    def __len__(self) -> int:
        return len(self.children)


def disability_grade(seed: int, who: Column) -> Ints:
    """The grade (1 the worst, to 4) of a person's disability, the same on every roll."""
    return 1 + below(seed, "assistance/health", who, 1000) % 4
