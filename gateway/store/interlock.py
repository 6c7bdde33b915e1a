"""The outreach interlock: for whom every list, print, export, referral and notice says 专人办理.

One function decides, and every reading of a name out of the store passes it (`Persons.people`), as does
every notice that goes out (`Outbox.lease`). It says the same for a case of harm and for the ordinary
marks of an officer, so that it tells nobody which it was.
"""

import hmac
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from gateway.store.tables import (
    case_file,
    contact_mark,
    finding,
    harm_case,
    harm_shield,
    harm_subject,
    rights_request,
)

DEAD_OR_ALIVE = "IDN-02"
"""A child who may be dead by one roll: nobody outside is written to until that is decided."""
HANDLED_AGAIN = timedelta(hours=1)
"""How long a notice of a child whose items are 专人办理 waits before it is looked at again."""
ENDED = ("resolved", "lapsed", "aged_out", "continued", "settled", "false_alarm", "excused")

_FEW = 500


class Known(NamedTuple):
    """A person as the store knows them: what a sign of harm may have named them by."""

    person_id: int
    id_number: str | None
    name_key: str | None
    birth_date: date | None


def harm_token(site_key: str, kind: str, text: str) -> str:
    """The blind index of a subject: kind `number`, `named` (`name key|birth date`), `row` or `person`.

    The same as `hmac_hex` in the engine's SQL (gateway/pipeline/sql/harm_shield.sql).
    """
    return hmac.digest(bytes.fromhex(site_key), f"harm:{kind}|{text}".encode(), "sha256").hex()


def tokens_of(site_key: str, known: Known) -> tuple[str, ...]:
    """Every token that could name a person."""
    found = [harm_token(site_key, "person", str(known.person_id))]
    if known.id_number:
        found.append(harm_token(site_key, "number", known.id_number))
    if known.name_key and known.birth_date:
        named = f"{known.name_key}|{known.birth_date.isoformat()}"
        found.append(harm_token(site_key, "named", named))
    return tuple(found)


def named_officer(connection: Connection, site_key: str, people: Iterable[Known]) -> frozenset[int]:
    """The people whose every item is 专人办理: a case of harm of theirs or of their household is open,
    or an officer has marked them."""
    known = list(people)
    if not known:
        return frozenset()
    marked = _marked(connection, [one.person_id for one in known])
    if not _any_open(connection):
        return marked
    owner = {token: one.person_id for one in known for token in tokens_of(site_key, one)}
    struck = _struck(connection, list(owner))
    return marked | {owner[token] for token in struck}


def _any_open(connection: Connection) -> bool:
    query = select(harm_case.c.harm_id).where(harm_case.c.closed_at.is_(None)).limit(1)
    return connection.execute(query).first() is not None


def _marked(connection: Connection, ids: list[int]) -> frozenset[int]:
    found: set[int] = set()
    for start in range(0, len(ids), _FEW):
        mine = contact_mark.c.person_id.in_(ids[start : start + _FEW])
        live = contact_mark.c.ended_at.is_(None)
        found.update(
            connection.execute(select(contact_mark.c.person_id).where(mine, live)).scalars()
        )
    return frozenset(found)


def _struck(connection: Connection, tokens: list[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(tokens), _FEW):
        some = tokens[start : start + _FEW]
        shielded = select(harm_shield.c.token).where(harm_shield.c.token.in_(some))
        named = (
            select(harm_subject.c.token)
            .join(harm_case, harm_case.c.harm_id == harm_subject.c.harm_id)
            .where(harm_subject.c.token.in_(some), harm_case.c.closed_at.is_(None))
        )
        found.update(connection.execute(shielded).scalars())
        found.update(connection.execute(named).scalars())
    return found


def kept_inside(connection: Connection, rows: Sequence[Any]) -> frozenset[int]:
    """Of items that would leave for a bureau (outbox number, kind, person, access) those that must not:
    of a sealed class, of a child who may be dead, or, but for a request to check data, of one whose
    family has asked for a correction that nobody has answered yet."""
    people = sorted({row.person_id for row in rows})
    doubtful, disputed = doubted(connection, people), disputed_people(connection, people)
    return frozenset(
        row.outbox_id
        for row in rows
        if row.access != "ordinary"
        or row.person_id in doubtful
        or (row.person_id in disputed and row.kind != "data_check")
    )


def doubted(connection: Connection, people: Sequence[int]) -> frozenset[int]:
    """Those of the people who are alive in one roll and dead in another."""
    query = (
        select(finding.c.person_id)
        .join(case_file, case_file.c.case_id == finding.c.case_id)
        .where(finding.c.rule == DEAD_OR_ALIVE, case_file.c.state.not_in(ENDED))
    )
    return _of(connection, query, finding.c.person_id, people)


def disputed_people(connection: Connection, people: Sequence[int]) -> frozenset[int]:
    """Those whose data are disputed: a child or guardian has asked for correction or deletion, and no
    answer was given. Outreach stops until then."""
    query = select(rights_request.c.person_id).where(
        rights_request.c.kind.in_(("correction", "deletion")), rights_request.c.state == "open"
    )
    return _of(connection, query, rights_request.c.person_id, people)


def _of(connection: Connection, query: Any, column: Any, people: Sequence[int]) -> frozenset[int]:
    found: set[int] = set()
    for start in range(0, len(people), _FEW):
        some = query.where(column.in_(people[start : start + _FEW]))
        found.update(connection.execute(some).scalars())
    return frozenset(found)
