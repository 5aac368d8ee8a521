"""The shipped branch, and files that are refused."""

import re
import tomllib
import unicodedata
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.branch.api import WEEKDAYS, Words
from tellertui.branch.defaults import PREFIXES, load_defaults, parse_branch, shipped
from tellertui.branch.records import Counter, Hours, Paper, Service
from tellertui.core.tables import TableError, data_dir

TEXT = (data_dir() / "branch" / "default.toml").read_text(encoding="utf-8")


def cells(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def said(words: Words) -> list[str]:
    return [words.zh_hant, words.zh_hans, words.en]


@given(st.integers(1, 999))
def test_every_service_is_served_by_some_counter_of_any_number(number):
    counters = load_defaults(number).counters
    assert [counter.code for counter in counters] == [str(place) for place in range(1, number + 1)]
    served = {code for counter in counters for code in counter.services}
    assert served == {service.code for service in shipped().services}
    assert all(counter.services for counter in counters)


def test_four_counters_divide_the_branch_as_its_desks_say():
    assert [counter.services for counter in load_defaults(4).counters] == [
        ("cash", "non-cash", "loss"),
        ("cash", "non-cash", "account", "loss"),
        ("non-cash", "corporate", "loss"),
        ("wealth", "enquiry", "loss"),
    ]


@pytest.mark.parametrize("number", [0, -1, 1000])
def test_a_branch_has_one_to_999_counters(number):
    with pytest.raises(ValueError, match="1 to 999"):
        load_defaults(number)


def test_rows_fit_their_tables():
    rows = list(load_defaults(3).rows())
    for model, values in rows:
        assert values.keys() <= model.model_fields.keys()
    kinds = [model for model, _ in rows]
    assert [kinds.count(model) for model in (Service, Paper, Counter, Hours)] == [7, 6, 3, 7]
    corporate = next(values for model, values in rows if values.get("code") == "corporate")
    assert (corporate["position"], corporate["papers"]) == (4, "licence seal agent-identity")
    assert [values["when"] for model, values in rows if model is Hours] == list(WEEKDAYS)


def test_a_weekday_without_hours_is_closed():
    branch = parse_branch(TEXT.replace('sun = ["09:00", "16:30"]\n', ""), "x")
    assert "sun" not in branch.hours


def test_prefixes_are_told_apart_at_eight_metres():
    assert not {*PREFIXES} & {*"BDGIOQSZ"}
    assert all(service.prefix in PREFIXES for service in shipped().services)


def test_words_fit_their_places():
    branch = shipped()
    for service in branch.services:
        assert max(cells(word) for word in said(service.name)) <= 12
        assert max(cells(word) for word in said(service.offer)) <= 34
        assert all(cells(word) <= 78 - 3 for word in (said(service.note) if service.note else []))
    for paper in branch.papers:
        assert max(cells(word) for word in said(paper.name)) <= 12
        assert max(cells(word) for word in said(paper.bring)) <= 60
    for line in chain.from_iterable(map(said, branch.notices)):
        assert cells(line) <= 78
    assert max(cells(word) for word in said(branch.greeting)) <= 66


def test_chinese_words_hold_no_latin_and_english_words_no_chinese():
    def every(value):
        if isinstance(value, dict):
            if "zh_Hant" in value:
                yield value
            for inner in value.values():
                yield from every(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from every(inner)

    found = list(every(tomllib.loads(TEXT)))
    assert len(found) > 30
    for words in found:
        assert not re.search("[A-Za-z]", words["zh_Hant"] + words["zh_Hans"])
        assert words["en"].isascii()


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ('prefix = "C"', 'prefix = "A"', "prefix A is given twice"),
        ('prefix = "C"', 'prefix = "B"', "B is no prefix"),
        ('prefix = "C"', 'prefix = "AC"', "AC is no prefix"),
        ('prefix = "C"', 'prefix = ""', " is no prefix"),
        ('papers = ["identity"]', 'papers = ["passport"]', "paper passport is not described"),
        ('services = ["wealth", "enquiry", "loss"]', 'services = ["wealth"]', "no desk serves enquiry"),
        (
            'services = ["wealth", "enquiry", "loss"]',
            'services = ["wealth", "gold"]',
            "no desk serves enquiry",
        ),
        ('code = "non-cash"', 'code = "cash"', "service cash is given twice"),
        ('code = "seal"', 'code = "licence"', "paper licence is given twice"),
        ('mon = ["08:30", "17:00"]', 'mon = ["17:00", "08:30"]', "mon closes before it opens"),
        ('mon = ["08:30", "17:00"]', 'monday = ["08:30", "17:00"]', "monday is no weekday"),
        ('mon = ["08:30", "17:00"]', 'mon = ["8:30", "17:00"]', "does not match|matching regex"),
        ("minutes = 25", "minutes = 0", "minutes"),
        ("minutes = 25", "minute = 25", "minute"),
        ("[hours]", "[hours", "Expected|expected"),
    ],
)
def test_a_file_that_makes_no_branch_is_refused_by_name(old, new, finding):
    assert old in TEXT
    with pytest.raises(TableError, match=finding) as caught:
        parse_branch(TEXT.replace(old, new, 1), "branch.toml")
    assert str(caught.value).startswith("branch.toml: ")


def test_a_desk_serves_known_services_only():
    text = TEXT.replace('services = ["cash", "account", "loss"]', 'services = ["cash", "gold"]')
    with pytest.raises(TableError, match="a desk serves gold, which is no service"):
        parse_branch(text, "x")
