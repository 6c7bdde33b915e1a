"""What goes out, and what comes back (see README.md)."""

from gateway.dispatch.answering import Answered, Answering
from gateway.dispatch.channel import BureauChannel
from gateway.dispatch.client_hooks import ClientHook, ClientHooks, Narrowed
from gateway.dispatch.hooks import (
    new_secret,
    send_hooks,
    signature,
    standard_message,
    told_secret,
)
from gateway.dispatch.page_folder import PageFolder
from gateway.dispatch.paging import HarmBook, page_round
from gateway.dispatch.ports import Channel, Collected, DispatchStore, Item, Outbox, Send
from gateway.dispatch.referring import Office, Referring
from gateway.dispatch.replies import ROLL as REPLY_ROLL
from gateway.dispatch.templates import Template, load_templates
from gateway.dispatch.watching import Watched, Watching
from gateway.dispatch.worker import Round, WorkSettings, work_once, work_until

__all__ = [
    "REPLY_ROLL",
    "Answered",
    "Answering",
    "BureauChannel",
    "Channel",
    "ClientHook",
    "ClientHooks",
    "Collected",
    "DispatchStore",
    "HarmBook",
    "Item",
    "Narrowed",
    "Office",
    "Outbox",
    "PageFolder",
    "Referring",
    "Round",
    "Send",
    "Template",
    "Watched",
    "Watching",
    "WorkSettings",
    "load_templates",
    "new_secret",
    "page_round",
    "send_hooks",
    "signature",
    "standard_message",
    "told_secret",
    "work_once",
    "work_until",
]
