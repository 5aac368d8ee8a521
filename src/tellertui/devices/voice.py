"""The voice of the lobby: calls are said one after another, newest last, and never keep anybody waiting.

An adapter says one announcement: a speech command, recorded clips, or a file for trials. A loudspeaker that
is off, hangs or fails costs its announcement and nothing else. Programs are started without a shell; what is
said reaches them as data, never as an option.
"""

import asyncio
import os
import shutil
import signal
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import msgspec

from tellertui.core.refusal import N_
from tellertui.i18n import LANGUAGES, translator
from tellertui.settings import BAD_SETTINGS, Settings

PATIENCE_S = 15.0
"""How long one announcement may take; then its program is killed."""
MOST = 12
"""Announcements that may wait; the oldest is dropped for a newer one."""
SENTENCE = N_("Number {number}, counter {counter}, please")
CLIP_ENDINGS = (".wav", ".ogg", ".opus", ".flac", ".mp3")
BEFORE, BETWEEN, AFTER = "call", "counter", "please"
"""Names of the clips around number and counter."""
FOLDERS = "/usr/local/bin:/usr/bin:/bin"
KEPT = ("HOME", "LANG", "XDG_RUNTIME_DIR", "PULSE_SERVER", "DBUS_SESSION_BUS_ADDRESS")
"""What sound servers need of the environment."""


class Announcement(msgspec.Struct, frozen=True):
    """One call in one language."""

    number: str
    counter: str
    language: str

    @property
    def text(self) -> str:
        """Return the sentence, letters and digits one by one."""
        number, counter = spelt(self.number), spelt(self.counter)
        return translator(self.language)(SENTENCE).format(number=number, counter=counter)


def spelt(code: str) -> str:
    """Return the ASCII letters and digits of a code, set apart; everything else is left out."""
    return " ".join(character for character in code if character.isascii() and character.isalnum())


def announcements(number: str, counter: str, language: str, branch: str) -> list[Announcement]:
    """Return a call in the ticket's language, then in the branch's where that is another."""
    wished = [each for each in dict.fromkeys((language, branch)) if each in LANGUAGES]
    return [Announcement(number, counter, each) for each in wished or ["en"]]


class Adapter(Protocol):
    """Whatever can say an announcement."""

    async def say(self, announcement: Announcement) -> None:
        """Say it and return when it has been said.

        Raises:
            OSError: it cannot be said.
        """


class Voice:
    """The queue in front of a loudspeaker."""

    def __init__(
        self,
        adapter: Adapter,
        *,
        patience_s: float = PATIENCE_S,
        failed: Callable[[Exception], object] = lambda error: None,
    ) -> None:
        """Make a voice.

        Args:
            adapter: says one announcement at a time.
            patience_s: seconds after which an announcement is given up.
            failed: told what went wrong, once until it goes right again.
        """
        self._adapter = adapter
        self._patience_s = patience_s
        self._failed = failed
        self._waiting: deque[Announcement] = deque(maxlen=MOST)
        self._task: asyncio.Task[None] | None = None
        self._dumb = False
        """The last announcement was not said."""

    def call(self, number: str, counter: str, language: str, branch: str) -> None:
        """Queue a call; this never waits."""
        self._waiting.extend(announcements(number, counter, language, branch))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def silent(self) -> None:
        """Wait until everything has been said or given up."""
        if self._task is not None:
            await self._task

    async def close(self) -> None:
        """Be silent at once: what is being said is cut off."""
        self._waiting.clear()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while self._waiting:
            try:
                async with asyncio.timeout(self._patience_s):
                    await self._adapter.say(self._waiting.popleft())
            except Exception as error:  # noqa: BLE001 - a loudspeaker must not stop the next call
                if not self._dumb:
                    self._failed(error)
                self._dumb = True
            else:
                self._dumb = False


class SpeechCommand:
    """A speech program: the sentence is its last argument where the template says so, else its input."""

    def __init__(self, argv: Sequence[str], names: Mapping[str, str]) -> None:
        """Make an adapter.

        Args:
            argv: program and arguments; ``{language}`` stands for the name of the language, a last argument
                ``{text}`` for the sentence.
            names: what the program calls each language.
        """
        self._by_argument = argv[-1] == "{text}"
        self._argv = argv[:-1] if self._by_argument else argv
        self._names = names

    async def say(self, announcement: Announcement) -> None:
        """Run the program on one sentence; the sentence never begins with a hyphen."""
        name = self._names[announcement.language]
        argv = [part.replace("{language}", name) for part in self._argv]
        text = announcement.text
        if self._by_argument:
            await run([*argv, text])
        else:
            await run(argv, text.encode() + b"\n")


class Clips:
    """Recorded pieces, one folder per language: ``call``, ``counter``, ``please``, each letter and digit."""

    def __init__(self, folder: Path, player: Sequence[str]) -> None:
        self._folder = folder.absolute()
        self._player = player

    async def say(self, announcement: Announcement) -> None:
        """Play the pieces of one call in order; a word around number and counter may be left unrecorded.

        Raises:
            OSError: a letter or digit was not recorded, or the player failed.
        """
        number, counter = spelt(announcement.number).split(), spelt(announcement.counter).split()
        names = (BEFORE, *number, BETWEEN, *counter, AFTER)
        clips = {name: self._clip(announcement.language, name) for name in names}
        if missing := [name for name in (*number, *counter) if clips[name] is None]:
            raise FileNotFoundError(missing[0])
        for name in names:
            if (clip := clips[name]) is not None:
                await run([*self._player, str(clip)])

    def _clip(self, language: str, name: str) -> Path | None:
        names = (self._folder / language / f"{name}{ending}" for ending in CLIP_ENDINGS)
        return next((path for path in names if path.is_file()), None)


class ToFile:
    """Writes what would be said, one JSON line each: for trials and tests."""

    def __init__(self, file: Path) -> None:
        self._file = file

    async def say(self, announcement: Announcement) -> None:
        """Append a line."""
        line = {"language": announcement.language, "text": announcement.text}
        with self._file.open("ab") as file:
            file.write(msgspec.json.encode(line) + b"\n")


async def run(argv: Sequence[str], given: bytes = b"") -> None:
    """Run a program to its end without a shell; it is killed with all it started when nobody waits any more.

    Raises:
        OSError: it is not there, or ended with a failure.
    """
    program = shutil.which(argv[0], path=FOLDERS)
    if program is None:
        raise FileNotFoundError(argv[0])
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        program,
        *argv[1:],
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PATH": FOLDERS, **environment},
        start_new_session=True,
    )
    try:
        await process.communicate(given)
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    if process.returncode:
        msg = f"exit code {process.returncode}"
        raise OSError(msg)


def adapter_of(settings: Settings) -> Adapter | None:
    """Return the voice that the settings name, or None where it is off.

    Raises:
        Refusal: ``bad-settings`` names what is missing.
    """
    if settings.voice == "off":
        return None
    if settings.voice == "file":
        return ToFile(Path(_given("voice_file", settings.voice_file)))
    if settings.voice == "clips":
        folder = Path(_given("voice_clips", settings.voice_clips))
        return Clips(folder, _argv("voice_player", settings.voice_player))
    names = dict(zip(LANGUAGES, settings.voice_languages, strict=True))
    return SpeechCommand(_argv("voice_command", settings.voice_command), names)


def voice_of(settings: Settings, failed: Callable[[Exception], object]) -> Voice | None:
    """Return the queue in front of the voice that the settings name, or None where it is off.

    Raises:
        Refusal: ``bad-settings`` names what is missing.
    """
    adapter = adapter_of(settings)
    return None if adapter is None else Voice(adapter, failed=failed)


def _given(name: str, value: str) -> str:
    if not value:
        raise BAD_SETTINGS(where=name)
    return value


def _argv(name: str, value: Iterable[str]) -> list[str]:
    argv = list(value)
    if not argv or argv[0].startswith(("-", "{")):
        raise BAD_SETTINGS(where=name)
    return argv
