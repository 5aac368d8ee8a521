"""Every trap of terminals that was measured on stock Textual, on a real pseudo-terminal."""

import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from terminals import ENTER, Terminal, f

LITTLE = Path(__file__).parent / "little.py"
SECRET = "440301199001011239"
CTRL_C, CTRL_K, CTRL_X = "\x03", "\x0b", "\x18"
INCIDENT = re.compile(r"incident ([0-9A-Z]{6})\b")


def little(folder: Path, **more: str) -> Terminal:
    """Start the small app and wait until it can be used."""
    terminal = Terminal(LITTLE, folder, **more)
    terminal.wait_for("calls 0")
    return terminal


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Terminal]:
    """The desk of an app of the test's own."""
    with little(tmp_path) as terminal:
        yield terminal


def count(terminal: Terminal, what: str) -> int:
    found = re.search(rf"{what} (\d+)", terminal.text)
    assert found, terminal.text
    return int(found[1])


def whole(text: str, head: str) -> bool:
    """Say whether a screen is painted from its head to its keys."""
    first, *_, last = text.splitlines()
    return first.startswith(f" {head}") and "F12" in last


class TestKeyOrder:
    """Keys are worked off one by one, however fast they come and however slow the host is."""

    @pytest.mark.parametrize(
        ("apart", "env"),
        [
            (0.0, {}),
            (0.001, {}),
            (0.006, {}),
            (0.03, {"LITTLE_DELAY": "0.4"}),
            (0.03, {"LITTLE_STALL": "0.4"}),
        ],
        ids=["one-write", "1ms", "6ms", "400ms-host", "400ms-blocked"],
    )
    def test_three_answers_reach_three_screens(self, tmp_path, apart, env):
        with little(tmp_path, **env) as terminal:
            answers = (("abc", "def", "gh"), ("abcdef", "陳大文先生", "9"))
            for first, second, third in answers[: 1 if env else 2]:
                terminal.send("9" + ENTER)
                terminal.wait_for("Question 1")
                keys = f"{first}\r{second}\r{third}\r"
                terminal.send(*(keys if apart else [keys]), apart=apart)
                terminal.wait_for(f"last <{first}|{second}|{third}>")

    def test_what_is_typed_ahead_waits_for_the_answer(self, desk, tmp_path):
        desk.send("4" + ENTER + "1" + ENTER)
        desk.wait_for("last <slow begun>")
        (tmp_path / "go").touch()
        desk.wait_for("last <recall after 1>")

    def test_f12_drops_what_was_typed_ahead(self, desk, tmp_path):
        desk.send("4" + ENTER)
        desk.wait_for("last <slow begun>")
        desk.send("1" + ENTER + f(12) + ".77" + ENTER)
        desk.wait_for("digits='77'")
        (tmp_path / "go").touch()
        desk.wait_for("last <slow 1>")
        assert count(desk, "verbs") == 0

    def test_a_second_f10_right_after_the_first_is_a_slip(self, desk):
        since = len(desk.raw)
        desk.send(f(10) + f(10))
        desk.wait_for("calls 1")
        desk.wait_bell(since)
        assert count(desk, "calls") == 1
        desk.read(0.8)
        desk.send(f(10))
        desk.wait_for("calls 2")


class TestScans:
    """A scan is one command and never an answer."""

    @pytest.mark.parametrize("apart", [0.0, 0.001, 0.006], ids=["one-write", "1ms", "6ms"])
    def test_a_card_is_looked_up_and_calls_no_verb(self, desk, apart):
        # A machine that does much else cannot keep a scanner's pace each time; no piece of a scan is a verb.
        for attempt in range(100, 110 if apart else 101):
            desk.send("31")
            desk.wait_for("[31")
            desk.read(0.05)
            card = f"6222021234567890{attempt}"
            desk.send(*(card + ENTER if apart else [card + ENTER]), apart=apart)
            desk.wait_for(lambda text, last=attempt: re.search(rf"last <find \d*{last} \w+>", text))
            assert count(desk, "verbs") == 0
            if f"last <find {card} True>" in desk.text:
                return
        pytest.fail(desk.text)

    def test_a_scan_answers_no_question_of_one_digit(self, desk):
        desk.send("3" + ENTER)
        desk.wait_for("等上級")
        since = len(desk.raw)
        desk.send("1622202123456" + ENTER)
        desk.wait_bell(since)
        assert "等上級" in desk.text
        desk.send("6")
        desk.wait_for("last <hold 6>")

    def test_two_answers_in_a_row_are_two_answers(self, desk):
        desk.send("302" + ENTER)
        desk.wait_for("302 Opening")
        desk.send("林芳" + ENTER + SECRET + ENTER + f(8) + "2" + "x" + f(10))
        desk.wait_for("last <committed 4>")

    def test_full_width_digits_and_stops_are_what_they_look_like(self, desk):
        desk.send("１")
        desk.wait_for("[1           ]")
        desk.send(ENTER)
        desk.wait_for("verbs 1")
        desk.send("。１８" + ENTER)
        desk.wait_for("TicketEnd(digits='18')")

    def test_text_of_an_input_method_comes_whole(self, desk):
        desk.send("302" + ENTER)
        desk.wait_for("302 Opening")
        desk.send("陳大文")
        desk.wait_for("[陳大文")
        desk.send("\x1b[20808;1;20808:29983u")
        desk.wait_for("[陳大文先生")
        desk.send("葛\U000e0100")
        desk.wait_for("[陳大文先生葛")
        desk.send("\x7f" * 12 + f(3))
        desk.wait_for("202 Counter")


class TestScreen:
    """What stands on the screen stays whole."""

    def test_a_list_over_a_busy_screen_loses_no_character(self, desk):
        desk.send("5" + ENTER)
        desk.wait_for("查選客戶")
        desk.wait_for("1-10 / 12")
        rows = [row for row in desk.rows if "│" in row]
        assert len([row for row in rows if "客戶資料已儲存成功" in row and "貴賓" in row]) == 10
        assert "── 城南支行  teller 陳靜" in desk.text
        desk.send(f(12))

    def test_too_small_and_back_keeps_everything(self, desk):
        desk.send("302" + ENTER)
        desk.wait_for("302 Opening")
        desk.send("陳大文先")
        desk.wait_for("[陳大文先")
        desk.resize(40, 10)
        desk.wait_for("40×10")
        desk.send("99" + f(10) + f(12))
        desk.wait_worked_off()
        for size in ((80, 24), (120, 40), (80, 24)):
            desk.resize(*size)
            desk.wait_for(lambda text: whole(text, "302 Opening") and "[陳大文先 " in text)
        desk.send("\x7f" * 6 + f(3))
        desk.wait_for("202 Counter")

    def test_ctrl_k_is_a_second_way_to_every_function_key(self, desk):
        desk.send(CTRL_K + "0")
        desk.wait_for("calls 1")
        desk.send(CTRL_K + "?")
        desk.wait_for("A desk for tests.")
        desk.send(CTRL_K + "1")
        desk.wait_for("Last messages")
        desk.send(CTRL_K + "=")
        desk.wait_for(lambda text: "Last messages" not in text)

    @pytest.mark.parametrize("key", [f(11), "\x10", "\x11", CTRL_C, "\x13", "\x1a", "\x1bn"])
    def test_a_key_that_means_nothing_ends_nothing(self, desk, key):
        desk.send(key)
        desk.wait_worked_off()
        assert desk.process.poll() is None
        assert whole(desk.text, "202 Counter")

    def test_a_verb_that_means_nothing_is_refused_aloud(self, desk):
        since = len(desk.raw)
        desk.send("77" + ENTER)
        desk.wait_for("That key does nothing here")
        desk.wait_bell(since)


class TestLeaks:
    """Nothing that a customer said leaves the screen."""

    def test_an_error_in_an_errand_is_an_incident_and_the_desk_stays(self, desk, tmp_path):
        desk.send("7" + ENTER)
        desk.wait_for(lambda text: INCIDENT.search(text))
        found = INCIDENT.search(desk.text)
        assert found
        log = (tmp_path / "incidents.log").read_text()
        assert found[1] in log
        assert SECRET not in log
        assert SECRET not in desk.raw.decode()
        desk.send("1" + ENTER)
        desk.wait_for("verbs 1")

    def test_the_clipboard_is_never_written(self, desk):
        desk.send("ab" + "\x1b[1;2H" + CTRL_C + CTRL_X)
        desk.wait_worked_off()
        assert b"\x1b]52" not in desk.raw

    def test_a_crash_shows_an_incident_and_no_value(self, tmp_path):
        with little(tmp_path) as terminal:
            terminal.send("8" + ENTER)
            assert terminal.wait_end() == 1
            after = terminal.raw[terminal.raw.rindex(b"\x1b[?1049l") :].decode()
        assert INCIDENT.search(after)
        log = (tmp_path / "incidents.log").read_text()
        assert "KeyError" in log
        assert "little.py" in log
        for leak in (SECRET, "Traceback", "locals", "missing"):
            assert leak not in terminal.raw.decode()
            assert leak not in log

    def test_the_environment_gives_no_orders(self, tmp_path):
        env = {
            "TEXTUAL_PRESS": "1,enter",
            "TEXTUAL_LOG": str(tmp_path / "textual.log"),
            "TEXTUAL_SCREENSHOT": "0",
            "TEXTUAL_SCREENSHOT_LOCATION": str(tmp_path),
            "TEXTUAL_DRIVER": "os:abort",
            "TEXTUAL_SHOW_RETURN": "1",
            "TEXTUAL": "debug,devtools",
        }
        with little(tmp_path, **env) as terminal:
            terminal.send("." + "31" + ENTER)
            terminal.wait_for("digits='31'")
            assert count(terminal, "verbs") == 0
            terminal.signal(signal.SIGTERM)
            assert terminal.wait_end() == 0
            assert b"returned" not in terminal.raw
        assert {file.name for file in tmp_path.iterdir()} <= {"draft", "incidents.log"}


class TestEnds:
    """A terminal that must go goes in order and in time."""

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
    def test_a_signal_saves_the_draft_and_gives_the_screen_back(self, tmp_path, number):
        with little(tmp_path) as terminal:
            terminal.send("half")
            terminal.wait_for("[half")
            start = time.monotonic()
            terminal.signal(number)
            assert terminal.wait_end() == 0
            assert time.monotonic() - start < 2
            assert b"\x1b[?1049l" in terminal.raw
            assert b"\x1b[?1003l" in terminal.raw[terminal.raw.rindex(b"\x1b[?1049h") :]
        assert (tmp_path / "draft").read_text() == "half"

    @pytest.mark.parametrize("own", [True, False], ids=["with-hang-up", "without-signal"])
    def test_a_lost_terminal_ends_the_program(self, tmp_path, own):
        with Terminal(LITTLE, tmp_path, own=own) as terminal:
            terminal.wait_for("calls 0")
            terminal.send("half")
            terminal.wait_for("[half")
            start = time.monotonic()
            terminal.hang_up()
            terminal.wait_end(5)
            assert time.monotonic() - start < 2.5
        assert (tmp_path / "draft").read_text() == "half"

    def test_stopped_and_continued_it_has_one_reader_and_leaves_in_order(self, desk):
        threads = Path(f"/proc/{desk.process.pid}/task")
        before = len([*threads.iterdir()])
        desk.signal(signal.SIGSTOP)
        desk.signal(signal.SIGCONT)
        desk.send("half")
        desk.wait_for("[half")
        assert len([*threads.iterdir()]) == before
        desk.signal(signal.SIGTERM)
        assert desk.wait_end() == 0
