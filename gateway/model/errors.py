"""The one exception tree of the gateway.

    GatewayError
    ├── UsageError              the command or its arguments are off (exit 2)
    │   └── WrongOffset         a file that comes in pieces does not go on there
    ├── NoRoom                  what wants to come in has no place now; may be tried again
    ├── SpecError               a YAML or TOML file says something that cannot be (exit 1)
    ├── ExchangeRefused         a sealed exchange was not accepted; carries a reason code
    ├── TransportError
    │   ├── Unreachable         nothing answered, or too late; may be tried again
    │   ├── Busy                the peer asked us to come back later; may be tried again
    │   └── PeerRefused         the peer understood and said no; never tried again
    ├── DeliveryIncomplete      pages, totals or scopes of a delivery do not add up
    ├── MappingFailed           a roll cannot be mapped at all (a column is missing, an encoding is wrong)
    ├── LedgerUnbalanced        rows or outcomes do not add up: the run stops
    ├── StoreError
    │   ├── RunLocked           another run holds the night
    │   ├── StaleCase           somebody else changed the case first
    │   └── ViewMoved           another run was published while a list was read
    ├── LoginRefused            name, password or code are not right, or the account rests
    ├── NotAllowed              the person's roles or divisions do not reach it
    ├── KeyUnavailable          a key is missing, locked or unreadable
    ├── EvidenceBroken          the archive or a log chain lacks or changed something it must hold
    └── SpillUnsafe             the spill folder is neither RAM-backed nor declared encrypted

Every message says what is wrong, where (source, record reference, file and line) and the mend.
No message holds a person's name or number.
"""

from enum import StrEnum


class GatewayError(Exception):
    """Root of the tree. `what` is one sentence, `where` a reference, `mend` what to do next."""

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", mend: str = "") -> None:
        self.what = what
        self.where = where
        self.mend = mend
        super().__init__(str(self))

    def __str__(self) -> str:
        where = f" [{self.where}]" if self.where else ""
        mend = f" Mend: {self.mend}" if self.mend else ""
        return f"{self.what}{where}{mend}"


class UsageError(GatewayError):
    """The command line, or a call, asks for something that does not exist or cannot be combined."""

    exit_code = 2


class WrongOffset(UsageError):
    """A piece of a file does not begin where the file ends. Ask how far it is, and go on from there."""


class NoRoom(GatewayError):
    """What wants to come in has no place on the disk, or in its sender's share of it, now."""


class SpecError(GatewayError):
    """A specification file is wrong; `where` is `file:line`."""


class Refusal(StrEnum):
    """Why an exchange was refused, as the operator sees it (docs/exchange-format.md, section 7)."""

    MALFORMED = "malformed"
    TOO_LARGE = "too_large"
    NOT_ENCRYPTED = "not_encrypted"
    NOT_SIGNED = "not_signed"
    WRONG_RECIPIENT = "wrong_recipient"
    UNKNOWN_SENDER = "unknown_sender"
    REVOKED_KEY = "revoked_key"
    EXPIRED_KEY = "expired_key"
    WEAK_KEY = "weak_key"
    BAD_ALGORITHM = "bad_algorithm"
    ALTERED = "altered"
    TRUNCATED = "truncated"
    EXPIRED = "expired"
    FUTURE_DATED = "future_dated"
    REPLAYED = "replayed"
    ID_REUSED = "id_reused"
    WRONG_REPLY = "wrong_reply"
    NOT_ALLOWED = "not_allowed"
    ROWS_MISMATCH = "rows_mismatch"


class ExchangeRefused(GatewayError):
    """A sealed exchange was not accepted. Never retried: the same bytes are refused again.

    `receipt` is the signed receipt of the refusal, to be sent back; empty for an unknown sender.
    """

    receipt = ""

    def __init__(self, reason: Refusal, what: str, *, where: str = "", mend: str = "") -> None:
        self.reason = reason
        super().__init__(f"{what} ({reason})", where=where, mend=mend)


class TransportError(GatewayError):
    """Bytes could not be carried."""


class Unreachable(TransportError):
    """Nothing answered in time. May be tried again."""


class Busy(TransportError):
    """The peer is there and asks us to come back later. May be tried again.

    `after_seconds` is the wait that it asked for; 0 when it named none.
    """

    after_seconds: float = 0


class PeerRefused(TransportError):
    """The peer understood and declined. Never tried again in the same night."""


class DeliveryIncomplete(GatewayError):
    """Pages, totals or scopes of a delivery do not add up; the delivery is set aside whole."""


class MappingFailed(GatewayError):
    """A roll cannot be mapped at all; the delivery is set aside whole."""


class LedgerUnbalanced(GatewayError):
    """Rows or outcomes do not add up. The run stops: promise 1 would be broken."""


class StoreError(GatewayError):
    """The operational store refused."""


class RunLocked(StoreError):
    """Another run holds the night."""


class StaleCase(StoreError):
    """The case was changed by somebody else since it was read."""


class ViewMoved(StoreError):
    """Another run was published while a list was read page by page. Start at the first page."""


class LoginRefused(GatewayError):
    """A log-in was refused; the words never tell what was wrong."""


class NotAllowed(GatewayError):
    """Somebody asked for what their roles or divisions do not reach."""


class KeyUnavailable(GatewayError):
    """A key is missing, locked or unreadable."""


class EvidenceBroken(GatewayError):
    """The archive or a log chain lacks, or changed, something that it must hold."""


class SpillUnsafe(GatewayError):
    """Personal data could reach a disk in the clear."""
