"""Text snapshots: a screen as plain rows in a file, by screen, language and size; reviewed as a diff."""

import asyncio
import os
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from textual.content import Content
from textual.events import Key
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.worker import Worker, WorkerCancelled

FOLDER = Path(__file__).parent / "snapshots"
UPDATING = "UPDATE_SNAPSHOTS"
"""Set to write what is seen in place of comparing."""
CLOSING = "，。、；：？！）》」』】"


def text_of(rows: Iterable[Content | str]) -> list[str]:
    """Return rows as plain text."""
    return [unicodedata.normalize("NFC", row if isinstance(row, str) else row.plain) for row in rows]


def check(name: str, rows: Iterable[Content | str], *, width: int | None = None) -> None:
    """Compare rows with the file of that name; each must be as wide as the screen."""
    texts = text_of(rows)
    sizes = {cell_len(text) for text in texts}
    assert len(sizes) == 1, f"{name}: rows are {sorted(sizes)} cells wide"
    assert width is None or sizes == {width}, f"{name}: {sizes}"
    assert not [text for text in texts if text.strip()[:1] and text.strip()[0] in CLOSING], name
    seen = "\n".join(text.rstrip() for text in texts) + "\n"
    file = FOLDER / f"{name}.txt"
    if os.environ.get(UPDATING):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(seen, encoding="utf-8")
        return
    if not file.exists():
        pytest.fail(f"no snapshot {name}; look at it and run with {UPDATING}=1\n{seen}")
    assert seen == file.read_text(encoding="utf-8"), (
        f"{name} is another; run with {UPDATING}=1 if it is right"
    )


def screen_rows(app: Any) -> list[str]:
    """Return what a running app shows, row by row."""
    return text_of(strip.text for strip in app.screen._compositor.render_strips())


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys a twentieth of a second apart, without waiting for it, and see them worked off."""
    loop = asyncio.get_running_loop()
    for place, key in enumerate(keys):
        event = Key(*_key(key))
        event.time = loop.time() - 1000 + place / 20
        pilot.app.post_message(event)
    await settled(pilot)


def _key(key: str) -> tuple[str, str | None]:
    if len(key) == 1:
        return _character_to_key(key), key
    return key, {"enter": "\r", "question_mark": "?", "equals_sign": "=", "space": " "}.get(key)


async def finished(workers: Iterable[Worker[Any]]) -> None:
    """Wait for workers; one that a later one took over from has nothing left to do."""
    for worker in [*workers]:
        with suppress(WorkerCancelled):
            await worker.wait()


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until nothing is queued and nothing is being done, on every screen that can be seen."""
    app: Any = pilot.app
    for _ in range(2):
        await _messages_done(pilot)
        await app.pump.drained()
    await _messages_done(pilot)
    for screen in app.screen_stack:
        screen._on_timer_update()


async def _messages_done(pilot: Pilot[Any]) -> None:
    """Wait until every node has run what was queued for it; the pilot looks after the screen on top."""
    behind = [node for screen in pilot.app.screen_stack[:-1] for node in screen.walk_children(with_self=True)]
    waiting = []
    for node in behind:
        done = asyncio.Event()
        if node.is_running and node.call_later(done.set):
            waiting.append(done.wait())
    await pilot._wait_for_screen()
    if waiting:
        await asyncio.wait_for(asyncio.gather(*waiting), 5)
