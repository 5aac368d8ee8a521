"""The courier's line over real TLS: whom it speaks to, and what it says of those who are no head office."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from tellertui.client import Client
from tellertui.core.clock import DAY, SystemClock
from tellertui.core.refusal import Refusal
from tellertui.courier import headoffice
from tellertui.courier.headoffice import HeadOfficeLine
from tellertui.sync import api
from tellertui.vault.certificates import Certificate, issue, make_authority

HOST = "127.0.0.1"
NOW = SystemClock().now()
OURS, OTHERS = make_authority("head office", NOW), make_authority("somebody else", NOW)
RECEIPT = b"\x95 as head office signed it \x00\xff"


def http(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    """Return an answer as it crosses the line."""
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*head, "", ""]).encode() + body


class Server:
    """Answers every request with the same bytes, and keeps what was asked."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.asked: list[bytes] = []
        self.url = ""

    @asynccontextmanager
    async def listening(self, context: ssl.SSLContext | None) -> AsyncIterator["Server"]:
        server = await asyncio.start_server(self._talk, HOST, 0, ssl=context)
        async with server:
            self.url = f"https://{HOST}:{server.sockets[0].getsockname()[1]}"
            yield self

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
            self.asked.append(head + await reader.readexactly(length))
            writer.write(self.answer)
            await writer.drain()
            if self.answer:
                writer.close()


class Plain(Server):
    """Knows no TLS, and answers whatever it hears."""

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(http(b"", "400 Bad Request"))
        writer.close()


class BranchHost:
    """Hands out one exchange and hears what became of it."""

    def __init__(self, exchange: api.Exchange) -> None:
        self._waiting = [exchange]
        self.told: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    async def watch(self, topic: str, changed: Callable[[int], Any]) -> None:
        assert topic == api.SYNC

    async def do(self, command: Any) -> Any:
        if not isinstance(command, api.NextExchange):
            self.told.set_result(command)
            return api.Done()
        return self._waiting.pop() if self._waiting else api.Exchange(kind="idle", wait_s=3_600)


async def carried(exchange: api.Exchange) -> Any:
    """Let a courier carry one exchange and return what it tells the host."""
    host = BranchHost(exchange)
    work = asyncio.create_task(HeadOfficeLine(cast(Client, host)).run())
    try:
        async with asyncio.timeout(20):
            return await host.told
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


async def reported(exchange: api.Exchange) -> str:
    """Return the code with which an exchange failed."""
    told = await carried(exchange)
    assert isinstance(told, api.ExchangeFailed)
    return told.code


@pytest.fixture
def certified(tmp_path: Path) -> Callable[[Certificate], ssl.SSLContext]:
    def made(certificate: Certificate) -> ssl.SSLContext:
        file = tmp_path / "server.pem"
        file.write_bytes(certificate.public + certificate.private)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    return made


def batch(url: str, authority: bytes | str = OURS.public, kind: Any = "batch") -> api.Exchange:
    trusted = authority if isinstance(authority, str) else authority.decode()
    return api.Exchange(kind=kind, id="1", url=url, authority=trusted, body=b"sealed")


async def test_an_answer_comes_back_as_it_was_given(certified: Any) -> None:
    async with Server(http(RECEIPT)).listening(certified(issue(OURS, [HOST], NOW))) as server:
        told = await carried(batch(server.url))
        named = await carried(api.Exchange(**{**_fields(batch(server.url, kind="feed")), "name": "rules-x"}))
    assert told == api.Answered(id="1", body=RECEIPT)
    assert named == api.Answered(id="1", body=RECEIPT)
    first, second = server.asked
    assert first.startswith(b"POST /v1/batch HTTP/1.1\r\n")
    assert first.endswith(b"\r\n\r\nsealed")
    assert second.startswith(b"POST /v1/feed/rules-x HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("certificate", lambda: issue(OTHERS, [HOST], NOW)),
        ("certificate", lambda: issue(OURS, ["127.0.0.2"], NOW)),
        ("certificate", lambda: OTHERS),
        ("certificate-time", lambda: issue(OURS, [HOST], NOW - 500 * DAY)),
        ("certificate-time", lambda: issue(OURS, [HOST], NOW + 5 * DAY)),
    ],
)
async def test_13_nothing_is_said_to_whoever_is_not_head_office(
    certified: Any, code: str, shown: Callable[[], Certificate]
) -> None:
    async with Server(http(RECEIPT)).listening(certified(shown())) as server:
        assert await reported(batch(server.url)) == code
    assert server.asked == []


async def test_13_a_line_that_is_not_secured_is_not_used(certified: Any) -> None:
    async with Plain(b"").listening(None) as plain:
        assert await reported(batch(plain.url)) == "tls"
    context = certified(issue(OURS, [HOST], NOW))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    async with Server(http(RECEIPT)).listening(context) as old:
        assert await reported(batch(old.url)) == "tls"
    assert old.asked == []


@pytest.mark.parametrize("authority", ["", "-----BEGIN CERTIFICATE-----\nnone\n", "\0", "é"])
async def test_without_an_authority_nothing_but_the_public_keys_is_asked_for(
    certified: Any, authority: str
) -> None:
    async with Server(http(RECEIPT)).listening(certified(issue(OTHERS, [HOST], NOW))) as server:
        for kind in ("enrol", "hello", "batch", "feed"):
            assert await reported(batch(server.url, authority, kind)) == "certificate"
        assert server.asked == []
        told = await carried(api.Exchange(kind="pack", id="1", url=server.url, authority=authority))
    assert told == api.Answered(id="1", body=RECEIPT)
    assert server.asked[0].startswith(b"GET /v1/pack HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("answer", "code", "wait"),
    [
        (http(b"wrong-key", "403 Forbidden"), "wrong-key", None),
        (http(b"busy", "503 Service Unavailable", "Retry-After: 120"), "busy", 120),
        (http(b"<html>", "429 Too Many Requests", "Retry-After: tomorrow"), "http-429", None),
        (http(b"", "302 Found", "Location: https://portal.example/"), "http-302", None),
        (http(b"Not Found", "404 Not Found"), "http-404", None),
        (http(bytes(headoffice.LARGEST + 1)), "too-long", None),
        (b"220 mail.example ESMTP\r\n\r\n", "unreachable", None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", "unreachable", None),
    ],
)
async def test_what_is_no_answer_is_reported_with_its_reason(
    certified: Any, answer: bytes, code: str, wait: int | None
) -> None:
    async with Server(answer).listening(certified(issue(OURS, [HOST], NOW))) as server:
        told = await carried(batch(server.url))
    assert told == api.ExchangeFailed(id="1", code=code, retry_after_s=wait)


async def test_silence_ends(certified: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headoffice, "TIMEOUT", httpx.Timeout(0.2, connect=5.0))
    async with Server(b"").listening(certified(issue(OURS, [HOST], NOW))) as server:
        assert await reported(batch(server.url)) == "timeout"


async def test_nobody_there_and_no_address(certified: Any) -> None:
    async with Server(b"").listening(None) as server:
        url = server.url
    assert await reported(batch(url)) == "unreachable"
    assert await reported(batch("https://[")) == "unreachable"


async def test_no_proxy_of_the_environment_comes_in_between(
    certified: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent")
    async with Server(http(RECEIPT)).listening(certified(issue(OURS, [HOST], NOW))) as server:
        assert await carried(batch(server.url)) == api.Answered(id="1", body=RECEIPT)


async def test_29_a_second_courier_ends_and_names_the_first() -> None:
    class Taken(BranchHost):
        async def do(self, command: Any) -> Any:
            raise api.OTHER_COURIER(pid=4711)

    with pytest.raises(Refusal) as refused:
        await HeadOfficeLine(cast(Client, Taken(api.Exchange(kind="idle")))).run()
    assert refused.value.text() == "Another courier, process 4711, carries for this branch."


def _fields(exchange: api.Exchange) -> dict[str, Any]:
    return {name: getattr(exchange, name) for name in exchange.__struct_fields__}
