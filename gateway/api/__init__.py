"""HTTP for systems (see README.md)."""

from gateway.api.app import create_app
from gateway.api.serve import serve

__all__ = ["create_app", "serve"]
