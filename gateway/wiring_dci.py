"""The DCI interface and the form profile of a site: the keys that the API answers with, and what `cwg work`
sends."""

from collections.abc import Callable
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from gateway.dci import JSON, Heads, Outgoing, OwnKey, Sign, load_words
from gateway.dispatch.hooks import standard_message
from gateway.exchange import Room
from gateway.exchange.national import Sm2PrivateKey
from gateway.exchange.suites.nested import sign as sign_token
from gateway.exchange.suites.sm2_box import private_of
from gateway.model.errors import UsageError
from gateway.model.hooks import HookItem
from gateway.site import Site
from gateway.store import Store
from gateway.wiring_api import Dci, Sm2Keys, make_outgoing, use_once
from gateway.wiring_files import MAPPINGS


def site_dci(site: Site, room: Callable[[], Room]) -> Dci | None:
    """The DCI interface, where site.toml says where; signed with the site's own signing key."""
    if not site.dci.prefix:
        return None

    sign, own_key = site_jose(room, "dci+jws")
    return Dci(site.dci.prefix, load_words(MAPPINGS / "dci" / "children.v1.yaml"), sign, own_key)


def site_jose(room: Callable[[], Room], typ: str) -> tuple[Sign, OwnKey]:
    """The site's own signature under that `typ`, and its encryption keys by name."""

    def sign(payload: bytes) -> str:
        pair = room().keys.signing("ec", datetime.now(UTC))
        return sign_token(payload, pair, typ)

    def own_key(kid: str) -> EllipticCurvePrivateKey | None:
        pair = room().keys.opening(kid, "ec", datetime.now(UTC))
        found = pair.key if pair else None
        return found if isinstance(found, EllipticCurvePrivateKey) else None

    return sign, own_key


def site_sm2(room: Callable[[], Room]) -> Sm2Keys:
    """The site's own SM2 keys for the form profile (docs/api/form.md)."""

    def own_key(kid: str) -> Sm2PrivateKey | None:
        pair = room().keys.opening(kid, "sm2", datetime.now(UTC))
        return pair.key if pair and isinstance(pair.key, Sm2PrivateKey) else None

    def signer() -> Sm2PrivateKey:
        return private_of(room().keys.signing("sm2", datetime.now(UTC)))

    return Sm2Keys(own_key, signer)


def site_outgoing(site: Site, store: Store, room: Room) -> Outgoing | None:
    """What `cwg work` sends over the DCI interface; None where the site has none."""
    dci = site_dci(site, lambda: room)
    if dci is None:
        return None

    def clock() -> datetime:
        return datetime.now(UTC)

    heads = Heads(site.site.party, use_once(store, clock), clock)
    return make_outgoing(store, heads, dci)


def hook_message(
    outgoing: Outgoing | None,
) -> Callable[[HookItem, datetime], tuple[bytes, dict[str, str]]]:
    """The message of an event in the form that its webhook was made in."""

    def tell(item: HookItem, now: datetime) -> tuple[bytes, dict[str, str]]:
        if not item.hook.dci:
            return standard_message(item, now)
        if outgoing is None:
            raise UsageError("the DCI interface is not served here", where="site.toml, dci.prefix")
        return outgoing.event(item), dict(JSON)

    return tell
