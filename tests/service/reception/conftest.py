"""A branch with four counters on a Monday at 09:00."""

import pytest

from lobby import Lobby
from tellertui.core.clock import ManualClock
from tellertui.store.store import Store


@pytest.fixture
def lobby(store: Store, clock: ManualClock) -> Lobby:
    """A branch at 09:00: counter 1 serves cash and non-cash, 2 account and cash, 3 corporate only."""
    lobby = Lobby(store, clock)
    lobby.serve("1", "cash", "non-cash")
    lobby.serve("2", "account", "cash")
    lobby.serve("3", "corporate")
    lobby.serve("4", "wealth", "enquiry", "loss")
    return lobby
