"""Bytes in, bytes out (see README.md)."""

from gateway.transport.folder import Folder
from gateway.transport.gate import Gate
from gateway.transport.hook import Gone, Hooks, HookSettings, split_hook
from gateway.transport.http import Http, HttpSettings
from gateway.transport.place import Parcel, Place
from gateway.transport.post import Post
from gateway.transport.retry import Patience, retrying
from gateway.transport.sftp import Sftp, SftpSettings
from gateway.transport.table import FrontTable, TableSettings, front_table

__all__ = [
    "Folder",
    "FrontTable",
    "Gate",
    "Gone",
    "HookSettings",
    "Hooks",
    "Http",
    "HttpSettings",
    "Parcel",
    "Patience",
    "Place",
    "Post",
    "Sftp",
    "SftpSettings",
    "TableSettings",
    "front_table",
    "retrying",
    "split_hook",
]
