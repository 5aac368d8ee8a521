"""The list of regions: form, coverage, names by year."""

import pytest

from tellertui.core.tables import TableError
from tellertui.customers.rules.regions import ALWAYS, STILL, Period, Regions, shipped


def test_periods_of_a_region_that_became_another() -> None:
    assert shipped().periods("120110") == [Period("东郊区", ALWAYS, 1991), Period("东丽区", 1992, STILL)]
    assert shipped().periods("990426") == []
    assert "110101" in shipped()


@pytest.mark.parametrize(
    ("code", "year", "name"),
    [
        ("360426", 1991, "江西省九江市德安县"),
        ("120110", 1980, "天津市东郊区"),
        ("120110", 2000, "天津市东丽区"),
        ("110105", 1949, "北京市朝阳区"),
        ("441900", 2000, "广东省东莞市"),
        ("810000", 1990, "香港特别行政区"),
        ("450181", 2022, "广西壮族自治区南宁市横州市"),
    ],
)
def test_names_by_year(code: str, year: int, name: str) -> None:
    assert shipped().name(code, year) == name


def test_every_county_has_its_province() -> None:
    codes = list(shipped().codes())
    assert len(codes) > 7_000
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert all(f"{code[:2]}0000" in shipped() for code in codes)


def test_periods_run_forward() -> None:
    for code in shipped().codes():
        periods = shipped().periods(code)
        assert all(period.name and period.first <= period.last for period in periods)
        assert periods == sorted(periods, key=lambda period: period.first)


@pytest.mark.parametrize(
    "text", ["code;name", "code,name,from,to\n110000,北京市,", "code,name,from,to\n1,a,x,y", ""]
)
def test_other_forms_are_refused(text: str) -> None:
    with pytest.raises(TableError, match="regions"):
        Regions(text)
