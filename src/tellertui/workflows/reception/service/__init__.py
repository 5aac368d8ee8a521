"""Handlers of reception; importing the package registers them."""

from tellertui.workflows.reception.service import (
    appointments,
    board,
    calls,
    closing,
    counters,
    desk,
    lobby,
    pages,
    panel,
    phones,
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
    "pages",
    "panel",
    "phones",
    "queue",
    "serving",
    "slips",
    "standing",
    "tickets",
]
