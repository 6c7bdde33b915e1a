"""The health-insurance interface over HTTPS JSON; requests are checked against the local schema."""

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from adapters.medical_insurance.dialect import JOSE, Dialect
from adapters.paging import at_most, pages, ready, unwatched
from gateway.model.errors import GatewayError, PeerRefused, UsageError
from gateway.model.exchange import Action, Answer, Delivery, Probe, Sent
from gateway.model.ports import Carry, Line, Watch
from gateway.transport import Post

SCHEMA = json.loads(
    (Path(__file__).parent / "contract" / "messages.schema.json").read_text("utf-8")
)
CONTROLS = {
    "infcode": "infcode",
    "status": "output.status",
    "total": "output.total",
    "cursor": "output.cursor",
}
ROLL = "coverage"
MOST_SUBJECTS = 2_000
"""So many people the bureau's schema takes in one question."""
SEQUENCE = 10_000
"""A message id has four digits for its number within a second."""
PATHS = {"CWG00": "probe", "CWG01": "roll", "CWG02": "ask", "CWG03": "deliver"}
ACTIONS = {
    "CWG00": Action.PROBE,
    "CWG01": Action.ROLL,
    "CWG02": Action.ASK,
    "CWG03": Action.DELIVER,
}


@dataclass(frozen=True, slots=True)
class Settings:
    """`organisation` is the 12-character code that starts each message id."""

    source: str = "medical_insurance"
    organisation: str = "CWG000000001"
    page_size: int = 1000
    dialect: Dialect = JOSE

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9A-Z]{12}", self.organisation):
            raise UsageError("the organisation code is not 12 characters", where=self.source)


class MedicalInsuranceAdapter:
    """Satisfies gateway.model.ports.Adapter. `clock` gives local time for message ids."""

    def __init__(
        self,
        post: Post,
        clock: Callable[[], datetime],
        settings: Settings | None = None,
        watch: Watch = unwatched,
    ) -> None:
        self._post = post
        self._clock = clock
        self._settings = settings or Settings()
        self._watch = watch
        self._sequence = count(1)

    def collect(self, roll: str, period: str, line: Line) -> Delivery:
        """Every page of the coverage roll. Raises TransportError, Busy, ExchangeRefused."""
        size = str(self._settings.page_size)

        def page(cursor: str) -> Answer:
            data = {"period": period, "cursor": cursor, "page_size": size}
            return self._call(line, "CWG01", {"data": data}, period)

        where = f"{self._settings.source}/{roll} {period}"
        return line.close(roll, period, pages(page, where, self._watch))

    def waiting(self, roll: str, period: str, line: Line) -> tuple[str, ...]:
        """Nothing lies ready here: this bureau is called."""
        return ()

    def subject(self, number: str) -> Mapping[str, str]:
        """A person by the number of a resident identity card."""
        return {"psn_cert_type": "01", "certno": number}

    def ask(self, subjects: Sequence[Mapping[str, str]], line: Line, *, period: str) -> Delivery:
        """The statuses of those people (`psn_cert_type`, `certno` each). Raises UsageError for too many."""
        at_most(subjects, MOST_SUBJECTS, self._settings.source)
        data = [dict(subject) for subject in subjects]
        answer = self._call(line, "CWG02", {"data": data}, period)
        where = f"{self._settings.source}/{ROLL} {period}"
        return line.close(ROLL, period, [ready(answer, where)])

    def deliver(self, document: bytes, line: Line, *, roll: str, period: str) -> Sent:
        """Hand over a document. Raises PeerRefused when the bureau does not take it."""
        data = {"document": base64.b64encode(document).decode()}
        answer = self._call(line, "CWG03", {"data": data}, period)
        return Sent(answer.ref.exchange_id, answer.controls.get("status", ""))

    def probe(self, line: Line) -> Probe:
        """Whether the interface answers a sealed question."""
        try:
            answer = self._call(line, "CWG00", {}, "")
        except GatewayError as error:
            return Probe(self._settings.source, False, error.what)
        return Probe(self._settings.source, True, answer.controls.get("status", ""))

    def _call(self, line: Line, infno: str, values: Mapping[str, Any], period: str) -> Answer:
        document = json.dumps(self._message(infno, values), ensure_ascii=False).encode()
        answer = line.call(ACTIONS[infno], document, self._carry(infno), CONTROLS, period=period)
        if answer.controls.get("infcode") != "0":
            raise PeerRefused(
                "the bureau declined the request",
                where=f"{self._settings.source}, {infno}",
                mend="its answer is archived; ask the bureau what its message means",
            )
        return answer

    def _carry(self, infno: str) -> Carry:
        path = f"/fsi/api/{PATHS[infno]}"
        return lambda sealed: self._post.send(path, sealed, self._settings.dialect.content_type)

    def _message(self, infno: str, values: Mapping[str, Any]) -> dict[str, Any]:
        now = self._clock()
        message = {
            "infno": infno,
            "msgid": f"{self._settings.organisation}{now:%Y%m%d%H%M%S}{self._next():04}",
            "mdtrtarea_admvs": "",
            "insuplc_admdvs": "",
            "recer_sys_code": "CWG",
            "infver": "V1.0",
            "inf_time": f"{now:%Y-%m-%d %H:%M:%S}",
            "opter": "",
            "opter_name": "",
            "input": dict(values),
        }
        _check(message, infno)
        return message

    def _next(self) -> int:
        return next(self._sequence) % SEQUENCE


def _check(message: dict[str, Any], infno: str) -> None:
    try:
        _validator(infno).validate(message)
    except ValidationError as error:
        where = "/".join(str(part) for part in error.absolute_path)
        raise UsageError(
            "the request does not fit the bureau's schema", where=f"{infno}: {where}"
        ) from None


@cache
def _validator(infno: str) -> Draft202012Validator:
    schema = {"$ref": f"#/$defs/{infno}.request", "$defs": SCHEMA["$defs"]}
    return Draft202012Validator(schema)
