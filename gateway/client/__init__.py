"""A client of the API (see README.md)."""

from gateway.client.client import ApiClient, Problem

__all__ = ["ApiClient", "Problem"]
