"""The proof of rows of an exchange that was opened again."""

from collections.abc import Sequence

from gateway.evidence import RowProof, RowTree, prove_rows
from gateway.exchange.documents import canonical, read_json, read_xml
from gateway.exchange.limits import Limits
from gateway.exchange.rows import RowProfile, json_rows, kind_of_content, xml_rows
from gateway.exchange.salt import salt_bytes
from gateway.model.errors import EvidenceBroken
from gateway.model.exchange import VerifiedExchange

LINES = 10_000


def prove(
    exchange: VerifiedExchange,
    profile: RowProfile,
    numbers: Sequence[int],
    *,
    is_file: bool,
    limits: Limits,
) -> list[tuple[bytes, RowProof]]:
    """Rows by number (from 1, headings not counted) as they were sent, with their paths to `rows_root`.

    Raises EvidenceBroken when there is no such row.
    """
    header = exchange.header
    salt, kind = salt_bytes(header.rows_salt), kind_of_content(header.content_type)
    tree = RowTree(salt, keep_leaves=True)
    if kind == "csv":
        # A CSV's heading line is row 0 of the tree.
        found, first = _lines(exchange, tree, frozenset(numbers)), 0
    else:
        data, place = exchange.payload.read(), profile.place(header.action, is_file=is_file)
        if kind == "json":
            rows = json_rows(read_json(data, limits.depth), place)
        else:
            rows = [canonical(row) for row in xml_rows(read_xml(data, limits.depth), place)]
        tree.add(rows)
        found, first = dict(enumerate(rows, start=1)), 1
    lost = [number for number in numbers if number < 1 or number not in found]
    if lost or tree.root() != header.rows_root:
        raise EvidenceBroken(
            "That row is not in the exchange.", where=f"{header.id}#{min(lost, default=0)}"
        )
    proofs = prove_rows(tree.leaves, [number - first for number in numbers], salt)
    return [(found[number], proof) for number, proof in zip(numbers, proofs, strict=True)]


def _lines(exchange: VerifiedExchange, tree: RowTree, wanted: frozenset[int]) -> dict[int, bytes]:
    """Add every physical line; those wanted, by place (the heading is 0)."""
    found: dict[int, bytes] = {}
    batch: list[bytes] = []
    for at, line in enumerate(exchange.payload):
        text = line.removesuffix(b"\n")
        if at in wanted:
            found[at] = text
        batch.append(text)
        if len(batch) == LINES:
            tree.add(batch)
            batch = []
    tree.add(batch)
    return found
