"""The key pump: one key at a time, each fully worked off before the next is looked at.

Textual sends printable characters straight to the focused widget and runs bound keys only after they have
bubbled to the app, so in a burst characters overtake Enter. The pump takes keys from one queue, gives the
next to Textual, then waits until every node from the focused widget up to the app has run what that key
caused and a new screen, if any, has its focus.

Four or more printable keys less than 20 ms apart are a burst: a scanner, a card reader, an input method. They
are given as one ``Burst``, with the Enter behind them, so that a scan can never be read as verbs. Times are
those at which the keys arrived, so a stalled loop does not turn typing into a burst.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeGuard
from weakref import ref

from textual import events
from textual.dom import DOMNode
from textual.message_pump import MessagePump
from textual.screen import Screen

if TYPE_CHECKING:
    from textual.app import App

ROUNDS = 2
"""The second round catches what the first one caused."""
PATIENCE_S = 0.05
"""How long one node may take before its state is looked at again."""
OUT = "f12"
"""The key that passes while keys are held and empties the queue: the person wants out."""
GAP_S = 0.020
"""Printable keys closer together than this belong to one burst."""
BURST = 4
"""So many of them are no person's typing."""
CHOICE_WAIT_S = 0.025
"""Where one key decides, it is looked at only after this long, in case it begins a burst."""

Give = Callable[[events.Event], Awaitable[None]]


class Burst(events.Paste, bubble=True):
    """Several keys that arrived as one."""

    def __init__(self, text: str, given: int, enter: bool) -> None:
        super().__init__(text)
        self.given = given
        """How many of its first characters the focused widget has had already, one by one."""
        self.enter = enter
        """It ended with Enter."""


class Hold:
    """Keys wait while any hold is in force."""

    over = False
    """It was released."""


class KeyPump:
    """The queue of keys, pastes and clicks of one app."""

    def __init__(self, app: "App[Any]", give: Give, failed: Callable[[Exception], None]) -> None:
        self._app = app
        self._give = give
        self._failed = failed
        self._waiting: deque[events.Event] = deque()
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._holds: set[Hold] = set()
        self._task: asyncio.Task[None] | None = None
        self._met: Callable[[], Screen[Any] | None] = lambda: None
        """The screen that was last on top and ready for keys."""
        self._run_of: list[events.Key] = []
        """Printable keys given last, each less than the gap after the one before."""

    @staticmethod
    def wants(event: events.Event) -> bool:
        """Say whether an event is input that must keep its order."""
        kinds = (events.Key, events.Paste, events.MouseDown, events.MouseUp)
        return isinstance(event, kinds) and not event.is_forwarded

    def put(self, event: events.Event) -> None:
        """Queue an event; F12 while held passes at once and drops what was typed ahead."""
        self._start()
        if self._holds and isinstance(event, events.Key) and event.key == OUT:
            self._waiting.clear()
            self._holds.clear()
        self._waiting.append(event)
        self._idle.clear()
        self._wake.set()

    def clear(self) -> None:
        """Forget what was typed ahead: the screen it was meant for is gone."""
        self._waiting.clear()
        self._run_of.clear()

    @property
    def held(self) -> bool:
        """Say whether keys are being held."""
        return bool(self._holds)

    def hold(self) -> Hold:
        """Keep keys in the queue from now on; what is typed then belongs to what comes after."""
        self._start()
        self._idle.clear()
        hold = Hold()
        self._holds.add(hold)
        return hold

    def release(self, hold: Hold) -> None:
        """End a hold; one that F12 has ended already is no fault."""
        hold.over = True
        self._holds.discard(hold)
        self._wake.set()

    @contextmanager
    def released(self) -> Iterator[None]:
        """Let keys pass for a while, for a question to the person in the middle of an errand."""
        before = set(self._holds)
        self._holds.clear()
        self._wake.set()
        try:
            yield
        finally:
            self._holds |= {hold for hold in before if not hold.over}
            self._idle.clear()
            self._wake.set()

    async def drained(self) -> None:
        """Wait until nothing is queued, held or being worked off."""
        await self._idle.wait()

    def stop(self) -> None:
        """End the pump with the app."""
        if self._task is not None:
            self._task.cancel()

    def _start(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting and not self._holds:
                try:
                    await self._new_screen()
                    await self._one(await self._next())
                except Exception as error:  # noqa: BLE001 - the boundary: the app ends with an incident
                    self._failed(error)
            if not self._waiting and not self._holds:
                self._idle.set()

    async def _next(self) -> events.Event:
        event = self._waiting.popleft()
        if not _printable(event):
            self._run_of.clear()
            return event
        if self._run_of and event.time - self._run_of[-1].time >= GAP_S:
            self._run_of.clear()
        given = len(self._run_of)
        run = [*self._run_of, event]
        await self._gather(run)
        if len(run) >= BURST:
            self._run_of.clear()
            return Burst("".join(key.character or "" for key in run), given, self._enter_after(run[-1]))
        self._waiting.extendleft(reversed(run[given + 1 :]))
        self._run_of.append(event)
        return event

    async def _gather(self, run: list[events.Key]) -> None:
        """Take the keys that belong to the same burst, waiting for more where it matters."""
        while True:
            if self._waiting:
                event = self._waiting[0]
                if not _printable(event) or event.time - run[-1].time >= GAP_S:
                    return
                run.append(event)
                self._waiting.popleft()
            elif not await self._more(run):
                return

    async def _more(self, run: list[events.Key]) -> bool:
        """Wait for the next key where a burst has begun or one key decides; say whether one came."""
        burst = len(run) >= BURST - 1
        if not burst and not self._one_key():
            return False
        until = run[-1].time + (GAP_S if burst else CHOICE_WAIT_S)
        while not self._waiting:
            left = until - asyncio.get_running_loop().time()
            if left <= 0 and not self._coming():
                return False
            self._wake.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), left if left > 0 else PATIENCE_S / 10)
        return True

    def _coming(self) -> bool:
        """Say whether the terminal has more to hand over of what it read last."""
        return getattr(self._app._driver, "coming", 0) > 0

    def _one_key(self) -> bool:
        """Say whether the focused widget or the screen acts on a single printable key."""
        return any(getattr(node, "one_key", False) for node in (self._app.focused, self._app.screen))

    def _enter_after(self, last: events.Key) -> bool:
        event = self._waiting[0] if self._waiting else None
        enter = isinstance(event, events.Key) and event.key == "enter" and event.time - last.time < GAP_S
        if enter:
            self._waiting.popleft()
        return enter

    async def _one(self, event: events.Event) -> None:
        before = self._app.focused or self._app.screen
        await self._give(event)
        for _ in range(ROUNDS):
            await self._settle(before)
        await self._new_screen()

    async def _settle(self, node: DOMNode) -> None:
        """Wait until each node from one up to the app has run what was queued for it."""
        for each in [node, *node.ancestors]:
            if isinstance(each, MessagePump) and each.is_running:
                await _marked(each)
        if self._app.is_running:
            await _marked(self._app)

    async def _new_screen(self) -> None:
        """Wait until the screen on top runs and, where it has fields, one of them has the focus."""
        for _ in range(40):
            screen = self._app.screen
            if screen.is_running and screen is not self._met():
                # A screen that an errand has just opened composes itself and takes the focus first.
                await _marked(screen)
                self._met = ref(screen)
            if screen.is_running and (screen.focused is not None or not screen.focus_chain):
                return
            await asyncio.sleep(PATIENCE_S / 10)


def _printable(event: events.Event) -> TypeGuard[events.Key]:
    return isinstance(event, events.Key) and event.is_printable


async def _marked(node: MessagePump) -> None:
    """Wait until a node has run a marker posted behind all it has to do; a removed node is not waited for."""
    done = asyncio.Event()
    node.call_later(done.set)
    while node.is_running and not done.is_set():
        try:
            async with asyncio.timeout(PATIENCE_S):
                await done.wait()
        except TimeoutError:
            continue
