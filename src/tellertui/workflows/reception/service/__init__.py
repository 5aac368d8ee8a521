"""Handlers of reception; importing the package registers them."""

from tellertui.workflows.reception.service import (
    appointments,
    board,
    calls,
    closing,
    counters,
    desk,
    lobby,
    panel,
    queue,
    serving,
    slips,
    standing,
    tickets,
)

__all__ = [
    "appointments",
    "board",
    "calls",
    "closing",
    "counters",
    "desk",
    "lobby",
    "panel",
    "queue",
    "serving",
    "slips",
    "standing",
    "tickets",
]
