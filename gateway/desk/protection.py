"""What child protection does: open its cases with its own key, and note each step with its time."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from gateway.access import Act, Purpose, Scope, User
from gateway.harm import HarmStep, next_steps
from gateway.model.audit import AuditNote
from gateway.model.errors import NotAllowed, UsageError
from gateway.model.outcomes import AccessScope


class HarmStore(Protocol):
    """Cases of harm, and the audit (the store's)."""

    @property
    def harm(self) -> Any: ...
    @property
    def audit(self) -> Any: ...
    def transaction(self) -> Any: ...


_AGAIN = (HarmStep.ACTED, HarmStep.HELPED, HarmStep.VISITED)
_WORKERS = (HarmStep.REPORTED, HarmStep.PAGED, HarmStep.ESCALATED)


class ProtectionDesk:
    """Cases of harm for the role alone. `private` is the role's key: without it nothing opens."""

    def __init__(self, store: HarmStore, *, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def cases(self, user: User) -> tuple[Any, ...]:
        """Open cases: numbers, times, steps. Raises NotAllowed for anybody else."""
        self._check(user, Act.READ_FINDING)
        files: tuple[Any, ...] = self._store.harm.open_files()
        self._note(user, "protection.list", "", len(files))
        return files

    def case(self, user: User, harm_id: int, private: bytes) -> Any:
        """A case in the clear. Raises NotAllowed for anybody else, StoreError without the key."""
        self._check(user, Act.READ_FINDING)
        self._note(user, "protection.show", str(harm_id), 1)
        return self._store.harm.opened(harm_id, private)

    def ready(self, user: User, harm_id: int) -> tuple[HarmStep, ...]:
        """The steps that may be recorded now, in their usual order, those not yet done first; what is
        done again and again may be recorded again. Raises NotAllowed."""
        self._check(user, Act.DECIDE_CASE)
        file = self._store.harm.file(harm_id)
        done = {HarmStep(name) for name, _ in file.steps}
        ready = next_steps(done, reported_by_somebody=file.reported_by_somebody)
        offered = [s for s in HarmStep if s in ready and (s not in done or s in _AGAIN)]
        return tuple(sorted(offered, key=lambda step: step in done))

    def record(self, user: User, harm_id: int, step: HarmStep, note: str = "") -> None:
        """Note a step. Raises NotAllowed, and UsageError when something must be done before it."""
        self._check(user, Act.DECIDE_CASE)
        with self._store.transaction():
            file = self._store.harm.file(harm_id)
            done = {HarmStep(name) for name, _ in file.steps}
            ready = next_steps(done, reported_by_somebody=file.reported_by_somebody)
            if step in _WORKERS or step not in ready:
                raise UsageError(
                    "that step is not yet due",
                    where=f"protection {harm_id}",
                    mend="now: " + ", ".join(sorted(ready)),
                )
            self._store.harm.record(harm_id, step.value, self._clock(), note)
            self._note(user, f"protection.{step.value}", str(harm_id), 1)

    def _check(self, user: User, act: Act) -> None:
        # A case of harm may have no division that a row tells: the role sees it wherever it is.
        if not user.may(act, Scope(_somewhere(user), AccessScope.PROTECTION)):
            raise NotAllowed("there is nothing here")

    def _note(self, user: User, action: str, subject: str, count: int) -> None:
        detail: Mapping[str, object] = {"count": count}
        self._store.audit.add(
            AuditNote(
                self._clock(), user.reader.name, user.reader.kind, action, Purpose.PROTECTION,
                "protection", subject, json.dumps(detail),
            )
        )  # fmt: skip


def _somewhere(user: User) -> str:
    return user.reader.divisions[0] if user.reader.divisions else ""
