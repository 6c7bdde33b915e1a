"""All findings in a client's scope at once: JSON Lines or an Arrow stream."""

import io
import json
from collections.abc import Iterator
from itertools import chain, islice
from typing import Annotated, Any, Literal

import orjson
import pyarrow as pa
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from gateway.access import ApiScope, Purpose
from gateway.api.callers import SCHEME, Callers, with_budget
from gateway.api.problems import refusals
from gateway.api.rooms import V1, ApiRooms
from gateway.inquiry import ExportRow, Filters
from gateway.model.cases import CaseState

LINES, ARROW = "application/x-ndjson", "application/vnd.apache.arrow.stream"
BATCH = 500
_NESTED = ("citation", "child", "evidence", "excuses_sought", "first_action")
_NUMBERS = ("rule_version", "run", "severity")
_TEXTS = (
    "key", "rule", "as_of", "known_at", "period", "answer", "due", "owner", "division", "state",
    "grade", "sentence_zh", "sentence_en",
)  # fmt: skip
SCHEMA = pa.schema(
    [(n, pa.string()) for n in _TEXTS]
    + [(n, pa.int64()) for n in _NUMBERS]
    + [(n, pa.string()) for n in _NESTED]
)
"""The Arrow stream's columns; those of `_NESTED` are JSON text."""


class BulkAsked(BaseModel):
    """What is asked for, and in which form."""

    model_config = ConfigDict(extra="forbid")

    rule: list[Annotated[str, Field(pattern=r"^[A-Z]{3}-[0-9]{2}$")]] = Field(
        default=[], max_length=50
    )
    county: list[Annotated[str, Field(pattern=r"^[0-9]{6}$")]] = Field(default=[], max_length=200)
    state: list[CaseState] = Field(default=[], max_length=50)
    purpose: Purpose = Purpose.CASEWORK
    format: Literal["ndjson", "arrow"] = "ndjson"


def routes(rooms: ApiRooms, callers: Callers) -> APIRouter:
    """The route of this file."""
    refused = refusals(400, 401, 403, 410, 429, 503)
    made = APIRouter(prefix=V1, tags=["findings"], responses=refused, dependencies=[SCHEME])
    text = {"schema": {"type": "string"}}

    @made.get(
        "/findings:all",
        response_class=StreamingResponse,
        responses={200: {"content": {LINES: text, ARROW: text}, "description": "the findings"}},
    )
    def everything(request: Request, asked: Annotated[BulkAsked, Query()]) -> Response:
        """Every finding in scope, masked, as `GET /findings` gives them; needs the scope `bulk` too.

        One finding a line, or an Arrow stream whose nested columns are JSON text. When another night is
        published meanwhile the transfer breaks off unfinished: begin again.
        """
        client = callers.client(request, ApiScope.FINDINGS)
        client.needs(ApiScope.BULK)
        client.for_purpose(asked.purpose)
        filters = Filters(tuple(asked.rule), tuple(asked.county), tuple(asked.state))
        rows = iter(rooms.inquiry.export(client.reader, asked.purpose, filters))
        # The first one is taken here, so that what is refused is refused with a problem.
        first = list(islice(rows, 1))
        all_rows = chain(first, rows)
        arrow = asked.format == "arrow"
        body = _arrow(all_rows) if arrow else _lines(all_rows)
        return with_budget(request, StreamingResponse(body, media_type=ARROW if arrow else LINES))

    return made


def _lines(rows: Iterator[ExportRow]) -> Iterator[bytes]:
    while some := list(islice(rows, BATCH)):
        yield b"".join(orjson.dumps(row) + b"\n" for row in some)


def _arrow(rows: Iterator[ExportRow]) -> Iterator[bytes]:
    written = _Written()
    with pa.ipc.new_stream(written, SCHEMA) as stream:
        while some := list(islice(rows, BATCH)):
            stream.write_batch(pa.RecordBatch.from_pylist([_flat(r) for r in some], schema=SCHEMA))
            yield written.take()
    yield written.take()


class _Written(io.RawIOBase):
    """Holds what was written until it is taken."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        return len(data)

    def take(self) -> bytes:
        """What was written since the last time."""
        taken, self._held = bytes(self._held), bytearray()
        return taken


def _flat(row: ExportRow) -> ExportRow:
    nested = {n: json.dumps(row[n], ensure_ascii=False) for n in _NESTED}
    return {**row, **nested}
