"""The first profile's operations in their other clothes: sealed, and as forms; and the DCI messages. Each
gets its 2xx, and of what is drawn from the documents nothing an undocumented answer.

`CWG_CASES=1000 pytest tests/api/test_api_carried.py` draws so many for each (`make fuzz-api`).
"""

import json
import os
import re
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import httpx
import pytest
import schemathesis
from api_kit import BOTH, bearer
from client_kit import KEY, public
from dci_kit import (
    CLIENT_ENC,
    PREFIX,
    answer_schema,
    conforms,
    dci,
    detached,
    now,
    own_key,
    sign,
)
from dci_kit import DOCUMENT as PUBLISHED
from drawn_kit import GOOD, OPERATIONS, drawn_site
from hypothesis import HealthCheck, Phase, given, settings
from joserfc import jws
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core import NOT_SET
from schemathesis.specs.openapi.checks import (
    response_schema_conformance,
    status_code_conformance,
)
from test_api_forms import KEYS, form, jwk, opened, post
from test_api_forms import own_key as own_sm2
from test_api_sealed import opened as unsealed
from test_api_sealed import sealed

from gateway.access.client_keys import read_keys
from gateway.api.form_table import OPERATIONS as FORMS
from gateway.wiring_api import Sm2Keys

CASES = int(os.environ.get("CWG_CASES", "2"))
CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
DCI = schemathesis.openapi.from_path(
    Path(__file__).parents[2] / "docs" / "api" / "dci.openapi.json"
)
MESSAGES = {found.ok().path: found.ok() for found in DCI.get_all_operations()}
NO_JSON = ("/evidence", "/findings:all")
NAMED = {f"{one.method} /api/v1{one.path}": name for name, one in FORMS.items()}
# No body is sealed there, or it is sealed already.
SEALED = [
    name for name in OPERATIONS if "/api/v1/" in name and not name.endswith("/token")
    and not name.startswith("PATCH")
]  # fmt: skip
Sent = tuple[int, object]


@pytest.fixture(scope="module", params=["sealed", "form"])
def carried(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, httpx.Client]]:
    """A site for each way, because a good request changes what the next one finds."""
    how = request.param
    mine = [jwk(KEYS["client_sign"], "sig"), jwk(KEYS["client_encrypt"], "enc")]
    jwks = {
        "sealed": read_keys(public(KEY, CLIENT_ENC)),
        "form": read_keys(json.dumps({"keys": mine}).encode()),
    }
    bureau = {"purposes": BOTH, "jwks": jwks[how], "sealed": how == "sealed"}
    keys = {"jose": (sign, own_key), "sm2": Sm2Keys(own_sm2, lambda: KEYS["site_sign"])}
    folder = tmp_path_factory.mktemp(how)
    with drawn_site(folder, {"bureau": bureau}, **keys) as (_, http):
        if how == "sealed":
            http.headers.update(bearer(http, "bureau"))
        yield how, http


def send_sealed(
    http: httpx.Client, name: str, path: str, query: Any, body: object, headers: dict[str, str]
) -> Sent:
    """A request of the first profile with its body sealed, and what is in the answer."""
    method = name.split()[0]
    kind = {"content-type": "application/jose"} if method == "POST" else {}
    content = None if body is NOT_SET or method != "POST" else sealed(body)
    target = f"{path}?{urlencode(query, doseq=True)}" if query else path
    answer = http.request(method, target, content=content, headers=headers | kind)
    if not answer.content:
        return answer.status_code, None
    if answer.headers["content-type"] != "application/jose":
        # The site's own words about whoever is refused before it is known who asks.
        return answer.status_code, answer.json()
    if answer.is_success and path.partition("?")[0].endswith(NO_JSON):
        return answer.status_code, None
    return answer.status_code, unsealed(answer)


def send_form(
    http: httpx.Client, name: str, path: str, query: Any, body: object, headers: dict[str, str]
) -> Sent:
    """The same as a form: what the path and the query hold, and the body, are its input."""
    template = name.split()[1]
    pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]*)", re.escape(template))
    found = re.fullmatch(pattern, path)
    given: Any = {} if body is NOT_SET else body
    if isinstance(given, dict):
        given = {**given, **(query or {}), **(found.groupdict() if found else {})}
        if "if-match" in headers:
            given["ifMatch"] = headers["if-match"]
    operation = NAMED[name]
    answer = post(http, operation, form(operation, given, "bureau"))
    if "signData" not in answer:
        return int(answer["code"]), {
            "type": "urn:cwg:problem:usage", "title": answer["message"], "code": "usage",
            "status": answer["code"],
        }  # fmt: skip
    data = opened(answer)
    said = None if template.endswith(NO_JSON) and data["status"] < 300 else data["output"]
    return data["status"], said


WAYS: dict[str, Callable[..., Sent]] = {"sealed": send_sealed, "form": send_form}


def names_of(how: str) -> list[str]:
    return SEALED if how == "sealed" else list(NAMED)


def test_every_operation_gets_its_2xx_in_either_way(carried: tuple[str, httpx.Client]) -> None:
    how, http = carried
    for name in [one for one in GOOD if one in names_of(how)]:
        path, made = GOOD[name]
        request = made()
        query = {n: v[0] for n, v in parse_qs(path.partition("?")[2]).items()}
        status, _ = WAYS[how](
            http, name, path.partition("?")[0], query, request.get("json", NOT_SET),
            request.get("headers", {}),
        )  # fmt: skip
        assert status < 300, (how, name, status)


def judged(case: Any, sent: Sent) -> None:
    """That a status and a value are what the document says of the operation."""
    status, value = sent
    kind = "application/json" if status < 400 else "application/problem+json"
    content = b"" if value is None else json.dumps(value).encode()
    headers = {"content-type": kind} if content else {}
    answer = httpx.Response(
        status, headers=headers, content=content, request=httpx.Request("GET", "http://x/")
    )
    answer.elapsed = timedelta(0)
    case.validate_response(answer, checks=CHECKS if content else CHECKS[:2])


@pytest.mark.parametrize("mode", MODES, ids=["good", "wrong"])
def test_what_is_drawn_and_carried_gets_a_documented_answer(
    carried: tuple[str, httpx.Client], mode: GenerationMode
) -> None:
    how, http = carried
    # A sealed read is a read: it is drawn only where there is time.
    quick = CASES <= 2 and how == "sealed"
    for name in [n for n in names_of(how) if n.startswith("POST") or not quick]:
        draw(OPERATIONS[name], mode, lambda case, name=name: judged(case, WAYS[how](
            http, name, case.formatted_path, clean(case.query), as_json(case.body), matching(case)
        )))  # fmt: skip


def draw(operation: Any, mode: GenerationMode, act: Callable[[Any], None]) -> None:
    @settings(
        max_examples=CASES, deadline=None, database=None, derandomize=CASES <= 100,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def drawn(case: Any) -> None:
        act(case)

    drawn()


def as_json(body: Any) -> Any:
    """A drawn body, bytes in it as text: JSON has none."""
    return body if body is NOT_SET else json.loads(json.dumps(body, default=repr))


def clean(query: Any) -> dict[str, Any]:
    return dict(query or {}) if isinstance(query, dict) else {}


def matching(case: Any) -> dict[str, str]:
    """The one header that an operation takes, where a client library would send it at all."""
    value = (case.headers or {}).get("if-match")
    good = isinstance(value, str) and value.isascii() and value.isprintable() and value.strip()
    return {"if-match": value.strip()} if good else {}


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    keys = {"jwks": read_keys(public(KEY, CLIENT_ENC)), "purposes": BOTH}
    folder = tmp_path_factory.mktemp("platform")
    with drawn_site(folder, {"bureau": {}, "cases": keys}, dci=dci()) as (_, http):
        http.headers.update(bearer(http, "cases"))
        yield http


def as_sent(case: Any, mode: GenerationMode) -> bytes:
    """A drawn message with a true signature; a good one with a header that fits this moment too."""
    body = case.body
    if not isinstance(body, dict) or not isinstance(body.get("header"), dict):
        return json.dumps(None if body is NOT_SET else body, default=repr).encode()
    body = as_json(body)
    header, message = {**body["header"], "sender_id": "cases"}, body.get("message")
    if mode is GenerationMode.POSITIVE:
        lists = [v for n, v in message.items() if isinstance(v, list) and n != "subscription_codes"]
        header |= {
            "message_id": uuid.uuid4().hex, "message_ts": now(), "is_msg_encrypted": False,
            "total_count": len(lists[0]) if lists else 1, "sender_uri": "https://platform.example/x",
        }  # fmt: skip
    parts = [json.dumps(header), json.dumps(message)]
    token = jws.serialize_compact({"alg": "ES256"}, "".join(parts).encode(), KEY)
    return f'{{"signature":"{detached(token)}","header":{parts[0]},"message":{parts[1]}}}'.encode()


@pytest.mark.parametrize("mode", MODES, ids=["good", "wrong"])
@pytest.mark.parametrize("path", MESSAGES)
def test_dci_messages_that_are_drawn_are_answered_as_published(
    platform: httpx.Client, path: str, mode: GenerationMode
) -> None:
    statuses: list[int] = []

    def act(case: Any) -> None:
        answer = platform.post(
            path, content=as_sent(case, mode), headers={"content-type": "application/json"}
        )
        statuses.append(answer.status_code)
        case.validate_response(answer, checks=CHECKS)
        known = path.removeprefix(PREFIX)
        if known in PUBLISHED["paths"]:
            conforms(answer.json(), answer_schema(answer.status_code, known))

    draw(MESSAGES[path], mode, act)
    if mode is GenerationMode.POSITIVE and not path.endswith("enrolled"):
        assert 200 in statuses
