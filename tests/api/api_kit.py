"""A served site with answers kept and clients registered, and a caller that has a token."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
from client_kit import BASIS, assertion, client_row
from online_fixtures import NOON, TODAY, app_of, put_account
from online_seed import COUNTIES, SECOND, key, make_store, number
from online_server import serving

from gateway.access import Purpose, Reader, user_of
from gateway.casework import Event
from gateway.desk import Asked, Desk
from gateway.model.answers import GROUND, Kept, Question, named_token, number_token, pack
from gateway.model.errors import ExchangeRefused, Refusal
from gateway.reception import Reception, Rooms, SourceDoor
from gateway.store import Store

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
# person → (division, letters); 20 has no answer, 21 and 22 share a number
ANSWERS: Mapping[int, tuple[str, str]] = {
    1: ("419901001002", "yyy"), 2: ("419902001002", "ynn"), 3: ("419901001002", "nan"),
    4: ("419901001002", "hoa"), 5: ("419901001002", "noh"), 21: ("419901001002", "yyy"),
    22: ("419901001002", "nnn"),
}  # fmt: skip
BORN = date(2016, 3, 4)
BOTH = {"casework": BASIS, "rights_request": "个人信息保护法 第四十五条"}


def seed_answers(store: Store) -> None:
    """Keep `ANSWERS` as a night would; the fifth is found by name, birth date and guardian too."""
    key, kept = store.answers.index_key, []
    for person, (division, said) in ANSWERS.items():
        by = number(21 if person == 22 else person)
        one = Kept(person, division, said)
        kept.append(("number", number_token(key, by), one))
        if person == 5:
            kept.append(("named", named_token(key, "某某", BORN, "赵一"), one))
    ground = [
        {
            "question": question, "county": county, "roll_as_of": SECOND, "coverage": "province",
            "until_day": date(2026, 12, 10),
        }
        for question in Question
        for county in COUNTIES
    ]  # fmt: skip
    store.answers.put(2, pack(kept), pa.Table.from_pylist(ground, schema=GROUND))


@contextmanager
def site(folder: Path, **clients: Mapping[str, Any]) -> Iterator[tuple[Store, httpx.Client]]:
    """A served site with the seed and the client `cases`; `clients` are more, by id."""
    with make_store(folder) as store:
        put_account(store)
        seed_answers(store)
        store.clients.put(client_row())
        for name, changes in clients.items():
            store.clients.put(client_row(name, **changes))
        with serving(
            app_of(store, reception=an_inbox(store, folder), evidence=some_evidence)
        ) as served:
            yield store, served


def some_evidence(reader: Reader, purpose: Purpose, wanted: str) -> bytes | None:
    """A file for one finding; that it proves something is shown where there is an archive."""
    return b"e30.e30.AA" if wanted == key("edu") else None


def an_inbox(store: Store, folder: Path) -> Reception:
    """Where rolls of education are handed in, of which none verifies."""

    def admit(roll: str, sealed: Path, expect: object) -> tuple[str, str]:
        raise ExchangeRefused(Refusal.NOT_ENCRYPTED, "It is not a sealed file")

    inbox = folder / "inbox"
    inbox.mkdir()
    door = SourceDoor(inbox, ("enrolment",), (), admit)
    rooms = Rooms(client_bytes=2**20, keep_free=0, at_once=100)
    return Reception(store, {"education": door}, lambda: datetime.now(UTC), rooms)


def take(store: Store, name: str, officer: str = "demo") -> int:
    """Let an officer take the case of a finding of the seed; the case's new version."""
    account, row = store.accounts.get(officer), store.findings.finding(key(name))
    assert account is not None and row is not None
    desk = Desk(store, clock=lambda: NOON, today=lambda: TODAY)
    return desk.decide(user_of(account), row.case_id, row.version, Asked(Event.TAKE)).version


def ask_token(http: httpx.Client, client_id: str = "cases", **form: str) -> httpx.Response:
    """The answer to a client that asks for a token."""
    fields = {
        "grant_type": "client_credentials", "client_assertion_type": JWT_BEARER,
        "client_assertion": assertion(client_id),
    }  # fmt: skip
    return http.post("/api/v1/token", data=fields | form)


def bearer(http: httpx.Client, client_id: str = "cases", **form: str) -> dict[str, str]:
    """The header of a client with a fresh token."""
    return {"authorization": f"Bearer {ask_token(http, client_id, **form).json()['access_token']}"}


def question(person: int | None = 1, **changes: object) -> dict[str, object]:
    """A good question about a person of the seed."""
    given: dict[str, object] = {
        "idtype": "resident_number", "value": number(person or 0), "question": "in_school",
        "purpose": "casework", "case_ref": "C-17",
    }  # fmt: skip
    return {k: v for k, v in (given | changes).items() if v is not None}


__all__ = [
    "ANSWERS",
    "BASIS",
    "BORN",
    "BOTH",
    "ask_token",
    "bearer",
    "question",
    "seed_answers",
    "site",
    "take",
]
