"""A client of the API (see README.md)."""

from gateway.client.client import ApiClient, Problem
from gateway.client.sealing import NotSealed, Sealing

__all__ = ["ApiClient", "NotSealed", "Problem", "Sealing"]
