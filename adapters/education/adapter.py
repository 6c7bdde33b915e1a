"""The student-record system over SOAP: zeep builds the requests from the local, pinned WSDL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree
from zeep import Client
from zeep.exceptions import Error as ZeepError
from zeep.settings import Settings as ZeepSettings
from zeep.transports import Transport

from adapters.paging import at_most, pages, ready, unwatched
from gateway.model.errors import GatewayError, PeerRefused, UsageError
from gateway.model.exchange import Action, Answer, Delivery, Probe, Sent
from gateway.model.ports import Carry, Line, Watch
from gateway.transport import Post

WSDL = Path(__file__).parent / "contract" / "student-record.wsdl"
NAMESPACE = "urn:education:student-record:1"
CONTROLS = {"status": "status", "total": "total", "cursor": "nextCursor"}
ROLL = "enrolment"
MOST_SUBJECTS = 2_000
"""So many people the bureau's schema takes in one question."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`path` is the service below the bureau's base address; `page_size` 1,000 to 2,000 rows."""

    source: str = "education"
    path: str = "/soap"
    page_size: int = 1000


class EducationAdapter:
    """Satisfies gateway.model.ports.Adapter."""

    def __init__(
        self, post: Post, settings: Settings | None = None, watch: Watch = unwatched
    ) -> None:
        self._post = post
        self._settings = settings or Settings()
        self._watch = watch
        self._client = Client(
            str(WSDL),
            transport=_NoNetwork(),  # type: ignore[no-untyped-call]
            settings=ZeepSettings(strict=True, forbid_dtd=True, forbid_external=True),
        )

    def collect(self, roll: str, period: str, line: Line) -> Delivery:
        """Every page of the enrolment roll. Raises TransportError, Busy, ExchangeRefused."""
        size = self._settings.page_size

        def page(cursor: str) -> Answer:
            document = self._request("GetRoll", period=period, cursor=cursor, pageSize=size)
            return self._call(line, Action.ROLL, document, "GetRoll", period)

        where = f"{self._settings.source}/{roll} {period}"
        return line.close(roll, period, pages(page, where, self._watch))

    def waiting(self, roll: str, period: str, line: Line) -> tuple[str, ...]:
        """Nothing lies ready here: this bureau is called."""
        return ()

    def subject(self, number: str) -> Mapping[str, str]:
        """A person by the number of a resident identity card."""
        return {"sfzjlxm": "1", "sfzjh": number}

    def ask(self, subjects: Sequence[Mapping[str, str]], line: Line, *, period: str) -> Delivery:
        """The statuses of those people (`sfzjlxm`, `sfzjh` each). Raises UsageError for too many."""
        at_most(subjects, MOST_SUBJECTS, self._settings.source)
        document = self._request("AskStatus", subject=[dict(subject) for subject in subjects])
        answer = self._call(line, Action.ASK, document, "AskStatus", period)
        where = f"{self._settings.source}/{ROLL} {period}"
        return line.close(ROLL, period, [ready(answer, where)])

    def deliver(self, document: bytes, line: Line, *, roll: str, period: str) -> Sent:
        """Hand over a document. Raises PeerRefused when the bureau does not take it."""
        request = self._request("Deliver", document=document)
        answer = self._call(line, Action.DELIVER, request, "Deliver", period)
        return Sent(answer.ref.exchange_id, answer.controls.get("status", ""))

    def probe(self, line: Line) -> Probe:
        """Whether the service answers a sealed question."""
        try:
            answer = self._call(line, Action.PROBE, self._request("Probe"), "Probe", "")
        except GatewayError as error:
            return Probe(self._settings.source, False, error.what)
        return Probe(self._settings.source, True, answer.controls.get("status", ""))

    def _call(
        self, line: Line, action: Action, document: bytes, operation: str, period: str
    ) -> Answer:
        return line.call(action, document, self._carry(operation), CONTROLS, period=period)

    def _carry(self, operation: str) -> Carry:
        content_type = f'application/soap+xml; charset=utf-8; action="{NAMESPACE}/{operation}"'
        return lambda sealed: self._post.send(self._settings.path, sealed, content_type)

    def _request(self, operation: str, **values: Any) -> bytes:
        try:
            envelope = self._client.create_message(self._client.service, operation, **values)
        except (ZeepError, TypeError, ValueError) as error:
            # Its text could hold a value.
            raise UsageError(
                f"the request does not fit the bureau's contract ({type(error).__name__})",
                where=f"{self._settings.source}, {operation}",
                mend="compare its fields with contract/student-record.xsd",
            ) from None
        return bytes(etree.tostring(envelope))


class _NoNetwork(Transport):
    """Lets zeep read the files beside the WSDL, and nothing else."""

    def load(self, url: str) -> bytes:
        """A local file's bytes. Raises PeerRefused for any other address."""
        path = Path(url.removeprefix("file://"))
        if not path.resolve().is_relative_to(WSDL.parent.resolve()):
            raise PeerRefused("the contract points outside its folder", where=WSDL.name)
        return path.read_bytes()
