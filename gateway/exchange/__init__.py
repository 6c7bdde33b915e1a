"""Seals what leaves, opens what arrives (see README.md)."""

from gateway.exchange.door import Door, Opened
from gateway.exchange.keymaking import make_hardware_keys, make_site_keys
from gateway.exchange.keys import KeyRing, RevokedKey, read_passphrase
from gateway.exchange.limits import Limits
from gateway.exchange.line import SourceLine
from gateway.exchange.national import sm2_trouble
from gateway.exchange.ownkeys import export_certificates, revoke_own, rotate_keys
from gateway.exchange.partners import (
    add_partner,
    revoke_partner_key,
    trust_certificate,
)
from gateway.exchange.plain import Plain, seal_plain
from gateway.exchange.policy import FILE_SUITES, KIND_OF_SUITE, SuiteName
from gateway.exchange.receipts import PEER_REASON, Receipt, read_receipt
from gateway.exchange.renewal import LEVELS, Expiry, expiries
from gateway.exchange.replay import SeenIds
from gateway.exchange.room import Clock, Room, SourceProfile
from gateway.exchange.rows import RowProfile
from gateway.exchange.sealing import Draft, Ending, Sealer, seal_bytes, seal_file, seal_message
from gateway.exchange.trust import PartnerFile, TrustBook
from gateway.exchange.witness import bind_rows, check_heads, compare_rows, sign_heads

__all__ = [
    "FILE_SUITES",
    "KIND_OF_SUITE",
    "LEVELS",
    "PEER_REASON",
    "Clock",
    "Door",
    "Draft",
    "Ending",
    "Expiry",
    "KeyRing",
    "Limits",
    "Opened",
    "PartnerFile",
    "Plain",
    "Receipt",
    "RevokedKey",
    "Room",
    "RowProfile",
    "Sealer",
    "SeenIds",
    "SourceLine",
    "SourceProfile",
    "SuiteName",
    "TrustBook",
    "add_partner",
    "bind_rows",
    "check_heads",
    "compare_rows",
    "expiries",
    "export_certificates",
    "make_hardware_keys",
    "make_site_keys",
    "read_passphrase",
    "read_receipt",
    "revoke_own",
    "revoke_partner_key",
    "rotate_keys",
    "seal_bytes",
    "seal_file",
    "seal_message",
    "seal_plain",
    "sign_heads",
    "sm2_trouble",
    "trust_certificate",
]
