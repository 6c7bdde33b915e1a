"""Archive, log and row trees (see README.md)."""

from gateway.evidence.archive import Archive, Staged
from gateway.evidence.log import ChainedLog, LogHead
from gateway.evidence.rows import RowProof, RowTree, check_proof, path_root, prove_rows, tree_path
from gateway.evidence.shelf import Shelf

__all__ = [
    "Archive",
    "ChainedLog",
    "LogHead",
    "RowProof",
    "RowTree",
    "Shelf",
    "Staged",
    "check_proof",
    "path_root",
    "prove_rows",
    "tree_path",
]
