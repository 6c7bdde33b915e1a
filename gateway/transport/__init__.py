"""Bytes in, bytes out (see README.md)."""

from gateway.transport.folder import Folder
from gateway.transport.gate import Gate
from gateway.transport.http import Http, HttpSettings
from gateway.transport.post import Post
from gateway.transport.retry import Patience, retrying

__all__ = ["Folder", "Gate", "Http", "HttpSettings", "Patience", "Post", "retrying"]
