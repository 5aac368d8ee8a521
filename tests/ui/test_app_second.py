"""Four eyes at the maker's terminal: the modal, its ways back, and a day signed by two."""

from collections.abc import AsyncIterator, Iterable
from typing import Any

import pytest
from app_sample import keys, sign_on, terminal, until
from snap import press, screen_rows, settled
from textual.pilot import Pilot

from branches import MANAGER, PASSPHRASES, REVIEWER, Founded
from tellertui.branch.api import OpenDay
from tellertui.host.host import Host
from tellertui.ui.actions import Action
from tellertui.ui.desk import Desk
from tellertui.ui.places import Place
from tellertui.ui.second import IDLE_S, SecondPerson, countersigned
from tellertui.workflows.closing.api import ShowDay, SignDay

ABOUT = ("End of day 2026-11-23", "73 numbers, nothing in the way")


class Closing(Desk):
    """The least that asks two people."""

    CODE = "904"
    NAME = "End of day"

    def __init__(self) -> None:
        super().__init__()
        self.signed: list[Any] = []

    def actions(self) -> Iterable[Action]:
        yield Action("f10", "Sign", "Signs.", self.sign, guarded=True)

    async def sign(self) -> None:
        self.signed.append(await countersigned(self, SignDay(), ABOUT))


@pytest.fixture
async def pilot(founded: Founded, branch_host: Host) -> AsyncIterator[Pilot[Any]]:
    app = terminal(founded)
    del app.places._by_code["904"]
    app.places.add(Place("904", "End of day", Closing))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await sign_on(pilot, MANAGER)
        await app.client.do(OpenDay())
        app.people.update({MANAGER: "Zhou Qiang", REVIEWER: "He Xin"})
        await press(pilot, *"904", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Closing))
        yield pilot


def text(pilot: Pilot[Any]) -> str:
    return "\n".join(screen_rows(pilot.app))


def closing(pilot: Pilot[Any]) -> Closing:
    (found,) = [screen for screen in pilot.app.open_screens() if isinstance(screen, Closing)]
    return found


async def second(pilot: Pilot[Any], staff: str, passphrase: str) -> None:
    """Open the modal and type."""
    await press(pilot, "f10")
    await until(pilot, lambda: isinstance(pilot.app.screen, SecondPerson))
    await press(pilot, *staff, "enter", *keys(passphrase))


async def test_two_people_sign_the_day(pilot: Pilot[Any]) -> None:
    await second(pilot, REVIEWER, PASSPHRASES[REVIEWER].decode())
    await press(pilot, "f10")
    await until(pilot, lambda: closing(pilot).signed)
    (view,) = closing(pilot).signed
    assert [(each.staff, each.seat) for each in view.signatures] == [(MANAGER, "maker"), (REVIEWER, "second")]
    assert (await pilot.app.client.do(ShowDay())).state == "signed"


async def test_the_modal_shows_what_is_signed_who_made_it_and_who_signs(pilot: Pilot[Any]) -> None:
    await second(pilot, REVIEWER, "not yet")
    shown = text(pilot)
    assert all(words in shown for words in (*ABOUT, "made by M01", "He Xin", "F12 back to M01"))
    assert "not yet" not in shown


async def test_f12_gives_the_terminal_back_and_nothing_is_signed(pilot: Pilot[Any]) -> None:
    await second(pilot, REVIEWER, "x")
    await press(pilot, "f12")
    await until(pilot, lambda: isinstance(pilot.app.screen, Closing))
    assert closing(pilot).signed == [None]
    assert (await pilot.app.client.do(ShowDay())).state == "open"


async def test_a_wrong_passphrase_says_so_and_empties_the_field(pilot: Pilot[Any]) -> None:
    await second(pilot, REVIEWER, "wrong")
    await press(pilot, "f10")
    await until(pilot, lambda: "do not match" in text(pilot))
    assert pilot.app.screen.form["passphrase"].value == ""
    assert closing(pilot).signed == []


async def test_the_maker_is_no_second_person(pilot: Pilot[Any]) -> None:
    await second(pilot, MANAGER, PASSPHRASES[MANAGER].decode())
    await press(pilot, "f10")
    await until(pilot, lambda: "must be someone else" in text(pilot))
    assert closing(pilot).signed == []


async def test_thirty_seconds_without_a_key_go_back(
    pilot: Pilot[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    await second(pilot, REVIEWER, "x")
    modal = pilot.app.screen
    now = modal._now()
    monkeypatch.setattr(modal, "_now", lambda: now + IDLE_S - 1)
    modal._look_at_idle()
    assert pilot.app.screen is modal
    monkeypatch.setattr(modal, "_now", lambda: now + IDLE_S)
    modal._look_at_idle()
    await until(pilot, lambda: closing(pilot).signed == [None])


async def test_a_refused_command_is_told_and_the_second_person_signs_anew(
    pilot: Pilot[Any], branch_host: Host
) -> None:
    await second(pilot, REVIEWER, PASSPHRASES[REVIEWER].decode())
    await press(pilot, "f10")
    await until(pilot, lambda: closing(pilot).signed)
    await second(pilot, REVIEWER, PASSPHRASES[REVIEWER].decode())
    await press(pilot, "f10")
    await until(pilot, lambda: "is signed already" in text(pilot))
    (session,) = branch_host.sessions
    assert session.second is None
