"""The running server: TLS on a socket, until it is told to stop."""

import asyncio
import signal
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socket import socket

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from tellertui.core.refusal import N_, UNREACHABLE, refusal
from tellertui.headoffice.keys import Place

HEADERS = 16 * 1024
KEEP_ALIVE_S = 75
CONNECTIONS = 1024
GRACE_S = 10
SIGNALS = (signal.SIGTERM, signal.SIGINT)
SILENT_S = 20
"""A connection whose first request is not complete after so long, its body apart, is closed."""

NOT_LISTENING = refusal("not-listening", N_("Nobody can listen there: {why}."), UNREACHABLE)


class _Protocol(H11Protocol):
    """Connections that ask nothing take no place for long."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.loop.call_later(SILENT_S, self._ask_or_go)

    def _ask_or_go(self) -> None:
        if self.cycle is None and not self.transport.is_closing():
            self.transport.close()


class _Server(uvicorn.Server):
    """A server that says where it listens, and ends without a signal of its own."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[str, int], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            self._ready(*self.servers[0].sockets[0].getsockname()[:2])

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(
    app: Starlette, place: Place, host: str, port: int, ready: Callable[[str, int], None]
) -> None:
    """Serve until SIGTERM or SIGINT; requests under way are answered first.

    Args:
        app: what answers.
        place: the folder with the certificate.
        host: address to listen on.
        port: port to listen on; 0 for any free one.
        ready: told address and port once connections are accepted.

    Raises:
        Refusal: ``not-listening``.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="asyncio",
        http=_Protocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        limit_concurrency=CONNECTIONS,
        timeout_graceful_shutdown=GRACE_S,
        h11_max_incomplete_event_size=HEADERS,
        ssl_certfile=place.certificate,
        ssl_keyfile=place.certificate_key,
    )
    config.load()
    if config.ssl is not None:
        config.ssl.minimum_version = ssl.TLSVersion.TLSv1_3
    server = _Server(config, ready)

    def stop() -> None:
        server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, stop)
    try:
        await server.serve()
    except (OSError, SystemExit) as error:
        why = error.strerror if isinstance(error, OSError) else "address"
        raise NOT_LISTENING(why=why) from None
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)
