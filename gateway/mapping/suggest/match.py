"""How well a column of a file fits a column of a mapping: by its heading, and by its values."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from gateway.mapping.contents import heading_text
from gateway.mapping.spec import RollMapping
from gateway.mapping.spec_models import FieldSpec
from gateway.mapping.suggest.evidence import share
from gateway.mapping.suggest.sample import Sample
from gateway.specs import SpecModel, load_spec

LEAST = 0.6
_ALIKE, _FITS, _MISFIT = 0.75, 0.3, 0.5
_ROLES = (
    "监护人",
    "户主",
    "父",
    "母",
    "家长",
    "申请人",
    "成员1",
    "成员2",
    "抚养人",
    "家庭",
    "救助",
)
_SAYS_LITTLE = frozenset(
    {"key", "name_key", "id_given", "id_state", "text", "class", "const", "first"}
)


_HINT = re.compile(r"\([^)]*\)$")
"""What a form adds to a heading for whoever fills it in: 性别(男/女)."""


class HeadingsSpec(SpecModel):
    """`mappings/headings.yaml`: canonical column → headings."""

    source: str
    dated: str
    fields: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Fit:
    """A file's column for a mapping's column. `score` is 0 to 1.3."""

    column: str
    heading: str
    score: float


def read_headings(path: Path) -> Mapping[str, tuple[str, ...]]:
    """The synonyms of canonical columns. Raises SpecError."""
    return load_spec(path, HeadingsSpec).fields


def known_words(
    mappings: Sequence[RollMapping], synonyms: Mapping[str, tuple[str, ...]]
) -> frozenset[str]:
    """Every heading that some mapping or the synonyms know."""
    own = {w for m in mappings for n, c in m.spec.columns.items() for w in (n, *c.also, c.zh) if w}
    return frozenset(map(heading_text, own.union(*synonyms.values())))


def fits(
    mapping: RollMapping, sample: Sample, synonyms: Mapping[str, tuple[str, ...]]
) -> list[Fit]:
    """The best pairs, each column and each heading once, best first."""
    pairs = [
        Fit(column, heading, score)
        for column in mapping.used_columns
        for heading, values in zip(sample.headings, sample.values, strict=True)
        if (score := _score(mapping, synonyms, column, heading, values)) >= LEAST
    ]
    taken: set[str] = set()
    found: list[Fit] = []
    for fit in sorted(pairs, key=lambda fit: -fit.score):
        if fit.column not in {f.column for f in found} and fit.heading not in taken:
            found.append(fit)
            taken.add(fit.heading)
    return found


def _score(
    mapping: RollMapping,
    synonyms: Mapping[str, tuple[str, ...]],
    column: str,
    heading: str,
    values: Sequence[str],
) -> float:
    fields = fields_of(mapping, column)
    spec = mapping.spec.columns[column]
    words = {heading_text(w) for w in (column, *spec.also, spec.zh) if w}
    more = {heading_text(w) for name, _ in fields for w in synonyms.get(name, ())}
    by_heading = _alike(heading, words, more)
    if by_heading < LEAST - _FITS:
        return 0.0
    read = [s for _, f in fields if (s := share(f, values, mapping.codes)) is not None]
    if not read:
        return by_heading
    best = min(read)
    return by_heading + _FITS * best if best >= _MISFIT else by_heading - 1


def fields_of(mapping: RollMapping, column: str) -> list[tuple[str, FieldSpec]]:
    """The fields that read a column; the telling ones only, when there are any."""
    every = [
        (name, f)
        for output in mapping.spec.outputs
        for name, f in output.fields.items()
        if column in f.columns
    ]
    telling = [(n, f) for n, f in every if f.transform not in _SAYS_LITTLE]
    return telling or every


def _alike(heading: str, words: set[str], more: set[str]) -> float:
    text = heading_text(heading)
    if text in words:
        return 1.0
    text = _HINT.sub("", text) or text
    if text in words:
        return 0.97
    last = text.rpartition("/")[2]
    if text in more or (last in words | more and _role(text) == ""):
        return 0.95
    best = 0.0
    for word in words | more:
        if _role(word) == _role(text):
            ratio = SequenceMatcher(None, text, word).ratio()
            inside = word in text or text in word
            best = max(best, ratio, 0.8 if inside and len(word) > 1 and len(text) > 1 else 0.0)
    return best * _ALIKE / 0.8 if best < 0.95 else _ALIKE


def _role(text: str) -> str:
    return next((role for role in _ROLES if role in text), "")
