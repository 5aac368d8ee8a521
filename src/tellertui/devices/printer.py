"""The slip printer: how a slip becomes ESC/POS bytes, and the three ways in which these leave.

Whatever stands in data reaches the stream only through ``Page.encode``, which lets through no octet below
0x20: control characters cannot become commands. The library is loaded with the first network printer.
"""

import os
import socket
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import msgspec

from tellertui.settings import Settings
from tellertui.workflows.reception.printing import Line, Size, Slip, Trouble

TIMEOUT_S = 5.0

INIT = b"\x1b@"
KANJI, NO_KANJI = b"\x1c&", b"\x1c."
LEFT, CENTRE = b"\x1ba\x00", b"\x1ba\x01"
ONCE, TWICE, LARGE = 0x00, 0x01, 0x33
"""Magnification of width and height: none, height doubled, four times both ways."""
FEED = b"\n"
CUT = b"\x1dV\x42\x00"
PAPER = b"\x1dr\x01"
"""Asks for the state of the paper; answered behind everything that was sent before."""
NO_PAPER = 0x0C

SIZES: dict[Size, int] = {"plain": ONCE, "strong": TWICE, "large": LARGE}
DOTS = 6
"""Dots of one module of the QR code, 0.75 mm at 203 dpi."""
QUIET = 4

ENCODINGS = {"zh_Hans": "gb18030", "zh_Hant": "cp950", "en": "ascii"}
COPY = {"zh_Hans": "** 副本 **", "zh_Hant": "** 副本 **", "en": "** COPY **"}

Encoding = Literal["gb18030", "cp950", "ascii"]


class PrinterAway(Exception):  # noqa: N818 - says what the printer is
    """The printer did not print; ``why`` is what was seen."""

    def __init__(self, why: Trouble) -> None:
        super().__init__(why)
        self.why: Trouble = why


class Page(msgspec.Struct, frozen=True):
    """The paper: its columns and the code page of its characters."""

    columns: int
    encoding: str

    def encode(self, text: str) -> bytes:
        """Return the octets of text from data; none of them is below 0x20."""
        return b"".join(map(self._octets, text))

    def wrap(self, text: str, columns: int) -> list[str]:
        """Return text in lines of at most so many columns, broken at blanks where there are any."""
        lines, line = [], ""
        for word in _words(text):
            if line and self.width(line + word.rstrip()) > columns:
                lines.append(line.rstrip())
                line = ""
            for character in word if line or word != " " else "":
                if self.width(line + character) > columns:
                    lines.append(line)
                    line = ""
                line += character if line or character != " " else ""
        return [*lines, line.rstrip()]

    def width(self, text: str) -> int:
        """Return the columns that text takes: one for ASCII, two for whatever else the page has."""
        return sum(1 if len(self._octets(character)) == 1 else 2 for character in text)

    def _octets(self, character: str) -> bytes:
        if character in "\t\r\n\v\f\u2028\u2029\u00a0\u3000":
            return b" "
        if unicodedata.category(character)[0] == "C":
            return b"?"
        with suppress(UnicodeEncodeError):
            octets = character.encode(self.encoding)
            # GB18030 has four octets for all of Unicode; printers have glyphs for its ideographs at most.
            if len(octets) <= 2 or unicodedata.category(character) == "Lo":
                return octets
        wide = unicodedata.east_asian_width(character) in "WF"
        return "□".encode(self.encoding, "replace") if wide else b"?"


def _words(text: str) -> Iterator[str]:
    """Yield the parts between which a line may break: Latin words with their blank, each other character."""
    word = ""
    for character in text:
        if character.isascii() and not character.isspace():
            word += character
            continue
        if word:
            yield word
            word = ""
        yield character
    if word:
        yield word


def page_for(settings: Settings, language: str) -> Page:
    """Return the page on which a slip in a language is set."""
    named = settings.printer_encoding
    return Page(settings.printer_columns, ENCODINGS.get(language, "ascii") if named == "auto" else named)


def set_lines(page: Page, slip: Slip, *, copy: bool) -> list[tuple[Line, str]]:
    """Return the lines as they stand on paper, each with what it is a part of."""
    marked = [Line(text=COPY[slip.language], size="strong", centred=True)] if copy else []
    return [
        (line, part)
        for line in (*marked, *slip.lines, *marked)
        for part in page.wrap(line.text, page.columns // (4 if line.size == "large" else 1))
    ]


def render(page: Page, slip: Slip, *, copy: bool) -> bytes:
    """Return the whole slip as ESC/POS commands."""
    parts = [INIT, NO_KANJI if page.encoding == "ascii" else KANJI]
    for line, part in set_lines(page, slip, copy=copy):
        octets = page.encode(part)
        parts += [CENTRE if line.centred else LEFT, _size(line.size), octets, FEED]
    parts += [_size("plain"), CENTRE, raster(slip.qr), FEED, LEFT, CUT]
    return b"".join(parts)


def _size(size: Size) -> bytes:
    """Return the commands of a size for single and for double characters (``GS !``, ``ESC E``)."""
    strong = size != "plain"
    return b"\x1d!" + bytes([SIZES[size]]) + b"\x1bE" + bytes([strong])


def raster(content: str) -> bytes:
    """Return a QR code as a bit image (``GS v 0``), so that a printer needs no code of its own for it."""
    import segno

    matrix = segno.make_qr(content, error="m").matrix
    side = (len(matrix) + 2 * QUIET) * DOTS
    octets = (side + 7) // 8
    blank = bytes(octets)
    rows = [blank] * (QUIET * DOTS)
    for modules in matrix:
        dots = "0" * (QUIET * DOTS) + "".join("01"[dark] * DOTS for dark in modules)
        rows += [int(dots.ljust(octets * 8, "0"), 2).to_bytes(octets)] * DOTS
    rows += [blank] * (QUIET * DOTS)
    return b"\x1dv0\x00" + octets.to_bytes(2, "little") + side.to_bytes(2, "little") + b"".join(rows)


def text_of(page: Page, slip: Slip, *, copy: bool) -> str:
    """Return the slip as text, as a person would read it."""
    lines = (page.encode(part).decode(page.encoding) for _, part in set_lines(page, slip, copy=copy))
    return "\n".join([*lines, f"[{slip.qr}]", ""])


class SlipPrinter(ABC):
    """A printer that is reached first and then given one slip."""

    @contextmanager
    def reached(self) -> Iterator[None]:
        """Reach the printer and let it go afterwards.

        Raises:
            PrinterAway: it is off, silent or out of paper; nothing was printed.
        """
        yield

    @abstractmethod
    def put(self, job: UUID, slip: Slip, *, copy: bool) -> None:
        """Print a slip.

        Raises:
            PrinterAway: it did not come out, or not wholly.
        """

    def probe(self) -> None:
        """Find out whether it would print.

        Raises:
            PrinterAway: it would not.
        """
        with self.reached():
            pass


class FilePrinter(SlipPrinter):
    """Leaves each slip in a folder: ``<job>.escpos`` for a printer, ``<job>.txt`` for a reader."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings = settings
        self._folder = folder

    @contextmanager
    def reached(self) -> Iterator[None]:
        """Look at the folder, which somebody else has made.

        Raises:
            PrinterAway: ``file``; it is missing or cannot be written to.
        """
        if not self._folder.is_dir() or not os.access(self._folder, os.W_OK | os.X_OK):
            raise PrinterAway("file")
        yield

    def put(self, job: UUID, slip: Slip, *, copy: bool) -> None:
        """Write both files, each whole or not at all.

        Raises:
            PrinterAway: ``file``.
        """
        page = page_for(self._settings, slip.language)
        self._write(f"{job}.escpos", render(page, slip, copy=copy))
        self._write(f"{job}.txt", text_of(page, slip, copy=copy).encode())

    def _write(self, name: str, content: bytes) -> None:
        beside = self._folder / f".{name}"
        try:
            beside.write_bytes(content)
            beside.replace(self._folder / name)
        except OSError:
            raise PrinterAway("file") from None


class NetworkPrinter(SlipPrinter):
    """An ESC/POS printer behind a raw TCP port."""

    def __init__(self, settings: Settings, host: str, port: int, timeout: float = TIMEOUT_S) -> None:
        self._settings = settings
        self._where = host, port, timeout
        self._printer: Any = None

    @contextmanager
    def reached(self) -> Iterator[None]:
        """Connect, and ask for the paper where the printer answers.

        Raises:
            PrinterAway: ``away``, ``silent`` or ``paper``.
        """
        from escpos.printer import Network

        host, port, timeout = self._where
        self._printer = printer = Network(host, port, timeout)
        try:
            # Its own way of connecting knows IPv4 only and leaves the socket of a failed attempt open.
            printer.device = socket.create_connection((host, port), timeout)
        except (OSError, OverflowError, UnicodeError):
            # A port above 65535 and a name that no DNS has are refused with errors of their own.
            raise PrinterAway("away") from None
        try:
            self._ask_paper()
            yield
        finally:
            printer.close()
            self._printer = None

    def put(self, job: UUID, slip: Slip, *, copy: bool) -> None:
        """Send a slip and wait until the printer has worked through it, where it answers.

        Raises:
            PrinterAway: ``broken``, ``silent`` or ``paper``.
        """
        content = render(page_for(self._settings, slip.language), slip, copy=copy)
        try:
            self._printer._raw(content)
        except OSError:
            raise PrinterAway("broken") from None
        self._ask_paper()

    def _ask_paper(self) -> None:
        if not self._settings.printer_answers:
            return
        try:
            self._printer._raw(PAPER)
            answer = self._printer._read()
        except OSError:
            raise PrinterAway("silent") from None
        if not answer:
            raise PrinterAway("broken")
        if answer[-1] & NO_PAPER:
            raise PrinterAway("paper")


def printer_of(settings: Settings) -> SlipPrinter | None:
    """Return the printer that the settings name; None for ``none``."""
    kind, _, rest = settings.printer.partition(":")
    if kind == "file":
        return FilePrinter(settings, Path(rest))
    if kind == "tcp":
        host, _, port = rest.removeprefix("//").partition(":")
        return NetworkPrinter(settings, host, int(port))
    return None
