"""A running app for the tests of the toolkit."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from snap import settled
from textual.pilot import Pilot
from toolkit_sample import SampleApp


@pytest.fixture(autouse=True)
def _calm_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "COLORTERM", "TEXTUAL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def pilot() -> AsyncIterator[Pilot[Any]]:
    """The sample desk at 80×24, in English."""
    app = SampleApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        yield pilot
