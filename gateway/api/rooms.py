"""What the API is given: the rooms it calls, and how it knows who calls."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import Request

from gateway.access import ClientDoor, Purpose, Reader
from gateway.api.dci_rooms import DciRooms
from gateway.api.form_rooms import FormRooms
from gateway.api.jose_keys import JoseKeys
from gateway.api.limits import Limits
from gateway.api.replies import Replies
from gateway.desk import MachineDesk, MachineRights
from gateway.dispatch import ClientHooks
from gateway.inquiry import Catalogue, Checks, HarmReports, Inquiry, Statistics
from gateway.model.exchange import GivenReceipt
from gateway.policy import Parameters
from gateway.reception import Reception

V1 = "/api/v1"

ReaderOf = Callable[[Request], Reader]
"""The officer who sends a request. Raises LoginRefused when nobody is known by it."""


ReceiptsOf = Callable[[str], Sequence[GivenReceipt]]
"""The receipts that were given for an exchange id."""


EvidenceOf = Callable[[Reader, Purpose, str], bytes | None]
"""(who, what for, a finding's key) → the file that proves it (docs/evidence-format.md); None for one that is
not theirs to see, or not there. Raises EvidenceBroken, Busy."""


@dataclass(frozen=True, slots=True)
class County:
    """A code of one of the site's counties (six digits) and the days on which it holds; None: open."""

    code: str
    since: date | None = None
    until: date | None = None
    became: str = ""
    source: str = ""


@dataclass(frozen=True)
class ApiRooms:
    """The rooms behind version 1."""

    reader_of: ReaderOf
    inquiry: Inquiry
    checks: Checks
    harm: HarmReports
    catalogue: Catalogue
    machines: MachineDesk
    rights: MachineRights
    hooks: ClientHooks
    reception: Reception
    statistics: Statistics
    receipts: ReceiptsOf
    evidence: EvidenceOf
    parameters: Parameters
    counties: Sequence[County]
    door: ClientDoor
    limits: Limits
    replies: Replies
    dci: DciRooms | None = None
    forms: FormRooms | None = None
    jose: JoseKeys | None = None
