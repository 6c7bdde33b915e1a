"""What every answering bureau has: its folder, keys, rolls, faults and memory."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sandbox.bureaus.contract import TIME_FORMAT, Exchange, Terms
from sandbox.bureaus.errors import Refused
from sandbox.bureaus.faults import ALTERED, REPLAYED, Faults, alter
from sandbox.bureaus.guard import Replies, check_age
from sandbox.bureaus.keys import KeyRing
from sandbox.bureaus.pages import Deliveries
from sandbox.bureaus.referrals import ROLL as REPLIES
from sandbox.bureaus.referrals import ReferralDesk
from sandbox.bureaus.rolls import Roll, RollStore
from sandbox.bureaus.web import Reply, write_atomically

READY = "ready"
PREPARING = "preparing"
MAX_SUBJECTS = 2000


@dataclass(frozen=True, slots=True)
class Desk:
    """One bureau's counter. `roll` is the one roll that it keeps."""

    folder: Path
    roll: str
    ring: KeyRing
    rolls: RollStore
    faults: Faults
    replies: Replies = field(default_factory=Replies)
    deliveries: Deliveries = field(default_factory=Deliveries)
    referrals: ReferralDesk = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "referrals", ReferralDesk(self.folder))

    def roll_of(self, period: str, name: str) -> Roll | None:
        """The roll as it will be sent: the city's, or this bureau's replies to referrals."""
        if name == REPLIES:
            return self.referrals.replies(period)
        return self.rolls.find(period, name)

    def admit(self, exchange: Exchange, action: str) -> None:
        """Check what the suites do not: age, the action asked, and that it is ours to answer."""
        check_age(exchange, datetime.now(UTC))
        if exchange.action != action:
            raise Refused("not_allowed", "contract: action")
        if exchange.source != self.ring.me.name or exchange.roll not in ("", self.roll, REPLIES):
            raise Refused("not_allowed", "contract: source or roll")
        if action in ("roll", "ask") and not exchange.period:
            raise Refused("malformed", "contract: period")

    def terms(self, request: Exchange) -> Terms:
        """The terms of an answer to `request`."""
        return Terms(
            sender=self.ring.me.name,
            recipient=request.sender,
            action=f"{request.action}.answer",
            source=request.source,
            roll=request.roll,
            period=request.period,
            in_reply_to=request.id,
        )

    def receive(self, exchange: Exchange, document: bytes) -> None:
        """Keep a delivered document: a referral at the referral desk, another under `<dir>/received/`,
        beside its contract."""
        if self.referrals.take(document, exchange.id, exchange.period):
            return
        folder = self.folder / "received"
        folder.mkdir(exist_ok=True)
        contract = json.dumps(exchange.as_json(), ensure_ascii=False).encode()
        write_atomically(folder / f"{exchange.id}.bin", document)
        write_atomically(folder / f"{exchange.id}.json", contract)

    def serve(self, work: Callable[[], Reply], refusal: Reply) -> Reply:
        """Run `work`; on a refusal log its true reason and give the generic answer instead.

        What nobody foresaw is answered alike: a bureau does not end because of one request.
        """
        try:
            return work()
        except Refused as error:
            log(self.ring.me.name, str(error))
        except Exception as error:
            log(self.ring.me.name, f"failed: {type(error).__name__}")
        return refusal

    def spoken(
        self, request: Exchange, sealed: bytes, body: Callable[[bytes], tuple[int, int]]
    ) -> bytes:
        """An answer as it leaves: replayed, or altered within its `body` (start and end)."""
        on = (request.period, request.roll)
        if self.faults.on(REPLAYED, *on):
            return self.replies.earlier(request.id) or sealed
        return alter(sealed, *body(sealed)) if self.faults.on(ALTERED, *on) else sealed


def log(who: str, text: str) -> None:
    """One line to standard error; never anything of a payload."""
    now = datetime.now(UTC).strftime(TIME_FORMAT)
    print(f"{now} {who} {text}", file=sys.stderr, flush=True)
