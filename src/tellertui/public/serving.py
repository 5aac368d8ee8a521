"""Kiosk and board in a browser of the same machine: a real terminal behind each page, and nothing else.

The page is served on the loop-back address only. A path of the address printed at start opens one session and
is used up by it; what comes with another Host or Origin is refused. A session is a process of its own
on a pseudo-terminal, started without a shell and with an empty environment; it outlives a lost page for a
minute, so that a ticket in progress is still there when the page comes back.
"""

import asyncio
import fcntl
import json
import os
import pty
import secrets
import signal
import struct
import sys
import termios
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

from aiohttp import WSMsgType, web

ADDRESS = "127.0.0.1"
MOST = 4
"""Sessions at a time."""
KEPT_S = 60.0
"""How long a session waits for its page."""
COOKIE = "tellertui"
SMALLEST, LARGEST = (40, 12), (400, 200)
TYPED_LIMIT = 4096
"""Characters that one message may type."""
KEPT_VARIABLES = ("LANG", "TMPDIR", "XDG_RUNTIME_DIR")
"""Where the sockets are, and which language is spoken; nothing else is handed on."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
    "font-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>tellertui</title>
<link rel="stylesheet" href="/static/css/xterm.css"><link rel="stylesheet" href="/page.css">
<script src="/static/js/textual.js"></script><script src="/page.js"></script></head>
<body><div id="terminal" class="textual-terminal" data-session-websocket-url="ws://{host}/ws"
 data-font-size="{size}"></div></body></html>
"""
STYLE = "html,body,#terminal{margin:0;height:100vh;background:#000;overflow:hidden}"
SCRIPT = """
new MutationObserver(() => {
  if (document.body.classList.contains("-closed")) setTimeout(() => location.reload(), 1000);
}).observe(document.documentElement, {attributes: true, subtree: true, attributeFilter: ["class"]});
"""
ASSETS = {"css/xterm.css": "text/css", "js/textual.js": "text/javascript"}
"""The only files that are served."""


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Terminal:
    """One session: a process on a pseudo-terminal, and the page that shows it now."""

    def __init__(self, argv: Sequence[str], environment: Mapping[str, str]) -> None:
        self._argv, self._environment = argv, environment
        self._master = -1
        self._process: asyncio.subprocess.Process | None = None
        self._pumping: asyncio.Task[None] | None = None
        self.page: web.WebSocketResponse | None = None
        self.left = 0.0
        """When the last page went away, by the loop's clock."""

    @property
    def alive(self) -> bool:
        """Say whether its process runs."""
        return self._process is not None and self._process.returncode is None

    async def show(self, page: web.WebSocketResponse, size: tuple[int, int]) -> None:
        """Show the session on a page; an earlier page is closed."""
        earlier, self.page = self.page, page
        if earlier is not None:
            await earlier.close()
        if not self.alive:
            await self._start(size)
        else:
            # Only another size makes the program paint everything again.
            self.resize((size[0], size[1] - 1))
            await asyncio.sleep(0)
            self.resize(size)

    async def _start(self, size: tuple[int, int]) -> None:
        self._master, slave = pty.openpty()
        os.set_blocking(self._master, False)
        self.resize(size)
        self._process = await asyncio.create_subprocess_exec(
            *self._argv,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=dict(self._environment),
            start_new_session=True,
        )
        os.close(slave)
        self._pumping = asyncio.create_task(self._pump())

    async def _pump(self) -> None:
        """Pass on what the program paints; without a page it is dropped and painted again later."""
        while data := await self._read():
            if self.page is not None:
                await self._send(self.page, data)
        if self.page is not None:
            await self.page.close()

    async def _read(self) -> bytes:
        """Return what the program has written, nothing once it has ended."""
        loop, readable = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._master, readable.set)
        try:
            await readable.wait()
            return os.read(self._master, 65536)
        except OSError:
            return b""
        finally:
            loop.remove_reader(self._master)

    async def _send(self, page: web.WebSocketResponse, data: bytes) -> None:
        with suppress(ConnectionError, RuntimeError):
            await page.send_bytes(data)

    def typed(self, text: str) -> None:
        """Type; what the program does not take at once is lost, as a full keyboard buffer loses it."""
        with suppress(OSError):
            os.write(self._master, text[:TYPED_LIMIT].encode("utf-8", "ignore"))

    def resize(self, size: tuple[int, int]) -> None:
        """Give the pseudo-terminal another size, within reason."""
        columns, rows = (
            max(least, min(most, wish)) for least, most, wish in zip(SMALLEST, LARGEST, size, strict=True)
        )
        with suppress(OSError):
            fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            if self._process is not None:
                self._process.send_signal(signal.SIGWINCH)

    async def end(self) -> None:
        """End the process in order."""
        if self.alive and self._process is not None:
            self._process.terminate()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), 5)
            if self.alive:
                self._process.kill()
                await self._process.wait()
        if self._pumping is not None:
            self._pumping.cancel()
            await asyncio.wait([self._pumping])
        if self._master >= 0:
            os.close(self._master)
            self._master = -1


class Serving:
    """The web application of one kind of terminal."""

    def __init__(self, argv: Sequence[str], port: int, *, font_size: int = 18) -> None:
        self._argv = argv
        self.port = port
        self._font_size = font_size
        self.environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        self.environment |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self._sessions: dict[str, Terminal] = {}
        self._ticket = ""
        self.offers: asyncio.Queue[str] = asyncio.Queue()
        """Addresses to be shown to the operator: a new one whenever the last was used."""
        self._offer()

    def _offer(self) -> None:
        self._ticket = secrets.token_urlsafe(24)
        self.offers.put_nowait(f"http://{ADDRESS}:{self.port}/open/{self._ticket}")

    def application(self) -> web.Application:
        """Return the web application."""
        app = web.Application(middlewares=[self._guarded], client_max_size=4096)
        app.router.add_get("/open/{ticket}", self._open)
        app.router.add_get("/", self._page)
        app.router.add_get("/ws", self._socket)
        app.router.add_get("/page.css", _fixed(STYLE, "text/css"))
        app.router.add_get("/page.js", _fixed(SCRIPT, "text/javascript"))
        for name, kind in ASSETS.items():
            app.router.add_get(f"/static/{name}", _fixed(_asset(name), kind))
        app.cleanup_ctx.append(self._swept)
        return app

    @web.middleware
    async def _guarded(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse foreign hosts and origins; add the headers that keep a page to itself."""
        if request.headers.get("Host") not in self._hosts():
            raise web.HTTPForbidden(text="foreign host")
        origin = request.headers.get("Origin")
        if origin is not None and origin not in {f"http://{host}" for host in self._hosts()}:
            raise web.HTTPForbidden(text="foreign origin")
        response = await handler(request)
        if not response.prepared:
            response.headers.update(HEADERS)
        return response

    def _hosts(self) -> set[str]:
        return {f"{name}:{self.port}" for name in (ADDRESS, "localhost")}

    async def _open(self, request: web.Request) -> web.StreamResponse:
        """Use the path that was printed up and begin a session."""
        if not secrets.compare_digest(request.match_info["ticket"], self._ticket):
            raise web.HTTPForbidden(text="this address was used already")
        if len(self._sessions) >= MOST:
            raise web.HTTPServiceUnavailable(text="too many sessions")
        key = secrets.token_urlsafe(24)
        self._sessions[key] = Terminal(self._argv, self.environment)
        self._sessions[key].left = asyncio.get_running_loop().time()
        self._offer()
        response = web.HTTPSeeOther("/")
        response.set_cookie(COOKIE, key, httponly=True, samesite="Strict", path="/")
        raise response

    def _session(self, request: web.Request) -> Terminal:
        session = self._sessions.get(request.cookies.get(COOKIE, ""))
        if session is None:
            raise web.HTTPForbidden(text="no session; use a fresh address")
        return session

    async def _page(self, request: web.Request) -> web.Response:
        self._session(request)
        text = PAGE.format(host=request.headers["Host"], size=self._font_size)
        return web.Response(text=text, content_type="text/html")

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        """Join a page to its session; only a page of ours has the origin that is asked for."""
        if request.headers.get("Origin") is None:
            raise web.HTTPForbidden(text="no origin")
        session = self._session(request)
        page = web.WebSocketResponse(heartbeat=15, max_msg_size=16 * 1024)
        await page.prepare(request)
        await session.show(page, (_int(request, "width", 80), _int(request, "height", 24)))
        async for message in page:
            if message.type is WSMsgType.TEXT:
                await self._told(session, page, message.data)
        if session.page is page:
            session.page = None
            session.left = asyncio.get_running_loop().time()
        return page

    async def _told(self, session: Terminal, page: web.WebSocketResponse, text: str) -> None:
        """Do what a page asks for: typing, another size, an answer; anything else is nothing."""
        try:
            match json.loads(text):
                case ["stdin", str(typed)]:
                    session.typed(typed)
                case ["resize", {"width": int(width), "height": int(height)}]:
                    session.resize((width, height))
                case ["ping", str(mark)]:
                    await page.send_json(["pong", mark])
        except ValueError:
            await page.close()

    async def _swept(self, app: web.Application) -> AsyncIterator[None]:
        """End sessions whose page stays away, and all of them at the end."""
        sweeping = asyncio.create_task(self._sweep())
        yield
        sweeping.cancel()
        for session in self._sessions.values():
            await session.end()

    async def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(1)
            for key, session in [*self._sessions.items()]:
                if session.page is None and loop.time() - session.left > KEPT_S:
                    await self._sessions.pop(key).end()


def command(kind: str, store: Path, language: str) -> list[str]:
    """Return how a terminal of a kind is started, isolated."""
    words = [sys.executable, "-I", "-m", "tellertui", "--store", str(store), "--lang", language]
    return [*words, kind]


async def serve(serving: Serving) -> None:
    """Serve until SIGTERM or SIGINT; print each address that opens a session."""
    runner = web.AppRunner(serving.application(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, ADDRESS, serving.port).start()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    printing = asyncio.create_task(_print(serving.offers))
    await stopping.wait()
    printing.cancel()
    await runner.cleanup()


async def _print(offers: asyncio.Queue[str]) -> None:
    while True:
        sys.stdout.write(f"{await offers.get()}\n")
        sys.stdout.flush()


def _fixed(content: str, kind: str) -> Handler:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=content, content_type=kind)

    return answer


def _asset(name: str) -> str:
    return files("textual_serve").joinpath("static", name).read_text(encoding="utf-8")


def _int(request: web.Request, name: str, default: int) -> int:
    try:
        return int(request.query.get(name, default))
    except ValueError:
        return default
