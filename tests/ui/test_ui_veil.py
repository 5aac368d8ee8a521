"""The veil covers and keeps, the lock drops; both by an injected clock."""

import pytest
from snap import press, screen_rows, settled
from toolkit_sample import SampleApp

from tellertui.core.refusal import N_, Refusal, RefusalKind
from tellertui.ui.base import GROUND
from tellertui.ui.idle import LOCK_S, VEIL_S, VEIL_SERVING_S
from tellertui.ui.notes import DONE, Note
from tellertui.ui.veil import Lock, ShortCode, Veil

SALT = b"salt"
REFUSED = RefusalKind("wrong-passphrase", N_("Staff code and passphrase do not match."), 4)


@pytest.fixture
async def veiled(pilot):
    """The sample desk under its veil."""
    pilot.app.short_code = ShortCode("123456", SALT)
    await press(pilot, *"20", "ctrl+l")
    assert isinstance(pilot.app.screen, Veil)
    return pilot


def text(pilot) -> str:
    return "\n".join(screen_rows(pilot.app))


async def test_without_a_short_code_nothing_is_covered(pilot):
    await press(pilot, "ctrl+l")
    assert pilot.app.screen is pilot.app.desk
    assert "set one first" in text(pilot)


async def test_the_veil_shows_who_sits_here_and_nothing_else(veiled):
    shown = text(veiled)
    assert "Covered" in shown
    assert "counter 3   陳靜" in shown
    for hidden in ("Recall", "候", "城南支行", "Command"):
        assert hidden not in shown


async def test_the_code_lifts_it_and_everything_is_as_it_was(veiled):
    await press(veiled, *"123456")
    assert "******" in text(veiled)
    await press(veiled, "enter")
    assert veiled.app.screen is veiled.app.desk
    assert veiled.app.desk.field.value == "20"


async def test_f12_does_not_lead_out(veiled):
    await press(veiled, "f12", "escape", "f10", "f2")
    assert isinstance(veiled.app.screen, Veil)


async def test_three_wrong_codes_lock_and_the_lock_drops_everything(veiled):
    app = veiled.app
    app.remember(Note(DONE, "Ms Lin"))
    app.desk.field.value = "20"
    for left in (2, 1):
        await press(veiled, *"111111", "enter")
        assert f"{left} tries are left" in text(veiled)
    await press(veiled, *"111111", "enter")
    await settled(veiled)
    assert (app.lock_screens, app.saved) == (1, 1)
    assert app.current_mode == GROUND
    assert app.short_code is None
    assert app.history.all() == []
    assert list(app._screen_stacks) == [GROUND]
    assert "陳靜" not in text(veiled)


async def test_a_right_code_gives_the_tries_back(veiled):
    app = veiled.app
    await press(veiled, *"111111", "enter", *"123456", "enter", "ctrl+l", *"111111", "enter")
    assert "2 tries are left" in text(veiled)
    assert app.lock_screens == 0


async def test_somebody_else_signs_on_through_the_lock(veiled):
    await press(veiled, "f3")
    await settled(veiled)
    assert veiled.app.lock_screens == 1


@pytest.mark.parametrize(("serving", "limit"), [(False, VEIL_S), (True, VEIL_SERVING_S)])
async def test_the_veil_falls_after_a_while_and_the_lock_after_it(pilot, serving, limit):
    app = pilot.app
    app.short_code = ShortCode("123456", SALT)
    app.idle.serving = serving
    app.hands.advance(limit - 1)
    app.tick()
    assert app.screen is app.desk
    await press(pilot, "2")
    app.hands.advance(limit - 1)
    app.tick()
    assert app.screen is app.desk
    app.hands.advance(1)
    app.tick()
    await settled(pilot)
    assert isinstance(app.screen, Veil)
    app.hands.advance(LOCK_S - 1)
    app.tick()
    await settled(pilot)
    assert app.lock_screens == 0
    app.hands.advance(1)
    app.tick()
    await settled(pilot)
    assert app.lock_screens == 1


async def test_without_a_short_code_the_idle_time_changes_nothing(pilot):
    pilot.app.hands.advance(VEIL_SERVING_S)
    pilot.app.tick()
    assert pilot.app.screen is pilot.app.desk


async def test_the_lock_opens_with_the_passphrase_and_keeps_none(pilot):
    app = pilot.app
    tried: list[bytearray] = []

    async def unlock(passphrase: bytearray) -> None:
        tried.append(bytearray(passphrase))
        if passphrase != b"right one":
            raise Refusal(REFUSED, {})

    answers: list[bool | None] = []
    await app.push_screen(Lock(lambda look: "E004 is kept for 陳靜.", unlock), answers.append)
    await press(pilot, *"wrong", "enter")
    await settled(pilot)
    assert "Staff code and passphrase do not match." in text(pilot)
    assert "E004 is kept" in text(pilot)
    await press(pilot, "f12", *"right one".replace(" ", "_"), "enter")
    await settled(pilot)
    assert answers == []
    app.screen.query_one(".field").value = "right one"
    await press(pilot, "enter")
    await settled(pilot)
    assert answers == [True]
    assert tried[-1] == b"right one"


def test_a_short_code_has_six_digits():
    for code in ("12345", "1234567", "12345a", "１２３４５６", ""):
        with pytest.raises(ValueError, match="six digits"):
            ShortCode(code, SALT)
    assert "123456" not in repr(vars(ShortCode("123456", SALT)))


async def test_the_veil_covers_a_modal_too():
    app = SampleApp()
    async with app.run_test() as pilot:
        await settled(pilot)
        app.short_code = ShortCode("123456", SALT)
        await press(pilot, "f2")
        app.veil()
        await settled(pilot)
        assert isinstance(app.screen, Veil)
        app.veil()
        await press(pilot, *"123456", "enter")
        assert type(app.screen).__name__ == "Picker"
