"""What a bank's terminal does not do: tell values, take orders from its environment, use loud widgets."""

import ast
import asyncio
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from snap import screen_rows, settled
from toolkit_sample import SampleApp

import tellertui
from tellertui.core.clock import ManualClock
from tellertui.ui import leaving
from tellertui.ui.driver import KeyDriver
from tellertui.ui.environ import clean
from tellertui.ui.guard import WINDOW_S, Guard
from tellertui.ui.incidents import ALPHABET, LENGTH, Incidents
from tellertui.ui.initials import answers, initials
from tellertui.ui.leaving import Leaving
from tellertui.ui.places import Place, Places
from tellertui.ui.text import line

SOURCE = Path(tellertui.__file__).parent
SECRET = "440301199001011239"
BANNED = {
    "Select": "drop-downs lose Chinese characters",
    "Toast": "overlays lose Chinese characters",
    "Tooltip": "overlays lose Chinese characters",
    "Footer": "it scrolls silently at 80 columns",
    "Header": "its clock repaints",
    "ListView": "seconds for a thousand rows",
    "Static": "its text is markup; use a Canvas",
    "Label": "its text is markup; use a Canvas",
    "Button": "its text is markup; use an Action",
    "Checkbox": "its text is markup; use Several",
    "OptionList": "its text is markup; use a Picker",
    "LoadingIndicator": "it moves while somebody types",
    "Markdown": "eighty modules",
}


def ran(program: str) -> str:
    """Return what a program prints in a fresh interpreter."""
    line = [sys.executable, "-I", "-c", program]
    return subprocess.run(line, capture_output=True, text=True, check=True).stdout.strip()


def screens() -> list[Path]:
    """Return every file that may draw something."""
    parts = {"ui", "screens", "desk", "demo"}
    return [file for file in SOURCE.rglob("*.py") if parts & {*file.parts} or file.name == "app.py"]


@pytest.mark.parametrize("file", screens(), ids=lambda file: str(file.relative_to(SOURCE)))
def test_no_widget_that_eats_text_or_reads_it_as_markup(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("textual"):
            loud = {name.name for name in node.names} & BANNED.keys()
            assert not loud, f"{file}: {loud}"
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"from_markup", "notify", "recompose"}, f"{file}:{node.lineno}"
        if isinstance(node, ast.keyword):
            assert node.arg != "tooltip", f"{file}:{node.value.lineno}"


def test_the_toolkit_loads_nothing_heavy_and_no_chart():
    program = (
        "import sys, pkgutil, importlib, tellertui.ui as ui\n"
        "for m in pkgutil.iter_modules(ui.__path__): importlib.import_module('tellertui.ui.' + m.name)\n"
        "bad = ('sqlmodel', 'sqlalchemy', 'cryptography', 'keyring', 'tellertui.store', 'tellertui.vault',\n"
        "       'textual.widgets._markdown', 'markdown_it', 'pydantic', 'httpx')\n"
        "print([m for m in bad if m in sys.modules], len(sys.modules))\n"
    )
    found, modules = ran(program).rsplit(" ", 1)
    assert found == "[]"
    assert int(modules) < 700


class TestIncidents:
    def raised(self) -> Exception:
        number = SECRET
        try:
            try:
                {}[number]
            except KeyError as error:
                raise RuntimeError(number) from error
        except RuntimeError as error:
            return error

    def test_kinds_and_places_are_written_and_no_value(self, tmp_path):
        log = tmp_path / "log"
        incidents = Incidents(ManualClock(0), lambda size: bytes(range(size)), log)
        assert incidents.record(self.raised()) == "234567"
        incidents.record(None)
        first, second = log.read_text().splitlines()
        assert '"errors":["RuntimeError","KeyError"]' in first
        assert "test_ui_quiet.py" in first
        assert SECRET not in first
        assert '"errors":[]' in second

    def test_a_log_that_cannot_be_written_changes_nothing(self, tmp_path):
        incidents = Incidents(ManualClock(0), os.urandom, tmp_path / "no" / "log")
        found = incidents.record(ValueError(SECRET))
        assert len(found) == LENGTH
        assert set(found) <= set(ALPHABET)

    def test_what_no_boundary_caught_is_caught(self, monkeypatch):
        for name in ("excepthook", "unraisablehook"):
            monkeypatch.setattr(sys, name, getattr(sys, name))
        monkeypatch.setattr(threading, "excepthook", threading.excepthook)
        told: list[str] = []
        incidents = Incidents(ManualClock(0), bytes)
        incidents.install(told.append)
        sys.excepthook(ValueError, ValueError(SECRET), None)
        sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
        thread = threading.Thread(target=lambda: {}[SECRET])
        thread.start()
        thread.join()
        assert told == ["222222", "222222"]

    async def test_a_task_that_nobody_waited_for_is_written(self, tmp_path):
        incidents = Incidents(ManualClock(0), bytes, tmp_path / "log")
        incidents.of_loop(asyncio.get_running_loop(), {"message": SECRET, "exception": ValueError(SECRET)})
        text = (tmp_path / "log").read_text()
        assert "ValueError" in text
        assert SECRET not in text


class TestEnvironment:
    def test_orders_are_dropped_and_harmless_settings_kept(self):
        environ = {
            "TEXTUAL_DRIVER": "x:y",
            "TEXTUAL_PRESS": "a",
            "TEXTUAL_LOG": "f",
            "TEXTUAL_SCREENSHOT_LOCATION": "/",
            "TEXTUAL_DEVTOOLS_HOST": "h",
            "TEXTUAL": "debug",
            "TEXTUAL_FPS": "30",
            "PYTHONDONTWRITEBYTECODE": "1",
            "UNICODE_VERSION": "4",
            "NO_COLOR": "1",
            "LANG": "zh_HK",
        }
        clean(environ)
        assert environ == {
            "TEXTUAL_FPS": "30",
            "TEXTUAL_ANIMATIONS": "none",
            "NO_COLOR": "1",
            "LANG": "zh_HK",
        }

    def test_cleaning_imports_nothing(self):
        program = (
            "import sys, tellertui.ui.environ; print([m for m in ('textual', 'rich') if m in sys.modules])"
        )
        done = subprocess.run(
            [sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "[]"


class TestLeaving:
    async def test_it_saves_once_and_leaves(self):
        steps: list[str] = []

        async def save() -> None:
            steps.append("saved")

        going = Leaving(save, lambda: steps.append("left"), lambda code: steps.append(f"end {code}"))
        going.begin(lost=False)
        going.begin(lost=False)
        await asyncio.gather(*going._tasks)
        assert steps == ["saved", "left"]

    @pytest.mark.parametrize("failure", ["error", "slow"])
    async def test_what_cannot_be_saved_does_not_keep_the_process(self, monkeypatch, failure):
        steps: list[str] = []
        monkeypatch.setattr(leaving, "PATIENCE_S", 0.01)

        async def save() -> None:
            if failure == "error":
                raise RuntimeError
            await asyncio.Event().wait()

        going = Leaving(save, lambda: steps.append("left"), lambda code: None)
        going.begin(lost=False)
        await asyncio.gather(*going._tasks)
        assert steps == ["left"]

    async def test_without_a_terminal_it_ends_at_once_and_writes_nothing(self, monkeypatch):
        steps: list[str] = []
        monkeypatch.setattr(leaving, "terminal_is_there", lambda: False)

        async def save() -> None:
            steps.append("saved")

        going = Leaving(save, lambda: steps.append("left"), lambda code: steps.append(f"end {code}"))
        going.look()
        await asyncio.gather(*going._tasks)
        assert steps == ["saved", "end 1"]

    async def test_signals_come_through_the_loop(self):
        steps: list[str] = []
        loop = asyncio.get_running_loop()

        async def save() -> None:
            steps.append("saved")

        gone = asyncio.Event()
        going = Leaving(save, gone.set, lambda code: None)
        going.listen(loop)
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.wait_for(gone.wait(), 5)
        finally:
            loop.remove_signal_handler(signal.SIGTERM)
            loop.remove_signal_handler(signal.SIGHUP)
        assert steps == ["saved"]


class TestSmallThings:
    def test_only_the_same_key_is_guarded_and_only_for_a_moment(self):
        clock = ManualClock()
        guard = Guard(clock)
        guard.acted("f10")
        assert not guard.refuses("f10")
        guard.changed()
        assert guard.refuses("f10")
        assert not guard.refuses("f9")
        clock.advance(WINDOW_S)
        assert not guard.refuses("f10")

    @pytest.mark.parametrize(
        ("text", "typed", "found"),
        [
            ("開戶變更", "khbg", True),
            ("开户变更", "bg", True),
            ("開戶變更", "kb", False),
            ("重要客戶", "cykh", True),
            ("重要客戶", "zykh", True),
            ("Loan and deposit", "lad", True),
            ("Loan", "oa", True),
            ("個人現金 A", "xja", True),
            ("開戶", "開", True),
            ("開戶", "", True),
            ("開戶", "户", False),
        ],
    )
    def test_initials(self, text, typed, found):
        assert answers(text, typed) is found

    def test_a_surname_has_its_own_reading(self):
        assert answers("曾小萍", "zxp", person=True)
        assert not answers("曾小萍", "cxp", person=True)
        assert answers("曾經", "cj")
        assert initials("單于", person=True)[0] == "s"

    def test_a_code_leads_to_one_place(self):
        places = Places()
        places.add(Place("202", "a", lambda: None))
        places.add(Place("201", "b", lambda: None, allowed=lambda: False))
        assert [place.code for place in places.all()] == ["202"]
        assert places.get("201") is places.get("999") is None
        with pytest.raises(ValueError, match="202 is registered twice"):
            places.add(Place("202", "c", lambda: None))


async def test_only_rows_that_changed_are_painted_again(pilot, monkeypatch):
    canvas = pilot.app.desk.query_one("#body")
    regions = []
    plain = canvas.refresh
    monkeypatch.setattr(
        canvas, "refresh", lambda *found, **more: regions.extend(found) or plain(*found, **more)
    )
    rows = list(canvas.rows)
    canvas.show(rows)
    assert regions == []
    canvas.show([*rows[:1], line("new"), *rows[2:]])
    assert [(region.y, region.height) for region in regions] == [(1, 1)]
    await settled(pilot)
    assert screen_rows(pilot.app)[3].startswith("new")


async def test_pictures_links_and_shells_are_refused(pilot, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    app = pilot.app
    app.action_screenshot()
    app.save_screenshot()
    app.deliver_screenshot()
    app.open_url("http://example.invalid")
    app.action_suspend_process()
    app.notify("[/")
    await settled(pilot)
    assert app.bells == 6
    assert list(tmp_path.iterdir()) == []
    assert app.ENABLE_COMMAND_PALETTE is False
    assert not list(app.screen.query("Toast, ToastRack, Tooltip"))


def test_an_app_takes_no_feature_from_its_environment(monkeypatch):
    monkeypatch.setenv("TEXTUAL", "debug,devtools")
    app = SampleApp()
    assert app.features == frozenset()
    assert app.driver_class is KeyDriver
