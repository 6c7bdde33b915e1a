"""Store rows as findings: joined with their run, their child (masked), their words and evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from gateway.inquiry.evidence import Rolls, evidence_of, weakest
from gateway.inquiry.ports import Online, Person, Row, RunRow
from gateway.inquiry.values import Child, Finding, RunView
from gateway.inquiry.words import RuleBook
from gateway.model.cases import CaseState
from gateway.model.exchange import Grade
from gateway.model.identifiers import mask_number
from gateway.model.names import mask_name
from gateway.model.outcomes import AnswerStrength, Severity
from gateway.specs import Text

NOBODY = Child("", "", "", "")
NAMED_OFFICER = Text(zh="专人办理", en="with a named officer")
NAMED_OFFICER_ACTION = Text(
    zh="专人办理：请勿联系该儿童及家庭，由指定人员处理。",
    en="With a named officer: do not contact the child or the family; the person in charge does.",
)
"""The same words whatever the reason, an ordinary one or not."""


class Views:
    """Makes findings of rows, a page at a time."""

    def __init__(self, store: Online, book: RuleBook, grades: Mapping[str, Grade]) -> None:
        self._store = store
        self._book = book
        self._grades = grades

    def of(self, rows: Sequence[Row]) -> tuple[Finding, ...]:
        """The rows as findings, in their order."""
        ids = sorted({row.person_id for row in rows if row.person_id is not None})
        found = self._store.persons.people(ids) if ids else ()
        children = {person.person_id: child(person) for person in found}
        closed = frozenset(person.person_id for person in found if person.named_officer)
        runs = {n: run_view(self._store.runs.run(n)) for n in {row.run_id for row in rows}}
        rolls = Rolls(self._store)
        made = (self._finding(row, runs[row.run_id], rolls, children) for row in rows)
        return tuple(
            _handled(one) if row.person_id in closed else one
            for row, one in zip(rows, made, strict=True)
        )

    def _finding(
        self, row: Row, run: RunView, rolls: Rolls, children: Mapping[int, Child]
    ) -> Finding:
        rule = self._book.rule(row.rule, row.rule_version, row.run_id)
        evidence = evidence_of(row, rule, run.period, rolls)
        of_child = row.person_id is not None
        return Finding(
            key=row.finding_key,
            case_id=row.case_id,
            version=row.version,
            assigned_to=row.assigned_to or "",
            rule=row.rule,
            rule_version=row.rule_version,
            run=run,
            child=children.get(row.person_id or 0, NOBODY) if of_child else None,
            source=row.source,
            roll=row.roll,
            scope=row.scope,
            answer=AnswerStrength(row.answer),
            severity=Severity(row.severity),
            due=row.due_on,
            owner=row.owner,
            division=row.division,
            state=CaseState(row.state),
            episode=row.episode,
            unverified_since=row.unverified_since,
            evidence=evidence,
            grade=weakest(evidence, self._grades),
            words=self._book.words(row),
        )


def _handled(finding: Finding) -> Finding:
    """An item that is 专人办理: who it is about and whom to ask is not said."""
    words = replace(finding.words, first_action=NAMED_OFFICER_ACTION, to_ask=())
    return replace(finding, words=words)


def child(person: Person) -> Child:
    """A person as an officer's list shows them."""
    if person.named_officer:
        return Child(NAMED_OFFICER.zh, "", "", "")
    born = f"{person.birth_date:%Y-%m}" if person.birth_date else ""
    return Child(
        mask_name(person.name), mask_number(person.id_number), born, person.sex or "",
        person.school_name or "",
    )  # fmt: skip


def run_view(run: RunRow) -> RunView:
    """A run of the store as it is shown."""
    return RunView(run.run_id, run.as_of, run.known_at, run.state, run.baseline)
