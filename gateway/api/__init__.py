"""HTTP for systems (see README.md)."""

from gateway.api.app import create_app
from gateway.api.dci_rooms import DciRooms
from gateway.api.form_rooms import FormClient, FormRooms
from gateway.api.jose_keys import JoseKeys
from gateway.api.limits import Allowed, Limits
from gateway.api.replies import Replies
from gateway.api.rooms import ApiRooms, County, EvidenceOf, ReaderOf
from gateway.api.serve import serve

__all__ = [
    "Allowed",
    "ApiRooms",
    "County",
    "DciRooms",
    "EvidenceOf",
    "FormClient",
    "FormRooms",
    "JoseKeys",
    "Limits",
    "ReaderOf",
    "Replies",
    "create_app",
    "serve",
]
