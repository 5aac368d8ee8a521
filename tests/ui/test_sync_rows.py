"""905 as it is drawn: every state in three languages, two sizes, with and without colour."""

from collections.abc import Callable
from typing import Any

import pytest
from monday import LANGUAGES, SIZES, at, look_of, status
from rich.cells import cell_len
from snap import check
from sync_sample import NOW, asked, files, much, stopped, unenrolled, up, view

from tellertui.sync import words
from tellertui.sync.api import SyncView
from tellertui.sync.screens import sync_rows
from tellertui.ui.chrome import Line, frame_rows
from tellertui.ui.look import Look

AMBIGUOUS = "─▁▂▃▄▅▆▇█…"
STATES: dict[str, Callable[[], SyncView | None]] = {
    "down": view,
    "up": up,
    "sending": lambda: up(waiting=3, acked=18243, oldest_waiting_s=12, next_at=at("10:44")),
    "new": lambda: view(
        state="new", last_ok=None, last_error=None, failures=0, acked=0, safe=0, waiting=18246, batches=[]
    ),
    "nobody": lambda: up(waiting=3, acked=18243, oldest_waiting_s=12, courier=False),
    "none": unenrolled,
    "standalone": lambda: unenrolled(standalone=True),
    "asked": asked,
    "files": files,
    "behind": lambda: stopped("behind"),
    "forked": lambda: stopped("forked"),
    "contested": lambda: stopped("contested"),
    "closed": lambda: stopped("closed"),
    "much": much,
    "unread": lambda: None,
}

every_language = pytest.mark.parametrize("language", LANGUAGES)
every_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")


def framed(state: SyncView | None, look: Look, first: int = 0) -> list[Any]:
    head, body = sync_rows.head(state, NOW, look), sync_rows.body(state, first, NOW, look)
    rows = frame_rows(head, body, None, status(look.language, "manager", "0401"), {}, look)
    return [look.shown(row) for row in rows]


@every_language
@every_size
@pytest.mark.parametrize("state", STATES)
def test_every_state(language: str, size: tuple[int, int], state: str) -> None:
    look = look_of(language, size)
    rows = framed(STATES[state](), look)
    check(f"sync_{state}_{language}_{size[0]}x{size[1]}", rows, width=look.width)
    assert "…" not in "".join(row.plain for row in rows)


@every_language
@every_size
def test_without_colour_and_doubtful_glyphs(language: str, size: tuple[int, int]) -> None:
    look = look_of(language, size, plain=True)
    rows = framed(much(), look)
    check(f"sync_much_{language}_{size[0]}x{size[1]}_plain", rows, width=look.width)
    assert not set(AMBIGUOUS) & set("".join(row.plain for row in rows))


def test_pages_hold_every_batch_once() -> None:
    look, state = look_of("en"), view()
    step = sync_rows.page_rows(state, NOW, look)
    seen = "\n".join(
        row.plain
        for first in range(0, len(state.batches), step)
        for row in sync_rows.body(state, first, NOW, look)
    )
    for batch in state.batches:
        assert seen.count(f" {batch.first:,}-{batch.last:,} ") == 1


def test_the_line_for_the_status_line() -> None:
    look = look_of("en")
    assert sync_rows.line_of(view(), NOW, look) == Line(False, "10:31", 42)
    assert sync_rows.line_of(up(), NOW, look) == Line(True, "10:43", 0)
    assert sync_rows.line_of(up(courier=False), NOW, look) == Line(False, "10:43", 0)
    # A courier that hangs says nothing: a line that was not heard for long is not up.
    assert sync_rows.line_of(up(last_ok=at("10:30")), NOW, look) == Line(False, "10:30", 0)
    for state in (unenrolled(), asked(), files(), up(last_ok=None)):
        assert sync_rows.line_of(state, NOW, look) is None


def test_times_of_other_days_have_their_date() -> None:
    look = look_of("en")
    assert sync_rows.moment(at("09:05"), NOW, look) == "09:05"
    assert sync_rows.moment(at("09:05") - 86_400_000, NOW, look) == "11-22 09:05"
    assert sync_rows.moment(None, NOW, look) == ""


def test_a_hostile_event_stays_on_its_row() -> None:
    look = look_of("en")
    state = view()
    wrong = [type(state.rejections[0])(seq=1, event="x\n\x1b[2J" + "y" * 200, code="behind")]
    rows = sync_rows.body(view(rejections=wrong), 0, NOW, look)
    assert all("\x1b" not in row.plain and "\n" not in row.plain for row in rows)
    assert {cell_len(row.plain) for row in framed(view(rejections=wrong), look)} == {80}


@every_language
def test_the_sentence_of_a_command(language: str) -> None:
    say = look_of(language).say
    for make in STATES.values():
        state = make()
        if state is not None:
            text = words.sentence(state, say)
            assert text.startswith(words.state(state, say))
            assert "{" not in text
    assert "(odd)" in words.sentence(view(last_error="odd"), say)
