"""The terminal's driver: what is read at once has arrived at once, however busy the machine is."""

import os
import select
from codecs import getincrementaldecoder
from collections.abc import Sequence
from contextlib import suppress

from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

LOOK_S = 0.1
"""How long the keyboard is waited for before the end of the app is looked for."""
MOST = 4096


class KeyDriver(LinuxDriver):
    """The stock driver, but the keys of one read carry one time, and how many are to come is known."""

    coming = 0
    """Messages of the present read that the app has not been handed yet."""

    def start_application_mode(self) -> None:
        """Take the terminal over, once: a bare SIGCONT would else set a second reader beside the first."""
        if self._key_thread is None or not self._key_thread.is_alive():
            super().start_application_mode()  # type: ignore[no-untyped-call]

    def run_input_thread(self) -> None:
        """Read the keyboard until the app ends or the terminal is gone."""
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")().decode
        with suppress(OSError):
            while not self.exit_event.is_set():
                if select.select([self.fileno], [], [], LOOK_S)[0]:
                    if text := decode(os.read(self.fileno, MOST)):
                        self._arrived([*parser.feed(text)])
                    else:
                        # A line that was cut is always ready and never says anything.
                        self.exit_event.wait(LOOK_S)
                self._arrived([*parser.tick()])
        with suppress(EOFError, ParseError):
            for _ in parser.feed(""):
                pass

    def _arrived(self, messages: Sequence[Message]) -> None:
        self.coming = len(messages)
        for message in messages:
            message.time = messages[0].time
            self.process_message(message)
            self.coming -= 1
