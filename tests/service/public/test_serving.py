"""The browser's side of kiosk and board: who is let in, what reaches the program, what outlives a page."""

import json
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tellertui.public.serving import ADDRESS, MOST, Serving

PROGRAM = """
import os, signal, sys, termios, tty
tty.setraw(0)
def size(*_):
    columns, rows = os.get_terminal_size(0)
    os.write(1, f"size {columns}x{rows};".encode())
signal.signal(signal.SIGWINCH, size)
size()
os.write(1, f"pid {os.getpid()};env {' '.join(sorted(os.environ))};".encode())
while True:
    typed = os.read(0, 100)
    os.write(1, b"typed " + typed + b";")
"""


class Browser:
    """What a browser sends, and what foreign pages would."""

    def __init__(self, serving: Serving, client: aiohttp.ClientSession) -> None:
        self.serving, self.client = serving, client
        self.base = f"http://{ADDRESS}:{serving.port}"

    async def status(self, path: str, **headers: str) -> int:
        async with self.client.get(self.base + path, headers=headers, allow_redirects=False) as answer:
            return answer.status

    async def open(self) -> str:
        address = await self.serving.offers.get()
        async with self.client.get(address) as answer:
            assert answer.status == 200
            return await answer.text()

    async def page(self, origin: str = "") -> aiohttp.ClientWebSocketResponse:
        address = f"{self.base}/ws?width=80&height=24"
        return await self.client.ws_connect(address, origin=origin or self.base)


@pytest.fixture
async def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Browser]:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    monkeypatch.setenv("SECRET", "x")
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.delenv("TMPDIR", raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    with socket.create_server((ADDRESS, 0)) as listening:
        port = listening.getsockname()[1]
        serving = Serving([sys.executable, "-I", str(program)], port)
        runner = web.AppRunner(serving.application(), access_log=None)
        await runner.setup()
        await web.SockSite(runner, listening).start()
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:
            yield Browser(serving, client)
        await runner.cleanup()


async def until(page: aiohttp.ClientWebSocketResponse, wanted: str) -> str:
    """Read what is painted until a text was."""
    seen = ""
    while wanted not in seen:
        message = await page.receive(10)
        assert message.type is aiohttp.WSMsgType.BINARY, (message, seen)
        seen += message.data.decode()
    return seen


async def test_an_address_opens_one_session(browser: Browser) -> None:
    assert await browser.status("/") == 403
    first = browser.serving.offers._queue[0]  # type: ignore[attr-defined]
    html = await browser.open()
    assert "/static/js/textual.js" in html
    assert "https:" not in html
    assert await browser.status("/") == 200
    assert await browser.status(first.removeprefix(browser.base)) == 403
    assert await browser.status("/open/guess") == 403


async def test_keys_reach_the_program_and_its_paint_the_page(browser: Browser) -> None:
    await browser.open()
    page = await browser.page()
    seen = await until(page, "env ")
    assert "size 80x24;" in seen
    await page.send_str(json.dumps(["stdin", "3\x1b[A開"]))
    await until(page, "typed 3\x1b[A開;")
    await page.send_str(json.dumps(["resize", {"width": 120, "height": 40}]))
    await until(page, "size 120x40;")
    await page.send_str(json.dumps(["resize", {"width": 1, "height": 10**9}]))
    await until(page, "size 40x200;")
    await page.send_str(json.dumps(["ping", "7"]))
    assert json.loads((await page.receive(10)).data) == ["pong", "7"]


async def test_the_program_gets_no_environment(browser: Browser) -> None:
    await browser.open()
    seen = await until(await browser.page(), "env ")
    assert "SECRET" not in seen
    # LC_CTYPE is what Python sets for itself.
    assert {*seen.split("env ")[1].rstrip(";").split()} - {"LC_CTYPE"} == {"COLORTERM", "LANG", "TERM"}


async def test_a_lost_page_finds_its_session_again(browser: Browser) -> None:
    await browser.open()
    page = await browser.page()
    process = (await until(page, "env ")).split("pid ")[1].split(";")[0]
    await page.close()
    again = await browser.page()
    await until(again, "size 80x24;")
    await again.send_str(json.dumps(["stdin", "x"]))
    await until(again, "typed x;")
    (session,) = browser.serving._sessions.values()
    assert session._process is not None
    assert str(session._process.pid) == process


async def test_a_second_page_takes_the_session_from_the_first(browser: Browser) -> None:
    await browser.open()
    first = await browser.page()
    await until(first, "env ")
    second = await browser.page()
    await until(second, "size ")
    message = await first.receive(10)
    assert message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/", {"Host": "bank.example"}),
        ("/", {"Host": "127.0.0.1"}),
        ("/", {"Origin": "https://bank.example"}),
        ("/", {"Origin": "null"}),
        ("/ws", {}),
    ],
)
async def test_foreign_pages_are_refused(browser: Browser, path: str, headers: dict[str, str]) -> None:
    await browser.open()
    assert await browser.status(path, **headers) == 403


async def test_a_foreign_origin_gets_no_socket(browser: Browser) -> None:
    await browser.open()
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await browser.page(origin="http://evil.example")
    assert refused.value.status == 403


async def test_without_a_session_there_is_no_socket(browser: Browser) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await browser.page()
    assert refused.value.status == 403


@pytest.mark.parametrize(
    "path",
    ["/static/", "/static/js/", "/static/../server.py", "/download/x", "/static/fonts/", "/favicon.ico"],
)
async def test_nothing_else_is_served(browser: Browser, path: str) -> None:
    await browser.open()
    assert await browser.status(path) == 404


async def test_pages_may_load_from_here_only(browser: Browser) -> None:
    await browser.open()
    async with browser.client.get(browser.base + "/") as answer:
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
    cookie = next(iter(browser.client.cookie_jar))
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Strict")


async def test_so_many_sessions_and_no_more(browser: Browser) -> None:
    for _ in range(MOST):
        await browser.open()
    address = await browser.serving.offers.get()
    assert await browser.status(address.removeprefix(browser.base)) == 503


@pytest.mark.parametrize("text", ["{", "[]", "[1]", '["stdin"]', '["stdin", 5]', '["deliver", "x"]', '"x"'])
async def test_what_makes_no_sense_does_nothing(browser: Browser, text: str) -> None:
    await browser.open()
    page = await browser.page()
    await until(page, "env ")
    await page.send_str(text)
    if text == "{":
        assert (await page.receive(10)).type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
        page = await browser.page()
    await page.send_str(json.dumps(["stdin", "y"]))
    await until(page, "typed y;")


CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
async def test_a_real_browser_shows_the_terminal(browser: Browser, tmp_path: Path) -> None:
    import asyncio

    address: Any = await browser.serving.offers.get()
    picture = tmp_path / "page.png"
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=4000"]
    process = await asyncio.create_subprocess_exec(
        str(CHROMIUM), *options, f"--screenshot={picture}", "--window-size=1280,800", address
    )
    assert await asyncio.wait_for(process.wait(), 60) == 0
    assert picture.stat().st_size > 1000
