"""Values of a decision about many cases."""

from dataclasses import dataclass

from gateway.desk.values import Done


@dataclass(frozen=True, slots=True)
class Chosen:
    """One chosen case as the user saw it."""

    case_id: int
    version: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a bulk decision would do: the cases that move, and those that do not, each with its reason."""

    moves: tuple[Chosen, ...]
    refused: tuple[tuple[Chosen, str], ...]


@dataclass(frozen=True, slots=True)
class BulkDone:
    """What a bulk decision did."""

    done: tuple[Done, ...]
    refused: tuple[tuple[Chosen, str], ...]
