"""Veil and lock: the screen covered while the teller turns away, the terminal closed until the passphrase."""

import hashlib
import hmac
import re
from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from tellertui.core.refusal import N_, Refusal
from tellertui.ui.canvas import Canvas
from tellertui.ui.fields import PASSPHRASE_HELP, Field
from tellertui.ui.look import Look
from tellertui.ui.modal import INNER, Modal
from tellertui.ui.notes import FORBIDDEN, Note
from tellertui.ui.text import line, wrap
from tellertui.ui.values import Digits

TRIES = 3
_ROUNDS = 20_000

CODE_HELP = N_("The six digits that you set when you signed on.")
WRONG_CODE = N_("That is not the code; {left} tries are left.")


class ShortCode:
    """The six-digit code that a person has set for this morning; kept only as a salted hash, in memory."""

    def __init__(self, code: str, salt: bytes) -> None:
        if not re.fullmatch(r"[0-9]{6}", code):
            msg = "the short code has six digits"
            raise ValueError(msg)
        self._salt = salt
        self._hash = self._hashed(code)
        self._left = TRIES

    def matches(self, code: str) -> bool:
        """Say whether this is the code; a wrong one costs a try, the right one gives all back."""
        if hmac.compare_digest(self._hashed(code), self._hash):
            self._left = TRIES
            return True
        self._left -= 1
        return False

    @property
    def left(self) -> int:
        """Return how many tries are left."""
        return max(0, self._left)

    def _hashed(self, code: str) -> bytes:
        return hashlib.pbkdf2_hmac("sha256", code.encode(), self._salt, _ROUNDS)


class Cover(Modal[bool]):
    """A modal that shows nothing of what is under it and cannot be left with F12."""

    DEFAULT_CSS = """
    Cover { background: $background; }
    """

    def action_back(self) -> None:
        """Stay."""
        self.app.bell()


class Veil(Cover):
    """Asks for the short code; True lifts the veil, False asks for the lock."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f3", "change", show=False)]

    def __init__(self, code: ShortCode, standing: Callable[[Look], str]) -> None:
        super().__init__(N_("Covered"))
        self._code = code
        self._standing = standing
        """Who sits here, and what stays open meanwhile, in words."""

    def compose_content(self) -> ComposeResult:
        """Lay the field between what stands here and what comes next."""
        yield Canvas(id="rows")
        yield Field("code", N_("Short code"), Digits(6, 6), cells=8, secret=True, help=CODE_HELP)
        yield Canvas(id="after")

    def content(self, look: Look) -> list[Content]:
        """Return who sits here."""
        return [line(self._standing(look)), Content("")]

    def rows_of(self, name: str, look: Look) -> list[Content]:
        """Return the rows over and under the field."""
        if name != "after":
            return super().rows_of(name, look)
        text = look.say(N_("After five minutes or three wrong codes your passphrase is needed."))
        return [Content(""), *(line(" ", row) for row in wrap(text, INNER))]

    def keys(self, look: Look) -> str:
        """Return the keys of the veil."""
        return look.say(N_("Enter lift    F3 somebody else signs on"))

    def on_field_filled(self, event: Field.Filled) -> None:
        """Try the code."""
        event.stop()
        code, event.field.value = event.field.value, ""
        if not code:
            return
        if self._code.matches(code):
            self.dismiss(True)
        elif self._code.left:
            self.reject(Note(FORBIDDEN, WRONG_CODE, {"left": self._code.left}))
        else:
            self.dismiss(False)

    def action_change(self) -> None:
        """Somebody else signs on: that is the lock's business."""
        self.dismiss(False)


class Lock(Cover):
    """Asks for the passphrase of the person whose work is here; answers True when it opened."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f3", "change", show=False)]

    def __init__(
        self,
        standing: Callable[[Look], str],
        unlock: Callable[[bytearray], Awaitable[None]],
    ) -> None:
        super().__init__(N_("Locked"))
        self._standing = standing
        self._unlock = unlock
        self._trying = False

    def compose_content(self) -> ComposeResult:
        """Lay the field under what stands here."""
        yield Canvas(id="rows")
        yield Field("passphrase", N_("Passphrase"), cells=30, secret=True, help=PASSPHRASE_HELP)

    def content(self, look: Look) -> list[Content]:
        """Return whose work is kept here."""
        return [*(line(row) for row in wrap(self._standing(look), INNER)), Content("")]

    def keys(self, look: Look) -> str:
        """Return the keys of the lock."""
        return look.say(N_("Enter open    F3 somebody else signs on"))

    def on_field_filled(self, event: Field.Filled) -> None:
        """Try the passphrase."""
        event.stop()
        passphrase = bytearray(event.field.value, "utf-8")
        event.field.value = ""
        if passphrase and not self._trying:
            self._trying = True
            self.run_worker(self._try(passphrase), exit_on_error=False)

    async def _try(self, passphrase: bytearray) -> None:
        try:
            await self._unlock(passphrase)
        except Refusal as refused:
            self.reject(Note.refused(refused))
        else:
            self.dismiss(True)
        finally:
            self._trying = False
            passphrase[:] = bytes(len(passphrase))

    def action_change(self) -> None:
        """Somebody else signs on: this person's work stays sealed."""
        self.dismiss(False)
