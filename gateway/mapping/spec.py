"""Mapping files: how one roll of one bureau becomes canonical rows (docs/mapping.md)."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gateway.mapping.codes import read_code_lists
from gateway.mapping.contents import MEDIA_TYPES, Content, CsvContent
from gateway.mapping.spec_models import FieldSpec, MappingSpec, OutputSpec
from gateway.mapping.transforms import FIELD_TRANSFORMS, IDENTIFYING, Transform
from gateway.model.codes import CodeList
from gateway.model.errors import MappingFailed
from gateway.model.tables import Column, Table, table
from gateway.specs import Place, Spec, read_spec

MADE = ("row_ref", "row_digest")
"""Lead columns that no field gives: the compiler makes them."""


RECORDED = {"id_repairs": "id_number", "name_repairs": "name_key"}
"""Columns that record what reading another column took: made wherever that one is made."""


@dataclass(frozen=True, slots=True)
class RollMapping:
    """A checked mapping file with the code lists that it uses."""

    spec: MappingSpec
    codes: Mapping[str, CodeList]
    source: Spec
    path: Path
    moved: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Codes of divisions that were merged or renamed → what they are called in the roll's time."""

    @property
    def name(self) -> str:
        """`bureau/roll.v1`."""
        return f"{self.spec.bureau}/{self.spec.roll}.v{self.spec.version}"

    @property
    def main(self) -> OutputSpec:
        """The output with one row per row of the roll."""
        return next(o for o in self.spec.outputs if not o.distinct)

    @property
    def tables(self) -> tuple[str, ...]:
        """Canonical tables of the outputs, the main one last."""
        others = tuple(o.table for o in self.spec.outputs if o.distinct)
        return (*others, self.main.table)

    @property
    def used_columns(self) -> tuple[str, ...]:
        """Source columns that some field reads, in the file's order."""
        return tuple(name for name, column in self.spec.columns.items() if not column.ignore)

    @property
    def needed_columns(self) -> frozenset[str]:
        """Source columns without which every row would be quarantined."""
        return frozenset(
            column
            for output in self.spec.outputs
            for name, field in output.fields.items()
            if (field.required or table(output.table).column(name).required) and not field.unless
            for column in field.columns
        )

    @property
    def exact_columns(self) -> tuple[str, ...]:
        """Used columns in which a rounded number costs its row: not those that only warn."""
        fields = [f for output in self.spec.outputs for f in output.fields.values()]
        exact = {c for f in fields if f.on_error == "quarantine" for c in f.columns}
        return tuple(column for column in self.used_columns if column in exact)

    @property
    def number_columns(self) -> frozenset[str]:
        """Source columns that identify: keys and numbers of people, cards, schools."""
        return frozenset(
            column
            for output in self.spec.outputs
            for name, field in output.fields.items()
            if field.transform in IDENTIFYING or name.endswith(("_number", "_no", "_code"))
            for column in field.columns
        )

    def content(self, content_type: str) -> Content:
        """The content that a media type names. Raises MappingFailed when the file lists none."""
        media, _, charset = content_type.partition(";")
        encoding = charset.partition("=")[2].strip().strip('"').lower()
        for content in self.spec.contents:
            fits = MEDIA_TYPES[content.type] == media.strip().lower()
            if fits and (not isinstance(content, CsvContent) or content.encoding == encoding):
                return content
        raise MappingFailed(
            f"对照文件不读这种文件 / the mapping does not read {content_type!r}",
            where=self.name,
            mend="add it under contents, or ask the bureau for a listed form",
        )


def load_mapping(path: Path, codes: Path | None = None) -> RollMapping:
    """Read and check a mapping file. `codes` is the folder of code lists (default: `../codes`).

    Raises SpecError with file and line.
    """
    source = read_spec(path, f"{path.parent.name}/{path.name}")
    spec = _recording(source.check(MappingSpec))
    lists = read_code_lists(codes or path.parent.parent / "codes")
    mapping = RollMapping(spec, lists, source, path)
    _check_outputs(mapping)
    _check_columns(mapping)
    return mapping


def _recording(spec: MappingSpec) -> MappingSpec:
    outputs = []
    for output in spec.outputs:
        fields = dict(output.fields)
        for name, of in RECORDED.items():
            if of in fields and name not in output.absent:
                made = FieldSpec.model_validate({"from": fields[of].given, "as": name})
                fields.setdefault(name, made)
        outputs.append(output.model_copy(update={"fields": fields}))
    return spec.model_copy(update={"outputs": tuple(outputs)})


def _check_outputs(mapping: RollMapping) -> None:
    source, outputs = mapping.source, mapping.spec.outputs
    if sum(not o.distinct for o in outputs) != 1:
        raise source.error(
            "exactly one output has a row per row of the roll",
            ("outputs",),
            mend="mark the others `distinct: true`",
        )
    for i, output in enumerate(outputs):
        place: Place = ("outputs", i)
        try:
            of = table(output.table)
        except KeyError:
            raise source.error(
                f"there is no canonical table {output.table!r}",
                (*place, "table"),
                mend="take a name of gateway/model/tables.py",
            ) from None
        _check_complete(source, place, output, of)
        for name, field in output.fields.items():
            _check_field(mapping, (*place, "fields", name), output, field, of.column(name))


def _check_complete(source: Spec, place: Place, output: OutputSpec, of: Table) -> None:
    names = {c.name for c in of.columns} - set(MADE)
    for where, given in (("fields", output.fields), ("absent", output.absent)):
        for name in given:
            if name not in names:
                raise source.error(
                    f"table {of.name!r} has no column {name!r} to give", (*place, where, name)
                )
    for name in names - set(output.fields) - set(output.absent) - set(RECORDED):
        raise source.error(
            f"nothing is said of column {name!r} of table {of.name!r}",
            place,
            mend="give it a field, or list it under absent with the reason",
        )
    for i, one in enumerate(output.prefer):
        if one.field not in output.fields:
            raise source.error(
                f"there is no field {one.field!r} to prefer by", (*place, "prefer", i)
            )
    for name in set(output.fields) & set(output.absent):
        raise source.error(f"column {name!r} is both given and absent", (*place, "absent", name))


def _check_field(
    mapping: RollMapping, place: Place, output: OutputSpec, field: FieldSpec, column: Column
) -> None:
    source = mapping.source
    transform = FIELD_TRANSFORMS.get(field.transform)
    if transform is None:
        raise source.error(
            f"there is no transform {field.transform!r}",
            (*place, "as"),
            mend=f"take one of {', '.join(FIELD_TRANSFORMS)}",
        )
    if transform.kind != column.kind:
        raise source.error(
            f"{field.transform!r} gives {transform.kind}, column {column.name!r} is {column.kind}",
            (*place, "as"),
        )
    for other in (field.using, field.unless):
        if other and other not in output.fields:
            raise source.error(f"there is no field {other!r} in this output", place)
    _check_needs(source, place, field, transform)
    _check_codes(mapping, place, field, column)


def _check_needs(source: Spec, place: Place, field: FieldSpec, transform: Transform) -> None:
    wanted = {
        "from": transform.columns,
        "with": transform.using,
        "codes": transform.codes,
        "value": transform.value,
    }
    said = {
        "from": len(field.columns),
        "with": bool(field.using),
        "codes": bool(field.codes),
        "value": bool(field.value),
    }
    for key, need in wanted.items():
        count = int(said[key])
        if count < need[0] or count > need[1]:
            raise source.error(
                f"{field.transform!r} takes {need[0]} to {need[1]} of {key!r}, not {count}", place
            )


def _check_codes(mapping: RollMapping, place: Place, field: FieldSpec, column: Column) -> None:
    source = mapping.source
    if field.codes and field.codes not in mapping.codes:
        raise source.error(f"there is no code list {field.codes!r}", (*place, "codes"))
    if field.crosswalk and field.crosswalk not in mapping.codes[field.codes].crosswalks:
        raise source.error(f"there is no crosswalk {field.crosswalk!r}", (*place, "crosswalk"))
    reads_codes = field.transform in ("code", "const", "id_state")
    if column.codes and not reads_codes:
        raise source.error(f"column {column.name!r} takes codes of {column.codes!r}", place)
    if field.transform == "code" and column.codes and field.codes != column.codes:
        raise source.error(f"column {column.name!r} takes codes of {column.codes!r}", place)


def _check_columns(mapping: RollMapping) -> None:
    source, columns = mapping.source, mapping.spec.columns
    read: set[str] = set()
    for i, output in enumerate(mapping.spec.outputs):
        for name, field in output.fields.items():
            for column in field.columns:
                if column not in columns or columns[column].ignore:
                    raise source.error(
                        f"column {column!r} is not declared, or is ignored",
                        ("outputs", i, "fields", name),
                        mend="declare it under columns",
                    )
                read.add(column)
    for column in mapping.used_columns:
        if column not in read:
            raise source.error(
                f"no field reads column {column!r}",
                ("columns", column),
                mend="map it, or write `ignore:` with the reason",
            )
    headings = [h for name, column in columns.items() for h in (name, *column.also)]
    for heading in headings:
        if headings.count(heading) > 1:
            raise source.error(f"the heading {heading!r} stands for two columns", ("columns",))
