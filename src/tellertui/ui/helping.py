"""Help: the field or the screen in words and its keys; the last messages; the key card of a screen."""

from collections.abc import Iterable, Sequence
from typing import Any

from textual.binding import Binding
from textual.content import Content

from tellertui.core.refusal import N_
from tellertui.ui.actions import Action, key_name
from tellertui.ui.fields import Field
from tellertui.ui.frame import Frame
from tellertui.ui.look import KEY, STRONG, Look
from tellertui.ui.modal import INNER, Modal, Words, told
from tellertui.ui.notes import Past
from tellertui.ui.text import fit, line, wrap

ROWS = 16
KEY_CELLS = 8
SECOND_WAY = N_("Ctrl+K, then 1 to 9, 0 or =, is F1 to F9, F10 or F12.")


class Scroll(Modal[None]):
    """Rows to read, a page at a time."""

    BINDINGS = [  # noqa: RUF012 - Textual's own form
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup,f7", f"move({-ROWS})", show=False),
        Binding("pagedown,f8,space", f"move({ROWS})", show=False),
        Binding("enter", "back", show=False),
    ]

    def __init__(self, title: Words) -> None:
        super().__init__(title)
        self._top = 0

    def all_rows(self, look: Look) -> list[Content]:
        """Return everything there is to read."""
        return []

    def content(self, look: Look) -> list[Content]:
        """Return the page."""
        rows = self.all_rows(look)
        return rows[self._top : self._top + ROWS]

    def keys(self, look: Look) -> str:
        """Return the keys of the modal."""
        more = len(self.all_rows(look)) > ROWS
        return look.say(N_("F7 F8 page    F12 back")) if more else look.say(N_("F12 back"))

    def action_move(self, steps: int) -> None:
        """Turn the page."""
        last = max(0, len(self.all_rows(self.look)) - ROWS)
        self._top = max(0, min(last, self._top + steps))
        self.repaint()


class Help(Scroll):
    """What a field or a screen is for, and its keys."""

    def __init__(self, title: Words, texts: Sequence[Words], actions: Iterable[Action]) -> None:
        super().__init__(title)
        self._texts = texts
        self._actions = list(actions)

    @classmethod
    def of(cls, asked: Frame | Modal[Any]) -> "Help":
        """Return the help of what has the focus."""
        field = asked.focused
        texts = [field.hint] if isinstance(field, Field) and field.hint else []
        if isinstance(asked, Frame):
            return cls(asked.NAME, [*texts, asked.HELP], asked.all_actions())
        own = getattr(asked, "hint", "") or asked.HELP
        return cls(asked.heading, [*texts, own], ())

    def all_rows(self, look: Look) -> list[Content]:
        """Return the help, then the keys."""
        rows: list[Content] = []
        for text in self._texts:
            if text:
                rows += [*(line(row) for row in wrap(told(text, look), INNER)), Content("")]
        rows += card_rows(self._actions, look)
        return [*rows, line(look.say(SECOND_WAY))] if self._actions else rows

    def keys(self, look: Look) -> str:
        """Return the keys of the modal."""
        return look.say(N_("F1 last messages    F7 F8 page    F12 back"))

    def action_help(self) -> None:
        """F1 a second time: the last messages."""
        history = getattr(self.app, "history")  # noqa: B009 - the app base is above this module
        self.app.switch_screen(Messages(history.all()))


class Messages(Scroll):
    """The last fifty messages, newest first."""

    def __init__(self, past: Sequence[Past]) -> None:
        super().__init__(N_("Last messages"))
        self._past = past

    def all_rows(self, look: Look) -> list[Content]:
        """Return each message with its time, whole."""
        rows: list[Content] = []
        for past in self._past:
            first, *more = wrap(past.note.said(look.say), INNER - KEY_CELLS)
            rows.append(line(f"{look.clock(past.at)} ", (past.note.mark, STRONG), " ", first))
            rows += [line(" " * KEY_CELLS, row) for row in more]
        return rows or [line(look.say(N_("No messages yet.")))]


def card_rows(actions: Iterable[Action], look: Look) -> list[Content]:
    """Return the keys of a screen with what each does."""
    rows: list[Content] = []
    for action in actions:
        name = look.say(action.name or action.label)
        first, *more = wrap(f"{name}: {look.say(action.help)}", INNER - KEY_CELLS)
        rows.append(line((fit(key_name(action.key), KEY_CELLS), KEY), first))
        rows += [line(" " * KEY_CELLS, row) for row in more]
    return rows


def key_card(screen: Frame, look: Look) -> str:
    """Return the key card of a screen as plain text, for printing."""
    head = f"{screen.CODE} {look.say(screen.NAME)}"
    rows = [row.plain.rstrip() for row in card_rows(screen.all_actions(), look)]
    return "\n".join([head, "", *rows, "", look.say(SECOND_WAY)])
