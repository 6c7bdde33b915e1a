"""Sealed rolls that are handed in over the API (see README.md)."""

from gateway.reception.pieces import Piece
from gateway.reception.reception import Reception
from gateway.reception.values import Admit, Declared, Expect, Rooms, SourceDoor, Standing

__all__ = ["Admit", "Declared", "Expect", "Piece", "Reception", "Rooms", "SourceDoor", "Standing"]
