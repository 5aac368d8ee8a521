"""Notices: one pending per topic and connection, newest wins; one sender task per connection."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping

from tellertui.core.wire import Notice, encode

SEND_S = 10
OUTBOX = 64
"""Answers that may wait for a reader; more requests are not read from it until it takes some."""


class Sender:
    """Sends answers in order and notices in between; a reader that is too slow is disconnected."""

    def __init__(
        self,
        write: Callable[[bytes], bool],
        send: Callable[[bytes], Awaitable[None]],
        give_up: Callable[[], Awaitable[None]],
    ) -> None:
        """Send over one connection.

        Args:
            write: hands a frame to the kernel at once and says so, or leaves it where the reader is behind.
            send: sends a frame as soon as the reader takes it.
            give_up: cuts the connection.
        """
        self._write = write
        self._send = send
        self._give_up = give_up
        self._answers: deque[bytes] = deque()
        self._notices: dict[str, int] = {}
        self._wake = asyncio.Event()
        self._room = asyncio.Semaphore(OUTBOX)
        self._busy = False
        self._over = False

    async def answer(self, frame: bytes) -> bool:
        """Queue an answer, waiting while too many are queued already; say whether it can still be sent."""
        if not self._over and not self._written(frame):
            await self._room.acquire()
            self._answers.append(frame)
            self._wake.set()
        return not self._over

    def notice(self, topic: str, seq: int) -> None:
        """Queue a notice in place of an older one of the same topic."""
        if not self._written(encode(Notice(topic, seq))):
            self._notices[topic] = seq
            self._wake.set()

    def _written(self, frame: bytes) -> bool:
        """Write a frame past the queue while there is none; the usual case, at a fraction of the cost."""
        return not (self._busy or self._answers or self._notices) and self._write(frame)

    async def run(self) -> None:
        """Send until cancelled or given up."""
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                self._busy = True
                while self._answers or self._notices:
                    async with asyncio.timeout(SEND_S):
                        await self._send(self._next())
                self._busy = False
        except TimeoutError:
            await self._give_up()
        finally:
            self._over = True
            self._room.release()

    def _next(self) -> bytes:
        if self._answers:
            self._room.release()
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

    def publish(self, newest: Mapping[str, int]) -> None:
        """Queue a notice for the watchers of each topic, with the seq of the newest entry behind it."""
        for topic, seq in newest.items():
            for sender in self._watchers.get(topic, ()):
                sender.notice(topic, seq)
