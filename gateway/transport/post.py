"""One sealed request and its answer: through the gate, with patience."""

from dataclasses import dataclass, field

from gateway.transport.gate import Gate
from gateway.transport.http import Http
from gateway.transport.retry import Patience, retrying


@dataclass(frozen=True)
class Post:
    """Posts sealed bytes to one address of a bureau; satisfies what an adapter needs of HTTP."""

    http: Http
    gate: Gate
    patience: Patience = field(default_factory=Patience)

    def send(self, path: str, body: bytes, content_type: str) -> bytes:
        """Post with retries. Raises TransportError."""

        def once() -> bytes:
            with self.gate.passing():
                return self.http.post(path, body, content_type)

        return retrying(once, self.patience, shut=lambda: self.gate.shut)
