"""Clients: which keys are taken, which registrations can be, and who gets a token."""

import json
import sys
import warnings
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

sys.path.append(str(Path(__file__).parent))

from client_kit import AUDIENCE, KEY, assertion, client_row, public

from gateway.access import ApiScope, Client, ClientDoor, Purpose, check_client, client_of
from gateway.access.client_keys import read_keys
from gateway.access.tokens import LIFE
from gateway.model.clients import ClientRow, TokenRow
from gateway.model.errors import LoginRefused, NotAllowed, UsageError

START = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
OTHER = ECKey.generate_key("P-256")
RSA = RSAKey.generate_key(2048)
with warnings.catch_warnings(action="ignore"):
    WEAK = RSAKey.generate_key(1024)
ED = OKPKey.generate_key("Ed25519")


class Kept:
    """Clients, tokens and used assertions in dictionaries; a clock that is moved by hand."""

    def __init__(self, *rows: ClientRow) -> None:
        self.rows = {row.client_id: row for row in rows}
        self.tokens: dict[str, TokenRow] = {}
        self.used: set[str] = set()
        self.now = START
        self.door = ClientDoor(self, _Tokens(self), audience=AUDIENCE, clock=lambda: self.now)

    def get(self, client_id: str) -> ClientRow | None:
        return self.rows.get(client_id)

    def put(self, client: ClientRow) -> None:
        self.rows[client.client_id] = client

    def all(self) -> tuple[ClientRow, ...]:
        return tuple(self.rows.values())

    def sign(self, **given: object) -> str:
        return assertion(now=self.now.timestamp(), **given)  # type: ignore[arg-type]


class _Tokens:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def use_once(self, digest: str, expires_at: datetime, now: datetime) -> bool:
        fresh = digest not in self._kept.used
        self._kept.used.add(digest)
        return fresh

    def add(self, row: TokenRow) -> None:
        self._kept.tokens[row.digest] = row

    def get(self, digest: str) -> TokenRow | None:
        return self._kept.tokens.get(digest)


def test_a_signed_assertion_gives_a_token_for_ten_minutes() -> None:
    kept = Kept(client_row())
    issued = kept.door.issue(kept.sign())
    who = kept.door.who(issued.token)
    assert who.client_id == "cases" and who.scopes == set(issued.scopes)
    assert issued.token not in json.dumps([str(r) for r in kept.tokens.values()]) + repr(issued)
    kept.now += LIFE - timedelta(seconds=1)
    assert kept.door.who(issued.token) == who
    kept.now += timedelta(seconds=1)
    with pytest.raises(LoginRefused):
        kept.door.who(issued.token)


def _at(kept: Kept, seconds: float) -> int:
    return int(kept.now.timestamp() + seconds)


BAD: dict[str, Callable[[Kept], str]] = {
    "other key": lambda k: k.sign(key=OTHER),
    "unknown client": lambda k: k.sign(client_id="stranger"),
    "other audience": lambda k: k.sign(aud="urn:cwg:site:elsewhere"),
    "two audiences": lambda k: k.sign(aud=[AUDIENCE, "urn:cwg:site:elsewhere"]),
    "no audience": lambda k: k.sign(aud=None),
    "subject is another": lambda k: k.sign(sub="other"),
    "no subject": lambda k: k.sign(sub=None),
    "over": lambda k: k.sign(exp=_at(k, -61)),
    "lives too long": lambda k: k.sign(exp=_at(k, 3600)),
    "never ends": lambda k: k.sign(exp=None),
    "end is text": lambda k: k.sign(exp="soon"),
    "end is beyond time": lambda k: k.sign(exp=1e30),
    "of tomorrow": lambda k: k.sign(iat=_at(k, 600)),
    "not yet": lambda k: k.sign(nbf=_at(k, 600)),
    "no jti": lambda k: k.sign(jti=None),
    "short jti": lambda k: k.sign(jti="1"),
    "long jti": lambda k: k.sign(jti="1" * 129),
    "jti is a number": lambda k: k.sign(jti=123456789),
    "no signature": lambda k: k.sign().rsplit(".", 1)[0] + ".",
    "altered": lambda k: _altered(k.sign()),
    "nothing": lambda k: "",
    "text": lambda k: "a.b.c",
    "too long": lambda k: k.sign(more="x" * 9000),
    "shared secret": lambda k: jwt.encode(
        {"alg": "HS256"}, {"iss": "cases", "sub": "cases"}, OctKey.generate_key(256),
        algorithms=["HS256"],
    ),
    "public key as a secret": lambda k: jwt.encode(
        {"alg": "HS256"}, {"iss": "cases", "sub": "cases"},
        OctKey.import_key(public(KEY)), algorithms=["HS256"],
    ),
}  # fmt: skip


def _altered(token: str) -> str:
    head, body, signature = token.split(".")
    return f"{head}.{body}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


@pytest.mark.parametrize("name", BAD)
def test_every_bad_assertion_is_refused_with_the_same_words(name: str) -> None:
    kept = Kept(client_row())
    with pytest.raises(LoginRefused) as error:
        kept.door.issue(BAD[name](kept))
    assert str(error.value).startswith("the client was not recognised")
    assert not kept.tokens and not kept.used, "a refused assertion uses nothing up"


def test_an_assertion_is_good_once() -> None:
    kept = Kept(client_row())
    signed = kept.sign()
    kept.door.issue(signed)
    with pytest.raises(LoginRefused):
        kept.door.issue(signed)
    # The same jti of another client is another assertion.
    kept.put(client_row("other"))
    kept.door.issue(kept.sign(client_id="other", jti="12345678"))
    kept.door.issue(kept.sign(jti="12345678"))


@pytest.mark.parametrize(("key", "alg"), [(RSA, "PS256"), (ED, "Ed25519"), (OTHER, "ES256")])
def test_a_client_signs_with_its_kind_of_key(key: RSAKey, alg: str) -> None:
    kept = Kept(client_row(jwks=read_keys(public(KEY, key))))
    assert kept.door.issue(kept.sign(key=key, alg=alg)).token
    assert kept.door.issue(kept.sign()).token


def test_rs256_is_not_taken() -> None:
    kept = Kept(client_row(jwks=read_keys(public(RSA))))
    with pytest.raises(LoginRefused):
        kept.door.issue(kept.sign(key=RSA, alg="RS256"))


def test_a_bound_token_goes_with_its_certificate_only() -> None:
    kept = Kept(client_row(certificate="A" * 43))
    for wrong in ("", "B" * 43):
        with pytest.raises(LoginRefused):
            kept.door.issue(kept.sign(), certificate=wrong)
    token = kept.door.issue(kept.sign(), certificate="A" * 43).token
    assert kept.door.who(token, certificate="A" * 43).client_id == "cases"
    for wrong in ("", "B" * 43):
        with pytest.raises(LoginRefused):
            kept.door.who(token, certificate=wrong)


def test_a_token_carries_no_more_than_was_asked_and_is_registered() -> None:
    kept = Kept(client_row(scopes=("children.check", "findings.read")))
    token = kept.door.issue(kept.sign(), ["children.check"]).token
    who = kept.door.who(token)
    who.needs(ApiScope.CHECK)
    with pytest.raises(NotAllowed):
        who.needs(ApiScope.FINDINGS)
    with pytest.raises(UsageError):
        kept.door.issue(kept.sign(), ["harm.report"])
    kept.put(client_row(scopes=("findings.read",)))
    assert kept.door.who(token).scopes == frozenset(), "what was taken back is not given any more"


def test_a_revoked_client_gets_nothing() -> None:
    kept = Kept(client_row())
    token = kept.door.issue(kept.sign()).token
    kept.put(replace(client_row(), revoked_at=START))
    for ask in (lambda: kept.door.who(token), lambda: kept.door.issue(kept.sign())):
        with pytest.raises(LoginRefused):
            ask()


def test_purposes_are_those_that_are_registered() -> None:
    client: Client = client_of(client_row())
    assert client.for_purpose(Purpose.CASEWORK) is Purpose.CASEWORK
    with pytest.raises(NotAllowed):
        client.for_purpose(Purpose.SUPERVISION)
    assert client.reader.kind == "client" and client.reader.access == {"ordinary"}


WRONG: list[dict[str, object]] = [
    {"client_id": ""}, {"client_id": "Upper"}, {"client_id": "-a"}, {"client_id": "a" * 65},
    {"client_id": "a b"}, {"title": " "}, {"scopes": ()}, {"scopes": ("rolls.submit",)},
    {"sources": ("education",)}, {"scopes": ("rolls.submit",), "sources": ("../x",)},
    {"divisions": ("41x",)}, {"divisions": ("1" * 13,)}, {"purposes": {}},
    {"purposes": {"casework": ""}}, {"purposes": {"casework": "法律"}},
]  # fmt: skip


@pytest.mark.parametrize("change", WRONG, ids=str)
def test_a_registration_that_cannot_be_is_refused(change: dict[str, object]) -> None:
    check_client(client_row())
    with pytest.raises(UsageError):
        check_client(client_row(**change))


def _pem(key: ECKey | RSAKey | OKPKey, private: bool = False) -> bytes:
    made: bytes = key.as_pem(private=private)
    return made


GOOD_KEYS = [public(KEY), public(KEY, RSA, ED), _pem(KEY), _pem(RSA), _pem(ED),
             json.dumps(ED.as_dict(private=False)).encode()]  # fmt: skip
BAD_KEYS = [
    b"", b"{}", b"[]", b"[1]", b"null", b'{"keys": 1}', b'{"keys": []}', b"\xff", b"-----BEGIN x",
    _pem(KEY, private=True), json.dumps(KEY.as_dict(private=True)).encode(), public(WEAK),
    _pem(WEAK), json.dumps(OctKey.generate_key(256).as_dict()).encode(), public(*[KEY] * 6),
    public(OKPKey.generate_key("X25519")), public(ECKey.generate_key("secp256k1")),
]  # fmt: skip


@pytest.mark.parametrize("data", GOOD_KEYS, ids=range(len(GOOD_KEYS)))
def test_public_keys_are_read(data: bytes) -> None:
    keys = json.loads(read_keys(data))["keys"]
    assert all(key["kid"] and "d" not in key for key in keys)


@pytest.mark.filterwarnings("ignore:Key size")
@pytest.mark.parametrize("data", BAD_KEYS, ids=range(len(BAD_KEYS)))
def test_what_is_private_weak_or_no_key_is_refused(data: bytes) -> None:
    with pytest.raises(UsageError):
        read_keys(data)
