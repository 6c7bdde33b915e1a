"""Forms that carry a file: read whole, capped, and never written to a disk."""

from email import policy
from email.message import MIMEPart
from email.parser import BytesParser
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request

from gateway.console.sessions import Form, FormRefused
from gateway.model.errors import UsageError

MAX_FILE = 1024 * 1024
MAX_PARTS = 16


class Upload(Form):
    """The fields of a posted form, and its one file (empty when none was chosen)."""

    def __init__(self, fields: list[tuple[str, str]], payload: bytes) -> None:
        super().__init__(fields)
        self.payload = payload


async def read_upload(request: Request) -> Upload:
    """The form of a request (RFC 7578). Raises FormRefused for another origin, UsageError for what is
    no such form or too large."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise FormRefused("the form is not from here")
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        raise UsageError("that is not a form")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MAX_FILE:
            raise UsageError("the file is too large", where="file", mend="1 MiB at most")
    head = f"Content-Type: {kind}\r\n\r\n".encode("latin-1", "replace")
    message = BytesParser(policy=policy.HTTP).parsebytes(head + body)
    parts = list(message.iter_parts())
    if not parts or len(parts) > MAX_PARTS:
        raise UsageError("that is not a form")
    return _read(parts)


def _read(parts: list[MIMEPart]) -> Upload:
    fields: list[tuple[str, str]] = []
    payload = b""
    for part in parts:
        name = part.get_param("name", header="content-disposition")
        raw = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(raw, bytes):
            raise UsageError("that is not a form")
        if part.get_filename() is not None:
            payload = payload or raw
            continue
        try:
            fields.append((name, raw.decode()))
        except UnicodeDecodeError:
            raise UsageError("that is not a form", where=name[:32]) from None
    return Upload(fields, payload)


UploadIn = Annotated[Upload, Depends(read_upload)]
