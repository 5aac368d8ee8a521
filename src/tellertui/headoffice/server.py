"""Head office's line: four requests over TLS, limited before anything is parsed.

========================  ==================================  ==========================================
``GET /v1/pack``          nothing                             the signed key pack
``POST /v1/enrol``        a signed ``Enrol``                  a signed ``Receipt``
``POST /v1/hello``        a signed ``Hello``                  a signed ``Receipt``
``POST /v1/batch``        a signed batch                      a signed ``Receipt``
``POST /v1/feed/NAME``    a signed ``Hello``                  a signed ``Feed``, or 304 by its ETag
========================  ==================================  ==========================================

Whatever proves nothing is answered with a status and a code as plain text.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tellertui.core.clock import Clock
from tellertui.headoffice.folding import Folding
from tellertui.headoffice.projector import Projector
from tellertui.headoffice.receiver import BODY, Receiver
from tellertui.headoffice.refused import Refused
from tellertui.headoffice.store import Overtaken
from tellertui.sync.wire import BATCH, ENROL, HELLO

log = logging.getLogger(__name__)

KIND = "application/octet-stream"
BUSY_S = 2
TROUBLE_S = 30

T = TypeVar("T")


@dataclass(frozen=True)
class Limits:
    """What the line takes at most before it says "later"."""

    threads: int = 4
    waiting: int = 64
    """Requests that are complete and wait for a thread, or have one."""
    reading: int = 512
    """Requests whose body is still coming."""
    body: int = BODY
    silence_s: float = 20
    """A body that stops coming for so long is given up."""
    body_s: float = 300


class Line:
    """The requests under way, and the threads that answer them."""

    def __init__(self, receiver: Receiver, projector: Projector, clock: Clock, limits: Limits) -> None:
        self._receiver = receiver
        self._clock = clock
        self._limits = limits
        self._threads = ThreadPoolExecutor(limits.threads, thread_name_prefix="request")
        self._folding = Folding(projector, clock)
        self._reading = self._waiting = 0
        self._lock = Lock()
        self._under_way: set[str] = set()
        receiver.landed = self._folding.notice

    @asynccontextmanager
    async def running(self, _: Starlette) -> AsyncIterator[None]:
        """Fold what an earlier run left, answer requests, and finish what is under way at the end."""
        self._folding.start()
        yield
        await asyncio.to_thread(self._threads.shutdown)
        await asyncio.to_thread(self._folding.stop)

    async def pack(self, _: Request) -> Response:
        """Answer with head office's public keys."""
        return Response(self._receiver.keys.signed_pack, media_type=KIND)

    async def receipt(self, purpose: str, request: Request) -> Response:
        """Carry out a request and answer with its receipt."""
        data = await self._body(request)
        answer = await self._in_thread(request, partial(self._carried_out, request, purpose, data))
        return Response(answer, media_type=KIND)

    async def feed(self, request: Request) -> Response:
        """Answer with a feed, unless the branch has it."""
        data = await self._body(request)
        name = request.path_params["name"]
        version, content = await self._in_thread(request, partial(self._feed, request, name, data))
        tag = f'"{name}-{version}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={"ETag": tag})
        return Response(content, media_type=KIND, headers={"ETag": tag})

    async def logged(self, handler: Callable[[Request], Awaitable[Response]], request: Request) -> Response:
        """Answer, whatever happens, and note the request without anything it said."""
        begun = self._clock.boot()
        try:
            answer = await handler(request)
        except Refused as refused:
            answer = _refused(refused)
        except (DBAPIError, NoConnection, Overtaken) as error:
            log.error("the database failed: %s", type(error).__name__)
            answer = _refused(Refused(503, "busy", TROUBLE_S))
        except ClientDisconnect:
            answer = PlainTextResponse("gone", 400)
        except Exception as error:  # noqa: BLE001 - one request must not end the line
            log.error("a request failed: %s", type(error).__name__)
            answer = PlainTextResponse("failed", 500)
        branch = getattr(request.state, "branch", "-")
        took = round((self._clock.boot() - begun) * 1000)
        log.info("%s %s %s %s %d ms", request.method, request.url.path, branch, answer.status_code, took)
        return answer

    def _carried_out(self, request: Request, purpose: str, data: bytes) -> bytes:
        heard = self._receiver.heard(data, purpose)
        request.state.branch = heard.branch
        with self._lock:
            if heard.branch in self._under_way:
                raise Refused(429, "under-way", 1)
            self._under_way.add(heard.branch)
        try:
            return self._receiver.answer(heard)
        finally:
            with self._lock:
                self._under_way.discard(heard.branch)

    def _feed(self, request: Request, name: str, data: bytes) -> tuple[int, bytes]:
        heard = self._receiver.heard(data, HELLO)
        request.state.branch = heard.branch
        return self._receiver.feed(heard.branch, name)

    async def _in_thread(self, request: Request, job: Callable[[], T]) -> T:
        if self._waiting >= self._limits.waiting:
            raise Refused(503, "busy", BUSY_S)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, job)
        finally:
            self._waiting -= 1

    async def _body(self, request: Request) -> bytes:
        """Return the body, which may neither be long nor slow nor compressed."""
        limits = self._limits
        said = request.headers.get("content-length", "0")
        if not said.isdecimal() or "content-encoding" in request.headers:
            raise Refused(400, "malformed")
        if int(said) > limits.body:
            raise Refused(413, "too-large")
        if self._reading >= limits.reading or self._waiting >= limits.waiting:
            raise Refused(503, "busy", BUSY_S)
        self._reading += 1
        try:
            async with asyncio.timeout(limits.body_s):
                return await _read(request, limits)
        except TimeoutError:
            raise Refused(408, "too-slow") from None
        finally:
            self._reading -= 1


def application(
    receiver: Receiver, projector: Projector, clock: Clock, limits: Limits | None = None
) -> Starlette:
    """Return the application behind the line."""
    line = Line(receiver, projector, clock, limits or Limits())

    def route(path: str, handler: Callable[[Request], Awaitable[Response]], *methods: str) -> Route:
        async def answered(request: Request) -> Response:
            return await line.logged(handler, request)

        return Route(path, answered, methods=list(methods))

    routes = [
        route("/v1/pack", line.pack, "GET"),
        route("/v1/enrol", partial(line.receipt, ENROL), "POST"),
        route("/v1/hello", partial(line.receipt, HELLO), "POST"),
        route("/v1/batch", partial(line.receipt, BATCH), "POST"),
        route("/v1/feed/{name}", line.feed, "POST"),
    ]
    return Starlette(routes=routes, lifespan=line.running)


async def _read(request: Request, limits: Limits) -> bytes:
    body = bytearray()
    coming: Any = aiter(request.stream())
    while True:
        async with asyncio.timeout(limits.silence_s):
            chunk = await anext(coming, None)
        if chunk is None:
            return bytes(body)
        body += chunk
        if len(body) > limits.body:
            raise Refused(413, "too-large")


def _refused(refused: Refused) -> Response:
    waits = {} if refused.retry_after_s is None else {"Retry-After": str(refused.retry_after_s)}
    return PlainTextResponse(refused.code, refused.status, headers=waits)
