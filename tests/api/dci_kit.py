"""A client of the DCI registry interface as the published documents have it: what it sends is validated
against them, and so is every answer that it gets."""

import base64
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import yaml
from api_kit import bearer, seed_answers
from client_kit import KEY, client_row, public
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from joserfc import jwe, jws
from joserfc.jwk import ECKey
from online_fixtures import app_of
from online_seed import make_store, number
from online_server import serving

from gateway.access import ApiScope
from gateway.access.client_keys import read_keys
from gateway.dci import detached, load_words
from gateway.store import Store
from gateway.wiring_api import Dci

ROOT = Path(__file__).parents[2]
VECTORS = ROOT / "tests" / "vectors" / "dci"
FILE = VECTORS / "registry_core_api_v1.0.0.yaml"
DOCUMENT: dict[str, Any] = yaml.load(FILE.read_bytes(), yaml.CSafeLoader)
SCHEMAS = DOCUMENT["components"]["schemas"]
STATUS_REQUEST = SCHEMAS["TxnStatusRequest"]["properties"]["txnstatus_request"]["properties"]
for overlapping in (SCHEMAS["RegistryQueries"], STATUS_REQUEST["attribute_value"]):
    # As published, no expression and no status request can conform: what fits one choice fits another.
    overlapping["anyOf"] = overlapping.pop("oneOf")
IBR: dict[str, Any] = yaml.load((VECTORS / "ibr_api_v1.0.0.yaml").read_bytes(), yaml.CSafeLoader)
PREFIX = "/dci/v1.0.0"
PATH = f"{PREFIX}/registry/sync/search"
OURS = ECKey.generate_key("P-256")
OURS_ENC = ECKey.generate_key("P-256")
CLIENT_ENC = ECKey.generate_key("P-256", {"use": "enc"})
STRANGER = ECKey.generate_key("P-256")
FORMATS = jsonschema.FormatChecker()
BACK = "https://platform.example/dci/callback"


def conforms(value: object, schema: dict[str, Any], document: dict[str, Any] = DOCUMENT) -> None:
    """Raises when a value is not as a published document has it."""
    whole = {**schema, "components": document["components"]}
    jsonschema.Draft4Validator(whole, format_checker=FORMATS).validate(value)


def asked_schema(path: str = "/registry/sync/search", document: dict[str, Any] = DOCUMENT) -> Any:
    """What a message sent to a path of the document is."""
    return document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]


def answer_schema(status: int, path: str = "/registry/sync/search") -> Any:
    """What an answer of a path of the document is."""
    found = DOCUMENT["paths"][path]["post"]["responses"]
    found = found.get(str(status), found["default"])
    if "$ref" in found:
        found = DOCUMENT["components"]["responses"][found["$ref"].rpartition("/")[2]]
    return found["content"]["application/json"]["schema"]


def own_key(kid: str) -> EllipticCurvePrivateKey | None:
    """The site's encryption key."""
    return OURS_ENC.private_key if kid == "ours" else None


def dci() -> Dci:
    """The interface as wiring gives it, with keys of the tests."""
    words = load_words(ROOT / "mappings" / "dci" / "children.v1.yaml")
    return Dci(PREFIX, words, sign, own_key)


def sign(payload: bytes) -> str:
    """The site's signature."""
    return jws.serialize_compact({"alg": "ES256"}, payload, OURS)


@contextmanager
def dci_site(folder: Path) -> Iterator[tuple[Store, httpx.Client]]:
    """A served site with answers kept, its interface, and three clients with tokens."""
    few = {"scopes": (str(ApiScope.CHECK),)}
    keys = read_keys(public(KEY, CLIENT_ENC))
    with make_store(folder) as store:
        seed_answers(store)
        store.clients.put(client_row(jwks=keys))
        store.clients.put(client_row("county", divisions=("419901",), **few))
        store.clients.put(client_row("findings", scopes=(str(ApiScope.FINDINGS),)))
        with serving(app_of(store, dci=dci())) as served:
            tokens = {name: bearer(served, name) for name in ("cases", "county", "findings")}
            served.tokens = tokens  # type: ignore[attr-defined]
            yield store, served


def criteria(**changes: Any) -> dict[str, Any]:
    """What a search asks for; None leaves a member out."""
    given: dict[str, Any] = {
        "version": "1.0.0", "reg_type": "ns:cwg:RegistryType:ChildWelfare",
        "query_type": "idtype-value", "query": {"type": "UIN", "value": number(1)},
        "authorize": {"ts": now(), "purpose": {"code": "casework", "text": "个案办理"}},
    }  # fmt: skip
    return {name: value for name, value in (given | changes).items() if value is not None}


def one(reference: str = "R-1", **changes: Any) -> dict[str, Any]:
    """One request of a search."""
    return {"reference_id": reference, "timestamp": now(), "search_criteria": criteria(**changes)}


def now(**ago: float) -> str:
    """A moment as messages have it."""
    return (datetime.now(UTC) - timedelta(**ago)).isoformat(timespec="seconds")


def search(requests: list[Any]) -> dict[str, Any]:
    """The message of a search."""
    return {"transaction_id": "T-1", "search_request": requests}


def signed(
    requests: list[Any], key: ECKey = KEY, client: str = "cases", path: str = "/registry/sync/search",
    **header: Any,
) -> bytes:  # fmt: skip
    """A search as a client sends it."""
    return enveloped(search(requests), len(requests), path, key=key, client=client, **header)


def enveloped(
    message: dict[str, Any], total: int, path: str, *, verb: str = "search", key: ECKey = KEY,
    client: str = "cases", encrypt: bool = False, document: dict[str, Any] = DOCUMENT,
    **header: Any,
) -> bytes:  # fmt: skip
    """A message as a client sends it: its own spacing and order, signed as the bytes stand."""
    head: dict[str, Any] = {
        "version": "1.0.0", "message_id": uuid.uuid4().hex, "message_ts": now(), "action": verb,
        "sender_id": client, "sender_uri": BACK, "receiver_id": "gateway", "total_count": total,
        "is_msg_encrypted": encrypt,
    }  # fmt: skip
    text = encrypted(message) if encrypt else json.dumps(message, ensure_ascii=False)
    whole = {"signature": "x", "header": head, "message": json.loads(text)}
    conforms(whole, asked_schema(path, document), document)
    parts = [json.dumps(head | header, indent=1), text]
    token = jws.serialize_compact({"alg": "ES256"}, "".join(parts).encode(), key)
    return (
        f'{{ "signature" : "{detached(token)}" ,\n "header":{parts[0]}, "message" : {parts[1]} }}'
    ).encode()


def encrypted(message: dict[str, Any], kid: str = "ours") -> str:
    """A compact JWE of another library, taken apart as the standard has it."""
    head = {"alg": "ECDH-ES+A256KW", "enc": "A256GCM", "kid": kid}
    whole = jwe.encrypt_compact(
        head, json.dumps(message).encode(), OURS_ENC, algorithms=[head["alg"], head["enc"]]
    )
    names = ("encrypted_key", "iv", "ciphertext", "tag")
    protected, *parts = whole.split(".")
    raw = base64.urlsafe_b64decode(protected + "=" * (-len(protected) % 4)).decode()
    rest = ", ".join(f'"{name}": "{part}"' for name, part in zip(names, parts, strict=True))
    return f'{{"header": {raw}, {rest}}}'


def decrypted(text: str) -> dict[str, Any]:
    """The message in the text of an encrypted one to the client, opened by another library."""
    said = json.loads(text)
    raw = text[text.index('"header":') + 9 : text.index(',"encrypted_key"')]
    head = base64.urlsafe_b64encode(raw.encode()).rstrip(b"=").decode()
    parts = [said[name] for name in ("encrypted_key", "iv", "ciphertext", "tag")]
    algorithms = ["ECDH-ES+A256KW", "A256GCM"]
    opened = jwe.decrypt_compact(".".join([head, *parts]), CLIENT_ENC, algorithms=algorithms)
    found: dict[str, Any] = json.loads(opened.plaintext or b"")
    return found


def verified(text: str) -> tuple[str, str]:
    """Header and message of an envelope of ours, as their bytes stand, after its signature held."""
    header = text[text.index('"header":') + 9 : text.index(',"message":')]
    message = text[text.index('"message":') + 10 : -1]
    head, _, last = json.loads(text)["signature"].split(".")
    middle = base64.urlsafe_b64encode((header + message).encode()).rstrip(b"=").decode()
    jws.deserialize_compact(f"{head}.{middle}.{last}", OURS, algorithms=["ES256"])
    return header, message


def send(
    http: httpx.Client, body: bytes, client: str = "cases", path: str = "/registry/sync/search"
) -> httpx.Response:
    """Send a message; the answer conforms."""
    tokens = http.tokens  # type: ignore[attr-defined]
    answer = http.post(PREFIX + path, content=body, headers=tokens[client])
    if path in DOCUMENT["paths"]:
        conforms(answer.json(), answer_schema(answer.status_code, path))
    return answer


def items(answer: httpx.Response) -> list[dict[str, Any]]:
    """The entries of a search's answer."""
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["message"]["search_response"]
    return found
