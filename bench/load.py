"""A load tool for one HTTP endpoint: keep-alive connections over plain sockets, as fast as they go or paced.

Made for this one purpose because a client library costs more than the server that it measures.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measured:
    """Answers a second, and seconds that half, and nineteen of twenty, of them took."""

    rate: float
    median: float
    p95: float
    wrong: int


def request(path: str, port: int, body: bytes = b"", token: str = "") -> bytes:
    """The bytes of one request; a POST where it has a body."""
    lines = [f"{'POST' if body else 'GET'} {path} HTTP/1.1", f"host: 127.0.0.1:{port}"]
    if token:
        lines.append(f"authorization: Bearer {token}")
    if body:
        lines += ["content-type: application/json", f"content-length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def measure(
    port: int, requests: Sequence[bytes], *, seconds: float, connections: int, rate: float = 0
) -> Measured:
    """Send the requests in turn for so long; with `rate`, so many a second over all connections."""
    return asyncio.run(_measure(port, requests, seconds, connections, rate))


async def _measure(
    port: int, requests: Sequence[bytes], seconds: float, connections: int, rate: float
) -> Measured:
    spent: list[float] = []
    wrong = 0
    began = time.perf_counter()

    async def one(number: int) -> None:
        nonlocal wrong
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        turn = number
        step = connections / rate if rate else 0
        due = began + number * step / connections
        while (now := time.perf_counter()) < began + seconds:
            if rate and now < due:
                await asyncio.sleep(due - now)
            # Of a paced request the wait counts too: a server that stalls is not excused.
            start = due if rate else time.perf_counter()
            due += step
            writer.write(requests[turn % len(requests)])
            turn += connections
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(_length(head))
            wrong += not head.startswith(b"HTTP/1.1 200")
            spent.append(time.perf_counter() - start)
        writer.close()

    await asyncio.gather(*(one(number) for number in range(connections)))
    took = time.perf_counter() - began
    spent.sort()
    return Measured(len(spent) / took, spent[len(spent) // 2], spent[int(len(spent) * 0.95)], wrong)


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0
