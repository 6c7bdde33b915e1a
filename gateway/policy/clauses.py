"""The register of clauses: a rule names what it rests on by id, the words stand in one place."""

from collections.abc import Mapping
from dataclasses import replace
from importlib.resources.abc import Traversable
from pathlib import Path

from gateway.policy.rule_file import Citation
from gateway.specs import Spec, SpecModel, read_spec


class ClauseFile(SpecModel):
    """`clauses.yaml`."""

    clauses: tuple[Citation, ...]


def read_clauses(path: Path | Traversable) -> dict[str, Citation]:
    """The clauses of a file by id. Raises SpecError, also when an id stands twice."""
    spec = read_spec(path)
    found: dict[str, Citation] = {}
    for i, clause in enumerate(spec.check(ClauseFile).clauses):
        if clause.id in found:
            raise spec.error(f"clause {clause.id} stands twice", ("clauses", i), mend="keep one")
        found[clause.id] = clause
    return found


def cited(spec: Spec, clauses: Mapping[str, Citation]) -> Spec:
    """The rule file with its clause ids replaced by the clauses. Raises SpecError for an unknown id."""
    given = spec.data.get("citations") if isinstance(spec.data, dict) else None
    if not isinstance(given, list):
        return spec
    full = []
    for i, item in enumerate(given):
        if isinstance(item, str) and item not in clauses:
            raise spec.error(
                f"there is no clause {item!r}", ("citations", i), mend="add it to clauses.yaml"
            )
        full.append(clauses[item].model_dump() if isinstance(item, str) else item)
    return replace(spec, data={**spec.data, "citations": full})
