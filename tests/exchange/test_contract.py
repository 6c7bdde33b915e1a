"""The contract's text is the header and back; ids; digests that name the signed content."""

import hashlib
import io
import re
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

from exchange_kit import NOW, World, roll_draft, rows_content
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.exchange.contract import (
    CONTENT_TYPES,
    header_from,
    header_values,
    new_id,
    pages_root,
    signed_digest,
)
from gateway.exchange.suites import file, jose, soap
from gateway.exchange.suites.parts import Opening
from gateway.model.exchange import Action, Closing, Header, ScopeCount

names = st.from_regex(r"[a-z][a-z0-9_-]{0,20}", fullmatch=True)
hexes = st.from_regex(r"[0-9a-f]{64}", fullmatch=True)
ids = st.datetimes().map(lambda _: new_id(NOW))
closings = st.builds(
    Closing,
    rows=st.integers(0, 2**53),
    pages=st.integers(1, 1000),
    pages_root=hexes,
    scopes=st.lists(
        st.builds(ScopeCount, st.from_regex(r"[0-9]{6}", fullmatch=True), st.integers(0, 9**9)),
        max_size=4,
        unique_by=lambda scope: scope.division,
    ).map(tuple),
    held_scopes=st.just(("419902",)) | st.just(()),
)
headers = st.builds(
    Header,
    id=ids,
    sender=names,
    recipient=names,
    action=st.sampled_from(Action),
    source=names,
    roll=names | st.just(""),
    period=st.just("2026-11") | st.just(""),
    created=st.integers(0, 10**6).map(lambda s: NOW + timedelta(seconds=s)),
    expires=st.integers(0, 10**6).map(lambda s: NOW + timedelta(seconds=s)),
    content_type=st.sampled_from(CONTENT_TYPES),
    row_count=st.integers(0, 2**53),
    content_digest=hexes.map(lambda h: f"sha-256:{h}"),
    rows_salt=st.just("") | st.just("A" * 43),
    rows_root=hexes,
    in_reply_to=ids | st.just(""),
    page=st.integers(1, 1000),
    last=st.just(True),
    closing=st.none() | closings,
    replaces=ids | st.just(""),
)


@settings(max_examples=50, deadline=None)
@given(headers)
def test_there_and_back(header: Header) -> None:
    assert header_from(header_values(header)) == header


@settings(max_examples=25, deadline=None)
@given(headers, st.data())
def test_every_field_is_in_the_signed_digest(header: Header, data: st.DataObject) -> None:
    other = data.draw(headers)
    for field in fields(Header):
        changed = replace(header, **{field.name: getattr(other, field.name)})
        same = getattr(changed, field.name) == getattr(header, field.name)
        assert (signed_digest(changed) == signed_digest(header)) == same


def test_ids_are_uuid7_in_order_of_time() -> None:
    made = [new_id(NOW + timedelta(milliseconds=n)) for n in range(50)]
    form = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    assert made == sorted(made)
    assert all(form.fullmatch(one) for one in made)
    assert len({new_id(NOW) for _ in range(1000)}) == 1000


def test_a_pages_root_is_over_raw_roots_in_order() -> None:
    roots = ["00" * 32, "ff" * 32]
    assert pages_root(roots) == hashlib.sha256(bytes(32) + b"\xff" * 32).hexdigest()
    assert pages_root(roots) != pages_root(roots[::-1])


def test_every_suite_carries_the_same_contract(world: World) -> None:
    for suite in ("soap", "jose", "file"):
        header, sealed = world.seal(suite, roll_draft(), rows_content(suite))
        assert read_here(world, suite)(sealed) == header


def read_here(world: World, suite: str) -> Any:
    """What we read of what the bureau sealed, before any check."""
    unseal = {"soap": soap.unseal, "jose": jose.unseal, "file": file.unseal}[suite]
    room = world.room()
    opening = Opening(room.keys, room.trust, NOW, world.limits)
    return lambda sealed: header_from(unseal(io.BytesIO(sealed), opening).contract)
