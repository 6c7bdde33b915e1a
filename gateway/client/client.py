"""The operations of version 1 as methods; every body is the JSON that docs/api/openapi.json describes."""

import hashlib
import json
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey

from gateway.client.sealing import JOSE, Sealing

V1 = "/api/v1"
PIECE = 4 * 1024 * 1024
EARLY = 30
"""A token is renewed so many seconds before it ends."""

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
Json = dict[str, Any]


class Problem(Exception):
    """A refusal (RFC 9457). `code` never changes its meaning (docs/api/problems.md)."""

    def __init__(self, status: int, code: str, detail: str = "") -> None:
        self.status = status
        self.code = code
        self.detail = detail
        super().__init__(f"{status} {code}: {detail}" if detail else f"{status} {code}")


class ApiClient:
    """One registered client of one site.

    `key` is its private EC key (PEM), `party` the site's name in site.toml. `http` is used as it is when it
    is given, and not closed. `sealing` is for a client that is registered with `--sealed`. Every method
    raises Problem, NotSealed, or httpx.HTTPError when nothing answers.
    """

    def __init__(
        self, base: str, client_id: str, key: str, *, party: str = "gateway",
        http: httpx.Client | None = None, sealing: Sealing | None = None,
    ) -> None:  # fmt: skip
        self._sealing = sealing
        self._client_id = client_id
        self._key = ECKey.import_key(key)
        self._audience = f"urn:cwg:site:{party}"
        self._own = http is None
        self._http = http or httpx.Client(base_url=base, timeout=60)
        self._base = base.rstrip("/")
        self._token, self._until = "", 0.0

    def check(self, **question: object) -> Json:
        """One question about one child: `idtype` and `value`, or `name`, `dob` and `guardian`; `question`,
        `purpose`, `case_ref`."""
        return self._json("POST", "/children:check", question)

    def check_many(self, questions: Sequence[Mapping[str, object]]) -> list[Json]:
        """Several questions at once, answered in their order."""
        answers = self._json("POST", "/children:check-many", {"checks": list(questions)})
        return list(answers["answers"])

    def findings(self, **filters: Any) -> Iterator[Json]:
        """Every finding, page by page. Raises Problem `view-moved` when another night was published."""
        cursor = ""
        while True:
            asked = {**filters, "cursor": cursor} if cursor else filters
            page = self._json("GET", "/findings", params=asked)
            yield from page["findings"]
            cursor = page["next"]
            if not cursor:
                return

    def all_findings(self, **filters: Any) -> Iterator[Json]:
        """Every finding in one transfer, one line each (scope `bulk`)."""
        if self._sealing is not None:
            # A sealed answer is read whole: nothing of it is believed before its seal was broken.
            yield from map(
                json.loads, self._send("GET", "/findings:all", params=filters).iter_lines()
            )
            return
        url = f"{self._base}{V1}/findings:all"
        with self._http.stream("GET", url, params=filters, headers=self._headers()) as answer:
            if not answer.is_success:
                answer.read()
            _check(answer)
            for line in answer.iter_lines():
                yield json.loads(line)

    def finding(self, key: str) -> tuple[Json, str]:
        """One finding, and the version that a decision hands back."""
        answer = self._send("GET", f"/findings/{key}")
        return answer.json(), answer.headers["etag"]

    def evidence(self, key: str, purpose: str) -> bytes:
        """The file that proves a finding (docs/evidence-format.md, scope `evidence.read`): a child's own
        rows in the clear."""
        return self._send("GET", f"/findings/{key}/evidence", params={"purpose": purpose}).content

    def comment(self, key: str, version: str, text: str) -> Json:
        """Comment on a finding's case as it was read."""
        return self._json(
            "POST", f"/findings/{key}/comments", {"text": text}, headers={"if-match": version}
        )

    def decide(self, key: str, version: str, **decision: object) -> Json:
        """Hand on an officer's decision: `event`, `on_behalf_of`, and what the event needs."""
        path, head = f"/findings/{key}/decisions", {"if-match": version}
        return self._json("POST", path, decision, headers=head)

    def report_harm(self, **report: object) -> Json:
        """Report a sign of harm: `text`, `reporter`, and who or where."""
        return self._json("POST", "/harm-reports", report)

    def hand_in(self, sealed: Path, **declared: object) -> Json:
        """Hand in a sealed roll: `source`, `roll`, `period`, `kind`, perhaps `replaces`. A piece that broke
        off is sent again from where it was."""
        with sealed.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        said = {"size": sealed.stat().st_size, "digest": f"sha-256:{digest}"}
        one = self._json("POST", "/roll-submissions", {**said, **declared})
        return self.go_on(sealed, one["submission"])

    def go_on(self, sealed: Path, submission: str) -> Json:
        """Go on with a submission where it is."""
        path = f"/roll-submissions/{submission}"
        one = self._json("GET", path)
        with sealed.open("rb") as stream:
            while one["state"] == "uploading":
                stream.seek(one["offset"])
                head = {
                    "upload-offset": str(one["offset"]), "content-type": "application/octet-stream",
                }  # fmt: skip
                answer = self._send("PATCH", path, content=stream.read(PIECE), headers=head)
                one = answer.json()
        return dict(one)

    def get(self, path: str, **params: Any) -> Json:
        """Any other read, by its path below `/api/v1`."""
        return self._json("GET", path, params=params)

    def post(self, path: str, body: Mapping[str, object]) -> Json:
        """Any other write, once."""
        return self._json("POST", path, body)

    def delete(self, path: str) -> None:
        """End something."""
        self._send("DELETE", path)

    def close(self) -> None:
        """Close the connections that this client opened itself."""
        if self._own:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _json(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Json:
        head = dict(headers or {})
        if method == "POST":
            # The same key when a write is tried again would need the caller: here it is one attempt's.
            head.setdefault("idempotency-key", uuid.uuid4().hex)
        answer = self._send(method, path, json=body, params=params, headers=head)
        return dict(answer.json())

    def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {**self._headers(), **more.pop("headers", {})}
        if self._sealing is not None and "json" in more and more["json"] is not None:
            more["content"] = self._sealing.seal(json.dumps(more.pop("json")).encode(), self._key)
            headers["content-type"] = JOSE
        url = f"{self._base}{V1}{path}"
        answer = self._http.request(method, url, headers=headers, **more)
        if self._sealing is not None:
            answer = self._opened(self._sealing, answer)
        _check(answer)
        return answer

    def _opened(self, sealing: Sealing, answer: httpx.Response) -> httpx.Response:
        # A refusal of whoever stands before the site is not sealed: it is believed as a refusal only.
        if not answer.content or (answer.is_error and answer.headers.get("content-type") != JOSE):
            return answer
        kept = [
            (n, v) for n, v in answer.headers.items() if n not in ("content-length", "content-type")
        ]
        return httpx.Response(
            answer.status_code, headers=kept, content=sealing.open(answer.content),
            request=answer.request,
        )  # fmt: skip

    def _headers(self) -> dict[str, str]:
        if time.monotonic() > self._until - EARLY:
            self._renew()
        return {"authorization": f"Bearer {self._token}"}

    def _renew(self) -> None:
        now = int(time.time())
        claims = {
            "iss": self._client_id, "sub": self._client_id, "aud": self._audience,
            "jti": uuid.uuid4().hex, "iat": now, "exp": now + 120,
        }  # fmt: skip
        form = {
            "grant_type": "client_credentials", "client_assertion_type": _ASSERTION,
            "client_assertion": jwt.encode({"alg": "ES256"}, claims, self._key),
        }  # fmt: skip
        answer = self._http.post(f"{self._base}{V1}/token", data=form)
        if answer.status_code in (400, 401):
            raise Problem(answer.status_code, str(answer.json().get("error", "")))
        _check(answer)
        given = answer.json()
        self._token, self._until = given["access_token"], time.monotonic() + given["expires_in"]


def _check(answer: httpx.Response) -> None:
    if answer.is_success:
        return
    try:
        said = answer.json()
    except ValueError:
        said = {}
    raise Problem(answer.status_code, str(said.get("code", "")), str(said.get("detail", "")))
