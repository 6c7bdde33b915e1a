"""Referral templates, `mappings/referral/<recipient>.v<N>.yaml`: what a recipient may be told, what it is
asked, and by when. A field that is not named there never leaves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field

from gateway.model.errors import SpecError
from gateway.specs import SpecModel, load_spec

ChildField = Literal[
    "name", "id_number", "birth_date", "sex", "division", "school_name", "guardian_name", "address"
]
"""All that can be told of a child. Categories, amounts and causes are not among it, so that no template
can let them out (findings' ninth rule)."""


class Words(SpecModel):
    """One text in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class TemplateFile(SpecModel):
    """One file. `rules` may be referred to the recipient; days are working days, but for
    `shown_within_days`: calendar days in which a roll must show what the bureau says it corrected."""

    version: int = Field(ge=1)
    recipient: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")
    source: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")
    rules: tuple[str, ...] = Field(min_length=1)
    fields: tuple[ChildField, ...] = Field(min_length=1)
    asks: Words
    checks: Words
    answer_days: int = Field(ge=1, le=60)
    remind_every: int = Field(ge=1, le=30)
    reminders: int = Field(ge=0, le=10)
    shown_within_days: int = Field(ge=1, le=120)


@dataclass(frozen=True, slots=True)
class Template:
    """A template and its name, `education.v1`."""

    name: str
    file: TemplateFile


def load_templates(folders: Iterable[Path]) -> Mapping[str, Template]:
    """Recipient → its newest template; a later folder (the site's own) replaces an earlier one's.

    Raises SpecError with file and line, or for a file whose name is not `<recipient>.v<version>`.
    """
    found: dict[str, Template] = {}
    for folder in folders:
        of_folder: dict[str, Template] = {}
        for path in sorted(folder.glob("*.yaml")):
            file = load_spec(path, TemplateFile)
            if path.stem != f"{file.recipient}.v{file.version}":
                raise SpecError(
                    "a template is named after its recipient and version",
                    where=str(path),
                    mend=f"call it {file.recipient}.v{file.version}.yaml",
                )
            known = of_folder.get(file.recipient)
            if known is None or known.file.version < file.version:
                of_folder[file.recipient] = Template(path.stem, file)
        found |= of_folder
    return found
