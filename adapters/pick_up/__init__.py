"""A bureau that drops sealed files (see README.md)."""

from adapters.pick_up.adapter import PickUpAdapter

__all__ = ["PickUpAdapter"]
