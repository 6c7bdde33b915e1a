"""Questions that wait at the same moment are answered in one transaction, whose cost they share."""

import asyncio
from collections.abc import Sequence

from gateway.access import Client
from gateway.inquiry import Answer, Asked, Checks, check_asked

MOST = 256
_Waiting = tuple[Client, Asked, "asyncio.Future[Answer]"]


class Gathered:
    """Checks, gathered. Every answer's audit row is on disk before the answer is given."""

    def __init__(self, checks: Checks) -> None:
        self._checks = checks
        self._waiting: list[_Waiting] = []
        self._work: asyncio.Task[None] | None = None

    async def answer(self, client: Client, asked: Asked) -> Answer:
        """One answer. Raises what `Checks.answer` raises."""
        check_asked(client, asked)
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((client, asked, answer))
        if self._work is None or self._work.done():
            self._work = loop.create_task(self._answer_all())
        return await answer

    async def _answer_all(self) -> None:
        while self._waiting:
            some, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            try:
                questions = [(client, asked) for client, asked, _ in some]
                answers: Sequence[Answer] = await asyncio.to_thread(
                    self._checks.answer_checked, questions
                )
            except Exception as error:
                _fail(some, error)
                continue
            for (_, _, future), answer in zip(some, answers, strict=True):
                if not future.done():
                    future.set_result(answer)


def _fail(some: Sequence[_Waiting], error: Exception) -> None:
    for _, _, future in some:
        if not future.done():
            future.set_exception(error)
