"""The careful way through lines: every line is kept in its place, broken ones are told apart.

A broken line (wrong number of cells, quotes that do not close, bytes of another encoding) stays as
a row cut or filled to the right number of cells, so that who it may be about can still be read.
"""

import csv
import io
import json
from typing import BinaryIO

LONGEST = 1_000_000
"""Characters of a line; a longer one is broken and its cells are not kept."""
_SHOWN = 2000

BrokenLine = tuple[int, str]
"""Place of the line among those given (from 0), and JSON text of what was sent."""


def decode_lines(block: bytes, encoding: str, broken: list[BrokenLine], first: int) -> bytes:
    """Whole lines as UTF-8; lines with bytes of another encoding are added to `broken`.

    `first` is the place of the block's first line.
    """
    try:
        return block.decode(encoding).encode("utf-8")
    except UnicodeDecodeError:
        lines = enumerate(io.BytesIO(block), start=first)
        return b"".join(_decode_line(line, encoding, broken, n) for n, line in lines)


def _decode_line(line: bytes, encoding: str, broken: list[BrokenLine], place: int) -> bytes:
    try:
        return line.decode(encoding).encode("utf-8")
    except UnicodeDecodeError:
        text = line.decode(encoding, errors="replace").replace("\n", "")
        broken.append((place, original(text)))
        return text.encode("utf-8") + b"\n"


def original(text: str) -> str:
    """A line as the JSON text that quarantine keeps."""
    return json.dumps({"(line)": text[:_SHOWN]}, ensure_ascii=False)


def repair(lines: BinaryIO, into: BinaryIO, width: int) -> list[BrokenLine]:
    """Copy UTF-8 lines so that each has `width` cells; gives the broken ones."""
    lines.seek(0)
    out = io.TextIOWrapper(into, encoding="utf-8", newline="", write_through=False)
    writer = csv.writer(out, lineterminator="\n")
    broken: list[BrokenLine] = []
    for place, raw in enumerate(lines):
        cells, whole = split_line(raw)
        while len(cells) > width and not cells[-1]:  # DuckDB, too, lets empty cells hang over
            cells.pop()
        text = raw.decode("utf-8", errors="replace").rstrip("\n")
        if not whole or len(cells) != width:
            broken.append((place, original(text)))
            cells = [*cells[:width], *[""] * (width - len(cells))]
        writer.writerow(cells)
    out.flush()
    out.detach()
    return broken


def split_line(raw: bytes) -> tuple[list[str], bool]:
    """The cells of a line in UTF-8, as far as they can be told, and whether it is whole."""
    try:
        text, whole = raw.decode("utf-8").rstrip("\n"), True
    except UnicodeDecodeError:
        text, whole = raw.decode("utf-8", errors="replace").rstrip("\n"), False
    if len(text) > LONGEST:
        return [], False
    text = text.replace("\r", " ")
    if '"' not in text:
        return text.split(","), whole
    try:
        return next(csv.reader([text], strict=True, skipinitialspace=True)), whole
    except csv.Error:
        return text.replace('"', "").split(","), False
