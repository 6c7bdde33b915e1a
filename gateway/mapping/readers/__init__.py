"""Rolls as sent, read into slabs of text columns (see the room's README.md)."""

from gateway.mapping.readers.roll import RollReader
from gateway.mapping.readers.slab import Slab

__all__ = ["RollReader", "Slab"]
