"""How a slip becomes bytes: Chinese in both scripts, nothing from data is ever a command."""

from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branches import cheap_settings
from tellertui.devices.printer import (
    COPY,
    KANJI,
    NO_KANJI,
    FilePrinter,
    Page,
    PrinterAway,
    page_for,
    printer_of,
    render,
    text_of,
)
from tellertui.workflows.reception.printing import Line, Slip

JOB = UUID(int=7)


def slip(language: str, *texts: str) -> Slip:
    lines = [Line(text=text) for text in texts]
    return Slip(language=language, lines=lines, qr="tellertui:B001:2026-11-23:E004")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("language", "text", "encoding", "mode"),
    [
        ("zh_Hans", "开户变更 前面 3 位", "gb18030", KANJI),
        ("zh_Hant", "開戶變更 前面 3 位", "cp950", KANJI),
        ("en", "Account, 3 ahead", "ascii", NO_KANJI),
    ],
)
def test_the_text_is_right_in_its_code_page(language: str, text: str, encoding: str, mode: bytes) -> None:
    page = page_for(cheap_settings(), language)
    assert page.encoding == encoding
    content = render(page, slip(language, text), copy=False)
    assert mode in content[:6]
    assert text.encode(encoding) in content
    assert text in text_of(page, slip(language, text), copy=False)


def test_a_copy_says_so() -> None:
    page = page_for(cheap_settings(), "zh_Hant")
    assert COPY["zh_Hant"].encode("cp950") in render(page, slip("zh_Hant", "x"), copy=True)
    assert COPY["zh_Hant"].encode("cp950") not in render(page, slip("zh_Hant", "x"), copy=False)


@given(st.text(), st.sampled_from(["gb18030", "cp950", "ascii"]))
def test_no_text_carries_a_control_octet(text: str, encoding: str) -> None:
    octets = Page(48, encoding).encode(text)
    assert not [octet for octet in octets if octet < 0x20 or octet == 0x7F]


@given(st.text(max_size=200), st.integers(4, 60), st.sampled_from(["gb18030", "cp950", "ascii"]))
def test_no_line_is_wider_than_the_paper(text: str, columns: int, encoding: str) -> None:
    page = Page(columns, encoding)
    lines = page.wrap(text, columns)
    assert all(page.width(line) <= columns for line in lines)
    assert not [line for line in lines if line.startswith(" ")]


@pytest.mark.parametrize("hostile", ["\x1b@\x1dV\x00", "a\nb", "[/red]", "\u202eabc", "\x1d(k"])
def test_hostile_names_are_text(hostile: str) -> None:
    page = page_for(cheap_settings(), "en")
    calm, attacked = (render(page, slip("en", text), copy=False) for text in ("x" * 8, hostile))
    for command in (b"\x1b", b"\x1d", b"\x1c"):
        assert attacked.count(command) == calm.count(command)


def test_a_folder_gets_both_files(tmp_path: Path) -> None:
    printer = printer_of(cheap_settings(printer=f"file:{tmp_path}"))
    assert isinstance(printer, FilePrinter)
    with printer.reached():
        printer.put(JOB, slip("zh_Hans", "开户变更"), copy=False)
    assert "开户变更" in (tmp_path / f"{JOB}.txt").read_text(encoding="utf-8")
    assert (tmp_path / f"{JOB}.escpos").read_bytes().startswith(b"\x1b@")


def test_a_folder_that_is_not_there_is_away(tmp_path: Path) -> None:
    printer = printer_of(cheap_settings(printer=f"file:{tmp_path / 'none'}"))
    assert printer is not None
    with pytest.raises(PrinterAway) as away, printer.reached():
        pytest.fail("nothing is there")
    assert away.value.why == "file"


@pytest.mark.parametrize("where", ["a..b:9100", f"{'x' * 70}:9100", "127.0.0.1:99999"])
def test_an_address_that_cannot_be_is_away(where: str) -> None:
    printer = printer_of(cheap_settings(printer=f"tcp://{where}"))
    assert printer is not None
    with pytest.raises(PrinterAway) as away:
        printer.probe()
    assert away.value.why == "away"


def test_no_printer_is_none() -> None:
    assert printer_of(cheap_settings()) is None
