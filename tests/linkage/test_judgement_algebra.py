"""What officers say: same is transitive, not-same blocks along chains, contradictions stay open."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.linkage.judgements import Said, Verdict, judge

SAME, NOT_SAME, UNSURE = Verdict.SAME, Verdict.NOT_SAME, Verdict.UNSURE
ROWS = "abcdefg"

CASES = [
    ([], "ab", None),
    ([("ab", SAME)], "ba", SAME),
    ([("ab", SAME), ("bc", SAME)], "ac", SAME),
    ([("ab", SAME), ("bc", NOT_SAME)], "ac", NOT_SAME),
    ([("ab", SAME), ("bc", NOT_SAME), ("cd", SAME)], "ad", NOT_SAME),
    ([("ab", NOT_SAME), ("bc", NOT_SAME)], "ac", None),
    ([("ab", UNSURE)], "ab", UNSURE),
    ([("ab", UNSURE), ("bc", SAME)], "ac", None),
    ([("ab", SAME), ("bc", SAME), ("ac", NOT_SAME)], "ab", UNSURE),
    ([("ab", SAME), ("bc", SAME), ("ac", NOT_SAME), ("cd", NOT_SAME)], "ad", None),
    ([("ab", SAME), ("bc", SAME), ("ac", NOT_SAME), ("cd", NOT_SAME)], "cd", NOT_SAME),
    ([("ab", UNSURE), ("bc", SAME), ("ac", SAME)], "ab", SAME),
    ([("ab", UNSURE), ("bc", NOT_SAME), ("ac", SAME)], "ab", NOT_SAME),
    ([("ab", SAME), ("bc", SAME), ("ac", NOT_SAME), ("de", SAME)], "de", SAME),
]


@pytest.mark.parametrize(("said", "pair", "verdict"), CASES)
def test_what_follows(said: list[tuple[str, Verdict]], pair: str, verdict: Verdict | None) -> None:
    known = judge(Said(p[0], p[1], v) for p, v in said)
    assert known.verdict(pair[0], pair[1]) == verdict


def test_a_contradiction_is_reported_and_named() -> None:
    known = judge([Said("a", "b", SAME), Said("b", "c", SAME), Said("c", "a", NOT_SAME)])
    assert known.contradictions == {frozenset("ac")}
    assert known.sets == ()
    assert known.apart == frozenset()
    assert known.unsure == {frozenset("ab"), frozenset("bc"), frozenset("ac")}


pairs = st.sampled_from([a + b for a, b in combinations(ROWS, 2)])
judgements = st.dictionaries(pairs, st.sampled_from(list(Verdict)), max_size=9).map(
    lambda d: [Said(p[0], p[1], v) for p, v in d.items()]
)


@settings(max_examples=200, deadline=None)
@given(judgements, st.randoms(use_true_random=False))
def test_order_and_repetition_say_nothing(said: list[Said[str]], luck: object) -> None:
    known = judge(said)
    turned = [Said(s.other, s.one, s.verdict) for s in said]
    luck.shuffle(turned)  # type: ignore[attr-defined]
    assert judge([*turned, *said, *turned]) == known


@settings(max_examples=200, deadline=None)
@given(judgements)
def test_what_follows_changes_nothing_when_said_aloud(said: list[Said[str]]) -> None:
    known = judge(said)
    if known.contradictions:
        return
    aloud = [Said(*sorted(p), SAME) for p in known.same]
    aloud += [Said(*sorted(p), NOT_SAME) for p in known.apart]
    again = judge([*said, *aloud])
    assert (again.sets, again.apart, again.contradictions) == (
        known.sets, known.apart, frozenset(),
    )  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(judgements)
def test_no_word_is_overridden(said: list[Said[str]]) -> None:
    """Whatever an officer said of a pair is what is known of it, or it stands in a contradiction."""
    known = judge(said)
    assert not known.same & known.apart
    assert not known.unsure & (known.same | known.apart)
    for one in said:
        pair, found = frozenset((one.one, one.other)), known.verdict(one.one, one.other)
        if one.verdict is NOT_SAME:
            assert found is (UNSURE if pair in known.contradictions else NOT_SAME)
        elif one.verdict is SAME:
            assert found is SAME or (found is UNSURE and known.contradictions)
        else:
            assert found is not None


@settings(max_examples=200, deadline=None)
@given(judgements, judgements)
def test_taking_back_undoes_all_that_followed(said: list[Said[str]], more: list[Said[str]]) -> None:
    both = judge([*said, *more])
    back = judge([s for s in [*said, *more] if s not in more or s in said])
    assert back == judge(said)
    assert both == judge([*more, *said])


def is_capital(row: str) -> bool:
    return row.isupper()


FILES = [
    # Said of the files themselves: they are one child.
    ([("AB", SAME)], "AB", SAME),
    ([("AB", SAME), ("BC", SAME)], "AC", SAME),
    # Only a row between them says so: cut, and asked.
    ([("Ax", SAME), ("xB", SAME)], "AB", UNSURE),
    ([("Ax", SAME), ("xB", SAME)], "Ax", UNSURE),
    ([("Ax", SAME), ("xy", SAME), ("yB", SAME)], "AB", UNSURE),
    ([("Ax", SAME), ("xB", SAME), ("AB", SAME)], "Ax", SAME),
    ([("Ax", SAME), ("xB", SAME), ("AB", SAME), ("By", SAME), ("yC", SAME)], "AC", UNSURE),
    # Another set is not touched.
    ([("Ax", SAME), ("xB", SAME), ("Cz", SAME)], "Cz", SAME),
    ([("Ax", SAME), ("xy", SAME)], "Ay", SAME),
]


@pytest.mark.parametrize(("said", "pair", "verdict"), FILES)
def test_a_chain_that_would_join_two_files_is_cut(
    said: list[tuple[str, Verdict]], pair: str, verdict: Verdict
) -> None:
    known = judge((Said(p[0], p[1], v) for p, v in said), is_capital)
    assert known.verdict(pair[0], pair[1]) is verdict


files_and_rows = st.sampled_from([a + b for a, b in combinations("ABCxyz", 2)])
words_on_files = st.dictionaries(files_and_rows, st.sampled_from(list(Verdict)), max_size=8).map(
    lambda d: [Said(p[0], p[1], v) for p, v in d.items()]
)


@settings(max_examples=200, deadline=None)
@given(words_on_files, st.randoms(use_true_random=False))
def test_two_files_are_one_child_only_by_words_about_files(
    said: list[Said[str]], luck: object
) -> None:
    known = judge(said, is_capital)
    about_files = judge([s for s in said if is_capital(s.one) and is_capital(s.other)])
    for one, other in combinations("ABC", 2):
        if known.verdict(one, other) is SAME:
            assert about_files.verdict(one, other) is SAME
    turned = [Said(s.other, s.one, s.verdict) for s in said]
    luck.shuffle(turned)  # type: ignore[attr-defined]
    assert judge(turned, is_capital) == known
