"""Half hours of a day as columns of blocks."""

from collections.abc import Sequence
from dataclasses import dataclass

from tellertui.core.clock import MINUTE

LEVELS = " ▁▂▃▄▅▆▇█"
EIGHTHS = len(LEVELS) - 1
HALF_HOUR = 30 * MINUTE


@dataclass(frozen=True)
class Axis:
    """What the columns of a chart stand for."""

    start: int
    """The instant at which the first column begins, milliseconds UTC."""
    step: int
    """Milliseconds of a column."""
    columns: int
    cells: int
    """Cells of a column: one or two."""

    def place(self, at: int) -> int:
        """Return the column of an instant; outside the axis it is none of them."""
        return (at - self.start) // self.step


def axis(start: int, end: int, cells: int) -> Axis:
    """Return the axis from one instant to another in at most so many cells.

    A column is half an hour, or as many of them as a long day needs.
    """
    half_hours = max(1, -(-(end - start) // HALF_HOUR))
    merged = -(-half_hours // cells)
    columns = -(-half_hours // merged)
    return Axis(start, merged * HALF_HOUR, columns, 2 if 2 * columns <= cells else 1)


def bars(values: Sequence[float], rows: int, cells: int) -> list[str]:
    """Return columns as tall as their values, the highest as tall as the chart; what is not 0 is seen."""
    top = max(values, default=0)
    if top <= 0:
        return [" " * (cells * len(values))] * rows
    steps = rows * EIGHTHS
    levels = [max(1, round(steps * value / top)) if value > 0 else 0 for value in values]
    gap = " " * (cells - 1)
    return [
        "".join(LEVELS[min(EIGHTHS, max(0, level - floor * EIGHTHS))] + gap for level in levels)
        for floor in reversed(range(rows))
    ]
