"""No predicate of a shared fact is idle: without any one of them some example comes out differently.

Long (minutes), so it is no part of `make test`: `make mutate` runs it and names what no example shows;
`make mutate FACTS="rights payment" [FROM=10 COUNT=20]` runs some facts, and of each only so many mutants
from a number on.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import pytest
from mutate_kit import Shelf, mutants

from gateway.policy.evaluation import FACTS

ASKED = os.environ.get("FACTS", "").split()
FROM = int(os.environ.get("FROM") or 0)
COUNT = int(os.environ.get("COUNT") or 10_000)
WHOLE = FROM == 0 and COUNT == 10_000
NOTHING = "nothing"

ONLY_SEVERAL = "drop WHERE EXISTS(SELECT 1 FROM several AS s WHERE s.person_id = {}.person_id)"
ALONE = "who has several rows is chosen from among them; who has one and stands there too is read the same"
NO_NUMBER = "what is asked of a number is never true of none; such rows are only not carried along"
UNSEEN = "asked only of those never seen in a grade, whose rows are all of grade 0"
TWICE = "a row that is read twice says the same twice"
EQUIVALENT = {
    ("enrolment_state", "drop HAVING COUNT(*) > 1"): (1, ALONE),
    ("enrolment_state", ONLY_SEVERAL.format("r")): (1, ALONE),
    ("enrolment_state", "drop WHERE s.person_id = r.person_id"): (1, ALONE),
    ("enrolment_state", "drop grade = 0"): (2, UNSEEN),
    ("coverage_state", "drop HAVING COUNT(*) > 1"): (1, ALONE),
    ("coverage_state", ONLY_SEVERAL.format("b")): (1, ALONE),
    ("coverage_state", "drop WHERE s.person_id = b.person_id"): (1, ALONE),
    ("coverage_state", "drop lapsed = 1"): (1, "the excuse is looked for only where something lapsed"),
    ("entitlement", "drop WHERE NOT s.standard IS NULL"): (
        1, "read only of months of which every standard is known",
    ),
    ("coverage_state", "drop c.started_on > $as_of"): (1, "who is covered already does not wait"),
    ("identity_doubt", "drop NOT r.id_number IS NULL"): (3, NO_NUMBER),
    ("identity_doubt", "drop l.row_key <> p.base_row_key"): (1, TWICE),
    ("identity_doubt", "drop COALESCE(NOT r.scheme IN ('310', '380', '390', '391'), TRUE)"): (1, TWICE),
    ("identity_doubt", "drop WHERE NOT id_number IS NULL"): (1, NO_NUMBER),
}  # fmt: skip
"""Predicates whose loss no outcome can tell: how many of the step, and why."""


@pytest.fixture(scope="module")
def shelf() -> Iterator[Shelf]:
    made = Shelf()
    yield made
    made.close()


def unseen(name: str, tries: Sequence[Callable[[str], bool]]) -> Counter[str]:
    """Mutants of a step that none of the tries shows; the try that showed one goes first for the next."""
    order, idle, count = list(tries), Counter[str](), 0
    for said, sql in islice(mutants(name), FROM, FROM + COUNT):
        hit = next((n for n, shows in enumerate(order) if shows(sql)), None)
        count += 1
        if hit is not None:
            order.insert(0, order.pop(hit))
            assert said != NOTHING, "the step as it is comes out differently"
        elif said != NOTHING:
            idle[said] += 1
            print(name, "idle:", said, flush=True)
    print(name, count, "mutants,", len(tries), "tries,", idle.total(), "idle", flush=True)
    return idle


def check(name: str, idle: Counter[str]) -> None:
    known = Counter(
        {said: times for (step, said), (times, _) in EQUIVALENT.items() if step == name}
    )
    assert idle - known == Counter()
    if WHOLE:
        assert known == idle, "a predicate that is said to be equivalent is shown by an example"


@pytest.mark.parametrize("name", [name for name in FACTS if not ASKED or name in ASKED])
def test_every_predicate_of_a_fact_matters(shelf: Shelf, name: str) -> None:
    tries = [lambda sql, g=group: shelf.shows(g, name, sql) for group in shelf.reading(name)]
    check(name, unseen(name, tries))
