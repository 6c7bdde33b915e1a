"""Which of the known mappings a file looks like most, and that mapping in the file's own words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.mapping.spec import RECORDED, RollMapping
from gateway.mapping.spec_models import ColumnSpec, FieldSpec, MappingSpec, OutputSpec
from gateway.mapping.suggest.evidence import fitting_crosswalk, share
from gateway.mapping.suggest.match import Fit, fits
from gateway.mapping.suggest.sample import Sample
from gateway.model.errors import MappingFailed
from gateway.model.tables import table

UNKNOWN = "suggested: nobody has said yet what this column is"
GONE = "suggested: no column of the file was taken for it"
_NEEDED = 2.0
_CLEAN = 0.98
"""With fewer values read, a column that nobody requires only warns."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping for a file, after `like`; `fits` are what was taken for what, and how surely."""

    spec: MappingSpec
    like: str
    fits: tuple[Fit, ...]


def propose(
    sample: Sample,
    known: Sequence[RollMapping],
    synonyms: Mapping[str, tuple[str, ...]],
    name: tuple[str, str],
) -> Proposal:
    """The proposal for a sample; `name` is its bureau and roll. Raises MappingFailed."""
    found = [(m, fits(m, sample, synonyms)) for m in known]
    mapping, best = max(found, key=lambda one: _worth(one[0], one[1], sample))
    if len(best) < 2:
        raise MappingFailed(
            "不像任何已知的名册 / the file looks like no roll that is known",
            where="suggest",
            mend="请核对文件，或按 docs/mapping.md 编写对照 / check which file it is, or write its mapping "
            "by hand (docs/mapping.md)",
        )
    return Proposal(_spec(mapping, best, sample, name), mapping.name, tuple(best))


def _worth(mapping: RollMapping, found: Sequence[Fit], sample: Sample) -> float:
    """How much of both is explained: the file's columns and the mapping's."""
    score = sum(fit.score for fit in found)
    needed = mapping.needed_columns - _keys_only(mapping)
    missed = len(needed - {fit.column for fit in found})
    size = len(sample.headings) + len(mapping.used_columns)
    return (2 * score - _NEEDED * missed) / size


def _keys_only(mapping: RollMapping) -> set[str]:
    """Columns that only make a row's key: another key can be found."""
    fields = [(n, f) for o in mapping.spec.outputs for n, f in o.fields.items()]
    others = {c for n, f in fields if n != "row_key" for c in f.columns}
    return {c for n, f in fields if n == "row_key" for c in f.columns} - others


def _spec(
    mapping: RollMapping, found: Sequence[Fit], sample: Sample, name: tuple[str, str]
) -> MappingSpec:
    words = {fit.column: fit.heading for fit in found}
    values = dict(zip(sample.headings, sample.values, strict=True))
    outputs = []
    for output in mapping.spec.outputs:
        made = _output(mapping, output, words, values)
        if made is not None:
            outputs.append(made)
    read = {c for o in outputs for f in o.fields.values() for c in f.columns}
    columns = {
        h: ColumnSpec() if h in read else ColumnSpec(ignore=UNKNOWN) for h in sample.headings
    }
    return mapping.spec.model_copy(
        update={
            "bureau": name[0],
            "roll": name[1],
            "version": 1,
            "basis": f"suggested from a file, after {mapping.name}; to be read and signed off",
            "contents": (sample.content,),
            "columns": columns,
            "outputs": tuple(outputs),
        }
    )


def _output(
    mapping: RollMapping,
    output: OutputSpec,
    words: Mapping[str, str],
    values: Mapping[str, Sequence[str]],
) -> OutputSpec | None:
    fields: dict[str, FieldSpec] = {}
    for name, field in output.fields.items():
        if name not in RECORDED and all(column in words for column in field.columns):
            fields[name] = _renamed(mapping, field, words, values)
    fields = _whole(fields)
    if "row_key" not in fields:
        if output.distinct:
            return None
        key = _key(output, words, values)
        if key is not None:
            fields = {"row_key": key, **fields}
    if output.distinct and any(
        c.required and c.name not in (*fields, "row_ref", "row_digest")
        for c in table(output.table).columns
    ):
        return None
    names = [c.name for c in table(output.table).columns]
    told = {*fields, *RECORDED, "row_ref", "row_digest"}
    absent = {n: output.absent.get(n, GONE) for n in names if n not in told}
    prefer = tuple(p for p in output.prefer if p.field in fields)
    return output.model_copy(update={"fields": fields, "absent": absent, "prefer": prefer})


def _renamed(
    mapping: RollMapping,
    field: FieldSpec,
    words: Mapping[str, str],
    values: Mapping[str, Sequence[str]],
) -> FieldSpec:
    given = tuple(words[column] for column in field.columns)
    update: dict[str, object] = {"given": given[0] if len(given) == 1 else given}
    if field.transform == "code" and given:
        update["crosswalk"] = fitting_crosswalk(field, values[given[0]], mapping.codes)
    made = field.model_copy(update=update)
    read = share(made, values[given[0]], mapping.codes) if given else None
    if read is not None and read < _CLEAN and not made.required:
        return made.model_copy(update={"on_error": "warn"})
    return made


def _whole(fields: dict[str, FieldSpec]) -> dict[str, FieldSpec]:
    """Without fields that lean on one that is not there."""
    kept = {}
    for name, field in fields.items():
        leans = {f for f in (field.using, field.unless) if f}
        if field.transform == "class" and field.using not in fields:
            continue
        gone = leans - fields.keys()
        update = {"using": "" if field.using in gone else field.using,
                  "unless": "" if field.unless in gone else field.unless}  # fmt: skip
        kept[name] = field.model_copy(update=update)
    return kept


def _key(
    output: OutputSpec, words: Mapping[str, str], values: Mapping[str, Sequence[str]]
) -> FieldSpec | None:
    """A column, or several, whose values are all there and never repeat."""
    lead = [
        words[c]
        for name in ("id_number", "name", "birth_date")
        if name in output.fields
        for c in output.fields[name].columns
        if c in words
    ]
    rest = [h for h in values if h not in lead]
    for tried in (*([h] for h in (*lead, *rest)), lead[:2], lead[:3]):
        rows = list(zip(*(values[h] for h in tried), strict=True))
        if tried and rows and all(all(row) for row in rows) and len(set(rows)) == len(rows):
            given = tried[0] if len(tried) == 1 else tuple(tried)
            return FieldSpec.model_validate({"from": given, "as": "key"})
    if not lead:
        return None
    return FieldSpec.model_validate({"from": tuple(lead[:2]), "as": "key"})
