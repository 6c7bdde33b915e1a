"""The outbox going out (see README.md)."""

from gateway.dispatch.ports import Item, Outbox, Send
from gateway.dispatch.worker import Round, WorkSettings, work_once, work_until

__all__ = ["Item", "Outbox", "Round", "Send", "WorkSettings", "work_once", "work_until"]
