"""The voice: one call after another, in words of three languages, through programs that may fail or hang."""

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tellertui.core.refusal import Refusal
from tellertui.devices.voice import (
    MOST,
    Announcement,
    Clips,
    SpeechCommand,
    ToFile,
    Voice,
    announcements,
    run,
    voice_of,
)
from tellertui.settings import Settings, read_settings, write_settings

NAMES = {"zh_Hant": "yue", "zh_Hans": "cmn", "en": "en-gb"}
HOSTILE = (
    "-rf /",
    "--output=/tmp/x",
    "$(touch x)",
    "`id`",
    "; reboot",
    "A\n-o\x00x",
    "'\"|&>",
    "\x1b]0;x\x07",
)
WRITE = """
import json, sys
with open(sys.argv[1], "a") as file:
    file.write(json.dumps({"argv": sys.argv[2:], "text": sys.stdin.read()}) + "\\n")
"""


class Loudspeaker:
    """Says a thing for as long as the test wishes."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.speaking = 0
        self.most = 0
        self.turn = asyncio.Event()
        self.turn.set()

    async def say(self, announcement: Announcement) -> None:
        self.speaking += 1
        self.most = max(self.most, self.speaking)
        try:
            await asyncio.sleep(0)
            await self.turn.wait()
            self.said.append(f"{announcement.language} {announcement.number}")
        finally:
            self.speaking -= 1


@pytest.fixture
def program(tmp_path: Path) -> tuple[list[str], Callable[[], list[dict[str, Any]]]]:
    """A program that writes down how it was started, and what it wrote."""
    script, log = tmp_path / "say.py", tmp_path / "said"
    script.write_text(WRITE)

    def said() -> list[dict[str, Any]]:
        return [json.loads(row) for row in log.read_text().splitlines()] if log.exists() else []

    return [sys.executable, str(script), str(log)], said


class TestWords:
    @pytest.mark.parametrize(
        ("language", "words"),
        [
            ("zh_Hant", "請 E 0 0 4 號到 3 號櫃檯"),
            ("zh_Hans", "请 E 0 0 4 号到 3 号窗口"),
            ("en", "Number E 0 0 4, counter 3, please"),
        ],
    )
    def test_letters_and_digits_are_said_one_by_one(self, language: str, words: str) -> None:
        assert Announcement("E004", "3", language).text == words

    def test_the_language_of_the_ticket_comes_first_and_the_branch_s_where_it_is_another(self) -> None:
        said = [each.language for each in announcements("E004", "3", "en", "zh_Hans")]
        assert said == ["en", "zh_Hans"]
        assert [each.language for each in announcements("E004", "3", "zh_Hans", "zh_Hans")] == ["zh_Hans"]

    def test_a_language_that_nobody_speaks_leaves_the_branch_s(self) -> None:
        assert [each.language for each in announcements("E004", "3", "fr", "zh_Hant")] == ["zh_Hant"]
        assert [each.language for each in announcements("E004", "3", "fr", "fr")] == ["en"]


class TestQueue:
    async def test_calls_never_overlap_and_the_newest_is_last(self) -> None:
        loud = Loudspeaker()
        voice = Voice(loud)
        for number in ("A001", "A002", "A003"):
            voice.call(number, "1", "en", "zh_Hant")
        assert loud.said == [], "queueing waits for nothing"
        await voice.silent()
        assert loud.said == [f"{each} {n}" for n in ("A001", "A002", "A003") for each in ("en", "zh_Hant")]
        assert loud.most == 1

    async def test_a_call_during_another_waits_its_turn(self) -> None:
        loud = Loudspeaker()
        loud.turn.clear()
        voice = Voice(loud)
        voice.call("A001", "1", "en", "en")
        await asyncio.sleep(0)
        voice.call("A002", "2", "en", "en")
        loud.turn.set()
        await voice.silent()
        assert loud.said == ["en A001", "en A002"]
        voice.call("A003", "3", "en", "en")
        await voice.silent()
        assert loud.said[-1] == "en A003"
        assert loud.most == 1

    async def test_the_oldest_gives_way_when_too_many_wait(self) -> None:
        loud = Loudspeaker()
        voice = Voice(loud)
        for number in range(MOST + 3):
            voice.call(f"A{number:03}", "1", "en", "en")
        await voice.silent()
        assert loud.said == [f"en A{number:03}" for number in range(3, MOST + 3)]

    async def test_a_failure_is_told_once_and_the_next_call_is_said(self) -> None:
        class Broken(Loudspeaker):
            async def say(self, announcement: Announcement) -> None:
                if announcement.number.startswith("B"):
                    raise OSError(announcement.number)
                await super().say(announcement)

        loud, failures = Broken(), list[Exception]()
        voice = Voice(loud, failed=failures.append)
        for number in ("B001", "B002", "A003", "B004"):
            voice.call(number, "1", "en", "en")
        await voice.silent()
        assert loud.said == ["en A003"]
        assert [str(each) for each in failures] == ["B001", "B004"]

    async def test_closing_cuts_off_what_is_said(self) -> None:
        loud = Loudspeaker()
        loud.turn.clear()
        voice = Voice(loud)
        voice.call("A001", "1", "en", "zh_Hans")
        await asyncio.sleep(0)
        await voice.close()
        assert loud.speaking == 0
        assert loud.said == []
        await Voice(loud).close()


class TestSpeechCommand:
    async def test_the_sentence_comes_on_standard_input(self, program: Any) -> None:
        argv, said = program
        await SpeechCommand([*argv, "-v", "{language}"], NAMES).say(Announcement("E004", "3", "zh_Hans"))
        assert said() == [{"argv": ["-v", "cmn"], "text": "请 E 0 0 4 号到 3 号窗口\n"}]

    async def test_or_as_the_last_argument(self, program: Any) -> None:
        argv, said = program
        await SpeechCommand([*argv, "-v{language}", "{text}"], NAMES).say(Announcement("E004", "3", "en"))
        assert said() == [{"argv": ["-ven-gb", "Number E 0 0 4, counter 3, please"], "text": ""}]

    @pytest.mark.parametrize("hostile", HOSTILE)
    @pytest.mark.parametrize("last", [[], ["{text}"]], ids=["input", "argument"])
    async def test_hostile_numbers_are_data(self, program: Any, last: list[str], hostile: str) -> None:
        argv, said = program
        speech = SpeechCommand([*argv, *last], NAMES)
        voice = Voice(speech, failed=lambda error: pytest.fail(repr(error)))
        for language in NAMES:
            voice.call(hostile, hostile, language, language)
        await voice.silent()
        assert len(said()) == len(NAMES)
        for each in said():
            (text,) = each["argv"] or [each["text"].strip()]
            assert not text.startswith("-")
            assert text.isprintable()
            assert not set(text) & set("$`;|&><\\'\"=/")

    async def test_a_program_gets_nothing_of_the_terminal_s_environment(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TELLERTUI_SESSION", "a value")
        script, log = tmp_path / "env.py", tmp_path / "env"
        script.write_text("import os, sys; open(sys.argv[1], 'w').write(repr(dict(os.environ)))")
        await run([sys.executable, str(script), str(log)])
        assert "a value" not in log.read_text()


class TestDeadLoudspeakers:
    async def test_a_program_that_is_not_there_fails_at_once(self, tmp_path: Path) -> None:
        failures: list[Exception] = []
        voice = Voice(SpeechCommand([str(tmp_path / "nothing")], NAMES), failed=failures.append)
        voice.call("A001", "1", "en", "en")
        await voice.silent()
        assert isinstance(failures[0], FileNotFoundError)

    async def test_a_program_that_fails_is_told(self) -> None:
        failures: list[Exception] = []
        voice = Voice(SpeechCommand(["false"], NAMES), failed=failures.append)
        voice.call("A001", "1", "en", "en")
        await voice.silent()
        assert isinstance(failures[0], OSError)

    async def test_a_program_that_does_not_listen_is_no_failure(self) -> None:
        voice = Voice(SpeechCommand(["true"], NAMES), failed=lambda error: pytest.fail(repr(error)))
        for _ in range(5):
            voice.call("A001", "1", "en", "en")
        await voice.silent()

    async def test_a_program_that_hangs_is_killed_with_its_children(self, tmp_path: Path) -> None:
        script, pids = tmp_path / "hang.sh", tmp_path / "pids"
        script.write_text(f'sleep 600 & echo $! $$ >"{pids}"; trap "" TERM; wait\n')
        failures: list[Exception] = []
        voice = Voice(SpeechCommand(["sh", str(script)], NAMES), patience_s=0.5, failed=failures.append)
        voice.call("A001", "1", "en", "en")
        await voice.silent()
        assert isinstance(failures[0], TimeoutError)
        await gone(pids)

    async def test_closing_kills_what_speaks(self, tmp_path: Path) -> None:
        script, pids = tmp_path / "hang.sh", tmp_path / "pids"
        script.write_text(f'sleep 600 & echo $! $$ >"{pids}"; wait\n')
        voice = Voice(SpeechCommand(["sh", str(script)], NAMES))
        voice.call("A001", "1", "en", "en")
        await until(lambda: pids.exists() and len(pids.read_text().split()) == 2)
        await voice.close()
        await gone(pids)

    async def test_a_hanging_loudspeaker_delays_nobody(self, tmp_path: Path) -> None:
        voice = Voice(SpeechCommand(["sleep", "600"], NAMES))
        began = time.perf_counter()
        for number in range(100):
            voice.call(f"A{number:03}", "1", "en", "zh_Hans")
        assert time.perf_counter() - began < 0.5
        await voice.close()


async def until(test: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not test():  # noqa: ASYNC110 - it asks another process
            await asyncio.sleep(0.01)


async def gone(pids: Path) -> None:
    """Wait until every process is dead; one that only its parent has still to collect is."""
    await until(lambda: not any(map(alive, pids.read_text().split())))


def alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


class TestClips:
    @pytest.fixture
    def clips(self, tmp_path: Path) -> Path:
        for language in NAMES:
            folder = tmp_path / "clips" / language
            folder.mkdir(parents=True)
            for name in ("call", "counter", "E", *"0123456789"):
                (folder / f"{name}.wav").touch()
        (tmp_path / "clips" / "en" / "please.ogg").touch()
        return tmp_path / "clips"

    async def test_pieces_are_played_one_after_another(self, clips: Path, program: Any) -> None:
        argv, said = program
        await Clips(clips, argv).say(Announcement("E004", "12", "en"))
        played = [Path(each["argv"][0]) for each in said()]
        assert [path.stem for path in played] == ["call", "E", "0", "0", "4", "counter", "1", "2", "please"]
        assert {path.parent for path in played} == {clips / "en"}

    async def test_a_digit_that_was_not_recorded_is_told_before_half_is_said(
        self, clips: Path, program: Any
    ) -> None:
        argv, said = program
        (clips / "zh_Hans" / "4.wav").unlink()
        with pytest.raises(FileNotFoundError):
            await Clips(clips, argv).say(Announcement("E004", "3", "zh_Hans"))
        assert said() == []

    @pytest.mark.parametrize("hostile", ["../../etc/passwd", "/etc/passwd", "-x"])
    async def test_no_number_leads_out_of_the_folder(self, clips: Path, program: Any, hostile: str) -> None:
        argv, said = program
        (clips / "en" / "x.wav").touch()
        for letter in "etcpasswd":
            (clips / "en" / f"{letter}.wav").touch()
        await Clips(clips, argv).say(Announcement(hostile, "3", "en"))
        assert all(Path(each["argv"][0]).parent == clips / "en" for each in said())


class TestSettings:
    def settings(self, **more: Any) -> Settings:
        return Settings(store_id="00000000-0000-0000-0000-000000000000", **more)

    def test_it_is_off_unless_it_is_named(self) -> None:
        assert voice_of(self.settings(), lambda error: None) is None

    @pytest.mark.parametrize(
        "more",
        [
            {"voice": "command"},
            {"voice": "command", "voice_command": ("-x",)},
            {"voice": "command", "voice_command": ("{text}",)},
            {"voice": "clips", "voice_player": ("aplay",)},
            {"voice": "clips", "voice_clips": "/clips"},
            {"voice": "file"},
        ],
    )
    def test_what_is_missing_is_said_at_the_start(self, more: dict[str, Any]) -> None:
        with pytest.raises(Refusal) as refused:
            voice_of(self.settings(**more), lambda error: None)
        assert refused.value.code == "bad-settings"

    def test_settings_are_read_as_they_were_written(self, tmp_path: Path) -> None:
        given = self.settings(
            voice="command",
            voice_command=("espeak-ng", "-v", "{language}", "--", "{text}"),
            voice_languages=("yue", "cmn", "en"),
        )
        write_settings(tmp_path, given)
        assert read_settings(tmp_path / "settings.toml") == given
        assert voice_of(given, lambda error: None) is not None

    async def test_the_file_holds_what_would_be_said(self, tmp_path: Path) -> None:
        voice = voice_of(self.settings(voice="file", voice_file=str(tmp_path / "said")), pytest.fail)
        assert voice is not None
        voice.call("E004", "3", "en", "zh_Hant")
        await voice.silent()
        said = [json.loads(row) for row in (tmp_path / "said").read_text().splitlines()]
        assert said == [
            {"language": "en", "text": "Number E 0 0 4, counter 3, please"},
            {"language": "zh_Hant", "text": "請 E 0 0 4 號到 3 號櫃檯"},
        ]
        await ToFile(tmp_path / "said").say(Announcement("A001", "1", "en"))
        assert len((tmp_path / "said").read_text().splitlines()) == 3
