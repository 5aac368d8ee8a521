"""Administrative regions with the years in which they were listed (data/regions.csv, R-ID-01).

The first six digits of a resident identity number name the county in which it was given out. Counties are
founded, renamed and merged, so a code has periods, and the same code can have had several names.
"""

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from tellertui.core.tables import TableError, data_dir

ALWAYS = 0
STILL = 9999

_COLLECTIVES = ("市辖区", "直辖县级行政单位", "省直辖行政单位")
"""Prefectures on paper only: the districts of a municipality, the counties directly under a province."""


class Period(NamedTuple):
    """A name of a region and the first and last year in which it was listed."""

    name: str
    first: int
    last: int


class Regions:
    """The list of regions as CSV text with the columns code, name, from, to; rows of a code stand together.

    Raises:
        TableError: the text has another form.
    """

    def __init__(self, text: str) -> None:
        self._rows: dict[str, list[Period]] = {}
        header, _, body = text.partition("\n")
        if header != "code,name,from,to":
            msg = "regions: the columns are code,name,from,to"
            raise TableError(msg)
        try:
            for line in body.splitlines():
                code, name, first, last = line.split(",")
                period = Period(name, int(first or ALWAYS), int(last or STILL))
                self._rows.setdefault(code, []).append(period)
        except ValueError as error:
            msg = f"regions: {error}"
            raise TableError(msg) from error
        self._names: dict[tuple[str, int], str] = {}

    def __contains__(self, code: str) -> bool:
        return code in self._rows

    def codes(self) -> Iterable[str]:
        """Return all codes that were ever given out."""
        return self._rows.keys()

    def periods(self, code: str) -> list[Period]:
        """Return the periods of a code, oldest first; none if it was never given out."""
        return self._rows.get(code, [])

    def name(self, code: str, year: int) -> str:
        """Return province, prefecture and county as they were called in a year, or nearest to it."""
        found = self._names.get((code, year))
        if found is None:
            province, prefecture, county = (
                self._nearest(part, year) for part in (f"{code[:2]}0000", f"{code[:4]}00", code)
            )
            if prefecture.endswith(_COLLECTIVES):
                prefecture = ""
            found = self._names[code, year] = "".join(dict.fromkeys((province, prefecture, county)))
        return found

    def _nearest(self, code: str, year: int) -> str:
        periods = self._rows.get(code)
        if not periods:
            return ""
        return min(periods, key=lambda period: max(period.first - year, year - period.last, 0)).name


@cache
def shipped() -> Regions:
    """Return the list that ships with the program."""
    return Regions((data_dir() / "regions.csv").read_text(encoding="utf-8"))
