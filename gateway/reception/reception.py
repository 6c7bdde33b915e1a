"""Sealed rolls handed in over the API: declared, sent in pieces, verified whole at the door, laid down.

The door is the one that a dropped file goes through (gateway.exchange): its receipt is given at once,
and the night opens the same file again from the folder. Only a whole file that verified is ever laid
down, so whoever merely has a token cannot fill the folder with what no bureau signed.
"""

import json
import shutil
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from gateway.access import ApiScope, Client, Purpose
from gateway.model.audit import AuditNote
from gateway.model.errors import (
    ExchangeRefused,
    NoRoom,
    NotAllowed,
    Refusal,
    UsageError,
    WrongOffset,
)
from gateway.model.submissions import SubmissionKind, SubmissionRow, SubmissionState
from gateway.reception.pieces import (
    Piece,
    digest_of,
    hold,
    offset_of,
    older,
    part_path,
    put_in_place,
    whole_path,
)
from gateway.reception.ports import Kept, ReceptionStore
from gateway.reception.values import Declared, Rooms, SourceDoor, Standing, as_declared

GIVEN_UP = timedelta(days=1)
"""An upload that is not whole by then is cancelled, and its pieces go."""

TAKEN_FOR = timedelta(days=8)
"""So long a file that the night has taken stays where it lay; a sealed file lives seven days."""


class Reception:
    """Takes submissions of clients with the scope `rolls.submit`. `clock` gives aware times in the
    site's own zone."""

    def __init__(
        self,
        store: ReceptionStore,
        doors: Mapping[str, SourceDoor],
        clock: Callable[[], datetime],
        rooms: Rooms | None = None,
    ) -> None:
        self._store = store
        self._doors = doors
        self._clock = clock
        self._rooms = rooms or Rooms()

    def declare(self, client: Client, said: Declared) -> Standing:
        """Open an upload. Raises NotAllowed for a source that is not the client's, UsageError for what
        cannot be, NoRoom when there is no place for it now."""
        client.needs(ApiScope.SUBMIT)
        door = self._door(client, said.source)
        self._sweep()
        self._check(door, said)
        self._check_room(client, door, said.size)
        row = SubmissionRow(
            str(uuid.uuid4()), client.client_id, said.source, said.roll, said.period, said.kind,
            said.size, said.digest, said.replaces, self._clock(),
        )  # fmt: skip
        part_path(door.folder, row.submission_id).touch()
        with self._store.transaction():
            self._store.submissions.add(row)
            self._note(row, "submission.declare")
        return self._standing(row)

    def piece(self, client: Client, submission_id: str, offset: int) -> Piece | None:
        """Where the next bytes are written; None when there is no such upload of the client.

        Raises WrongOffset when the file does not go on there, or another piece is under way.
        """
        row = self._mine(client, submission_id)
        if row is None or row.state is not SubmissionState.UPLOADING:
            return None
        folder = self._folder(row)
        file = hold(folder, row.submission_id)
        if not part_path(folder, row.submission_id).exists():
            with file:
                self._mend(row)
            return None
        return Piece(file, offset, row.size)

    def finish(self, client: Client, submission_id: str) -> Standing | None:
        """Verify an upload that is whole, and lay it down; one that is not stays as it is. Raises
        WrongOffset while another one is at it.

        What does not verify is refused for good: the receipt says so, and why is in the operator's log.
        """
        row = self._mine(client, submission_id)
        if row is None or row.state is not SubmissionState.UPLOADING:
            return None if row is None else self._standing(row)
        folder = self._folder(row)
        part = part_path(folder, row.submission_id)
        if part.exists() and offset_of(folder, row.submission_id) < row.size:
            return self._standing(row)
        try:
            with hold(folder, row.submission_id):
                return self._standing(self._mend(row))
        except WrongOffset:
            # Another one sent the last piece too, and is at it, or has done it.
            again = self._mine(client, submission_id) or row
            if again.state is SubmissionState.UPLOADING:
                raise
            return self._standing(again)

    def cancel(self, client: Client, submission_id: str) -> bool:
        """Give an upload up; False when there is none under way. Raises WrongOffset while another one is
        at it."""
        row = self._mine(client, submission_id)
        if row is None or row.state is not SubmissionState.UPLOADING:
            return False
        return self._give_up(row)

    def one(self, client: Client, submission_id: str) -> Standing | None:
        """One submission of the client, or None."""
        row = self._mine(client, submission_id)
        return None if row is None else self._standing(row)

    def all(self, client: Client) -> tuple[Standing, ...]:
        """The newest submissions of the client, the newest first."""
        client.needs(ApiScope.SUBMIT)
        rows = self._store.submissions.of_client(client.client_id)
        return tuple(self._standing(row) for row in rows)

    def _mend(self, row: SubmissionRow) -> SubmissionRow:
        """Verify a whole file that the caller holds, unless another one has done so meanwhile. Where it was
        laid down and nobody lived to write so, the door gives the same receipt again."""
        fresh = self._store.submissions.get(row.submission_id) or row
        return self._admit(fresh) if fresh.state is SubmissionState.UPLOADING else fresh

    def _give_up(self, row: SubmissionRow) -> bool:
        folder = self._folder(row)
        if not any(make(folder, row.submission_id).exists() for make in (part_path, whole_path)):
            part_path(folder, row.submission_id).touch()
        with hold(folder, row.submission_id):
            fresh = self._store.submissions.get(row.submission_id) or row
            if whole_path(folder, row.submission_id).exists():
                self._mend(fresh)
            elif fresh.state is SubmissionState.UPLOADING:
                self._end(replace(fresh, state=SubmissionState.CANCELLED))
                return True
        return False

    def _admit(self, row: SubmissionRow) -> SubmissionRow:
        folder = self._folder(row)
        part = part_path(folder, row.submission_id)
        file = part if part.exists() else whole_path(folder, row.submission_id)
        try:
            if digest_of(file) != row.digest:
                raise ExchangeRefused(Refusal.ALTERED, "The bytes are not those that were declared")
            name, receipt = self._doors[row.source].admit(row.roll, file, as_declared(row))
        except ExchangeRefused as why:
            done = replace(row, state=SubmissionState.REFUSED, receipt=why.receipt)
            return self._end(done)
        there = self._store.submissions.waiting(row.source, (row.roll,), row.period)
        # Laid down twice, one exchange would be two deliveries that do not know each other.
        if file == part and name not in {one.exchange_id for one in there}:
            put_in_place(folder, row.submission_id)
        return self._end(
            replace(row, state=SubmissionState.ACCEPTED, exchange_id=name, receipt=receipt)
        )

    def _end(self, row: SubmissionRow) -> SubmissionRow:
        done = replace(row, ended_at=self._clock())
        with self._store.transaction():
            self._store.submissions.end(done)
            self._note(done, f"submission.{done.state}")
        part_path(self._folder(row), row.submission_id).unlink(missing_ok=True)
        return done

    def _check(self, door: SourceDoor, said: Declared) -> None:
        where = f"{said.source}/{said.roll} {said.period}"
        known = door.deltas if said.kind is SubmissionKind.DELTA else door.rolls
        if said.roll not in known:
            raise UsageError("the source has no such roll", where=where, mend=", ".join(known))
        if (said.kind is SubmissionKind.CORRECTION) != bool(said.replaces):
            raise UsageError(
                "a correction names the exchange that it replaces, nothing else does", where=where
            )
        there = self._there(said)
        if there and said.replaces != there:
            raise UsageError(
                "another delivery for that period is there already",
                where=where,
                mend=f"send a correction that replaces {there}",
            )

    def _there(self, said: Declared) -> str:
        """The first exchange of what counts, or will count, for the period."""
        waiting = self._store.submissions.waiting(said.source, (said.roll,), said.period)
        if waiting:
            return waiting[-1].exchange_id
        kept = self._store.deliveries.current(said.source, said.roll, said.period)
        return kept.delivery.exchanges[0].exchange_id if kept else ""

    def _check_room(self, client: Client, door: SourceDoor, size: int) -> None:
        rooms = self._rooms
        if not door.folder.is_dir():
            raise NoRoom("the source's folder is not there", mend="tell the operator")
        if size > rooms.file_bytes:
            raise UsageError("the file is too large", mend=f"at most {rooms.file_bytes} bytes")
        under_way = self._store.submissions.open()
        mine = [row for row in under_way if row.client_id == client.client_id]
        to_come = sum(
            row.size - offset_of(self._folder(row), row.submission_id) for row in under_way
        )
        free = shutil.disk_usage(door.folder).free - to_come
        if (
            len(mine) >= rooms.at_once
            or sum(row.size for row in mine) + size > rooms.client_bytes
            or free - size < rooms.keep_free
        ):
            raise NoRoom(
                "there is no room for it now", where=client.client_id,
                mend="end or cancel what is under way, or ask the operator",
            )  # fmt: skip

    def _sweep(self) -> None:
        now = self._clock()
        for row in self._store.submissions.open(now - GIVEN_UP):
            if row.source in self._doors:
                # Who is at it now will end it; the next sweep comes soon enough.
                with suppress(WrongOffset):
                    self._give_up(row)
        for door in self._doors.values():
            for path in older(door.folder, (now - TAKEN_FOR).timestamp()):
                row_of = self._store.submissions.get(path.stem)
                kept = self._kept(row_of) if row_of else None
                # The archive has it: what lies here is a second copy.
                if kept is not None and kept.state != "set_aside":
                    path.unlink(missing_ok=True)

    def _standing(self, row: SubmissionRow) -> Standing:
        if row.state is SubmissionState.UPLOADING:
            return Standing(row, offset_of(self._folder(row), row.submission_id), None)
        if row.state is not SubmissionState.ACCEPTED:
            return Standing(row, 0, None)
        kept = self._kept(row)
        if kept is None:
            return Standing(row, row.size, self._night(row.ended_at))
        counts = self._store.sources.roll_counts(row.source, row.roll, row.period)
        return Standing(
            row, row.size, self._night(row.ended_at), kept.state, kept.reason or "",
            counts if kept.state == "current" else None,
        )  # fmt: skip

    def _kept(self, row: SubmissionRow) -> Kept | None:
        history = self._store.deliveries.history(row.source, row.roll)
        ids = {row.exchange_id}
        return next(
            (k for k in history if ids & {e.exchange_id for e in k.delivery.exchanges}), None
        )

    def _night(self, whole: datetime | None) -> date | None:
        if whole is None:
            return None
        here = whole.astimezone(self._clock().tzinfo)
        late = here.time() > self._rooms.cut_off
        return here.date() + timedelta(days=1 if late else 0)

    def _door(self, client: Client, source: str) -> SourceDoor:
        door = self._doors.get(source)
        if door is None or source not in client.sources:
            raise NotAllowed("the client hands in no rolls of that source")
        return door

    def _folder(self, row: SubmissionRow) -> Path:
        return self._doors[row.source].folder

    def _mine(self, client: Client, submission_id: str) -> SubmissionRow | None:
        client.needs(ApiScope.SUBMIT)
        row = self._store.submissions.get(submission_id)
        if row is None or row.client_id != client.client_id or row.source not in self._doors:
            return None
        return row

    def _note(self, row: SubmissionRow, action: str) -> None:
        detail = {"source": row.source, "roll": row.roll, "period": row.period, "kind": row.kind}
        self._store.audit.add(
            AuditNote(
                self._clock(), row.client_id, "client", action, Purpose.DATA_QUALITY, "submission",
                row.submission_id, json.dumps(detail | {"exchange": row.exchange_id}),
            )
        )  # fmt: skip
