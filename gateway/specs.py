"""Specification files: YAML in, checked values out, and every complaint names its file and line.

A small YAML: mappings, lists and scalars. No tags, anchors, aliases or merge keys; a key stands
once. Plain `true`, `false`, `null` and numbers are read as such; everything else is text, so codes
with leading zeros (`01`), dates (`2026-09-01`) and words such as `no` stay what was written.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.model.errors import SpecError

Place = tuple[str | int, ...]
"""Keys and list positions from the root of a file to a value."""

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")
_WORDS: Mapping[str, bool | None] = {
    "true": True,
    "false": False,
    "null": None,
    "~": None,
    "": None,
}
_SHOWN = 5
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's where it was built in: ten times as fast, the same answers."""


class SpecModel(BaseModel):
    """Base of every specification: unknown keys are refused, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(SpecModel):
    """The same words in Chinese and in English."""

    zh: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]

    def of(self, lang: str) -> str:
        """The text in `zh` or `en`; anything else reads English."""
        return self.zh if lang == "zh" else self.en


M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Spec:
    """A parsed file: `data` is its plain value, `lines` gives the 1-based line of each place."""

    name: str
    data: Any
    lines: Mapping[Place, int]

    def where(self, place: Iterable[str | int] = ()) -> str:
        """`file:line` of the nearest enclosing place that stands in the file."""
        path = tuple(place)
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.name}:{self.lines.get(path, 1)}"

    def error(self, what: str, place: Iterable[str | int] = (), *, mend: str = "") -> SpecError:
        """A SpecError that points at a place of this file."""
        return SpecError(what, where=self.where(place), mend=mend)

    def check(self, model: type[M]) -> M:
        """The file as a value of `model`. Raises SpecError with the line of each complaint."""
        try:
            return model.model_validate(self.data)
        except ValidationError as wrong:
            raise self._complaint(wrong) from None

    def _complaint(self, wrong: ValidationError) -> SpecError:
        found = wrong.errors(include_url=False, include_context=False, include_input=False)
        said = [f"{self.where(e['loc'])}: {_path(e['loc'])}: {e['msg']}" for e in found]
        more = f" and {len(said) - _SHOWN} more" if len(said) > _SHOWN else ""
        return SpecError(
            "; ".join(said[:_SHOWN]) + more,
            where=self.where(found[0]["loc"]),
            mend="write the file as its documentation says",
        )


@lru_cache(maxsize=512)
def parse_spec(text: str, name: str) -> Spec:
    """Parse YAML text; `name` is how errors call the file. Raises SpecError.

    The same text gives the same value again: nobody changes it, who needs another makes a copy.
    """
    try:
        return _Reading(text, name).spec()
    except yaml.MarkedYAMLError as wrong:
        line = wrong.problem_mark.line + 1 if wrong.problem_mark else 1
        raise SpecError(
            f"this is not YAML: {wrong.problem}", where=f"{name}:{line}", mend="mend the syntax"
        ) from None
    except yaml.YAMLError:
        raise SpecError(
            "this is not YAML: a character that YAML does not allow",
            where=f"{name}:1",
            mend="save the file as UTF-8 text",
        ) from None


def read_spec(path: Path | Traversable, name: str | None = None) -> Spec:
    """Parse a YAML file. Raises SpecError, also when it cannot be read."""
    shown = name or path.name
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SpecError("there is no such file", where=shown, mend="check the path") from None
    except (OSError, UnicodeDecodeError):
        raise SpecError(
            "the file cannot be read as UTF-8 text", where=shown, mend="save it as UTF-8"
        ) from None
    return parse_spec(text, shown)


def load_spec(path: Path | Traversable, model: type[M], name: str | None = None) -> M:
    """Read and check a YAML file in one go. Raises SpecError."""
    return read_spec(path, name).check(model)


class _Reading:
    """One text, event by event: neither tags nor anchors are ever resolved."""

    def __init__(self, text: str, name: str) -> None:
        self._events: Iterator[Any] = iter(yaml.parse(text, Loader=_LOADER))
        self._name = name
        self._lines: dict[Place, int] = {}

    def spec(self) -> Spec:
        next(self._events)
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise self._error("the file is empty", 1, "write it, or remove it")
        data = self._value(next(self._events), ())
        next(self._events)
        more = next(self._events)
        if not isinstance(more, yaml.StreamEndEvent):
            line = more.start_mark.line + 1
            raise self._error(
                "this is not YAML: it holds two documents", line, "keep one of the two"
            )
        return Spec(self._name, data, self._lines)

    def _value(self, event: Any, place: Place) -> Any:
        line = event.start_mark.line + 1
        self._refuse_marks(event, line)
        self._lines.setdefault(place, line)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(place)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(place)
        return event.value if event.style else _scalar(event.value)

    def _sequence(self, place: Place) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            found.append(self._value(event, (*place, len(found))))
        return found

    def _mapping(self, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key, line = self._key(event), event.start_mark.line + 1
            if key in found:
                raise self._error(f"the key {key!r} stands twice", line, "keep one of the two")
            self._lines[(*place, key)] = line
            found[key] = self._value(next(self._events), (*place, key))
        return found

    def _key(self, event: Any) -> str:
        line = event.start_mark.line + 1
        self._refuse_marks(event, line)
        if not isinstance(event, yaml.ScalarEvent):
            raise self._error("a key must be text", line, "write a plain key")
        return str(event.value)

    def _refuse_marks(self, event: Any, line: int) -> None:
        if isinstance(event, yaml.AliasEvent) or event.anchor or event.tag:
            raise self._error("anchors, aliases and tags are not read", line, "write the value out")

    def _error(self, what: str, line: int, mend: str) -> SpecError:
        return SpecError(what, where=f"{self._name}:{line}", mend=mend)


def _scalar(text: str) -> str | int | float | bool | None:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _path(place: tuple[int | str, ...]) -> str:
    return ".".join(str(step) for step in place) or "the file"
