"""Arrivals from a file: what is read, and how everything else is refused."""

import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellertui.core.clock import MINUTE, SECOND
from tellertui.core.refusal import USAGE, Refusal
from tellertui.simulate.csv import Arrival, milliseconds, parse_arrivals, read_arrivals

SERVICES = ("cash", "non-cash")
CLASSES = ("normal", "senior", "vip")
HEADER = "arrival,service_minutes,service,class\n"


def parse(text: str) -> list[Arrival]:
    return parse_arrivals(text, SERVICES, CLASSES)


def refused(text: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        parse(text)
    assert caught.value.kind.exit_code == USAGE
    return caught.value


def written(tmp_path: Path, data: bytes) -> Path:
    file = tmp_path / "arrivals.csv"
    file.write_bytes(data)
    return file


def refused_file(path: Path) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read_arrivals(path, SERVICES, CLASSES)
    assert caught.value.kind.exit_code == USAGE
    return caught.value


def test_every_column_is_read() -> None:
    assert parse(HEADER + "08:00:30,4.5,non-cash,vip\n") == [
        Arrival((8 * 60 * 60 + 30) * SECOND, 270 * SECOND, "non-cash", "vip")
    ]


def test_columns_come_in_any_order_and_optional_ones_may_be_left_out_or_empty() -> None:
    usual = Arrival(9 * 60 * MINUTE, 2 * MINUTE, "cash", "normal")
    assert parse("service_minutes,arrival\n2,09:00:00\n") == [usual]
    assert parse(HEADER + "09:00:00,2,,\n") == [usual]
    assert parse(" arrival , service_minutes \n 09:00:00 , 2 \n") == [usual]


def test_rows_are_sorted_by_arrival_and_equal_times_keep_the_order_of_the_file() -> None:
    rows = "10:00:00,1,cash,\n09:00:00,2,cash,\n10:00:00,3,cash,\n09:00:00,4,cash,\n"
    assert [arrival.service_ms // MINUTE for arrival in parse(HEADER + rows)] == [2, 4, 1, 3]


def test_blank_lines_mean_nothing_and_count_as_lines() -> None:
    assert len(parse(HEADER + "\n09:00:00,2,,\n\n")) == 1
    assert refused(HEADER + "\n09:00:00,2,,\n\nx,2,,\n").facts["line"] == 5


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("8:00:00,1,,", "arrivals-arrival", "arrival"),
        ("08:00,1,,", "arrivals-arrival", "arrival"),
        ("24:00:00,1,,", "arrivals-arrival", "arrival"),
        ("08:60:00,1,,", "arrivals-arrival", "arrival"),
        ("08:00:00Z,1,,", "arrivals-arrival", "arrival"),
        ("08:00:00\x00,1,,", "arrivals-arrival", "arrival"),
        ("０８:００:００,1,,", "arrivals-arrival", "arrival"),
        ("x" * 10_000 + ",1,,", "arrivals-arrival", "arrival"),
        ("08:00:00,-1,,", "arrivals-minutes", "service_minutes"),
        ("08:00:00,,,", "arrivals-minutes", "service_minutes"),
        ("08:00:00,５,,", "arrivals-minutes", "service_minutes"),
        ("08:00:00,1e1,,", "arrivals-minutes", "service_minutes"),
        ("08:00:00,nan,,", "arrivals-minutes", "service_minutes"),
        ("08:00:00,inf,,", "arrivals-minutes", "service_minutes"),
        ('08:00:00,"4,5",,', "arrivals-minutes", "service_minutes"),
        ("08:00:00,1440.1,,", "arrivals-minutes", "service_minutes"),
        ("08:00:00," + "9" * 10_000 + ",,", "arrivals-minutes", "service_minutes"),
        ("08:00:00,1,gold,", "arrivals-code", "service"),
        ("08:00:00,1,Cash,", "arrivals-code", "service"),
        ("08:00:00,1,,king", "arrivals-code", "class"),
    ],
)
def test_a_bad_value_is_refused_with_its_line_and_column_and_never_repeated(
    row: str, code: str, column: str
) -> None:
    found = refused(f"{HEADER}08:00:00,1,,\n{row}\n")
    assert (found.code, found.facts["line"], found.facts["column"]) == (code, 3, column)
    assert f"Line 3, column {column}:" in found.text()
    cells = dict(zip(("arrival", "service_minutes", "service", "class"), row.split(","), strict=False))
    assert not cells[column] or cells[column] not in found.text()


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("", 1),
        ("arrival,service\n", 1),
        ("service_minutes\n", 1),
        ("arrival,service_minutes,clas\n", 1),
        ("arrival,service_minutes,arrival\n", 1),
        ("Arrival,service_minutes\n", 1),
        ("08:00:00,4\n", 1),
        ("\n\narrival;service_minutes\n", 3),
    ],
)
def test_missing_unknown_and_double_columns_are_refused(header: str, line: int) -> None:
    found = refused(header + "08:00:00,4\n" * bool(header))
    assert (found.code, found.facts) == ("arrivals-columns", {"line": line})


@pytest.mark.parametrize("row", ["08:00:00\n", "08:00:00,4,cash,vip,x\n"])
def test_a_row_of_another_width_is_refused(row: str) -> None:
    found = refused(HEADER + row)
    assert (found.code, found.facts["line"], found.facts["wanted"]) == ("arrivals-width", 2, 4)


def test_a_header_alone_is_no_day() -> None:
    assert refused(HEADER).code == "arrivals-none"


@pytest.mark.parametrize("row", ['08:00:00,"4', '08:00:00,"4"x,,', "y" * 200_000])
def test_what_is_not_csv_is_refused_with_its_line(row: str) -> None:
    found = refused(HEADER + "08:00:00,1,,\n" + row)
    assert (found.code, found.facts) == ("arrivals-csv", {"line": 3})


def test_more_arrivals_than_numbers_of_five_digits_are_refused() -> None:
    assert len(parse("arrival,service_minutes\n" + "08:00:00,1\n" * 99_999)) == 99_999
    assert refused("arrival,service_minutes\n" + "08:00:00,1\n" * 100_000).code == "arrivals-too-large"


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf" + HEADER.encode(), HEADER.encode()])
@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r"])
def test_a_byte_order_mark_and_every_line_end_are_read(tmp_path: Path, data: bytes, end: bytes) -> None:
    data = (data + b"08:00:00,4,,\n09:00:00,5,,\n").replace(b"\n", end)
    assert len(read_arrivals(written(tmp_path, data), SERVICES, CLASSES)) == 2


def test_other_encodings_are_refused_with_the_line(tmp_path: Path) -> None:
    latin = (HEADER + "08:00:00,4,,\n08:00:00,4,é,\n").encode("latin-1")
    assert refused_file(written(tmp_path, latin)).facts == {"line": 3}
    assert refused_file(written(tmp_path, HEADER.encode("utf-16"))).code == "arrivals-text"


def test_an_empty_and_a_huge_file_are_refused(tmp_path: Path) -> None:
    assert refused_file(written(tmp_path, b"")).code == "arrivals-columns"
    file = written(tmp_path, b"")
    os.truncate(file, 17 * 1024 * 1024)
    assert refused_file(file).code == "arrivals-too-large"


def test_what_is_no_regular_file_is_refused_without_reading_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    strange = [
        tmp_path,
        tmp_path / "none.csv",
        tmp_path / "pipe",
        Path("/dev/zero"),
        Path("a\x00b"),
        Path(""),
    ]
    for path in [*strange, tmp_path / ("n" * 5_000), tmp_path / "none.csv" / "below"]:
        assert refused_file(path).code == "arrivals-file"


def test_the_name_of_a_file_is_shown_without_what_a_terminal_would_obey(tmp_path: Path) -> None:
    shown = str(refused_file(tmp_path / "a\x1b[2J\n\udcff\u202e.csv").facts["name"])
    assert shown == "a?[2J???.csv"
    assert len(str(refused_file(tmp_path / ("n" * 200)).facts["name"])) == 61


@pytest.mark.parametrize(
    ("minutes", "ms"),
    [("0", 0), ("4.5", 270_000), ("0.00001", 1), ("4.166666666666667", 250_000), ("1440", 86_400_000)],
)
def test_decimal_minutes_are_whole_milliseconds(minutes: str, ms: int) -> None:
    assert milliseconds(minutes) == ms


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    for whole in (text, HEADER + text):
        with suppress(Refusal):
            assert parse(whole)
