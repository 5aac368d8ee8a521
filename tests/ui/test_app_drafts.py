"""Half-filled work: kept when one leaves, sealed at the host, back after a lock, dropped once committed."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from app_sample import NAME, Report, keys, sign_on, terminal, until
from snap import press, screen_rows, settled
from textual.pilot import Pilot

from branches import MANAGER, PASSPHRASES, REVIEWER, Founded
from tellertui.desk.drafts import AUTOSAVE_S
from tellertui.host.host import Host
from tellertui.store.store import FILE
from tellertui.ui.veil import Lock
from tellertui.workflows.today.api import Drafts


@pytest.fixture
async def pilot(founded: Founded, branch_host: Host) -> AsyncIterator[Pilot[Any]]:
    app = terminal(founded)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await sign_on(pilot, MANAGER)
        yield pilot


def text(pilot: Pilot[Any]) -> str:
    return "\n".join(screen_rows(pilot.app))


async def half_fill(pilot: Pilot[Any]) -> Report:
    """Open the form and fill its first field."""
    await press(pilot, *"304", "enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, Report))
    form = pilot.app.screen
    form.form["name"].value = NAME
    form.form["pin"].value = "246810"
    await settled(pilot)
    return form  # type: ignore[no-any-return]


def line_of(pilot: Pilot[Any]) -> str:
    """Return the number of the parked line."""
    (row,) = [row for row in screen_rows(pilot.app) if "half filled" in row]
    assert "Parked" in row
    return row.split("half filled")[0].split()[-1]


async def parked(pilot: Pilot[Any]) -> list[Any]:
    return list(await pilot.app.client.do(Drafts()))


async def test_leaving_keeps_the_form_and_coming_back_finds_it(pilot: Pilot[Any]) -> None:
    form = await half_fill(pilot)
    await press(pilot, "f3")
    await until(pilot, lambda: pilot.app.current_mode == "100")
    await press(pilot, *"304", "enter")
    await until(pilot, lambda: pilot.app.screen is form)
    assert form.form["name"].value == NAME


async def test_what_is_half_filled_is_sealed_within_seconds(
    founded: Founded, pilot: Pilot[Any], branch_host: Host
) -> None:
    await half_fill(pilot)
    pilot.app._saved -= AUTOSAVE_S
    await until(pilot, lambda: not pilot.app.drafts.stale)
    (draft,) = await parked(pilot)
    assert draft.screen == "304"
    kept = b"".join(file.read_bytes() for file in founded.directory.glob(f"{FILE}*"))
    assert NAME.encode() not in kept


async def test_a_secret_is_no_part_of_a_draft(pilot: Pilot[Any]) -> None:
    await half_fill(pilot)
    await pilot.app.save_drafts()
    (draft,) = await parked(pilot)
    _, content = await pilot.app.drafts.opened(draft.draft)
    assert content == {"name": NAME}


async def test_today_lists_a_draft_and_opens_it_elsewhere(founded: Founded, pilot: Pilot[Any]) -> None:
    await half_fill(pilot)
    await pilot.app.save_drafts()
    other = terminal(founded)
    async with other.run_test(size=(80, 24)) as second:
        await settled(second)
        await sign_on(second, MANAGER)
        await press(second, line_of(second), "enter")
        await until(second, lambda: isinstance(second.app.screen, Report))
        assert second.app.screen.form["name"].value == NAME


async def test_a_commit_drops_the_draft(pilot: Pilot[Any]) -> None:
    form = await half_fill(pilot)
    await pilot.app.save_drafts()
    form.form["remark"].value = "done"
    await press(pilot, "f10")
    assert form.done == ["A001"]
    await pilot.app.save_drafts()
    assert await parked(pilot) == []


async def test_the_lock_empties_the_screen_and_the_passphrase_brings_the_draft_back(
    pilot: Pilot[Any], branch_host: Host
) -> None:
    await half_fill(pilot)
    await pilot.app.lock()
    await until(pilot, lambda: isinstance(pilot.app.screen, Lock))
    assert not [screen for screen in pilot.app.open_screens() if isinstance(screen, Report)]
    assert NAME not in text(pilot)
    await press(pilot, *keys(PASSPHRASES[MANAGER].decode()), "enter")
    await until(pilot, lambda: "half filled, kept" in text(pilot))
    await press(pilot, line_of(pilot), "enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, Report))
    assert pilot.app.screen.form["name"].value == NAME


async def test_somebody_else_finds_a_clean_terminal(pilot: Pilot[Any]) -> None:
    await half_fill(pilot)
    await pilot.app.lock()
    await until(pilot, lambda: isinstance(pilot.app.screen, Lock))
    await press(pilot, "f3")
    await until(pilot, lambda: pilot.app.current_mode == "000")
    await sign_on(pilot, REVIEWER)
    assert "half filled" not in text(pilot)
    assert await parked(pilot) == []


async def test_signing_off_parks_first(pilot: Pilot[Any]) -> None:
    await half_fill(pilot)
    await press(pilot, "f3")
    await until(pilot, lambda: pilot.app.current_mode == "100")
    await press(pilot, "f3", "1")
    await until(pilot, lambda: pilot.app.current_mode == "000")
    await sign_on(pilot, MANAGER)
    assert "half filled" in text(pilot)


async def test_another_draft_of_the_same_screen_takes_the_place_of_the_parked_one(
    pilot: Pilot[Any],
) -> None:
    form = await half_fill(pilot)
    await pilot.app.save_drafts()
    (first,) = await parked(pilot)
    pilot.app.drafts.forget()
    form.form["name"].value = "second"
    await pilot.app.save_drafts()
    assert len(await parked(pilot)) == 2
    await pilot.app.take_up(first.draft, pilot.app.screen)
    await until(pilot, lambda: form.form["name"].value == NAME)
    assert len(await parked(pilot)) == 2
    assert not pilot.app.drafts.stale
