"""No predicate of a shared fact is idle: without any one of them some example comes out differently.

Long (minutes), so it is no part of `make test`: `make mutate` runs it and names what no example shows;
`make mutate FACTS="rights payment" [FROM=10 COUNT=20]` runs some facts, and of each only so many mutants
from a number on.
"""

import os
from collections.abc import Iterator
from itertools import islice

import pytest
from mutate_kit import Shelf, mutants

from gateway.policy.evaluation import FACTS

ASKED = os.environ.get("FACTS", "").split()
SHARED = [name for name in FACTS if not ASKED or name in ASKED]
FROM = int(os.environ.get("FROM") or 0)
COUNT = int(os.environ.get("COUNT") or 10_000)
NOTHING = "nothing"
EQUIVALENT: dict[tuple[str, str], str] = {}
"""Predicates whose loss no outcome can tell, and why they stand there all the same."""


@pytest.fixture(scope="module")
def shelf() -> Iterator[Shelf]:
    made = Shelf()
    yield made
    made.close()


@pytest.mark.parametrize("name", SHARED)
def test_every_predicate_of_a_fact_matters(shelf: Shelf, name: str) -> None:
    order, tried, idle = shelf.reading(name), 0, []
    print(name, sum(map(len, order)), "examples", len(order), "groups", flush=True)
    for said, sql in islice(mutants(name), FROM, FROM + COUNT):
        hit = next((n for n, one in enumerate(order) if shelf.shows(one, name, sql)), None)
        tried += 1
        if hit is None:
            idle.append(said)
        else:
            order.insert(0, order.pop(hit))
        if hit is None and said != "nothing" and (name, said) not in EQUIVALENT:
            print(name, "idle:", said, flush=True)
    print(name, tried, "mutants,", len(idle), "idle", flush=True)
