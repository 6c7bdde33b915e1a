"""What the API is given: the rooms it calls, and how it knows who calls."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request

from gateway.access import ClientDoor, Reader
from gateway.api.limits import Limits
from gateway.api.replies import Replies
from gateway.desk import MachineDesk, MachineRights
from gateway.dispatch import ClientHooks
from gateway.inquiry import Catalogue, Checks, HarmReports, Inquiry

V1 = "/api/v1"

ReaderOf = Callable[[Request], Reader]
"""The officer who sends a request. Raises LoginRefused when nobody is known by it."""


@dataclass(frozen=True)
class ApiRooms:
    """The rooms behind version 1."""

    inquiry: Inquiry
    checks: Checks
    harm: HarmReports
    catalogue: Catalogue
    machines: MachineDesk
    rights: MachineRights
    hooks: ClientHooks
    door: ClientDoor
    limits: Limits
    replies: Replies
    reader_of: ReaderOf
