"""The first five minutes of the demo, typed as they are shown to a visitor, as far as the branch is built."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from terminals import ENTER, Terminal, f

MANAGER, LOBBY, TELLER = "1", "3", "6"
PASSPHRASE = "lantern river 0417"
CUT, LANGUAGE, COLOURS = "\x10", "\x07", "\x14"
GUARD_S = 0.8


@pytest.fixture
def three(tmp_path: Path) -> Iterator[tuple[Terminal, Terminal, Terminal]]:
    """The lobby desk, counter 3 and the manager side by side."""
    command, options = ("-I", "-m", "tellertui", "demo", "--lang", "en"), {"TMPDIR": str(tmp_path)}
    with Terminal(*command, **options) as lobby:
        lobby.wait_for("Who are you?", 5)
        lobby.wait_for("The branch is open.")
        with (
            Terminal(*command, "--join", **options) as teller,
            Terminal(*command, "--join", **options) as manager,
        ):
            for terminal, digit in ((lobby, LOBBY), (teller, TELLER), (manager, MANAGER)):
                terminal.wait_for("Who are you?")
                terminal.send(digit)
                terminal.wait_for("waiting in the lobby")
            lobby.send("201", ENTER)
            lobby.wait_for("F6 Precheck")
            teller.send("202", ENTER)
            teller.wait_for("F10 Call")
            yield lobby, teller, manager


def step(terminal: Terminal, wanted: str) -> None:
    """Press F10 after a look at the screen."""
    terminal.read(GUARD_S)
    terminal.send(f(10))
    terminal.wait_for(wanted)


def test_the_first_five_minutes(three: tuple[Terminal, Terminal, Terminal]) -> None:
    lobby, teller, manager = three

    # A senior takes a number; the papers are looked at before the call, and the teller sees it.
    lobby.send("31", ENTER)
    lobby.wait_for("ahead")
    number = lobby.text.split(" Account: ")[0].rsplit(" ", 1)[1]
    lobby.send(f(6))
    lobby.wait_for("3  ✓ Address")
    lobby.send("3")
    lobby.wait_for("3    Address")
    lobby.send(f(10))
    lobby.wait_for("papers missing: 1")
    teller.send(number, ENTER)
    teller.wait_for("missing: Address")

    # Why it is called when it is.
    teller.send(f(1))
    teller.wait_for("R-Q-01")
    teller.send(f(12))
    teller.wait_for("call it now")
    teller.send(f(12))
    teller.wait_for("F10 Call")

    # Three keys for a customer; a number can be given up only after its last call.
    step(teller, "F10 Start")
    teller.send("2", ENTER)
    teller.wait_for("must be called")
    step(teller, "F10 Finish")
    step(teller, "F10 Call")
    step(teller, "F10 Start")

    # The plug: the host is killed while a number is called; one passphrase brings everything back.
    teller.send(CUT)
    teller.wait_for("Locked")
    teller.send(PASSPHRASE, ENTER)
    teller.wait_for("F10 Start")
    lobby.wait_for("Locked")

    # The end of day: what stands in the way is one key away.
    manager.wait_for("Locked")
    manager.send("lantern river 0401", ENTER)
    manager.wait_for("waiting in the lobby")
    manager.send("904", ENTER)
    manager.wait_for("Open tickets")
    manager.send("1", ENTER)
    manager.wait_for("201 Lobby desk")
    manager.send(f(12))
    manager.wait_for("Open tickets")
    manager.send(f(10))
    manager.wait_for("cannot be signed yet")

    # The same screen in the other two languages, then in black and white.
    manager.send(LANGUAGE)
    manager.wait_for("904 日終總覽")
    manager.send(LANGUAGE)
    manager.wait_for("904 日终总览")
    manager.send(COLOURS, COLOURS, apart=0.1)
    manager.wait_for("------")
