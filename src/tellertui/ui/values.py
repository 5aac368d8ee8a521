"""What a field holds, pure: how typed text is read, what is wrong with it, and what is derived from it.

A kind reads text that has been normalised to narrow characters, so ``１２`` and ``12`` are the same in every
language. What it refuses it names in a ``Note``; what it derives is shown beside the
field and never put in its place.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Literal

import msgspec

from tellertui.core.money import money_text, parse_money
from tellertui.core.refusal import N_
from tellertui.ui.chrome import DAYS
from tellertui.ui.look import Look
from tellertui.ui.notes import FORBIDDEN, Note

_NARROW = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B) if chr(code - 0xFEE0).isalnum()}
_NARROW |= {0x3000: 0x20, 0xFF0E: 0x2E, 0xFF0B: 0x2B, 0xFF0D: 0x2D}

EMPTY = N_("This must be filled in.")
NOT_DIGITS = N_("Only digits here.")
LENGTH = N_("{length} characters; {least} to {most} are right.")
NO_DATE = N_("No date: t, +1, ddmm, ddmmyyyy or yyyy-mm-dd.")
NO_SUCH_DAY = N_("There is no such day.")
OUT_OF_RANGE = N_("The date must lie between {first} and {last}.")
NO_TIME = N_("Type a time as 930 or 9:30.")
NO_MONEY = N_("No amount: digits, at most two after the point.")
TOO_SMALL = N_("The amount must be at least {least}.")
TOO_LARGE = N_("The amount must be at most {most}.")
NO_OPTION = N_("Choose one of {options}.")
ODD = N_("Letters and digits only.")


class Wrong(ValueError):  # noqa: N818 - what a person typed, not a fault of the program
    """A text that a kind does not take; it carries the reason and never the text."""

    def __init__(self, text: str, **facts: int | str) -> None:
        super().__init__(text)
        self.note = Note(FORBIDDEN, text, facts)


def narrow(text: str) -> str:
    """Return the text with full-width letters, digits, space, point, plus and minus made narrow."""
    return text.translate(_NARROW)


class Kind(msgspec.Struct, frozen=True):
    """Plain text of at most so many characters; the base of all kinds."""

    most: int = 200
    least: int = 0

    def read(self, text: str) -> Any:
        """Return the value of a text that is not empty.

        Raises:
            Wrong: the reason, for the message line.
        """
        return self._long_enough(unicodedata.normalize("NFC", text.strip()))

    def write(self, value: Any) -> str:
        """Return a value as it stands in the field."""
        return str(value)

    def beside(self, value: Any, look: Look) -> str:
        """Return what follows from the value, in words."""
        return ""

    def typed(self, text: str) -> str:
        """Return what is typed as it enters the field."""
        return narrow(text)

    def takes(self, text: str) -> bool:
        """Say whether a half-typed text may stand in the field; otherwise the bell rings."""
        return len(text) <= self.most

    def _long_enough(self, text: str) -> str:
        if not self.least <= len(text) <= self.most:
            raise Wrong(LENGTH, length=len(text), least=self.least, most=self.most)
        return text


class Digits(Kind, frozen=True):
    """A number that is read and not reckoned with: digits only, leading zeros kept."""

    def read(self, text: str) -> str:
        """Return the digits, without separators."""
        digits = re.sub(r"[\s\-]", "", text)
        if not (digits.isascii() and digits.isdigit()):
            raise Wrong(NOT_DIGITS)
        return self._long_enough(digits)

    def takes(self, text: str) -> bool:
        """Take digits and the separators of papers."""
        return re.fullmatch(r"[0-9 \-]*", text) is not None and len(re.sub(r"[ \-]", "", text)) <= self.most


class Number(Kind, frozen=True):
    """The number of a document or a card: letters and digits, checked by whom it belongs to."""

    check: Callable[[str], Note | None] = msgspec.field(default=lambda text: None)
    """What is wrong with a normalised number; rules live with the customer file."""
    tells: Callable[[str, Look], str] = msgspec.field(default=lambda text, look: "")
    """What the number tells of its holder: region, birth date."""

    def read(self, text: str) -> str:
        """Return the number in upper case without separators."""
        number = re.sub(r"[\s()（）\-]", "", unicodedata.normalize("NFKC", text)).upper()
        if not (number.isascii() and number.isalnum()):
            raise Wrong(ODD)
        self._long_enough(number)
        if (note := self.check(number)) is not None:
            wrong = Wrong(note.text)
            wrong.note = note
            raise wrong
        return number

    def beside(self, value: Any, look: Look) -> str:
        """Return what the number tells."""
        return self.tells(value, look)


class Day(Kind, frozen=True):
    """A date: ``t`` today, ``+3`` from today, ``dd``, ``ddmm``, ``ddmmyyyy``, ``yyyy-mm-dd``."""

    today: Callable[[], date] = msgspec.field(default=lambda: date(1970, 1, 1))
    """The business date."""
    nearest: Literal["future", "past"] = "future"
    """Which year or month an incomplete date means."""
    first: date = date(1900, 1, 1)
    last: date = date(2199, 12, 31)
    most: int = 10

    def read(self, text: str) -> date:
        """Return the date."""
        today = self.today()
        text = text.strip().lower()
        if text == "t":
            found = today
        elif re.fullmatch(r"[+-]\d{1,4}", text):
            found = today + timedelta(days=int(text))
        else:
            found = self._written(text, today)
        if not self.first <= found <= self.last:
            raise Wrong(OUT_OF_RANGE, first=str(self.first), last=str(self.last))
        return found

    def _written(self, text: str, today: date) -> date:
        if iso := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", text):
            return _day(int(iso[1]), int(iso[2]), int(iso[3]))
        if not re.fullmatch(r"[0-9]{1,2}|[0-9]{4}|[0-9]{8}", text):
            raise Wrong(NO_DATE)
        day, month, year = int(text[:2]), text[2:4], text[4:8]
        if year:
            return _day(int(year), int(month), day)
        steps = 5 if month else 12
        return self._near(day, int(month) if month else None, today, steps)

    def _near(self, day: int, month: int | None, today: date, steps: int) -> date:
        """Return the nearest such day on the side of today that is meant, today included."""
        sign = 1 if self.nearest == "future" else -1
        for step in range(steps):
            if month is None:
                place = today.year * 12 + today.month - 1 + sign * step
                year, at = place // 12, place % 12 + 1
            else:
                year, at = today.year + sign * step, month
            try:
                found = date(year, at, day)
            except ValueError:
                continue
            if sign * (found - today).days >= 0:
                return found
        raise Wrong(NO_SUCH_DAY)

    def write(self, value: Any) -> str:
        """Return ``yyyy-mm-dd``."""
        return str(value)

    def beside(self, value: Any, look: Look) -> str:
        """Return the date with its weekday."""
        return f"{value.isoformat()} {look.say(DAYS[value.weekday()])}"

    def takes(self, text: str) -> bool:
        """Take what dates are written with."""
        return re.fullmatch(r"[tT]?|[+-]?[0-9]{0,4}|[0-9/.\-]{0,10}", text) is not None


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Wrong(NO_SUCH_DAY) from None


class Clock(Kind, frozen=True):
    """A time of the day: ``9``, ``930``, ``0930``, ``9:30``."""

    most: int = 5

    def read(self, text: str) -> str:
        """Return ``HH:MM``."""
        found = re.fullmatch(r"([0-9]{1,2})(?::?([0-9]{2}))?", text.strip())
        if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
            raise Wrong(NO_TIME)
        return f"{int(found[1]):02d}:{found[2] or '00'}"

    def takes(self, text: str) -> bool:
        """Take what times are written with."""
        return re.fullmatch(r"[0-9:]{0,5}", text) is not None


class Money(Kind, frozen=True):
    """An amount in minor units; thousands may be set apart by commas."""

    floor: int = 0
    ceiling: int = 10**15
    most: int = 24

    def read(self, text: str) -> int:
        """Return minor units."""
        text = text.strip()
        if not re.fullmatch(r"[0-9]+(\.[0-9]{1,2})?|[0-9]{1,3}(,[0-9]{3})+(\.[0-9]{1,2})?", text):
            raise Wrong(NO_MONEY)
        minor = parse_money(text.replace(",", ""))
        if minor < self.floor:
            raise Wrong(TOO_SMALL, least=amount(self.floor))
        if minor > self.ceiling:
            raise Wrong(TOO_LARGE, most=amount(self.ceiling))
        return minor

    def write(self, value: Any) -> str:
        """Return the amount with two decimals."""
        return money_text(value)

    def beside(self, value: Any, look: Look) -> str:
        """Return the amount with its thousands set apart."""
        return amount(value)

    def takes(self, text: str) -> bool:
        """Take digits, comma and point."""
        return re.fullmatch(r"[0-9,.]*", text) is not None and len(text) <= self.most


def amount(minor: int) -> str:
    """Return minor units with two decimals and thousands set apart: ``350,000.00``."""
    whole, _, cents = money_text(minor).partition(".")
    return f"{int(whole):,}.{cents}"


class One(Kind, frozen=True):
    """A choice of one digit."""

    options: str = "12"
    most: int = 1

    def read(self, text: str) -> str:
        """Return the digit."""
        if len(text) != 1 or text not in self.options:
            raise Wrong(NO_OPTION, options=" ".join(self.options))
        return text

    def takes(self, text: str) -> bool:
        """Take one of the digits."""
        return not text or (len(text) == 1 and text in self.options)


class Many(Kind, frozen=True):
    """Several of some digits, each at most once; the value is their sorted text."""

    options: str = "12"
    most: int = 9

    def read(self, text: str) -> str:
        """Return the digits in order."""
        if not set(text) <= set(self.options) or len(set(text)) != len(text):
            raise Wrong(NO_OPTION, options=" ".join(self.options))
        return "".join(sorted(text))

    def takes(self, text: str) -> bool:
        """Take some of the digits, each once."""
        return set(text) <= set(self.options) and len(set(text)) == len(text)
