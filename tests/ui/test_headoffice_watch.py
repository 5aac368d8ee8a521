"""The dashboard of head office on a real database: what it shows, its keys, and a database that goes away."""

import os
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from monday import LANGUAGES, SIZES, look_of
from snap import check, press, screen_rows, settled
from watch_sample import HOSTILE, MONDAY, NOW, branch, fill, office, watch_app

from tellertui.core.refusal import Refusal
from tellertui.headoffice.store import Store
from tellertui.headoffice.watch import BranchDetail, WatchApp, zone_here
from tellertui.headoffice.watch_reads import Place, Source, detail, overview
from tellertui.headoffice.watch_rows import SENTENCES, detail_rows, list_rows, page_size, since
from tellertui.headoffice.watch_views import Page
from tellertui.ui.look import UTC

MANY = [branch(f"S{number:04}", silent=number % 60) for number in range(40)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return office(tmp_path, MONDAY)


def seen(app: WatchApp) -> str:
    return "\n".join(screen_rows(app))


def there(file: Path) -> bool:
    return file.exists()


def codes(app: WatchApp) -> list[str]:
    """Return the branches on the page."""
    screen: Any = app.screen
    return [row.branch for row in screen.view.rows]


def read(file: Path, query: Any) -> Any:
    store = Store(f"sqlite:///{file}")
    with store.reading() as connection:
        answer = query(connection)
    store.close()
    return answer


class TestRows:
    @pytest.mark.parametrize("size", SIZES, ids=str)
    @pytest.mark.parametrize("language", LANGUAGES)
    async def test_a_morning_with_every_alarm(self, file: Path, language: str, size: tuple[int, int]) -> None:
        app, name = watch_app(file, language), f"{language}_{size[0]}x{size[1]}"
        async with app.run_test(size=size) as pilot:
            await settled(pilot)
            check(f"headoffice_list_{name}", screen_rows(app), width=size[0])
            await press(pilot, "6", "enter")
            check(f"headoffice_branch_{name}", screen_rows(app), width=size[0])

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("size", [(80, 24), (81, 25), (100, 30), (133, 43), (240, 72)], ids=str)
    def test_every_window_is_filled_and_nothing_runs_over(
        self, file: Path, language: str, size: tuple[int, int]
    ) -> None:
        look = look_of(language, size)
        rows = look.rows - 1
        view = read(file, lambda c: overview(c, Place(0, page_size(rows), False), NOW, None))
        shown = list_rows(Page(view, away=(NOW, "OperationalError")), look, rows)
        assert len(shown) == rows
        assert max(row.cell_length for row in shown) <= look.width
        assert SENTENCES.keys() == view.counts.keys()
        one = read(file, lambda c: detail(c, "B001", NOW))
        assert len(detail_rows(one, 0, None, look)) <= look.rows

    async def test_a_name_is_never_markup_nor_a_control(self, file: Path) -> None:
        app = watch_app(file)
        async with app.run_test(size=(120, 40)) as pilot:
            await settled(pilot)
            assert "[bold red]x[/]\\x1b[2J\\u202eevil" in seen(app)
            await press(pilot, "8", "enter")
            assert "[bold red]x[/]\\x1b[2J\\u202eevil" in seen(app)
            assert not set("\x1b\u202e") & set(seen(app))
        assert HOSTILE.startswith("[bold red]")

    async def test_state_is_said_in_words_where_there_is_no_colour(
        self, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("NO_COLOR", "1")
        app = watch_app(file)
        async with app.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            for word in ("silent", "set back", "contested", "no backup", "rejects", "> 1 B009"):
                assert word in seen(app)
            assert "─" not in seen(app)

    def test_a_date_that_is_none_and_figures_that_cannot_be_read_are_said_so(self, tmp_path: Path) -> None:
        bad = branch("B001", day="9999-99-99", figures=b'{"totals":{"issued":"x"}}')
        look = look_of("en")
        file = office(tmp_path, [bad])
        view = read(file, lambda c: overview(c, Place(0, 8, False), NOW, None))
        assert "9999-99-99: 0 branches" in list_rows(Page(view), look, 17)[-1].plain
        one = read(file, lambda c: detail(c, "B001", NOW))
        assert "No figures that can be shown." in "\n".join(
            row.plain for row in detail_rows(one, 0, None, look)
        )

    def test_ages_fit_their_column(self) -> None:
        look = look_of("en")
        assert [since(minutes * 60_000, look) for minutes in (-5, 0, 71, 5759, 5760, 10**9)] == [
            "0:00", "0:00", "1:11", "95:59", "4 d", "9999 d"
        ]  # fmt: skip


class TestKeys:
    async def test_numbers_arrows_and_codes_open_a_branch(self, file: Path) -> None:
        app = watch_app(file)
        async with app.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            for keys, code in (
                (("2", "enter"), "B004"),
                (("down", "down", "up", "enter"), "B004"),
                ((*"b001", "enter"), "B001"),
                ((*"cn-sc-0123456789-long", "enter"), "CN-SC-0123456789-LONG"),
            ):
                await press(pilot, *keys)
                assert isinstance(app.screen, BranchDetail)
                assert app.screen.code == code
                assert code in screen_rows(app)[0]
                await press(pilot, "f12")
                assert codes(app)[0] == "B009"

    @pytest.mark.parametrize(
        ("keys", "told"),
        [
            (("9", "enter"), "No branch on this page has that number."),
            (("0", "enter"), "No branch on this page has that number."),
            ((*"b999", "enter"), "No branch has that code."),
            ((*"123", "enter"), "No branch has that code."),
            (("f7",), "This is the first page."),
            (("f12",), "This is the first screen"),
        ],
    )
    async def test_what_leads_nowhere_says_so(self, file: Path, keys: tuple[str, ...], told: str) -> None:
        app = watch_app(file)
        async with app.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            await press(pilot, *keys)
            assert told in seen(app)
            assert codes(app)[0] == "B009"

    async def test_pages_alarms_and_back(self, tmp_path: Path) -> None:
        app = watch_app(office(tmp_path, [*MANY, *MONDAY]))
        async with app.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            assert "1-8/49" in seen(app)
            await press(pilot, *["f8"] * 6)
            assert "49-49/49" in seen(app)
            await press(pilot, "f8")
            assert "This is the last page." in seen(app)
            await press(pilot, "f6")
            assert "1-7/7" in seen(app)
            assert not [code for code in codes(app) if code.startswith("S")]
            await press(pilot, "f12")
            assert "1-8/49" in seen(app)
            await press(pilot, "f8", "3", "enter", "f12")
            assert "9-16/49" in seen(app)
            await press(pilot, "f12")
            assert "1-8/49" in seen(app)

    async def test_a_larger_window_lists_more(self, tmp_path: Path) -> None:
        app = watch_app(office(tmp_path, MANY))
        async with app.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            await press(pilot, "f8", "f8")
            assert codes(app) == [f"S{number:04}" for number in range(23, 15, -1)]
            await pilot.resize_terminal(120, 40)
            await settled(pilot)
            assert "1-24/40" in seen(app), "the page that holds what was at the top"
            await press(pilot, "2", "4", "enter")
            assert "S0016" in screen_rows(app)[0]

    async def test_a_branch_is_turned_by_pages(self, file: Path) -> None:
        app = watch_app(file)
        async with app.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            await press(pilot, "6", "enter", "f8", "f8", "f8")
            assert "Device" in seen(app)
            await press(pilot, "f8")
            assert "This is the last page." in seen(app)
            await press(pilot, "f7", "f7", "f7")
            assert "Heard" in seen(app)

    async def test_languages_and_the_way_out(self, file: Path) -> None:
        app = watch_app(file)
        async with app.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            await press(pilot, "ctrl+g")
            first = app.language
            await press(pilot, "f9")
            assert {"en", first, app.language} == set(LANGUAGES)
            await press(pilot, "f1", "f12", "f3")
            assert app.return_code == 0


class TestDatabase:
    async def test_one_that_goes_away_leaves_what_was_read_and_is_found_again(self, file: Path) -> None:
        app = watch_app(file)
        kept = file.with_suffix(".kept")
        async with app.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            os.replace(file, kept)
            await press(pilot, "f5")
            assert "Database away since 10:42" in seen(app)
            assert "database away" in screen_rows(app)[-3]
            assert "> 1 B009" in seen(app)
            app.clock.advance(600)  # type: ignore[attr-defined]
            await press(pilot, "f5")
            assert "Database away since 10:42" in seen(app)
            await press(pilot, *"b001", "enter")
            assert "The database cannot be reached (FileNotFoundError)." in seen(app)
            assert not there(file), "reading makes no database"
            os.replace(kept, file)
            await press(pilot, "f5")
            assert "away" not in seen(app)
            assert "10:52" in screen_rows(app)[0]

    async def test_another_file_in_its_place_is_read(self, file: Path, tmp_path: Path) -> None:
        app = watch_app(file)
        (tmp_path / "other").mkdir()
        other = office(tmp_path / "other", [branch("B777")])
        async with app.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            os.replace(other, file)
            await press(pilot, "f5", "f5")
            assert codes(app) == ["B777"]

    async def test_one_that_never_was_is_waited_for_and_not_made(self, tmp_path: Path) -> None:
        app = watch_app(tmp_path / "office.db")
        async with app.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            assert "Database away since 10:42" in seen(app)
            assert not (tmp_path / "office.db").exists()
            office(tmp_path, [])
            await press(pilot, "f5")
            assert "No branch is enrolled yet." in seen(app)

    async def test_one_that_hangs_holds_up_no_key(self, file: Path) -> None:
        app, gate = watch_app(file), threading.Event()
        async with app.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            app.source._jobs.put((Future(), lambda _: gate.wait(60)))
            app.refresh_soon()
            await press(pilot, "down")
            assert "> 2 B004" in seen(app)
            gate.set()

    async def test_what_changes_is_shown_without_a_key(self, file: Path) -> None:
        app = watch_app(file)
        async with app.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            store = Store(f"sqlite:///{file}")
            fill(store, [branch("B999", silent=9_000)])
            store.close()
            app.refresh_soon()
            await app.workers.wait_for_complete()
            await settled(pilot)
            assert codes(app)[0] == "B999"

    async def test_an_answer_for_a_page_that_was_left_is_dropped(self, tmp_path: Path) -> None:
        app = watch_app(office(tmp_path, MANY))
        async with app.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            screen: Any = app.screen
            reading = app.source.read

            async def slow(query: Any) -> Any:
                answer = await reading(query)
                screen.top = 16
                return answer

            app.source.read = slow  # type: ignore[method-assign]
            await app.refresh_now(screen)
            assert (screen.top, screen.view.top) == (16, 0)

    def test_a_url_that_is_none_is_refused(self) -> None:
        with pytest.raises(Refusal) as refused:
            Source("mysql://root@localhost/x")
        assert refused.value.code == "bad-database-url"


def test_the_zone_is_the_machines() -> None:
    assert zone_here({"TZ": ":Asia/Shanghai"}).key == "Asia/Shanghai"
    assert zone_here({"TZ": "no/such"}) is UTC
    assert zone_here({"TZ": "../../etc/passwd"}) is UTC
