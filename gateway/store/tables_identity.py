"""The table of persons who turned out to be one, or two."""

from sqlalchemy import BigInteger, Column, ForeignKey, String, Table

from gateway.store.tables_base import holds, metadata, one_of

person_change = Table(
    "person_change", metadata,
    Column("run_id", BigInteger, ForeignKey("run.run_id"), primary_key=True),
    Column("kind", String(8), primary_key=True),
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("other_id", BigInteger, primary_key=True, autoincrement=False, index=True),
    one_of("kind", "merged", "split"),
    holds("two", "person_id <> other_id"),
)  # fmt: skip
"""Appended, never changed. merged: `person_id` goes by `other_id` from that run on; split: rows of
`person_id` are `other_id`'s from that run on. Numbers only; most of these persons have no case."""
