"""Specification files: YAML in, checked values out, and every complaint names its file and line.

A small YAML: mappings, lists and scalars. No tags, anchors, aliases or merge keys; a key stands
once. Plain `true`, `false`, `null` and numbers are read as such; everything else is text, so codes
with leading zeros (`01`), dates (`2026-09-01`) and words such as `no` stay what was written.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

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


def parse_spec(text: str, name: str) -> Spec:
    """Parse YAML text; `name` is how errors call the file. Raises SpecError."""
    try:
        for token in yaml.scan(text, Loader=_LOADER):
            _refuse_token(token, name)
        root = yaml.compose(text, Loader=_LOADER)
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
    if root is None:
        raise SpecError("the file is empty", where=f"{name}:1", mend="write it, or remove it")
    lines: dict[Place, int] = {}
    return Spec(name, _value(root, (), lines, name), lines)


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


def _refuse_token(token: yaml.Token, name: str) -> None:
    if isinstance(token, yaml.AnchorToken | yaml.AliasToken | yaml.TagToken):
        raise SpecError(
            "anchors, aliases and tags are not read",
            where=f"{name}:{token.start_mark.line + 1}",
            mend="write the value out",
        )


def _value(node: yaml.Node, place: Place, lines: dict[Place, int], name: str) -> Any:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, place, lines, name)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*place, i), lines, name) for i, item in enumerate(node.value)]
    plain = isinstance(node, yaml.ScalarNode) and not node.style
    return _scalar(node.value) if plain else node.value


def _mapping(
    node: yaml.MappingNode, place: Place, lines: dict[Place, int], name: str
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.value:
        where = f"{name}:{key.start_mark.line + 1}"
        if not isinstance(key, yaml.ScalarNode):
            raise SpecError("a key must be text", where=where, mend="write a plain key")
        if key.value in found:
            raise SpecError(
                f"the key {key.value!r} stands twice", where=where, mend="keep one of the two"
            )
        lines[(*place, key.value)] = key.start_mark.line + 1
        found[key.value] = _value(value, (*place, key.value), lines, name)
    return found


def _scalar(text: str) -> str | int | float | bool | None:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _path(place: tuple[int | str, ...]) -> str:
    return ".".join(str(step) for step in place) or "the file"
