"""Every page of the kiosk in three languages, both prints and all sizes; what its keys are."""

import re
from collections.abc import Callable

import msgspec
import pytest
from kiosk_sample import ISSUED, SHOWN, STOPPED, changed, hall, shown
from monday import LANGUAGES, at, look_of, offers
from rich.cells import cell_len
from snap import check

from tellertui.branch.api import Offer, Words
from tellertui.ui.look import Look
from tellertui.workflows.reception.screens import kiosk_pages as pages
from tellertui.workflows.reception.screens.kiosk_hall import range_text, shut
from tellertui.workflows.reception.screens.kiosk_large import large
from tellertui.workflows.reception.screens.kiosk_pages import At, Page
from tellertui.workflows.reception.screens.kiosk_rows import Sheet, ordinary

ORDINARY, WIDE, LARGE = (80, 24), (120, 40), (40, 12)
ODD = [(40, 12), (41, 13), (47, 23), (79, 24), (80, 23), (80, 24), (99, 30), (120, 40), (200, 60)]
NUMERALS = {"zh_Hant": "一二三", "zh_Hans": "一二三", "en": "abc"}


def sheet(name: str, look: Look) -> Sheet:
    """Lay a page out as the kiosk would."""
    wears = look.small
    return (large if wears else ordinary)(shown(name, look, large=wears), look)


@pytest.mark.parametrize("name", SHOWN)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_as_it_is_seen(name: str, language: str) -> None:
    rows = []
    for size in (ORDINARY, LARGE):
        look = look_of(language, size)
        laid = [row.plain for row in sheet(name, look).rows]
        assert {cell_len(row) for row in laid} == {size[0]}
        assert len(laid) == size[1]
        rows += [row.ljust(ORDINARY[0] - (cell_len(row) - len(row))) for row in laid]
    check(f"kiosk-{name}-{language}", rows)


@pytest.mark.parametrize("name", ["choose", "papers", "ticket"])
def test_more_room_is_filled(name: str) -> None:
    check(f"kiosk-{name}-wide", sheet(name, look_of("zh_Hant", WIDE)).rows, width=WIDE[0])


@pytest.mark.parametrize("name", ["choose", "ticket"])
@pytest.mark.parametrize("size", [ORDINARY, LARGE])
def test_plain_glyphs(name: str, size: tuple[int, int]) -> None:
    look = look_of("en", size, plain=True)
    rows = [look.shown(row) for row in sheet(name, look).rows]
    assert all(row.plain.isascii() or re.search("[一-鿿]", row.plain) for row in rows)
    check(f"kiosk-{name}-plain-{size[0]}", rows, width=size[0])


def test_large_print_in_a_big_window() -> None:
    look = look_of("zh_Hant", ORDINARY)
    check("kiosk-choose-large-80", large(shown("choose", look, large=True), look, "3").rows, width=80)


@pytest.mark.parametrize("name", SHOWN)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_size_holds_every_answer_and_every_key(name: str, language: str) -> None:
    for size in ODD:
        look = look_of(language, size)
        holds(name, look, large)
        if not look.small:
            holds(name, look, ordinary)


def holds(name: str, look: Look, lay: Callable[[Page, Look], Sheet]) -> None:
    """Check that a page is as large as the window and that nothing that can be pressed is missing."""
    page = shown(name, look, large=lay is large)
    laid = lay(page, look)
    assert len(laid.rows) == look.height
    assert {row.cell_length for row in laid.rows} == {look.width}
    answers = page.all_keys
    assert sorted(spot.key for spot in laid.spots) == sorted(each.key for each in answers)
    for spot in laid.spots:
        assert [laid.touched(spot.x + 1, spot.y + row) for row in range(spot.rows)] == [spot.key] * spot.rows
        assert 0 <= spot.y < spot.y + spot.rows <= look.height
    text = "\n".join(row.plain for row in laid.rows)
    for answer in answers:
        assert answer.text[: 20 if answer.mark else None] in text, answer
    if page.number:
        assert text.count("█") > 30
    for sentence in filter(None, page.says if not page.answers else ()):
        assert sentence.replace(" ", "") in re.sub(r"\s", "", text), sentence


@pytest.mark.parametrize("name", SHOWN)
@pytest.mark.parametrize("language", LANGUAGES)
def test_six_answers_at_most_each_key_once_and_help_everywhere(name: str, language: str) -> None:
    page = shown(name, look_of(language), large=False)
    keys = [each.key for each in (*page.answers, *page.foot)]
    assert len(page.answers) <= 6
    assert len({*keys}) == len(keys)
    assert all(key in (*"0123456789", *pages.SIGNS) for key in keys)
    if name not in ("help", "still", "away", "moment"):
        assert page.does("0" if page.typed is None else "up") == pages.HELP
    if page.answers and name != "choose-more":
        assert any("請人問我" in each.text or each.does == pages.HELP for each in page.answers) or (
            ("service", pages.ASK) in [each.does for each in page.answers]
        )


@pytest.mark.parametrize("language", LANGUAGES)
def test_lists_use_no_digits(language: str) -> None:
    rows = [row.plain.strip() for row in sheet("papers", look_of(language)).rows]
    for sign in NUMERALS[language]:
        assert any(row.startswith(f"{sign}  ") for row in rows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_does_not_know_presses_six(language: str) -> None:
    look = look_of(language)
    asked = pages.choose_page(At(), hall(), look)
    assert asked.does("6") == ("service", "enquiry")
    without = [offer for offer in offers() if offer.service != "enquiry"]
    for services in (without, changed("enquiry", stopped="staff")):
        assert pages.choose_page(At(), hall(services=services), look).does("6") == pages.HELP


def test_more_services_turn_pages_and_come_round() -> None:
    look = look_of("en")
    services = [msgspec.structs.replace(offers()[0], service=f"s{place}") for place in range(11)]
    turns = pages.turned(services)
    assert [len(turn) for turn in turns] == [4, 4, 3]
    seen = []
    turn = 0
    for _ in turns:
        page = pages.choose_page(At(turn=turn), hall(services=services), look)
        seen += [each.does[1] for each in page.answers if each.key < "5"]
        verb, following = page.does("5") or ("", "")
        assert verb == "turn"
        turn = int(following)
    assert turn == 0
    assert seen == [each.service for each in services]


def test_five_services_need_no_second_page() -> None:
    services = [msgspec.structs.replace(offers()[0], service=f"s{place}") for place in range(5)]
    page = pages.choose_page(At(), hall(services=services), look_of("en"))
    assert [each.key for each in page.answers] == list("123456")
    assert page.does("5") == ("service", "s4")


@pytest.mark.parametrize(
    ("clock", "closed"), [("08:29", True), ("08:30", False), ("17:00", False), ("17:01", True)]
)
def test_numbers_are_given_from_the_opening_to_the_closing(clock: str, closed: bool) -> None:
    assert bool(shut(hall(now=at(clock)), look_of("en"))) is closed


def test_the_second_of_closing_still_counts_as_open() -> None:
    look = look_of("en")
    assert not shut(hall(now=at("17:00") + 999), look)
    assert shut(hall(now=at("17:00") + 1000), look)


def test_after_the_last_number_of_all_services_the_day_is_over() -> None:
    ended = [msgspec.structs.replace(offer, last_number="10:30") for offer in offers()]
    assert shut(hall(services=ended), look_of("en"))[0] == "No more numbers today"
    assert not shut(hall(services=ended[:-1] + offers()[-1:]), look_of("en"))


def test_a_stopped_service_can_be_pressed_and_says_when_it_is_back() -> None:
    look = look_of("en")
    page = pages.choose_page(At(), hall(services=STOPPED), look)
    assert page.answers[0].does == ("service", "cash")
    assert page.answers[0].about == "stopped, back at about 14:00"
    assert page.answers[0].mark


@pytest.mark.parametrize(("low", "high", "text"), [(0, 0, "0"), (5, 5, "5"), (6, 10, "6-10")])
def test_a_range_of_minutes(low: int, high: int, text: str) -> None:
    assert range_text(low, high) == text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_other_two_languages_are_offered_in_their_own_words(language: str) -> None:
    page = pages.choose_page(At(), hall(), look_of(language))
    offered = {each.does[1]: each.text for each in page.foot if each.does[0] == "speak"}
    assert offered.keys() == {*LANGUAGES} - {language}
    assert all(pages.LANGUAGES[code] == text for code, text in offered.items())


def test_arrows_walk_over_the_answers() -> None:
    laid = sheet("choose", look_of("en"))
    assert laid.beside("", "down") == "1"
    assert [laid.beside("1", way) for way in ("down", "right", "up", "left")] == ["2", "4", "1", "1"]
    assert laid.beside("3", "down") == "0"
    assert laid.beside("6", "left") == "3"
    assert laid.beside("0", "right") == "enter"
    assert laid.beside("enter", "right") == "7"
    reached, key = {"1"}, "1"
    for way in ("down", "down", "down", "right", "right", "right", "up", "up", "up"):
        key = laid.beside(key, way)
        reached.add(key)
    assert reached >= {"1", "2", "3", "0", "7", "8"}


EVIL = "\x1b]52;c;eA==\x07[/bold][red]\u202e\r"


@pytest.mark.parametrize("size", [ORDINARY, LARGE])
def test_29_names_from_data_are_shown_escaped_and_leave_the_layout_intact(size: tuple[int, int]) -> None:
    evil = Words(zh_hant=EVIL, zh_hans=EVIL, en=EVIL)
    services = changed("cash", name=evil, stopped="system", stopped_until=None)
    known = hall(services=services, name=EVIL, offers=[Offer(service="cash", offer=evil, note=evil)])
    look = look_of("en", size)
    for page in (
        pages.choose_page(At(), known, look),
        pages.sorry_page(At("sorry", "cash"), known, look),
        pages.ticket_page(At("ticket", "cash", issued=ISSUED), known, look),
    ):
        laid = (large if look.small else ordinary)(page, look)
        text = "\n".join(row.plain for row in laid.rows)
        assert {row.cell_length for row in laid.rows} == {size[0]}
        assert not {*"\x1b\x07\r\u202e"} & {*text}
        assert "\\x1b]52;" in text
