"""What is wrong with a mapping beyond its form: its golden twin, and code lists without a source."""

from pathlib import Path

from gateway.mapping.codes import read_code_lists
from gateway.mapping.golden import GoldenSpec, golden_path, load_golden
from gateway.mapping.spec import RollMapping, load_mapping
from gateway.mapping.transforms import FIELD_TRANSFORMS
from gateway.mapping.values import Reason
from gateway.model.errors import SpecError

FEWEST_CASES = 12
NOT_MAPPINGS = ("codes", "policy", "linkage", "referral", "dci")
"""Folders beside those of the bureaus."""


def lint(mapping: RollMapping) -> list[str]:
    """Every complaint, as `file: what`; empty when all is well.

    load_mapping has already refused unknown tables, columns, transforms and codes.
    """
    path = golden_path(mapping)
    if not path.is_file():
        return [f"{path.name}: the golden twin is missing"]
    try:
        golden = load_golden(mapping)
    except SpecError as wrong:
        return [str(wrong)]
    said = [*_fresh(mapping, golden), *_complete(mapping, golden)]
    return [f"{path.parent.name}/{path.name}: {what}" for what in said]


def lint_folder(folder: Path, codes: Path) -> list[str]:
    """Lint every mapping file below a folder. Files that cannot be read are complaints too."""
    said = []
    try:
        read_code_lists(codes)
    except SpecError as wrong:
        return [str(wrong)]
    for path in sorted(folder.glob("*/*.yaml")):
        if path.parent.name in NOT_MAPPINGS or path.name.endswith(".golden.yaml"):
            continue
        try:
            said += lint(load_mapping(path, codes))
        except SpecError as wrong:
            said.append(str(wrong))
    return said


def _fresh(mapping: RollMapping, golden: GoldenSpec) -> list[str]:
    name = f"{mapping.spec.bureau}/{mapping.spec.roll}"
    said = []
    if (golden.mapping, golden.version) != (name, mapping.spec.version):
        said.append(f"it is the twin of {golden.mapping} v{golden.version}, not of {mapping.name}")
    if len(golden.cases) < FEWEST_CASES:
        said.append(f"it has {len(golden.cases)} cases; at least {FEWEST_CASES} are asked for")
    return said


def _complete(mapping: RollMapping, golden: GoldenSpec) -> list[str]:
    columns = set(mapping.spec.columns)
    written = set(golden.base.row).union(*(case.row for case in golden.cases))
    said = [f"the mapping has no column {name!r}" for name in sorted(written - columns)]
    filled = set(golden.base.row).union(
        *({k for k, v in case.row.items() if v} for case in golden.cases)
    )
    said += [f"no row fills column {name!r}" for name in mapping.used_columns if name not in filled]
    for output in mapping.spec.outputs:
        if output.table not in golden.base.gives:
            said.append(f"the base gives nothing for table {output.table!r}")
    reasons = {
        reason.rpartition(":")[2]
        for case in golden.cases
        if case.quarantined
        for reason in case.quarantined.reasons
    }
    strict = {
        FIELD_TRANSFORMS[field.transform].reason
        for output in mapping.spec.outputs
        for field in output.fields.values()
        if field.on_error == "quarantine"
    }
    wanted = [
        r
        for r in (Reason.MISSING, Reason.UNREADABLE, Reason.UNLISTED)
        if r in {*strict, Reason.MISSING}
    ]
    said += [f"no case is quarantined as {r}" for r in wanted if r not in reasons]
    if not any(case.superseded_by for case in golden.cases):
        said.append("no case is superseded")
    return said
