"""Arrivals of a day from a CSV file: whatever is wrong is refused with its line and column.

The first line names the columns, in any order: ``arrival`` (``HH:MM:SS``) and ``service_minutes`` (a decimal
number), optionally ``service`` and ``class``. An empty service is the first that the branch offers, an empty
class the ordinary one. No message repeats a value of the file.
"""

import csv
import io
import re
import stat
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from tellertui.core.clock import MINUTE, SECOND
from tellertui.core.refusal import N_, USAGE, refusal

ARRIVAL, MINUTES, SERVICE, CLASS = COLUMNS = ("arrival", "service_minutes", "service", "class")
MOST_ARRIVALS = 99_999
"""A number has at most five digits."""
MOST_MIB = 16
MOST_MINUTES = 1_440
SHOWN = 60

NOT_A_FILE = refusal("arrivals-file", N_("{name} is not a file that can be read."), USAGE)
TOO_LARGE = refusal(
    "arrivals-too-large", N_("That is too much for one day: at most {most} arrivals in {mib} MiB."), USAGE
)
NO_ARRIVALS = refusal("arrivals-none", N_("The file holds no arrivals."), USAGE)
NOT_TEXT = refusal("arrivals-text", N_("Line {line} is not UTF-8 text."), USAGE)
NOT_CSV = refusal(
    "arrivals-csv", N_("Line {line} is not CSV: a field is too long, or a quotation mark has no pair."), USAGE
)
BAD_COLUMNS = refusal(
    "arrivals-columns",
    N_("Line {line} must name the columns arrival and service_minutes; service and class may follow."),
    USAGE,
)
BAD_WIDTH = refusal("arrivals-width", N_("Line {line} has {found} fields instead of {wanted}."), USAGE)
BAD_ARRIVAL = refusal(
    "arrivals-arrival", N_("Line {line}, column {column}: write the time of the day as HH:MM:SS."), USAGE
)
BAD_MINUTES = refusal(
    "arrivals-minutes",
    N_("Line {line}, column {column}: write minutes from 0 to {most}, such as 4 or 4.5."),
    USAGE,
)
BAD_CODE = refusal("arrivals-code", N_("Line {line}, column {column}: choose one of {allowed}."), USAGE)

_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])")
_DECIMAL = re.compile(r"[0-9]{1,4}(\.[0-9]{1,20})?")


class Arrival(NamedTuple):
    """One customer: when they come, and how long it takes to serve them."""

    at: int
    """Milliseconds since midnight."""
    service_ms: int
    service: str
    care: str


def read_arrivals(path: Path, services: Sequence[str], classes: Sequence[str]) -> list[Arrival]:
    """Return the arrivals of a file, earliest first; equal times keep the order of the file.

    Args:
        path: a regular file, UTF-8 with or without a byte order mark.
        services: codes that the branch offers, the usual one first.
        classes: codes of the care classes, the ordinary one first.

    Raises:
        Refusal: says what is wrong in which line and column.
    """
    data = _contents(path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NOT_TEXT(line=data.count(b"\n", 0, error.start) + 1) from None
    return parse_arrivals(text, services, classes)


def parse_arrivals(text: str, services: Sequence[str], classes: Sequence[str]) -> list[Arrival]:
    """Return the arrivals of a text, as ``read_arrivals`` does those of a file.

    Raises:
        Refusal: says what is wrong in which line and column.
    """
    lines = _lines(text)
    line, columns = next(lines, (1, []))
    if not {ARRIVAL, MINUTES} <= {*columns} <= {*COLUMNS} or len({*columns}) < len(columns):
        raise BAD_COLUMNS(line=line)
    arrivals: list[Arrival] = []
    for line, fields in lines:
        if len(fields) != len(columns):
            raise BAD_WIDTH(line=line, found=len(fields), wanted=len(columns))
        if len(arrivals) == MOST_ARRIVALS:
            raise TOO_LARGE(most=MOST_ARRIVALS, mib=MOST_MIB)
        row = dict(zip(columns, fields, strict=True))
        service, care = _code(row, line, SERVICE, services), _code(row, line, CLASS, classes)
        arrivals.append(Arrival(_time(row, line), _length(row, line), service, care))
    if not arrivals:
        raise NO_ARRIVALS()
    return sorted(arrivals, key=lambda arrival: arrival.at)


def milliseconds(minutes: str) -> int | None:
    """Return decimal minutes as whole milliseconds; None where that is no number, or more than a day."""
    if not _DECIMAL.fullmatch(minutes) or Decimal(minutes) > MOST_MINUTES:
        return None
    return round(Decimal(minutes) * MINUTE)


def _contents(path: Path) -> bytes:
    most = MOST_MIB * 1024 * 1024
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise NOT_A_FILE(name=_shown(path))
        if found.st_size > most:
            raise TOO_LARGE(most=MOST_ARRIVALS, mib=MOST_MIB)
        with path.open("rb") as file:
            return file.read(most)
    except (OSError, ValueError):
        raise NOT_A_FILE(name=_shown(path)) from None


def _shown(path: Path) -> str:
    """Return the name of a file as any terminal can print it."""
    name = "".join(letter if letter.isprintable() else "?" for letter in path.name)
    return name if len(name) <= SHOWN else f"{name[:SHOWN]}…"


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and fields of each line that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for fields in reader:
            if fields:
                yield reader.line_num, [field.strip() for field in fields]
    except csv.Error:
        raise NOT_CSV(line=reader.line_num) from None


def _time(row: dict[str, str], line: int) -> int:
    found = _TIME.fullmatch(row[ARRIVAL])
    if found is None:
        raise BAD_ARRIVAL(line=line, column=ARRIVAL)
    hours, minutes, seconds = map(int, found.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * SECOND


def _length(row: dict[str, str], line: int) -> int:
    found = milliseconds(row[MINUTES])
    if found is None:
        raise BAD_MINUTES(line=line, column=MINUTES, most=MOST_MINUTES)
    return found


def _code(row: dict[str, str], line: int, column: str, allowed: Sequence[str]) -> str:
    code = row.get(column) or allowed[0]
    if code not in allowed:
        raise BAD_CODE(line=line, column=column, allowed=", ".join(allowed))
    return code
