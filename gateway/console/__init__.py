"""Pages for officers (see README.md)."""

from gateway.console.app import create_console

__all__ = ["create_console"]
