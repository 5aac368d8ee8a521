"""R-ID-01 to R-ID-03: eighteen-character numbers of residents, permit holders and permanent residents."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.core.checkdigits import mod11_2
from tellertui.core.tables import OutOfTable, table
from tellertui.customers.rules import form, identity
from tellertui.customers.rules.identity import check_permanent_resident_id, check_resident_id
from tellertui.customers.rules.regions import Regions

RULES = table("identity")
ON = date(2026, 11, 23)


def number(region: str, birth: str, sequence: str = "001") -> str:
    body = f"{region}{birth}{sequence}"
    return body + mod11_2(body)


def test_a_resident_with_facts() -> None:
    verdict = check_resident_id("360426199101010071", ON, RULES)
    assert verdict.verdict == "valid"
    assert verdict.severity == "info"
    assert verdict.rule == "R-ID-01"
    assert verdict.source
    assert verdict.value_masked == "3****************1"
    assert verdict.facts == {
        "birth": "1991-01-01",
        "sex": "male",
        "age": 35,
        "region_code": "360426",
        "region": "江西省九江市德安县",
        "capacity": "full",
        "consent_by_guardian": False,
        "expiry_if_issued_today": "2046-11-23",
    }


@pytest.mark.parametrize(
    "value",
    [
        "11010519491231002X",
        "11010519491231002x",
        "110105 19491231 002x",
        "１１０１０５１９４９１２３１００２Ｘ",
    ],
)
def test_forms_of_the_same_number(value: str) -> None:
    verdict = check_resident_id(value, ON, RULES)
    assert verdict.verdict == "valid"
    assert verdict.facts["sex"] == "female"


@pytest.mark.parametrize(
    ("value", "reason", "position"),
    [
        ("", form.EMPTY, None),
        ("36042619910101007", form.LENGTH, None),
        ("3604261991010100711", form.LENGTH, None),
        ("360426910101007", identity.FIRST_GENERATION, None),
        ("36042619910101A071", form.NOT_A_DIGIT, 15),
        ("36042619910101007Y", identity.NOT_A_CHECK, 18),
        ("360426199113010071", identity.MONTH, None),
        ("360426199100010071", identity.MONTH, None),
        ("110101190002290011", identity.DAY, None),
        ("360426199102300071", identity.DAY, None),
        ("360426000001010071", identity.TOO_OLD, None),
        ("360426187011220071", identity.TOO_OLD, None),
        ("360426202611240071", identity.FUTURE, None),
        ("990426199112010074", identity.REGION_UNKNOWN, None),
        ("360426199101010072", identity.CHECK, 18),
        ("360426199101010070", identity.CHECK, 18),
    ],
)
def test_reasons_name_the_part(value: str, reason: str, position: int | None) -> None:
    verdict = check_resident_id(value, ON, RULES)
    assert (verdict.verdict, verdict.severity, verdict.reason) == ("invalid", "block", reason)
    assert verdict.facts.get("position") == position
    assert "{" not in verdict.text()


def test_leap_day() -> None:
    assert check_resident_id("110101200002290018", ON, RULES).facts["birth"] == "2000-02-29"


def test_born_today_and_150_years_ago() -> None:
    assert check_resident_id(number("110101", "20261123"), ON, RULES).facts["age"] == 0
    assert check_resident_id(number("110101", "18761123"), ON, RULES).verdict == "valid"
    assert check_resident_id(number("110101", "18751123"), ON, RULES).reason == identity.TOO_OLD


@pytest.mark.parametrize(
    ("region", "birth", "reason"),
    [
        ("110221", "19600101", identity.GOOD),
        ("110221", "19990101", identity.GOOD),
        ("110221", "20010101", identity.REGION_ENDED),
        ("110103", "20090101", identity.GOOD),
        ("110103", "20150101", identity.REGION_ENDED),
        ("110118", "20150101", identity.GOOD),
        ("110118", "20100101", identity.REGION_LATER),
        ("110118", "19900101", identity.REGION_LATER),
        ("500101", "19600101", identity.GOOD),
    ],
)
def test_the_region_existed_when_the_number_was_given(region: str, birth: str, reason: str) -> None:
    verdict = check_resident_id(number(region, birth), ON, RULES)
    assert verdict.reason == reason
    assert verdict.severity == ("info" if reason == identity.GOOD else "warn")
    assert "{" not in verdict.text()


def test_a_region_beyond_the_list_is_unknown_and_not_wrong() -> None:
    verdict = check_resident_id(number("110199", "20210101"), ON, RULES)
    assert (verdict.verdict, verdict.reason) == ("unknown", identity.REGION_BEYOND)
    assert check_resident_id(number("110199", "20200101"), ON, RULES).reason == identity.REGION_UNKNOWN
    mistyped = number("110199", "20210101")[:17] + "?"
    assert check_resident_id(mistyped.replace("?", "0"), ON, RULES).verdict == "invalid"


def test_a_newer_list_of_regions() -> None:
    newer = Regions("code,name,from,to\n110000,北京市,,\n110199,新区,2021,\n")
    verdict = check_resident_id(number("110199", "20210101"), ON, RULES, newer)
    assert verdict.facts["region"] == "北京市新区"


@pytest.mark.parametrize("value", ["810000199001010019", "820000199001010029", number("830000", "19900101")])
def test_residence_permits(value: str) -> None:
    verdict = check_resident_id(value, ON, RULES)
    assert (verdict.verdict, verdict.rule) == ("valid", "R-ID-02")


def test_residence_permits_of_no_such_region() -> None:
    assert check_resident_id(number("810100", "19900101"), ON, RULES).reason == identity.REGION_UNKNOWN
    assert check_resident_id("810000199002300019", ON, RULES).reason == identity.DAY


@pytest.mark.parametrize(
    ("birth", "capacity", "consent"),
    [("20081123", "full", False), ("20081124", "limited", False), ("20181124", "none", True)],
)
def test_capacity_follows_from_the_birth(birth: str, capacity: str, consent: bool) -> None:
    facts = check_resident_id(number("110101", birth), ON, RULES).facts
    assert (facts["capacity"], facts["consent_by_guardian"]) == (capacity, consent)


def test_facts_stop_where_their_rules_stop() -> None:
    assert "capacity" not in check_resident_id("360426199101010071", date(2020, 12, 31), RULES).facts
    with pytest.raises(OutOfTable):
        check_resident_id("360426199101010071", date(1999, 6, 30), RULES)


def test_every_single_error_and_adjacent_swap_of_one_number() -> None:
    good = "11010519491231002X"
    for place in range(18):
        for other in "0123456789X":
            if other != good[place]:
                wrong = good[:place] + other + good[place + 1 :]
                assert check_resident_id(wrong, ON, RULES).verdict == "invalid", wrong
    for place in range(17):
        swapped = good[:place] + good[place + 1] + good[place] + good[place + 2 :]
        if swapped != good:
            assert check_resident_id(swapped, ON, RULES).verdict == "invalid", swapped


@given(
    birth=st.dates(date(1930, 1, 1), ON),
    sequence=st.integers(0, 999),
    region=st.sampled_from(["110101", "110105", "360426", "440300", "820000"]),
)
def test_facts_are_what_the_number_says(birth: date, sequence: int, region: str) -> None:
    value = number(region, f"{birth:%Y%m%d}", f"{sequence:03d}")
    verdict = check_resident_id(value, ON, RULES)
    assert verdict.verdict == "valid"
    assert verdict.facts["birth"] == birth.isoformat()
    assert verdict.facts["sex"] == ("male" if sequence % 2 else "female")
    later = check_resident_id(value, ON + timedelta(days=365), RULES)
    assert later.facts["age"] in {verdict.facts["age"], int(str(verdict.facts["age"])) + 1}


def test_permanent_residents_of_both_editions() -> None:
    new = check_permanent_resident_id("943760199803056672", ON, RULES)
    assert new.verdict == "valid"
    assert new.facts == {
        "edition": 2023,
        "birth": "1998-03-05",
        "sex": "male",
        "age": 28,
        "province": "湖南省",
        "nationality": "760",
    }
    old = check_permanent_resident_id("usa310000000000", ON, RULES)
    assert (old.verdict, old.facts["nationality"]) == ("valid", "USA")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("", form.EMPTY),
        ("94376019980305667", form.LENGTH),
        ("943760199803056673", identity.CHECK),
        ("043760199803056672", identity.NOT_NINE),
        ("999760199803056672", identity.PROVINCE_UNKNOWN),
        ("943760199813056672", identity.MONTH),
        ("943760202703056672", identity.FUTURE),
        ("US1310000000000", form.NOT_A_LETTER),
        ("USA31000000000X", form.NOT_A_DIGIT),
    ],
)
def test_permanent_residents_that_are_wrong(value: str, reason: str) -> None:
    verdict = check_permanent_resident_id(value, ON, RULES)
    assert (verdict.verdict, verdict.reason) == ("invalid", reason)
    assert "{" not in verdict.text()


def test_the_edition_of_2023_begins_on_its_day() -> None:
    value = "943760199803056672"
    assert check_permanent_resident_id(value, date(2023, 11, 30), RULES).reason == form.LENGTH
    assert check_permanent_resident_id(value, date(2023, 12, 1), RULES).verdict == "valid"
