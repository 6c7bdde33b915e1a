"""The outbox going out (see README.md)."""

from gateway.dispatch.page_folder import PageFolder
from gateway.dispatch.paging import HarmBook, page_round
from gateway.dispatch.ports import Item, Outbox, Send
from gateway.dispatch.worker import Round, WorkSettings, work_once, work_until

__all__ = [
    "HarmBook",
    "Item",
    "Outbox",
    "PageFolder",
    "Round",
    "Send",
    "WorkSettings",
    "page_round",
    "work_once",
    "work_until",
]
