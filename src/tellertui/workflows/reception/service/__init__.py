"""Handlers of reception; importing the package registers them."""

from tellertui.workflows.reception.service import (
    appointments,
    board,
    calls,
    closing,
    counters,
    desk,
    lobby,
    queue,
    serving,
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
    "queue",
    "serving",
    "standing",
    "tickets",
]
