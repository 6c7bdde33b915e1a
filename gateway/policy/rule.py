"""A rule as it is judged: its file together with its SQL."""

from collections.abc import Mapping
from datetime import date

from pydantic import Field

from gateway.model.outcomes import Outcome
from gateway.policy.rule_file import Excuse, ParameterValue, RuleFile
from gateway.specs import SpecModel, Text

MATTERS = {"EDU": "education", "MED": "insurance", "WEL": "welfare"}
"""Families of rules that an old ledger may excuse a child from. Signs of harm are not among them."""


class Rule(SpecModel):
    """A rule file together with its SQL: the rule's SELECT, a step for each excuse, the file's text."""

    file: RuleFile
    sql: str
    excuse_sql: dict[str, str] = Field(default_factory=dict)
    text: str = ""
    where: str

    @property
    def id(self) -> str:
        """The rule's id, e.g. `EDU-01`."""
        return self.file.id

    @property
    def excuses_sought(self) -> tuple[Excuse, ...]:
        """Excuses that the rolls were really searched for."""
        return tuple(e for e in self.file.excuses if e.sought_by == "data")

    @property
    def matter(self) -> str:
        """What the rule asks about, as an old ledger of handled cases names it; empty: none of it."""
        return MATTERS.get(self.id.partition("-")[0], "")

    @property
    def reads_absence(self) -> bool:
        """Whether any path of the rule concludes from a missing row."""
        return any(need.reads_absence for need in self.file.needs)

    def reasons(self) -> dict[tuple[Outcome, str], Text]:
        """Every declared reason by outcome and code, excuses included."""
        return {(kind, code): text for kind in Outcome for code, text in self._told(kind).items()}

    def reason(self, kind: Outcome, code: str) -> Text | None:
        """The words of one declared reason; an excuse is the reason of what is excused."""
        return self._told(kind).get(code)

    def _told(self, kind: Outcome) -> Mapping[str, Text]:
        own = self.file.reasons
        match kind:
            case Outcome.FIRES:
                return own.fires
            case Outcome.SATISFIED:
                return own.satisfied
            case Outcome.NOT_APPLICABLE:
                return own.not_applicable
            case Outcome.HELD:
                return own.held
            case Outcome.EXCUSED:
                return {e.code: e.text for e in self.excuses_sought}

    def parameters(self, as_of: date) -> dict[str, int]:
        """The rule's own parameters as they stand on a day; a value not yet in force is left out."""
        found: dict[str, int] = {}
        for name, values in self.file.parameters.items():
            for value in sorted(values, key=lambda v: v.since):
                if value.since <= as_of:
                    found[name] = value.value
        return found

    def on(self, law: date) -> "Rule":
        """The rule with its parameters as they stood on a day, whatever day is judged."""
        set_then = {
            name: (ParameterValue(since=date.min, value=value, reference=_reference(values, law)),)
            for name, values in self.file.parameters.items()
            if (value := self.parameters(law).get(name)) is not None
        }
        return self.model_copy(
            update={"file": self.file.model_copy(update={"parameters": set_then})}
        )


def _reference(values: tuple[ParameterValue, ...], law: date) -> str:
    return max((v for v in values if v.since <= law), key=lambda v: v.since).reference
