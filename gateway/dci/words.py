"""`mappings/dci/*.yaml`: the standard's identifier types, attributes and purposes in our words."""

from pathlib import Path
from typing import Literal

from gateway.access import Purpose
from gateway.specs import SpecModel, load_spec


class Words(SpecModel):
    """What the facade takes; everything else is refused."""

    source: str
    dated: str
    reg_types: tuple[str, ...]
    record_type: str
    record_list_type: str
    identifier_types: dict[str, Literal["resident_number"]]
    attributes: dict[str, Literal["name", "born", "guardian"]]
    purposes: dict[str, Purpose]
    expressions: tuple[str, ...]
    event_types: tuple[str, ...]
    event_record_type: str
    event_filters: dict[str, Literal["rules", "events"]]


def load_words(path: Path) -> Words:
    """A mapping file. Raises SpecError with its line."""
    return load_spec(path, Words)
