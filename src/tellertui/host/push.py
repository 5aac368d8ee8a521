"""Notices: one pending per topic and connection, newest wins; one sender task per connection."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from tellertui.core.wire import Notice, encode

SEND_S = 10
OUTBOX = 64


class Sender:
    """Sends answers in order and notices in between; a reader that is too slow is disconnected."""

    def __init__(
        self, send: Callable[[bytes], Awaitable[None]], give_up: Callable[[], Awaitable[None]]
    ) -> None:
        self._send = send
        self._give_up = give_up
        self._answers: deque[bytes] = deque()
        self._notices: dict[str, int] = {}
        self._wake = asyncio.Event()

    def answer(self, frame: bytes) -> None:
        """Queue an answer."""
        self._answers.append(frame)
        self._wake.set()

    def notice(self, topic: str, seq: int) -> None:
        """Queue a notice in place of an older one of the same topic."""
        self._notices[topic] = seq
        self._wake.set()

    async def run(self) -> None:
        """Send until cancelled or given up."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._answers or self._notices:
                try:
                    async with asyncio.timeout(SEND_S):
                        await self._send(self._next())
                except TimeoutError:
                    await self._give_up()
                    return

    def _next(self) -> bytes:
        if self._answers:
            return self._answers.popleft()
        topic = next(iter(self._notices))
        return encode(Notice(topic, self._notices.pop(topic)))


class Board:
    """Which sender watches which topic."""

    def __init__(self) -> None:
        self._watchers: dict[str, set[Sender]] = {}

    def watch(self, topic: str, sender: Sender) -> None:
        """Begin to tell a sender of a topic."""
        self._watchers.setdefault(topic, set()).add(sender)

    def unwatch(self, topic: str, sender: Sender) -> None:
        """Tell a sender no more of a topic."""
        watchers = self._watchers.get(topic)
        if watchers is not None:
            watchers.discard(sender)
            if not watchers:
                del self._watchers[topic]

    def forget(self, sender: Sender) -> None:
        """Remove a sender from every topic."""
        for topic in list(self._watchers):
            self.unwatch(topic, sender)

    def publish(self, topics: frozenset[str], seq: int) -> None:
        """Queue a notice of each topic for its watchers."""
        for topic in topics:
            for sender in self._watchers.get(topic, ()):
                sender.notice(topic, seq)
