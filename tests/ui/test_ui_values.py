"""What fields read: the same in every language, full-width or not, and the reason where it is refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.i18n import LANGUAGES
from tellertui.ui.look import Look
from tellertui.ui.notes import FORBIDDEN, Note
from tellertui.ui.values import Clock, Day, Digits, Kind, Many, Money, Number, One, Wrong, amount, narrow

TODAY = date(2026, 11, 23)
EN = Look("en")


def day(**more):
    return Day(today=lambda: TODAY, **more)


@pytest.mark.parametrize("text", ["１２", "12", "1 2", "1-2"])
def test_digits_are_digits(text):
    assert Digits(2).read(narrow(text)) == "12"


@pytest.mark.parametrize("text", ["1_000", "1e3", "+5", "１２a", "٣", "²", "12.0", "十二"])
def test_what_looks_like_a_number_to_python_is_refused(text):
    for kind in (Digits(9), Money()):
        if text == "12.0" and isinstance(kind, Money):
            continue
        with pytest.raises(Wrong):
            kind.read(narrow(text))


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("0", 0),
        ("1", 100),
        ("350,000", 35_000_000),
        ("1,234.5", 123_450),
        ("１２．０５", 1205),
        ("7.00", 700),
    ],
)
def test_amounts(text, minor):
    assert Money().read(narrow(text)) == minor
    assert Money().read(Money().write(minor)) == minor


@pytest.mark.parametrize("text", ["", "1.234", "12,34", "1,2345", ".5", "-1", "1.", "NaN", "1,000,00", "٣"])
def test_what_is_no_amount(text):
    with pytest.raises(Wrong):
        Money().read(text)


def test_amounts_have_limits():
    with pytest.raises(Wrong) as low:
        Money(floor=100).read("0.99")
    assert low.value.note.facts == {"least": "1.00"}
    with pytest.raises(Wrong) as high:
        Money(ceiling=5_000_000).read("50000.01")
    assert high.value.note.facts == {"most": "50,000.00"}
    assert Money().beside(35_000_000, EN) == "350,000.00" == amount(35_000_000)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("t", TODAY),
        ("T", TODAY),
        ("+3", date(2026, 11, 26)),
        ("-1", date(2026, 11, 22)),
        ("23", TODAY),
        ("26", date(2026, 11, 26)),
        ("5", date(2026, 12, 5)),
        ("31", date(2026, 12, 31)),
        ("2311", TODAY),
        ("2611", date(2026, 11, 26)),
        ("0103", date(2027, 3, 1)),
        ("2902", date(2028, 2, 29)),
        ("01032026", date(2026, 3, 1)),
        ("2026-11-26", date(2026, 11, 26)),
        ("2026/1/2", date(2026, 1, 2)),
        ("２６１１", date(2026, 11, 26)),
        ("＋３", date(2026, 11, 26)),
    ],
)
def test_dates(text, found):
    assert day().read(narrow(text)) == found


@pytest.mark.parametrize(
    ("text", "found"), [("24", date(2026, 10, 24)), ("0112", date(2025, 12, 1)), ("23", TODAY)]
)
def test_dates_of_the_past(text, found):
    assert day(nearest="past").read(text) == found


@pytest.mark.parametrize(
    "text", ["", "x", "32", "3113", "0002", "30022026", "2026-02-30", "123", "+", "t1", "1e3"]
)
def test_what_is_no_date(text):
    with pytest.raises(Wrong):
        day().read(text)


def test_a_date_has_a_range_and_says_it():
    with pytest.raises(Wrong) as wrong:
        day(first=TODAY).read("-1")
    assert wrong.value.note.facts == {"first": "2026-11-23", "last": "2199-12-31"}


@pytest.mark.parametrize(("language", "words"), [("en", "Thu"), ("zh_Hant", "週四"), ("zh_Hans", "周四")])
def test_a_date_is_shown_with_its_weekday(language, words):
    assert day().beside(date(2026, 11, 26), Look(language)) == f"2026-11-26 {words}"


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_date_that_was_written_is_read_again(value):
    assert day().read(day().write(value)) == value
    assert day().read(f"{value:%d%m%Y}") == value


def test_numbers_are_normalised_and_checked_by_their_rule():
    checked = Number(
        18, 15, check=lambda text: None if text[-1] == "X" else Note(FORBIDDEN, "last", {}, "R-ID-01")
    )
    assert checked.read(narrow("４４０３０１ 19900101 123x")) == "44030119900101123X"
    with pytest.raises(Wrong) as wrong:
        checked.read("440301199001011239")
    assert wrong.value.note.rule == "R-ID-01"
    assert "440301" not in str(wrong.value)
    assert Number(10).read("A123456(3)") == "A1234563"
    with pytest.raises(Wrong):
        Number(10).read("A12中")
    told = Number(18, tells=lambda text, look: f"born {text[6:10]}")
    assert told.beside("440301199001011239", EN) == "born 1990"


def test_lengths_are_told():
    with pytest.raises(Wrong) as wrong:
        Digits(18, 18).read("1234")
    assert wrong.value.note.facts == {"length": 4, "least": 18, "most": 18}


def test_choices():
    assert One(options="123").read("2") == "2"
    assert Many(options="123").read("31") == "13"
    for kind, text in ((One(options="123"), "4"), (One(options="123"), "12"), (Many(options="123"), "11")):
        with pytest.raises(Wrong):
            kind.read(text)


@given(st.text(max_size=30))
def test_typing_never_fails_and_narrowing_twice_changes_nothing(text):
    assert narrow(narrow(text)) == narrow(text)
    for kind in (Kind(), Digits(9), day(), Money(), One(), Many(), Number(18)):
        typed = kind.typed(text)
        assert isinstance(kind.takes(typed), bool)
        assert all(_said(kind, typed, Look(language)) for language in LANGUAGES)


def _said(kind: Kind, text: str, look: Look) -> str:
    """Return what a person is told: what follows from the value, or the reason of a refusal."""
    try:
        return f"{kind.write(kind.read(text))} {kind.beside(kind.read(text), look)}"
    except Wrong as wrong:
        return wrong.note.said(look.say)


@pytest.mark.parametrize(
    ("typed", "read"),
    [("9", "09:00"), ("930", "09:30"), ("0930", "09:30"), ("9:30", "09:30"), ("2359", "23:59")],
)
def test_a_time_of_the_day(typed: str, read: str) -> None:
    assert Clock().read(typed) == read


@pytest.mark.parametrize("typed", ["", "24", "2460", "9:3", "93000", "a", "-1"])
def test_what_is_no_time(typed: str) -> None:
    with pytest.raises(Wrong):
        Clock().read(typed)
