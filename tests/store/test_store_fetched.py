"""Pages that were fetched before a night was cut off."""

from gateway.model.exchange import Answer, SealedRef
from gateway.store import Store

OF = ("education", "enrolment", "2026-11")


def answer(page: int) -> Answer:
    ref = SealedRef(f"exchange-{page}", f"sha-256:{page}", 10)
    return Answer(ref, "enrolment", "2026-11", page, False, 3, {"cursor": f"c{page}"})


def test_an_answer_is_given_back_as_it_was_kept(store: Store) -> None:
    store.fetched.keep(*OF, "page 1", answer(1))
    store.fetched.keep(*OF, "page 2", answer(2))
    assert store.fetched.of(*OF) == {"page 1": answer(1), "page 2": answer(2)}


def test_a_mark_holds_the_newest_answer(store: Store) -> None:
    store.fetched.keep(*OF, "page 1", answer(1))
    store.fetched.keep(*OF, "page 1", answer(7))
    assert store.fetched.of(*OF) == {"page 1": answer(7)}


def test_only_this_roll_and_period_is_forgotten(store: Store) -> None:
    other = ("education", "enrolment", "2026-10")
    for of in (OF, other):
        store.fetched.keep(*of, "page 1", answer(1))
    store.fetched.forget(*OF)
    assert store.fetched.of(*OF) == {}
    assert store.fetched.of(*other) == {"page 1": answer(1)}
