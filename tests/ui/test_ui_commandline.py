"""What is typed into the command field, and what it means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.ui.commandline import (
    LONGEST,
    Case,
    Go,
    Lookup,
    Nothing,
    TicketEnd,
    TicketNumber,
    Unknown,
    Verb,
    normal,
    parse,
)

FULL_WIDTH = str.maketrans("0123456789.ABC", "０１２３４５６７８９。ＡＢＣ")


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("", Nothing()),
        ("  ", Nothing()),
        ("3", Verb("3")),
        ("31", Verb("31")),
        ("00", Verb("00")),
        ("01", Verb("01")),
        ("206", Go("206")),
        (".18", TicketEnd("18")),
        (".7", TicketEnd("7")),
        ("A018", TicketNumber("A018")),
        ("a018", TicketNumber("A018")),
        ("A1018", TicketNumber("A1018")),
        ("440301199001011239", Lookup("440301199001011239")),
        ("44030119900101123x", Lookup("44030119900101123X")),
        ("6222 0212 3456 7890 123", Lookup("6222021234567890123")),
        ("+86 138-0013-8000", Lookup("+8613800138000")),
        ("A123456(3)", Lookup("A1234563")),
        ("138****8000", Lookup("138****8000")),
        ("E12345678", Lookup("E12345678")),
        ("CN-0917", Case("CN-0917")),
        ("op-1123-0042-k", Case("OP-1123-0042-K")),
        ("1234", Unknown("1234")),
        ("hello", Unknown("HELLO")),
        ("陳大文", Unknown("陳大文")),
        (".1234", Unknown(".1234")),
        ("٣", Unknown("٣")),
        ("²", Verb("2")),
    ],
)
def test_the_grammar(text, meaning):
    assert parse(text) == meaning


@given(st.text(st.sampled_from("0123456789.ABC"), max_size=20))
def test_full_width_characters_mean_what_their_twins_mean(text):
    assert parse(text.translate(FULL_WIDTH)) == parse(text)


@given(st.text(max_size=300))
def test_every_text_means_something_and_the_same_when_normalised(text):
    meaning = parse(text)
    assert parse(normal(text)) == meaning or len(normal(text)) > LONGEST


@given(st.text(st.sampled_from("0123456789"), min_size=4, max_size=30))
def test_a_scan_of_digits_is_never_a_verb_or_a_screen(text):
    assert parse(text, scanned=True) == Lookup(text, scanned=True)


@given(st.text(max_size=40))
def test_a_scan_is_never_a_verb_or_a_screen(text):
    assert not isinstance(parse(text, scanned=True), Verb | Go)


def test_a_scanned_ticket_is_a_ticket():
    assert parse("A018", scanned=True) == TicketNumber("A018")
