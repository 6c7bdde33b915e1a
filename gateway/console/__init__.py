"""Pages for officers (see README.md)."""

from gateway.console.app import create_console
from gateway.console.rooms import Rooms

__all__ = ["Rooms", "create_console"]
