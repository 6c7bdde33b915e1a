"""A mapping as the YAML that a person goes on with."""

import json
import re
from collections.abc import Mapping

from gateway.mapping.spec_models import ColumnSpec, FieldSpec, MappingSpec, OutputSpec
from gateway.mapping.suggest.match import Fit
from gateway.mapping.suggest.propose import Proposal

_PLAIN = re.compile(r"[A-Za-z_㐀-鿿][\w㐀-鿿 /.·()（）-]*")
_WORDS = frozenset({"true", "false", "null", "~", "yes", "no", "on", "off"})


def mapping_text(proposal: Proposal) -> str:
    """The file's text; a comment beside each column says how surely it was taken for what it is."""
    spec = proposal.spec
    sure = {fit.heading: fit for fit in proposal.fits}
    lines = [
        f"# Suggested after {proposal.like}. Read every line, and write its golden twin.",
        f"bureau: {_word(spec.bureau)}",
        f"roll: {_word(spec.roll)}",
        f"version: {spec.version}",
        f"zh: {_word(spec.zh)}",
        f"basis: {_word(spec.basis)}",
        "contents:",
        *(f"  - {_flow(c.model_dump(exclude_defaults=True) | {'type': c.type})}" for c in spec.contents),
        "columns:",
        *(_column(name, column, sure.get(name)) for name, column in spec.columns.items()),
        "outputs:",
    ]  # fmt: skip
    for output in spec.outputs:
        lines += _output(spec, output)
    return "\n".join(lines) + "\n"


def _column(name: str, column: ColumnSpec, fit: Fit | None) -> str:
    said = {"ignore": column.ignore} if column.ignore else {}
    taken = fit is not None and not column.ignore
    note = f"  # {fit.column}: {min(fit.score / 1.3, 1):.0%}" if fit and taken else ""
    return f"  {_word(name)}: {_flow(said)}{note}"


def _output(spec: MappingSpec, output: OutputSpec) -> list[str]:
    lines = [f"  - table: {output.table}"]
    if output.distinct:
        lines.append("    distinct: true")
    if output.prefer:
        lines.append("    prefer:")
        lines += [f"      - {_flow(p.model_dump())}" for p in output.prefer]
    lines.append("    fields:")
    lines += [f"      {name}: {_flow(_field(field))}" for name, field in output.fields.items()]
    if output.absent:
        lines.append("    absent:")
        lines += [f"      {name}: {_word(why)}" for name, why in output.absent.items()]
    return lines


def _field(field: FieldSpec) -> Mapping[str, object]:
    return field.model_dump(exclude_defaults=True, by_alias=True)


def _flow(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_word(str(k))}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else _word(str(value))


def _word(text: str) -> str:
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS and not text.endswith(" ")
    return text if plain else json.dumps(text, ensure_ascii=False)
