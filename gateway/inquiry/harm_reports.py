"""A system that reports a sign of harm: kept sealed for child protection at once, and audited."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from gateway.access import ApiScope, Client, Purpose
from gateway.model.audit import AuditLog, AuditNote
from gateway.model.errors import UsageError
from gateway.model.identifiers import clean_number
from gateway.model.names import name_key


@dataclass(frozen=True, slots=True)
class Report:
    """What is reported. At least a number, or a name, or a place tells who is meant.

    `reporter` is who said so and how they are reached: they are told the result.
    """

    text: str = field(repr=False)
    reporter: str = field(repr=False)
    number: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    born: date | None = field(default=None, repr=False)
    place: str = field(default="", repr=False)


class HarmCases(Protocol):
    """Where reports are kept."""

    def report(self, about: Any, reporter: str, text: str, now: datetime) -> int: ...


class HarmStore(Protocol):
    """The store as far as a report needs it."""

    @property
    def harm(self) -> HarmCases: ...
    @property
    def audit(self) -> AuditLog: ...
    def transaction(self) -> AbstractContextManager[None]: ...


class HarmReports:
    """Takes reports. `clock` gives aware times."""

    def __init__(self, store: HarmStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def report(self, client: Client, new: Report) -> datetime:
        """Keep a report; when it was kept. The duty person is paged by the next round of `cwg work`.

        The number of the case is told to nobody: two reports of one child would tell that they are
        one. Raises NotAllowed without the scope, UsageError when nothing tells who is meant.
        """
        client.needs(ApiScope.HARM)
        if not (new.number or new.name or new.place):
            raise UsageError(
                "nothing tells which child is meant", mend="give a number, a name or a place"
            )
        now = self._clock()
        about = {
            "id_number": clean_number(new.number),
            "name": new.name,
            "name_key": name_key(new.name),
            "birth_date": new.born,
            "place": new.place,
            "division": None,
        }
        with self._store.transaction():
            self._store.harm.report(about, f"{client.client_id}: {new.reporter}", new.text, now)
            self._store.audit.add(
                AuditNote(
                    now, client.client_id, "client", "harm.report", Purpose.PROTECTION, "client",
                    client.client_id, json.dumps({"basis": "未成年人保护法 第十一条"}),
                )
            )  # fmt: skip
        return now
