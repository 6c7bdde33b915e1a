"""What the list of findings shows besides its rows: the filter, its choices and their counts."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from gateway.casework.transitions import LIVE
from gateway.console.codes import OWNERS, code
from gateway.console.words import WORDS
from gateway.inquiry import Filters, Tally
from gateway.model.cases import CaseState
from gateway.model.outcomes import AnswerStrength, Severity
from gateway.specs import Text

IN_PROGRESS = (*LIVE, CaseState.LOST_SUBJECT)
"""What the list shows when no state is chosen: whatever somebody still has to bring to an end."""

ALL = "all"


WORKED_ON = tuple(s for s in IN_PROGRESS if s is not CaseState.BASELINE_PENDING)
"""What somebody works on: without the baseline, which waits to be opened."""

AGES = {"0-5": (0, 5), "6-11": (6, 11), "12-14": (12, 14), "15-17": (15, 17)}
"""Bands of the age that a child reaches in this calendar year, first and last year of each."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader chose: a rule, a county (six digits), a state or `all`, an owner; empty = the first
    option. `due` is empty or `overdue`, `mine` empty or `yes`."""

    rule: str = ""
    county: str = ""
    state: str = ""
    owner: str = ""
    due: str = ""
    mine: str = ""
    severity: str = ""
    answer: str = ""
    held: str = ""
    age: str = ""

    def filters(self, reader: Sequence[str], today: date) -> Filters:
        """The choice as inquiry's filters. Raises ValueError for a state that does not exist."""
        rules = (self.rule,) if self.rule else ()
        counties = (self.county,) if self.county else ()
        return replace(
            self.beside(reader, today), rules=rules, counties=counties, states=self.states()
        )

    def beside(self, reader: Sequence[str], today: date) -> Filters:
        """The part of the choice that the counts of rules, counties and states are taken within."""
        return Filters(
            owners=(self.owner,) if self.owner else (),
            due_before=today if self.due else None,
            assigned_to=tuple(reader) if self.mine else (),
            severities=(str(Severity(self.severity)),) if self.severity else (),
            answers=(str(AnswerStrength(self.answer)),) if self.answer else (),
            unverified=bool(self.held),
            born=self._born(today),
        )

    def _born(self, today: date) -> tuple[int, int] | None:
        if not self.age:
            return None
        youngest, oldest = AGES[self.age]
        return today.year - oldest, today.year - youngest

    def states(self) -> tuple[CaseState, ...]:
        """The states chosen; empty means all."""
        if self.state == ALL:
            return ()
        return (CaseState(self.state),) if self.state else IN_PROGRESS

    def query(self) -> dict[str, str]:
        """The choice as a query, without what was not chosen."""
        given = {
            "rule": self.rule, "county": self.county, "state": self.state, "owner": self.owner,
            "due": self.due, "mine": self.mine, "severity": self.severity, "answer": self.answer,
            "held": self.held, "age": self.age,
        }  # fmt: skip
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a field and how many findings it would show (None: not counted)."""

    value: str
    text: Text
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the filter."""

    name: str
    chosen: str
    options: tuple[Option, ...]


def total(choice: Choice, tallies: Sequence[Tally]) -> int:
    """How many findings the choice shows."""
    return sum(t.count for t in filter(_fitting(choice, ("rule", "county", "state")), tallies))


def fields(
    choice: Choice, tallies: Sequence[Tally], titles: Mapping[str, Text]
) -> tuple[Field, ...]:
    """The fields of the filter. Each option counts what it would show, the other fields as chosen."""
    return (
        _rules(choice, tallies, titles),
        _counties(choice, tallies),
        _states(choice, tallies),
        _owners(choice),
        Field("due", choice.due, (_any("all_due"), Option("overdue", WORDS["overdue"]))),
        Field("mine", choice.mine, (_any("everybody"), Option("yes", WORDS["only_mine"]))),
        Field("severity", choice.severity, (_any("any_severity"), *_codes("severity", Severity))),
        Field("answer", choice.answer, (_any("any_answer"), *_codes("answer", AnswerStrength))),
        Field("held", choice.held, (_any("any_held"), Option("yes", WORDS["only_held"]))),
        Field("age", choice.age, (_any("any_age"), *_ages())),
    )


def _codes(kind: str, values: Iterable[str]) -> list[Option]:
    return [Option(str(value), code(kind, str(value))) for value in values]


def _ages() -> list[Option]:
    word = WORDS["years_old"]
    return [Option(a, Text(zh=f"{a}{word.zh}", en=f"{a} {word.en}")) for a in AGES]


def _owners(choice: Choice) -> Field:
    known = [Option(name, code("owner", name)) for name in OWNERS]
    return Field("owner", choice.owner, (_any("all_owners"), *known))


def _any(word: str) -> Option:
    return Option("", WORDS[word])


def _rules(choice: Choice, tallies: Sequence[Tally], titles: Mapping[str, Text]) -> Field:
    found = _count(tallies, choice, ("county", "state"), lambda t: t.rule)
    names = sorted({*titles, *found, *filter(None, (choice.rule,))})
    known = [Option(n, _rule(n, titles), found[n]) for n in names]
    everything = Option("", WORDS["all_rules"], found.total())
    return Field("rule", choice.rule, (everything, *known))


def _counties(choice: Choice, tallies: Sequence[Tally]) -> Field:
    found = _count(tallies, choice, ("rule", "state"), lambda t: t.county)
    names = sorted({t.county for t in tallies if t.county} | set(filter(None, (choice.county,))))
    known = [Option(name, Text(zh=name, en=name), found[name]) for name in names]
    everything = Option("", WORDS["all_counties"], found.total())
    return Field("county", choice.county, (everything, *known))


def _states(choice: Choice, tallies: Sequence[Tally]) -> Field:
    found = _count(tallies, choice, ("rule", "county"), lambda t: t.state.value)
    live = sum(found[state.value] for state in IN_PROGRESS)
    names = [s.value for s in CaseState if found[s.value] or s.value == choice.state]
    known = [Option(name, code("state", name), found[name]) for name in names]
    first = Option("", WORDS["live"], live)
    return Field(
        "state", choice.state, (first, *known, Option(ALL, WORDS["all_states"], found.total()))
    )


def _rule(name: str, titles: Mapping[str, Text]) -> Text:
    title = titles.get(name)
    return (
        Text(zh=f"{name} {title.zh}", en=f"{name} {title.en}") if title else Text(zh=name, en=name)
    )


def _count(
    tallies: Iterable[Tally],
    choice: Choice,
    by: Sequence[str],
    key: Callable[[Tally], str],
) -> Counter[str]:
    counts: Counter[str] = Counter()
    for tally in filter(_fitting(choice, by), tallies):
        counts[key(tally)] += tally.count
    return counts


def _fitting(choice: Choice, by: Sequence[str]) -> Callable[[Tally], bool]:
    rule = choice.rule if "rule" in by else ""
    county = choice.county if "county" in by else ""
    states = choice.states() if "state" in by else ()
    return lambda t: (
        (not rule or t.rule == rule)
        and (not county or t.county == county)
        and (not states or t.state in states)
    )
