"""The proof of one row of an exchange that was opened again."""

from gateway.evidence import RowProof, RowTree, prove_row
from gateway.exchange.documents import canonical, read_json, read_xml
from gateway.exchange.limits import Limits
from gateway.exchange.rows import RowProfile, json_rows, kind_of_content, xml_rows
from gateway.exchange.salt import salt_bytes
from gateway.model.errors import EvidenceBroken
from gateway.model.exchange import VerifiedExchange

LINES = 10_000


def prove(
    exchange: VerifiedExchange, profile: RowProfile, number: int, *, is_file: bool, limits: Limits
) -> tuple[bytes, RowProof]:
    """Row `number` (from 1, headings not counted) as it was sent, and its path to `rows_root`.

    Raises EvidenceBroken when there is no such row.
    """
    header = exchange.header
    salt, kind = salt_bytes(header.rows_salt), kind_of_content(header.content_type)
    tree = RowTree(salt, keep_leaves=True)
    if kind == "csv":
        index, row = number, _csv(exchange, tree, number)
    else:
        data, place = exchange.payload.read(), profile.place(header.action, is_file=is_file)
        if kind == "json":
            rows = json_rows(read_json(data, limits.depth), place)
        else:
            rows = [canonical(row) for row in xml_rows(read_xml(data, limits.depth), place)]
        tree.add(rows)
        index, row = number - 1, rows[number - 1] if 0 < number <= len(rows) else None
    if row is None or tree.root() != header.rows_root:
        raise EvidenceBroken("That row is not in the exchange.", where=f"{header.id}#{number}")
    return row, prove_row(tree.leaves, index, salt)


def _csv(exchange: VerifiedExchange, tree: RowTree, number: int) -> bytes | None:
    """Add every physical line; the one at `number` (the heading is 0)."""
    found: bytes | None = None
    batch: list[bytes] = []
    for at, line in enumerate(exchange.payload):
        text = line.removesuffix(b"\n")
        if at == number:
            found = text
        batch.append(text)
        if len(batch) == LINES:
            tree.add(batch)
            batch = []
    tree.add(batch)
    return found
